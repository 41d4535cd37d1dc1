#include "eval_words.h"

#include <nlohmann/json.hpp>

#include "akin/akin.h"
#include "terminal.h"
#include "word_question.h"

namespace akin::cli {
namespace {

double percent(const AnalogySection& section) {
  return section.n_asked == 0 ? 0 : 100 * static_cast<double>(section.n_right) / static_cast<double>(section.n_asked);
}

nlohmann::json json_of(const AnalogySection& section) {
  return {{"name", section.name},
          {"n_questions", section.n_questions},
          {"n_asked", section.n_asked},
          {"n_right", section.n_right},
          {"percent", percent(section)}};
}

std::vector<std::string> row_of(const AnalogySection& section) {
  return {fixed(percent(section), 2), grouped(section.n_right), grouped(section.n_asked), grouped(section.n_questions), section.name};
}

}  // namespace

void run_words(const std::vector<std::string>& paths, const Common& common, Context& context) {
  const LoadedSpace model = load_space(common, context);
  Table table{{"spearman", "scored", "pairs", "file"}, {}};
  for (const std::string& path : paths) {
    const WordSimilarityScores scores = evaluate_word_similarity(model.space, path);
    if (common.json)
      print_json_line({{"file", path},
                       {"model", model.local.name},
                       {"n_pairs", scores.n_pairs},
                       {"n_scored", scores.n_scored},
                       {"spearman", scores.spearman}});
    table.rows.push_back({fixed(100 * scores.spearman, 2), grouped(scores.n_scored), grouped(scores.n_pairs), path});
  }
  if (!common.json) print(table.text());
}

void run_analogies(const std::vector<std::string>& paths, std::size_t max_words, const Common& common, Context& context) {
  const LoadedSpace model = load_space(common, context);
  for (const std::string& path : paths) {
    const AnalogyScores scores = evaluate_analogies(model.space, path, max_words, context);
    Table table{{"percent", "right", "asked", "questions", "section"}, {}};
    nlohmann::json sections = nlohmann::json::array();
    for (const AnalogySection& section : scores.sections) {
      sections.push_back(json_of(section));
      table.rows.push_back(row_of(section));
    }
    for (const char* kind : {"semantic", "syntactic", "total"}) table.rows.push_back(row_of(scores.sum(kind)));
    if (common.json) {
      print_json_line({{"file", path},
                       {"model", model.local.name},
                       {"max_words", max_words},
                       {"sections", sections},
                       {"semantic", json_of(scores.sum("semantic"))},
                       {"syntactic", json_of(scores.sum("syntactic"))},
                       {"total", json_of(scores.sum("total"))}});
    } else {
      print(bold(path) + "\n" + table.text());
    }
  }
}

}  // namespace akin::cli
