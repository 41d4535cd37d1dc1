#include "text_query.h"

#include <algorithm>
#include <array>

#include "akin/base/unspaced.h"

namespace akin::store {
namespace {

/// A document used as a query has its say in its first words; more would only make the search slow.
constexpr std::size_t kMaxTerms = 128;

// Words that say nothing of a text's subject: English articles, pronouns, prepositions, auxiliaries and question words. Sorted.
constexpr std::array<std::string_view, 96> kStopWords = {
    "a",    "about", "also",   "am",   "an",    "and",    "any",   "are",    "as",    "at",     "be",     "been",  "but",  "by",
    "can",  "could", "did",    "do",   "does",  "for",    "from",  "had",    "has",   "have",   "having", "he",    "her",  "hers",
    "him",  "his",   "how",    "i",    "if",    "in",     "into",  "is",     "it",    "its",    "me",     "my",    "no",   "nor",
    "not",  "of",    "on",     "onto", "or",    "our",    "ours",  "shall",  "she",   "should", "so",     "such",  "than", "that",
    "the",  "their", "theirs", "them", "then",  "there",  "these", "they",   "this",  "those",  "to",     "too",   "upon", "us",
    "very", "was",   "we",     "were", "what",  "when",   "where", "which",  "while", "who",    "whom",   "whose", "why",  "will",
    "with", "would", "you",    "your", "yours", "anyone", "being", "cannot", "doing", "each",   "ever",   "may"};

bool is_stop_word(std::string_view word) {
  static const auto sorted = [] {
    auto words = kStopWords;
    std::sort(words.begin(), words.end());
    return words;
  }();
  return std::binary_search(sorted.begin(), sorted.end(), word);
}

/// Bytes over 0x7F are parts of letters for us; FTS5's tokenizer looks at them properly, inside the quotes.
bool is_word_byte(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

/// A stretch of letters: its words, and groups of characters where a script has no spaces.
void add_words(std::string_view letters, std::vector<std::string>& words) {
  for (std::size_t from = 0; from < letters.size();) {
    const UnspacedRun run = next_unspaced(letters, from);
    if (run.begin > from) words.push_back(lower(letters.substr(from, run.begin - from)));
    if (run.group != 0)
      for_each_group(letters, run, true,
                     [&](std::size_t begin, std::size_t end) { words.emplace_back(letters.substr(begin, end - begin)); });
    from = run.end;
  }
}

/// Whether the term's last word is the beginning of a group of characters only.
bool is_begun(std::string_view term) {
  UnspacedRun last;
  for (std::size_t from = 0; from < term.size(); from = last.end) last = next_unspaced(term, from);
  return last.group != 0 && count_code_points(term.substr(last.begin, last.end - last.begin)) < last.group;
}

/// Stretches of letters and digits.
std::vector<std::string_view> parts_of(std::string_view text) {
  std::vector<std::string_view> parts;
  for (std::size_t i = 0; i < text.size();) {
    if (!is_word_byte(text[i])) {
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < text.size() && is_word_byte(text[end])) ++end;
    parts.push_back(text.substr(i, end - i));
    i = end;
  }
  return parts;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  for (const std::string_view part : parts_of(text)) add_words(part, words);
  return words;
}

void add(std::vector<std::string>& terms, std::string term) {
  if (terms.size() < kMaxTerms && std::find(terms.begin(), terms.end(), term) == terms.end()) terms.push_back(std::move(term));
}

}  // namespace

std::vector<std::string> query_terms(std::string_view query) {
  std::vector<std::string> all;
  std::vector<std::string> telling;
  while (!query.empty()) {
    const std::size_t open = query.find('"');
    for (const std::string& word : words_of(query.substr(0, open))) {
      add(all, word);
      if (!is_stop_word(word)) add(telling, word);
    }
    if (open == std::string_view::npos) break;
    query.remove_prefix(open + 1);
    const std::size_t close = query.find('"');
    if (close == std::string_view::npos) continue;  // a lone quotation mark: words follow
    std::string phrase;
    for (const std::string_view part : parts_of(query.substr(0, close))) phrase += (phrase.empty() ? "" : " ") + lower(part);
    if (!phrase.empty()) {
      add(all, phrase);
      add(telling, phrase);
    }
    query.remove_prefix(close + 1);
  }
  return telling.empty() ? all : telling;
}

std::string match_expression(std::string_view query) {
  std::string out;
  for (const std::string& term : query_terms(query)) {
    if (!out.empty()) out += " OR ";
    out += '"';
    out += term;
    out += is_begun(term) ? "\"*" : "\"";
  }
  return out;
}

}  // namespace akin::store
