#include "akin/eval/label_tests.h"

#include <algorithm>
#include <string>

#include "akin/base/error.h"
#include "text_file.h"

namespace akin {
namespace {

double share(std::size_t part, std::size_t of) { return of == 0 ? 0 : static_cast<double>(part) / static_cast<double>(of); }

void count(const TextClassifier::Answer& answer, LabelScores& scores) {
  for (const std::size_t label : answer.named) ++scores.each[label].n_named;
  for (const LabelGuess& guess : answer.guesses) {
    ++scores.each[guess.label].n_guessed;
    if (std::find(answer.named.begin(), answer.named.end(), guess.label) != answer.named.end()) ++scores.each[guess.label].n_right;
  }
}

}  // namespace

double LabelCounts::precision() const { return share(n_right, n_guessed); }
double LabelCounts::recall() const { return share(n_right, n_named); }
double LabelCounts::f1() const { return share(2 * n_right, n_named + n_guessed); }

LabelScores evaluate_classifier(const TextClassifier& classifier, const std::filesystem::path& path, const LabelQuestion& question,
                                Context& context) {
  const std::string text = read_text_file(path);
  std::vector<std::string> lines;
  for (const std::string_view line : lines_of(text))
    if (line.find_first_not_of(" \t\v\f\r") != std::string_view::npos) lines.emplace_back(line);
  LabelScores scores;
  scores.each.resize(classifier.labels().size());
  for (const TextClassifier::Answer& answer : classifier.answer(lines, question, context)) {
    const bool counts = !answer.named.empty() && answer.n_rows > 0;
    ++(counts ? scores.n_lines : scores.n_left_out);
    if (counts) count(answer, scores);
  }
  if (scores.n_lines == 0)
    throw Error(ErrorCode::invalid_argument, path.string() + ": no line has a label and a word that the classifier knows");
  for (const LabelCounts& each : scores.each) {
    scores.all.n_named += each.n_named;
    scores.all.n_guessed += each.n_guessed;
    scores.all.n_right += each.n_right;
  }
  return scores;
}

}  // namespace akin
