#include "snippet.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <vector>

namespace akin::retrieval {
namespace {

constexpr std::string_view kCut = "…";

struct Word {
  std::size_t begin = 0, end = 0;
  std::size_t stem = 0;  // index into the query's stems
};

bool is_space(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_continuation(char c) noexcept { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

/// Bytes over 0x7F are taken as parts of letters.
bool is_word_byte(char c) noexcept {
  return static_cast<unsigned char>(c) >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Lower case, without a common English ending if three letters remain.
std::string stem_of(std::string_view word) {
  constexpr std::array<std::string_view, 9> kEndings = {"ingly", "edly", "ing", "ies", "ed", "es", "ly", "s", "e"};
  std::string stem(word);
  for (char& c : stem)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  for (const std::string_view ending : kEndings)
    if (stem.size() >= ending.size() + 3 && stem.ends_with(ending)) return stem.substr(0, stem.size() - ending.size());
  return stem;
}

template <class Visit>
void for_each_word(std::string_view text, const Visit& visit) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_word_byte(text[i])) continue;
    std::size_t end = i;
    while (end < text.size() && is_word_byte(text[end])) ++end;
    visit(i, end);
    i = end;
  }
}

/// The words of `text` that are in the query.
std::vector<Word> matches(std::string_view text, std::string_view query) {
  std::map<std::string, std::size_t> stems;
  for_each_word(query, [&](std::size_t begin, std::size_t end) { stems.emplace(stem_of(query.substr(begin, end - begin)), stems.size()); });
  std::vector<Word> found;
  for_each_word(text, [&](std::size_t begin, std::size_t end) {
    const auto at = stems.find(stem_of(text.substr(begin, end - begin)));
    if (at != stems.end()) found.push_back({begin, end, at->second});
  });
  return found;
}

/// Short words say little of a text's subject: "the" counts a seventh of "captain".
double weight_of(const Word& word) noexcept {
  constexpr double kLongWord = 8;
  const double length = std::min(kLongWord, static_cast<double>(word.end - word.begin)) / kLongWord;
  return length * length;
}

struct Window {
  std::size_t begin = 0, end = 0;
};

/// The span of words within `room` bytes that says most: each stem counts once, and less if the text is full of it.
Window best_window(const std::vector<Word>& words, std::size_t room) {
  std::map<std::size_t, std::size_t> n_of_stem;
  for (const Word& word : words) ++n_of_stem[word.stem];
  Window best;
  double best_score = 0;
  for (std::size_t first = 0; first < words.size(); ++first) {
    std::vector<std::size_t> seen;
    double score = 0;
    for (std::size_t last = first; last < words.size() && words[last].end - words[first].begin <= room; ++last) {
      const std::size_t stem = words[last].stem;
      if (std::find(seen.begin(), seen.end(), stem) != seen.end()) continue;
      seen.push_back(stem);
      score += weight_of(words[last]) / std::sqrt(static_cast<double>(n_of_stem[stem]));
      if (score > best_score * (1 + 1e-12)) {
        best_score = score;
        best = {words[first].begin, words[last].end};
      }
    }
  }
  return best;
}

bool ends_sentence(char c) noexcept { return c == '.' || c == '!' || c == '?' || c == '\n'; }

/// The start of the sentence that `at` stands in, if it is not before `low`; else the start of a word near `low`.
std::size_t start_before(std::string_view text, std::size_t at, std::size_t low) {
  for (std::size_t i = at; i > low; --i)
    if (is_space(text[i - 1]) && (i < 2 || ends_sentence(text[i - 2]) || text[i - 1] == '\n')) return i;
  if (low == 0) return 0;
  for (std::size_t i = low; i < at; ++i)
    if (is_space(text[i - 1])) return i;
  return at;
}

/// The last place at or before `high` where a word ends; without white space, where a character does.
std::size_t end_before(std::string_view text, std::size_t at, std::size_t high) {
  if (high >= text.size()) return text.size();
  for (std::size_t i = high; i > at; --i)
    if (is_space(text[i])) return i;
  while (high > 0 && is_continuation(text[high])) --high;
  return high;
}

std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    if (!is_space(c)) {
      line += c;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
  }
  if (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

}  // namespace

std::string snippet_of(std::string_view text, std::string_view query, std::size_t max_bytes) {
  const Window window = best_window(matches(text, query), max_bytes);
  const std::size_t slack = max_bytes - std::min(max_bytes, window.end - window.begin);
  const std::size_t begin = start_before(text, window.begin, window.begin - std::min(window.begin, slack * 2 / 3));
  const std::size_t end = end_before(text, window.end, begin + max_bytes);
  std::string line = one_line(text.substr(begin, end - begin));
  if (one_line(text.substr(0, begin)) != "") line = std::string(kCut) + line;
  if (one_line(text.substr(end)) != "") line += kCut;
  return line;
}

}  // namespace akin::retrieval
