#include "akin/retrieval/cluster_words.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "akin/base/error.h"
#include "akin/base/unspaced.h"
#include "akin/text/lowercase.h"

namespace akin {
namespace {

// A term of a group is at least so many times as frequent there as in all texts; a group that is most of the texts may have half as much.
constexpr double kLeastLift = 1.3;
// A word is not named beside a pair that it is mostly part of; otherwise the pair is not.
constexpr double kMostlyInPair = 0.75;

// Function words of English, and what is left of them where an apostrophe is cut.
constexpr std::string_view kStopWords =
    " a about above after again against all also am an and any are aren as at be because been before being below between both but by can "
    "cannot could couldn d did didn do does doesn doing don down during each few for from further had hadn has hasn have haven having he "
    "her "
    "here hers herself him himself his how i if in into is isn it its itself just ll m me might mightn more most must mustn my myself need "
    "no nor not now o of off on once only or other our ours ourselves out over own re s same shall shan she should shouldn so some such t "
    "than that the their theirs them themselves then there these they this those through to too under until up us ve very was wasn we were "
    "weren what when where which while who whom why will with won would wouldn y you your yours yourself yourselves ";

bool is_stop_word(std::string_view word) {
  static const std::unordered_set<std::string_view> known = [] {
    std::unordered_set<std::string_view> words;
    for (std::size_t at = 1; at < kStopWords.size();) {
      const std::size_t end = kStopWords.find(' ', at);
      words.insert(kStopWords.substr(at, end - at));
      at = end + 1;
    }
    return words;
  }();
  return known.contains(word);
}

/// Letters and digits, and what stands beyond Latin punctuation: dashes, quotes and the like are in blocks of their own.
bool is_letter(char32_t c) noexcept {
  if (c < 0x80) return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '_';  // mod_rewrite is one word
  const bool is_latin_sign = c < 0xC0 && c != 0xAA && c != 0xB5 && c != 0xBA;
  const bool is_punctuation = (c >= 0x2000 && c <= 0x206F) || (c >= 0x2E00 && c <= 0x2E7F) || (c >= 0x3000 && c <= 0x303F && c != 0x3005) ||
                              (c >= 0xFF00 && c <= 0xFF0F) || (c >= 0xFF1A && c <= 0xFF20);
  return !is_latin_sign && !is_punctuation && c != 0xD7 && c != 0xF7 && c != kReplacement;
}

/// The end of the letters that begin at `from`.
std::size_t end_of_letters(std::string_view text, std::size_t from) noexcept {
  while (from < text.size()) {
    const DecodedChar c = decode_utf8(text, from);
    if (!is_letter(c.code_point)) break;
    from += c.length;
  }
  return from;
}

bool is_number(std::string_view word) {
  return std::ranges::all_of(word, [](char c) { return c >= '0' && c <= '9'; });
}

/// Appends the words of a stretch of letters: it as a whole, or groups of characters where a script has no spaces.
void add_words(std::string_view letters, std::vector<std::string>& words) {
  for (std::size_t from = 0; from < letters.size();) {
    const UnspacedRun run = next_unspaced(letters, from);
    if (run.begin > from) words.emplace_back(letters.substr(from, run.begin - from));
    if (run.group != 0)
      for_each_group(letters, run, true, [&](std::size_t first, std::size_t last) {
        words.emplace_back(letters.substr(first, last - first));
        words.emplace_back();  // groups overlap: two of them are no pair
      });
    from = run.end;
  }
}

/// Words of a text in lower case, "" where two that follow each other are no pair.
std::vector<std::string> words_of(std::string_view text, std::size_t max_words) {
  const std::string lower = lowercase(text.substr(0, 16 * max_words));
  std::vector<std::string> words;
  for (std::size_t i = 0; i < lower.size() && words.size() < max_words;) {
    const std::size_t end = end_of_letters(lower, i);
    if (end > i) {
      add_words(std::string_view(lower).substr(i, end - i), words);
      i = end;
      continue;
    }
    const bool joins_words = lower[i] == ' ' || lower[i] == '-' || lower[i] == '\n';
    if (!joins_words && !words.empty()) words.emplace_back();
    i += decode_utf8(lower, i).length;
  }
  return words;
}

/// Words and pairs of a text, each once.
std::unordered_set<std::string> terms_of(std::string_view text, std::size_t max_words) {
  std::unordered_set<std::string> terms;
  std::string_view before;
  const std::vector<std::string> words = words_of(text, max_words);
  for (const std::string& word : words) {
    if (word.empty() || is_stop_word(word)) {
      before = {};
      continue;
    }
    if (!is_number(word)) terms.insert(word);
    if (!before.empty()) terms.insert(std::string(before) + " " + word);
    before = word;
  }
  return terms;
}

using Counts = std::unordered_map<std::string, std::size_t>;

struct Group {
  Counts counts;  ///< texts that have a term
  std::size_t n_texts = 0;
};

/// Every n-th of a group's texts, so that no more than max_texts are read.
std::vector<std::size_t> strides(std::span<const std::int32_t> labels, std::size_t n_groups, std::size_t max_texts) {
  std::vector<std::size_t> sizes(n_groups);
  for (const std::int32_t label : labels) ++sizes[static_cast<std::size_t>(label + 1)];
  for (std::size_t& size : sizes) size = std::max<std::size_t>(1, (size + max_texts - 1) / max_texts);
  return sizes;
}

/// Group 0 is that of label −1.
std::vector<Group> count(std::span<const std::string> texts, std::span<const std::int32_t> labels, const ClusterWordsOptions& options) {
  std::int32_t last = -1;
  for (const std::int32_t label : labels) last = std::max(last, label);
  std::vector<Group> groups(static_cast<std::size_t>(last + 2));
  const std::vector<std::size_t> stride = strides(labels, groups.size(), options.max_texts);
  std::vector<std::size_t> seen(groups.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto g = static_cast<std::size_t>(labels[i] + 1);
    if (seen[g]++ % stride[g] != 0) continue;
    ++groups[g].n_texts;
    for (const std::string& term : terms_of(texts[i], options.max_words)) ++groups[g].counts[term];
  }
  return groups;
}

struct Totals {
  Counts counts;
  double n_texts = 0, terms_of_a_group = 0;
};

Totals total_of(const std::vector<Group>& groups) {
  Totals out;
  double n_groups = 0;
  for (const Group& group : groups) {
    n_groups += group.n_texts > 0 ? 1 : 0;
    out.n_texts += static_cast<double>(group.n_texts);
    for (const auto& [term, n] : group.counts) {
      out.counts[term] += n;
      out.terms_of_a_group += static_cast<double>(n);
    }
  }
  out.terms_of_a_group /= std::max(1.0, n_groups);
  return out;
}

std::vector<ClusterTerm> ranked(const Group& group, const Totals& totals) {
  std::vector<ClusterTerm> terms;
  const auto n = static_cast<double>(group.n_texts);
  const double least_lift = std::min(kLeastLift, 1 + (totals.n_texts / n - 1) / 2);
  for (const auto& [term, count_here] : group.counts) {
    const auto here = static_cast<double>(count_here), all = static_cast<double>(totals.counts.at(term));
    const double lift = here / n / (all / totals.n_texts);
    if ((count_here < 2 && group.n_texts >= 4) || lift < least_lift) continue;
    terms.push_back({term, here / n * std::log(1 + totals.terms_of_a_group / all), count_here});
  }
  std::ranges::sort(
      terms, [](const ClusterTerm& a, const ClusterTerm& b) { return a.weight != b.weight ? a.weight > b.weight : a.term < b.term; });
  return terms;
}

bool is_part_of(std::string_view word, std::string_view pair) {
  return pair.size() > word.size() + 1 && (pair.starts_with(std::string(word) + " ") || pair.ends_with(" " + std::string(word)));
}

/// The first terms, without a word and a pair with it that say the same.
std::vector<ClusterTerm> without_twins(std::vector<ClusterTerm> terms, std::size_t n_terms) {
  terms.resize(std::min(terms.size(), 4 * n_terms + 16));  // of which some will go
  std::vector<bool> is_out(terms.size());
  for (std::size_t p = 0; p < terms.size(); ++p) {
    std::vector<std::size_t> words;
    for (std::size_t w = 0; w < terms.size(); ++w)
      if (is_part_of(terms[w].term, terms[p].term)) words.push_back(w);
    const bool says_more = std::ranges::any_of(words, [&](std::size_t w) {
      return static_cast<double>(terms[p].n_texts) < kMostlyInPair * static_cast<double>(terms[w].n_texts);
    });
    if (says_more) {
      is_out[p] = true;
    } else {
      for (const std::size_t w : words) is_out[w] = true;
    }
  }
  std::vector<ClusterTerm> kept;
  for (std::size_t i = 0; i < terms.size() && kept.size() < n_terms; ++i)
    if (!is_out[i]) kept.push_back(std::move(terms[i]));
  return kept;
}

}  // namespace

std::vector<std::vector<ClusterTerm>> cluster_words(std::span<const std::string> texts, std::span<const std::int32_t> labels,
                                                    const ClusterWordsOptions& options) {
  if (texts.size() != labels.size())
    throw Error(ErrorCode::mismatch, std::to_string(texts.size()) + " texts have " + std::to_string(labels.size()) + " labels");
  require(std::ranges::all_of(labels, [](std::int32_t label) { return label >= -1; }), "labels are −1 or from 0 on");
  require(options.max_texts > 0 && options.max_words > 0, "cluster_words: some texts and words must be read");
  const std::vector<Group> groups = count(texts, labels, options);
  const Totals totals = total_of(groups);
  std::vector<std::vector<ClusterTerm>> out;
  for (std::size_t g = 1; g < groups.size(); ++g)
    out.push_back(groups[g].n_texts == 0 ? std::vector<ClusterTerm>() : without_twins(ranked(groups[g], totals), options.n_terms));
  return out;
}

}  // namespace akin
