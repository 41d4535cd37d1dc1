#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "akin/akin.h"
#include "pictures.h"
#include "terminal.h"
#include "text_source.h"
#include "verbs.h"

namespace akin::cli {
namespace {

constexpr std::size_t kMaxTexts = 2000;

struct Options {
  std::vector<std::string> inputs;
  TextSourceOptions source;
};

struct Pair {
  std::size_t a = 0, b = 0;
  double cosine = 0, dot = 0, euclidean = 0;
};

std::vector<Pair> all_pairs(const Matrix<float>& vectors) {
  std::vector<Pair> pairs;
  for (std::size_t a = 0; a < vectors.rows(); ++a)
    for (std::size_t b = a + 1; b < vectors.rows(); ++b) {
      const auto by = [&](Metric metric) { return distance_between(metric, vectors.row(a), vectors.row(b)); };
      const double cosine = similarity_of(Metric::cosine, by(Metric::cosine));
      pairs.push_back({a, b, cosine, similarity_of(Metric::dot, by(Metric::dot)), by(Metric::euclidean)});
    }
  std::stable_sort(pairs.begin(), pairs.end(), [](const Pair& x, const Pair& y) { return x.cosine > y.cosine; });
  return pairs;
}

void print_as_json(const Embedder& embedder, const std::vector<std::string>& texts, const std::vector<Pair>& pairs) {
  nlohmann::json list = nlohmann::json::array();
  for (const Pair& p : pairs) list.push_back({{"a", p.a}, {"b", p.b}, {"cosine", p.cosine}, {"dot", p.dot}, {"euclidean", p.euclidean}});
  print_json({{"model", embedder.info().name}, {"fingerprint", embedder.fingerprint()}, {"texts", texts}, {"pairs", list}});
}

void print_table(const std::vector<std::string>& texts, const std::vector<Pair>& pairs) {
  Table table{{"cosine", "dot", "euclidean", "a", "b"}, {}};
  const auto columns = static_cast<std::size_t>(std::max(20, (terminal_columns() - 30) / 2));
  for (const Pair& p : pairs)
    table.rows.push_back(
        {fixed(p.cosine, 4), fixed(p.dot, 4), fixed(p.euclidean, 4), shortened(texts[p.a], columns), shortened(texts[p.b], columns)});
  print(table.text());
}

int run(const Options& options, const Common& common, Context& context) {
  std::vector<std::string> texts;
  for (const std::string& input : options.inputs) {
    if (!options.source.literal && is_picture(input)) {
      texts.push_back(input);
    } else {
      for (std::string& text : read_all_texts({input}, options.source, kMaxTexts)) texts.push_back(std::move(text));
    }
  }
  if (texts.size() > kMaxTexts) throw Error(ErrorCode::limit, "more than " + std::to_string(kMaxTexts) + " texts");
  if (texts.size() < 2) throw UsageError("two texts or pictures or more are compared, " + std::to_string(texts.size()) + " given");
  const LoadedEmbedder model = load_model(common, {}, context);
  const Matrix<float> vectors = embed_mixed(model.embedder, texts, !options.source.literal, context);
  const std::vector<Pair> pairs = all_pairs(vectors);
  if (common.json) {
    print_as_json(model.embedder, texts, pairs);
  } else {
    print_table(texts, pairs);
  }
  return 0;
}

}  // namespace

Run add_similar(CLI::App& verb, Common& common) {
  auto options = std::make_shared<Options>();
  verb.add_option("texts", options->inputs, "Texts, files with one text a line, - for standard input, or pictures")
      ->type_name("TEXT|FILE|-")
      ->required();
  verb.add_flag("--text", options->source.literal, "Every argument is a text, even if a file has that name");
  add_model_options(verb, common);
  return [options, &common](Context& context) { return run(*options, common, context); };
}

}  // namespace akin::cli
