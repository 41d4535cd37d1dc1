#include "snippet.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include "akin/base/unspaced.h"
#include "akin/store/store.h"

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

/// Words, and groups of characters where a script has no spaces.
template <class Visit>
void for_each_word(std::string_view text, bool whole_groups, const Visit& visit) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_word_byte(text[i])) continue;
    std::size_t end = i;
    while (end < text.size() && is_word_byte(text[end])) ++end;
    const std::string_view part = text.substr(i, end - i);
    for (std::size_t from = 0; from < part.size();) {
      const UnspacedRun run = next_unspaced(part, from);
      if (run.begin > from) visit(i + from, i + run.begin);
      if (run.group != 0) for_each_group(part, run, whole_groups, [&](std::size_t first, std::size_t last) { visit(i + first, i + last); });
      from = run.end;
    }
    i = end;
  }
}

/// Stems of what the query looks for, each with a number.
using Stems = std::map<std::string, std::size_t>;

Stems stems_of(std::string_view query) {
  Stems stems;
  for (const std::string& term : text_query_terms(query))
    for_each_word(term, true, [&](std::size_t begin, std::size_t end) {
      stems.emplace(stem_of(std::string_view(term).substr(begin, end - begin)), stems.size());
    });
  return stems;
}

/// The words of `text` that are in the query.
std::vector<Word> matches(std::string_view text, const Stems& stems) {
  std::vector<Word> found;
  for_each_word(text, false, [&](std::size_t begin, std::size_t end) {
    const std::string_view word = text.substr(begin, end - begin);
    auto at = stems.find(stem_of(word));
    if (at == stems.end() && static_cast<unsigned char>(word.front()) >= 0xE0) {
      // A query of one character, where groups have more: all groups that begin with it.
      const DecodedChar first = decode_utf8(word, 0);
      if (group_size(first.code_point) != 0) at = stems.find(std::string(word.substr(0, first.length)));
      if (at != stems.end()) end = begin + first.length;
    }
    if (at != stems.end()) found.push_back({begin, end, at->second});
  });
  return found;
}

/// Words that overlap, or follow each other without a gap, are one range.
std::vector<TextRange> ranges_of(const std::vector<Word>& words) {
  std::vector<TextRange> ranges;
  for (const Word& word : words) {
    if (!ranges.empty() && word.begin <= ranges.back().end) {
      ranges.back().end = std::max(ranges.back().end, word.end);
    } else {
      ranges.push_back({word.begin, word.end});
    }
  }
  return ranges;
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

Snippet snippet_of(std::string_view text, std::string_view query, std::size_t max_bytes) {
  const Stems stems = stems_of(query);
  const Window window = best_window(matches(text, stems), max_bytes);
  const std::size_t slack = max_bytes - std::min(max_bytes, window.end - window.begin);
  const std::size_t begin = start_before(text, window.begin, window.begin - std::min(window.begin, slack * 2 / 3));
  const std::size_t end = end_before(text, window.end, begin + max_bytes);
  std::string line = one_line(text.substr(begin, end - begin));
  if (one_line(text.substr(0, begin)) != "") line = std::string(kCut) + line;
  if (one_line(text.substr(end)) != "") line += kCut;
  std::vector<TextRange> highlights = ranges_of(matches(line, stems));
  return {std::move(line), std::move(highlights)};
}

}  // namespace akin::retrieval
