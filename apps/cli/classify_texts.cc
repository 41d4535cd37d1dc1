#include "classify_texts.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "akin/akin.h"
#include "terminal.h"
#include "text_source.h"

namespace akin::cli {
namespace {

nlohmann::json json_of(const std::string& text, const TextClassifier& classifier, const TextClassifier::Answer& answer) {
  nlohmann::json list = nlohmann::json::array();
  for (const LabelGuess& guess : answer.guesses)
    list.push_back({{"label", classifier.labels()[guess.label]}, {"probability", guess.probability}});
  return {{"input", text}, {"label", list.empty() ? nlohmann::json(nullptr) : list[0]["label"]}, {"scores", std::move(list)}};
}

void add_rows(Table& table, const std::string& text, const TextClassifier& classifier, const TextClassifier::Answer& answer) {
  const std::string shown = shortened(text, static_cast<std::size_t>(std::max(20, terminal_columns() - 45)));
  if (answer.guesses.empty()) table.rows.push_back({"", "", shown});
  for (std::size_t i = 0; i < answer.guesses.size(); ++i) {
    const LabelGuess& guess = answer.guesses[i];
    table.rows.push_back({fixed(guess.probability, 4), classifier.labels()[guess.label], i == 0 ? shown : ""});
  }
}

}  // namespace

int classify_texts(const std::vector<std::string>& inputs, const std::string& label_prefix, const LabelQuestion& question,
                   const Common& common, Context& context) {
  const TextClassifier classifier(common.model, label_prefix);
  const auto source = open_texts(inputs, {});
  Table table{{"probability", "label", "input"}, {}};
  for_each_batch(*source, 0, [&](std::span<const std::string> texts) {
    const auto answers = classifier.answer(texts, question, context);
    for (std::size_t i = 0; i < texts.size(); ++i) {
      if (common.json) {
        print_json_line(json_of(texts[i], classifier, answers[i]));
      } else {
        add_rows(table, texts[i], classifier, answers[i]);
      }
    }
  });
  if (!common.json) print(table.text());
  return 0;
}

}  // namespace akin::cli
