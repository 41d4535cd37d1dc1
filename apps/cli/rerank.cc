#include <algorithm>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>

#include "akin/akin.h"
#include "reranker.h"
#include "suggest.h"
#include "terminal.h"
#include "text_source.h"
#include "verbs.h"

namespace akin::cli {
namespace {

using Clock = std::chrono::steady_clock;

// All are kept until the best are known; a reranker reads some dozens a second.
constexpr std::size_t kMostTexts = 1'000'000;

struct Options {
  std::string query, label;
  std::vector<std::string> inputs;
  TextSourceOptions source;
  std::size_t k = 0, max_tokens = 0;
};

std::size_t label_of(const CrossEncoderInfo& info, const std::string& label) {
  if (label.empty() && info.labels.size() == 1) return 0;
  const auto found = std::ranges::find(info.labels, label);
  if (found != info.labels.end()) return static_cast<std::size_t>(found - info.labels.begin());
  std::string list;
  for (const std::string& known : info.labels) list += (list.empty() ? "" : ", ") + known;
  throw UsageError(
      (label.empty() ? "the model scores several labels: pass --label with one of " : "--label: '" + label + "' is not one of ") + list +
      did_you_mean(label, info.labels));
}

void print_json_result(const Options& options, const CrossEncoderInfo& info, const std::vector<std::string>& texts,
                       const std::vector<RankedText>& ranked, double seconds) {
  nlohmann::json list = nlohmann::json::array();
  for (const RankedText& one : ranked)
    list.push_back({{"index", one.index},
                    {"score", one.score},
                    {"n_tokens", one.report.n_tokens},
                    {"n_tokens_dropped", one.report.n_tokens_dropped},
                    {"text", texts[one.index]}});
  print_json({{"query", options.query},
              {"model", info.name},
              {"activation", name_of(info.activation)},
              {"n_texts", texts.size()},
              {"seconds", seconds},
              {"results", list}});
}

void print_result(const std::vector<std::string>& texts, const std::vector<RankedText>& ranked, double seconds) {
  const auto columns = static_cast<std::size_t>(std::max(20, terminal_columns() - 18));
  for (std::size_t i = 0; i < ranked.size(); ++i)
    print(bold(std::to_string(i + 1) + ".") + " " + fixed(static_cast<double>(ranked[i].score), 4) + "  " +
          shortened(texts[ranked[i].index], columns) + "\n");
  print(dim(grouped(texts.size()) + (texts.size() == 1 ? " text in " : " texts in ") + seconds_text(seconds)) + "\n");
}

int run(Options& options, const Common& common, Context& context) {
  check_choice("--format", options.source.format, {"auto", "lines", "jsonl", "csv"});
  if (options.query.find_first_not_of(" \t\n") == std::string::npos) throw UsageError("the query is empty");
  if (common.model.empty())
    throw UsageError("name a reranker with --model: a folder, or a name such as cross-encoder/ms-marco-MiniLM-L6-v2");
  if (options.inputs.empty()) {
    if (stdin_is_terminal()) throw UsageError("no texts given: pass texts, files or - for standard input");
    options.inputs.emplace_back("-");
  }
  const std::vector<std::string> texts = read_all_texts(options.inputs, options.source, kMostTexts);
  const CrossEncoder model = load_reranker(common.model, common, options.max_tokens, context);
  const std::string& label = model.info().labels[label_of(model.info(), options.label)];
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  const Clock::time_point start = Clock::now();
  const std::vector<RankedText> ranked = model.rank(options.query, views, options.k, label, context);
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  std::size_t n_cut = 0, n_dropped = 0;
  for (const RankedText& one : ranked) {
    n_cut += one.report.n_tokens_dropped > 0 ? 1U : 0U;
    n_dropped += one.report.n_tokens_dropped;
  }
  if (n_cut > 0) {
    print_error_line(grouped(n_dropped) + " tokens dropped from " + grouped(n_cut) +
                     " texts that are longer with the query than the model's " + grouped(model.info().max_tokens));
  }
  common.json ? print_json_result(options, model.info(), texts, ranked, seconds) : print_result(texts, ranked, seconds);
  return 0;
}

}  // namespace

Run add_rerank(CLI::App& verb, Common& common) {
  auto options = std::make_shared<Options>();
  verb.add_option("query", options->query, "What is asked")->type_name("QUERY")->required();
  verb.add_option("inputs", options->inputs, "Texts, files (one text a line; .jsonl; .csv) or - for standard input")
      ->type_name("TEXT|FILE|-");
  verb.add_option("-k", options->k, "Keep the best N; 0 = all")->type_name("N");
  verb.add_option("--label", options->label, "Of models with several labels: the one to rank by")->type_name("NAME");
  verb.add_option("--max-tokens", options->max_tokens, "Read at most N tokens of a pair; 0 = the model's limit")->type_name("N");
  add_record_options(verb, options->source);
  verb.add_flag("--text", options->source.literal, "Every argument is a text, even if a file has that name");
  add_model_options(verb, common);
  return [options, &common](Context& context) { return run(*options, common, context); };
}

}  // namespace akin::cli
