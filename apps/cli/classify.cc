#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "akin/akin.h"
#include "analysis_source.h"
#include "classify_texts.h"
#include "classify_vectors.h"
#include "pictures.h"
#include "terminal.h"
#include "text_source.h"
#include "verbs.h"

namespace akin::cli {
namespace {

struct Options {
  AnalysisSourceOptions source;
  std::string labels, label_prefix{kLabelPrefix};
  LabelQuestion question;
  HeadQuestion head;
  std::optional<std::string> text_template;
};

/// "a cat, a dog" → its parts without spaces around them.
std::vector<std::string> split_labels(const std::string& text) {
  std::vector<std::string> labels;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    const std::size_t first = text.find_first_not_of(" \t", at), last = text.find_last_not_of(" \t", end == 0 ? 0 : end - 1);
    if (first == std::string::npos || first >= end) throw UsageError("--labels: label " + std::to_string(labels.size() + 1) + " is empty");
    labels.push_back(text.substr(first, last - first + 1));
    at = end + 1;
  }
  return labels;
}

struct Scores {
  std::vector<std::size_t> order;  ///< labels, the best first
  std::span<const float> cosines, probabilities;
};

Scores scores_of(std::span<const float> cosines, std::span<const float> probabilities) {
  Scores scores{{}, cosines, probabilities};
  for (std::size_t l = 0; l < cosines.size(); ++l) scores.order.push_back(l);
  std::ranges::stable_sort(scores.order, [&](std::size_t a, std::size_t b) { return cosines[a] > cosines[b]; });
  return scores;
}

nlohmann::json json_of(const std::string& input, const std::vector<std::string>& labels, const Scores& scores) {
  nlohmann::json list = nlohmann::json::array();
  for (const std::size_t l : scores.order) {
    list.push_back({{"label", labels[l]}, {"cosine", scores.cosines[l]}});
    if (!scores.probabilities.empty()) list.back()["probability"] = scores.probabilities[l];
  }
  return {{"input", input}, {"label", labels[scores.order[0]]}, {"scores", list}};
}

Table table_of(bool with_probabilities) {
  Table table{{"probability", "cosine", "label", "input"}, {}};
  if (!with_probabilities) table.header.erase(table.header.begin());
  return table;
}

void add_rows(Table& table, const std::string& input, const std::vector<std::string>& labels, const Scores& scores) {
  const auto columns = static_cast<std::size_t>(std::max(20, terminal_columns() - 45));
  for (std::size_t i = 0; i < scores.order.size(); ++i) {
    const std::size_t l = scores.order[i];
    std::vector<std::string> row = {fixed(scores.cosines[l], 4), labels[l], i == 0 ? shortened(input, columns) : ""};
    if (!scores.probabilities.empty()) row.insert(row.begin(), fixed(scores.probabilities[l], 4));
    table.rows.push_back(std::move(row));
  }
}

int ask_head(const Options& options, const Common& common, Context& context) {
  if (!options.labels.empty() || options.text_template) throw UsageError("--labels and --template are for models without a head");
  HeadQuestion question = options.head;
  question.k = options.question.k;
  question.threshold = options.question.threshold;
  return classify_vectors(question, options.source, common, context);
}

int run(const Options& options, const Common& common, Context& context) {
  if (!options.head.head.empty()) return ask_head(options, common, context);
  const std::vector<std::string>& given = options.source.inputs;
  if (given.empty()) throw UsageError("inputs is required, unless --head says what a collection's are");
  if (!options.source.collection.empty() || !options.source.where.empty() || !options.head.out.empty())
    throw UsageError("--collection, --where and --out are for --head");
  if (is_text_classifier(common.model) && options.labels.empty())
    return classify_texts(given, options.label_prefix, options.question, common, context);
  if (options.labels.empty())
    throw UsageError("--labels is required, unless --model is a file that `akin train classifier` or fastText made, or --head is given");
  const std::vector<std::string> labels = split_labels(options.labels);
  std::vector<std::string> inputs;
  for (const std::string& input : given) {
    if (is_picture(input)) {
      inputs.push_back(input);
    } else {
      for (std::string& text : read_all_texts({input}, options.source.texts, 100'000)) inputs.push_back(std::move(text));
    }
  }
  const bool pictures = std::ranges::all_of(inputs, is_picture);
  if (!pictures && std::ranges::any_of(inputs, is_picture)) throw UsageError("pictures and texts are classified one kind at a time");
  const LoadedEmbedder model = load_model(common, {}, context);
  const std::string text_template = options.text_template.value_or(pictures ? kPhotoTemplate : "{}");
  const Matrix<float> label_vectors = embed_labels(model.embedder, labels, text_template, context);
  const Matrix<float> cosines = label_cosines(embed_mixed(model.embedder, inputs, pictures, context).view(), label_vectors.view());
  // What a model was trained to tell of images says nothing of texts.
  const auto& match = model.embedder.info().match;
  const Matrix<float> probabilities = pictures && match ? label_probabilities(cosines.view(), *match) : Matrix<float>();
  Table table = table_of(!probabilities.empty());
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Scores scores = scores_of(cosines.row(i), probabilities.empty() ? std::span<const float>() : probabilities.row(i));
    if (common.json) {
      print_json_line(json_of(inputs[i], labels, scores));
    } else {
      add_rows(table, inputs[i], labels, scores);
    }
  }
  if (!common.json) print(table.text());
  return 0;
}

}  // namespace

Run add_classify(CLI::App& verb, Common& common) {
  auto options = std::make_shared<Options>();
  add_analysis_source(verb, options->source, common);
  verb.add_option("--head", options->head.head, "A trained head (`akin train head`): labels vectors, texts, pictures or a collection")
      ->type_name("FILE");
  verb.add_option("-o,--out", options->head.out, "Of --head: where the answers go, .csv or .jsonl")->type_name("FILE");
  verb.add_option("-l,--labels", options->labels, "What an input may be, with commas between; a trained classifier knows")
      ->type_name("LIST");
  verb.add_option("-k", options->question.k, "Of a trained classifier or head: so many labels a text; 0: all")
      ->capture_default_str()
      ->type_name("N");
  verb.add_option("--threshold", options->question.threshold, "Of a trained classifier or head: only labels at least as probable")
      ->capture_default_str()
      ->type_name("X");
  verb.add_option("--label-prefix", options->label_prefix, "Of a trained classifier: words that begin so are labels, and not read")
      ->capture_default_str()
      ->type_name("TEXT");
  verb.add_option("--template", options->text_template,
                  "What stands around a label, {} for the label (default: 'This is a photo of {}.' for pictures, '{}' for texts)")
      ->type_name("TEXT");
  return [options, &common](Context& context) { return run(*options, common, context); };
}

}  // namespace akin::cli
