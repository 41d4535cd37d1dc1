#include "akin/eval/word_tests.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "akin/base/error.h"
#include "akin/base/matrix.h"
#include "akin/eval/scores.h"
#include "akin/kernels/distance.h"
#include "akin/space/normalize.h"
#include "text_file.h"

namespace akin {
namespace {

constexpr std::size_t kQuestionsAtOnce = 64;  // against all words: the scores of a piece stay in the second cache
constexpr std::size_t kWordsAtOnce = 1024;

std::vector<std::string_view> cells_of(std::string_view line) {
  std::vector<std::string_view> cells;
  for (std::size_t at = 0; (at = line.find_first_not_of(" \t,", at)) != std::string_view::npos;) {
    const std::size_t end = std::min(line.find_first_of(" \t,", at), line.size());
    cells.push_back(line.substr(at, end - at));
    at = end;
  }
  return cells;
}

[[noreturn]] void fail(const std::filesystem::path& path, std::size_t line, const std::string& wanted) {
  throw Error(ErrorCode::corrupt, path.string() + ":" + std::to_string(line + 1) + ": " + wanted);
}

/// Words of the space looked up once each.
class Places {
 public:
  Places(const WordSpace& space, std::size_t n_words) : space_(space), n_words_(n_words) {}
  std::optional<std::size_t> of(std::string_view word) {
    const auto [found, is_new] = known_.try_emplace(std::string(word));
    if (is_new) {
      const auto asked = space_.find(word);
      if (asked && asked->place && *asked->place < n_words_) found->second = asked->place;
    }
    return found->second;
  }

 private:
  const WordSpace& space_;
  std::size_t n_words_;
  std::unordered_map<std::string, std::optional<std::size_t>> known_;
};

struct Question {
  std::array<std::size_t, 4> words;
  std::size_t section;
};

struct Questions {
  std::vector<AnalogySection> sections;
  std::vector<Question> asked;
};

Questions read_questions(const std::filesystem::path& path, Places& places) {
  Questions all;
  const std::string text = read_text_file(path);
  const auto lines = lines_of(text);
  for (std::size_t l = 0; l < lines.size(); ++l) {
    const auto cells = cells_of(lines[l]);
    if (cells.empty()) continue;
    if (cells[0].starts_with(':')) {
      all.sections.push_back({std::string(cells.size() > 1 ? cells[1] : cells[0].substr(1)), 0, 0, 0});
      continue;
    }
    if (cells.size() != 4)
      fail(path, l, "four words are wanted, or ': name of a section'; found " + std::to_string(cells.size()) + " words");
    if (all.sections.empty()) all.sections.push_back({"questions", 0, 0, 0});
    AnalogySection& section = all.sections.back();
    ++section.n_questions;
    std::array<std::size_t, 4> words{};
    const bool known = std::all_of(words.begin(), words.end(), [&, i = std::size_t{0}](std::size_t& word) mutable {
      const auto place = places.of(cells[i++]);
      if (place) word = *place;
      return place.has_value();
    });
    if (!known) continue;
    ++section.n_asked;
    all.asked.push_back({words, all.sections.size() - 1});
  }
  if (all.sections.empty()) throw Error(ErrorCode::corrupt, path.string() + ": no questions");
  return all;
}

Matrix<float> unit_rows(const WordSpace& space, std::size_t n, Context& context) {
  Matrix<float> rows(n, space.dim());
  context.parallel_for(n, kWordsAtOnce, [&](std::size_t begin, std::size_t end) {
    for (std::size_t r = begin; r < end; ++r) {
      space.read(r, rows.row(r));
      normalize(rows.row(r));
    }
  });
  return rows;
}

/// The answers to questions [begin, end): right or not.
void answer(std::span<const Question> questions, const Matrix<float>& rows, std::span<char> right) {
  Matrix<float> asked(questions.size(), rows.cols()), scores(questions.size(), kWordsAtOnce);
  std::vector<std::pair<float, std::size_t>> best(questions.size(), {-1e30F, 0});
  for (std::size_t q = 0; q < questions.size(); ++q) {
    const auto& [a, b, c, d] = questions[q].words;
    for (std::size_t i = 0; i < rows.cols(); ++i) asked(q, i) = rows(b, i) - rows(a, i) + rows(c, i);
  }
  for (std::size_t first = 0; first < rows.rows(); first += kWordsAtOnce) {
    const std::size_t n = std::min(kWordsAtOnce, rows.rows() - first);
    kernels::dot_tile(asked.view(), rows.view().middle_rows(first, n), scores.view().middle_cols(0, n));
    for (std::size_t q = 0; q < questions.size(); ++q) {
      for (std::size_t r = 0; r < n; ++r) {
        if (scores(q, r) <= best[q].first) continue;
        const auto& words = questions[q].words;
        if (std::find(words.begin(), words.begin() + 3, first + r) == words.begin() + 3) best[q] = {scores(q, r), first + r};
      }
    }
  }
  for (std::size_t q = 0; q < questions.size(); ++q) right[q] = best[q].second == questions[q].words[3];
}

}  // namespace

AnalogySection AnalogyScores::sum(const std::string& kind) const {
  AnalogySection all{kind, 0, 0, 0};
  for (const AnalogySection& section : sections) {
    if (kind != "total" && section.syntactic() != (kind == "syntactic")) continue;
    all.n_questions += section.n_questions;
    all.n_asked += section.n_asked;
    all.n_right += section.n_right;
  }
  return all;
}

AnalogyScores evaluate_analogies(const WordSpace& space, const std::filesystem::path& path, std::size_t max_words, Context& context) {
  const std::size_t n = max_words == 0 ? space.size() : std::min(max_words, space.size());
  Places places(space, n);
  Questions questions = read_questions(path, places);
  const Matrix<float> rows = unit_rows(space, n, context);
  std::vector<char> right(questions.asked.size(), 0);
  context.progress.begin("analogies", questions.asked.size(), "questions");
  context.parallel_for(questions.asked.size(), kQuestionsAtOnce, [&](std::size_t begin, std::size_t end) {
    answer(std::span(questions.asked).subspan(begin, end - begin), rows, std::span(right).subspan(begin, end - begin));
    context.progress.advance(end - begin);
  });
  context.progress.end();
  for (std::size_t q = 0; q < right.size(); ++q) questions.sections[questions.asked[q].section].n_right += right[q] != 0;
  return {std::move(questions.sections)};
}

WordSimilarityScores evaluate_word_similarity(const WordSpace& space, const std::filesystem::path& path) {
  WordSimilarityScores scores;
  std::vector<double> gold, cosines;
  const std::string text = read_text_file(path);
  const auto lines = lines_of(text);
  for (std::size_t l = 0; l < lines.size(); ++l) {
    const auto cells = cells_of(lines[l]);
    if (cells.empty() || cells[0].starts_with('#')) continue;
    double score = 0;
    const bool number = cells.size() >= 3 && std::from_chars(cells[2].data(), cells[2].data() + cells[2].size(), score).ec == std::errc();
    if (!number && l == 0) continue;
    if (!number) fail(path, l, "two words and a number are wanted");
    ++scores.n_pairs;
    const auto a = space.find(cells[0]), b = space.find(cells[1]);
    if (!a || !b) continue;
    std::vector<float> x = a->vector, y = b->vector;
    normalize(x);
    normalize(y);
    gold.push_back(score);
    cosines.push_back(static_cast<double>(kernels::dot(x, y)));
  }
  if (scores.n_pairs == 0) throw Error(ErrorCode::corrupt, path.string() + ": no pairs of words");
  scores.n_scored = gold.size();
  if (gold.size() >= 2) scores.spearman = spearman(gold, cosines);
  return scores;
}

}  // namespace akin
