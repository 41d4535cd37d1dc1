#include "bpe_trainer.h"

#include <algorithm>
#include <limits>
#include <map>
#include <queue>
#include <unordered_map>

#include "akin/base/error.h"
#include "akin/base/utf8.h"

namespace akin::train {
namespace {

using Id = std::uint32_t;
using Pair = std::pair<Id, Id>;

// Pieces by id and back.
class Pieces {
 public:
  Id add(const std::string& piece) {
    const auto [at, is_new] = ids_.try_emplace(piece, static_cast<Id>(pieces_.size()));
    if (is_new) pieces_.push_back(piece);
    return at->second;
  }
  [[nodiscard]] bool contains(const std::string& piece) const { return ids_.contains(piece); }
  [[nodiscard]] const std::string& operator[](Id id) const noexcept { return pieces_[id]; }
  [[nodiscard]] std::size_t size() const noexcept { return pieces_.size(); }
  std::vector<std::string> take() { return std::move(pieces_); }

 private:
  std::vector<std::string> pieces_;
  std::unordered_map<std::string, Id> ids_;
};

// Special tokens, then every character of the corpus but the rarest above the limit, by code point.
void add_alphabet(const std::vector<CountedWord>& words, const TokenizerTemplate& form, std::size_t limit, Pieces& pieces) {
  std::map<char32_t, std::uint64_t> seen = count_characters(words);
  for (const char32_t c : form.initial_alphabet()) seen[c] = std::numeric_limits<std::uint64_t>::max();
  std::vector<std::pair<std::uint64_t, char32_t>> kept;
  for (const auto& [c, count] : seen) kept.emplace_back(count, c);
  if (limit > 0 && kept.size() > limit) {
    std::sort(kept.begin(), kept.end(),
              [](const auto& a, const auto& b) { return a.first != b.first ? a.first > b.first : a.second < b.second; });
    kept.resize(limit);
  }
  std::sort(kept.begin(), kept.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  for (const auto& [count, c] : kept) {
    std::string piece;
    append_utf8(piece, c);
    pieces.add(piece);
  }
}

// All words as pieces, one behind the other; merging shortens a word in its place.
class Corpus {
 public:
  Corpus(const std::vector<CountedWord>& words, const TokenizerTemplate& form, Pieces& pieces) {
    add_marked_characters(words, form, pieces);
    for (const CountedWord& word : words) {
      begins_.push_back(symbols_.size());
      counts_.push_back(static_cast<std::int64_t>(word.count));
      for_each_character(word.text, form, [&](const std::string& plain, const std::string& marked) {
        if (pieces.contains(plain)) symbols_.push_back(pieces.add(marked));
      });
      lengths_.push_back(static_cast<std::uint32_t>(symbols_.size() - begins_.back()));
    }
  }
  [[nodiscard]] std::size_t size() const noexcept { return begins_.size(); }
  [[nodiscard]] std::int64_t count(std::uint32_t word) const noexcept { return counts_[word]; }
  [[nodiscard]] std::span<Id> symbols(std::uint32_t word) noexcept { return {symbols_.data() + begins_[word], lengths_[word]}; }

  /// Makes `merged` of every `pair` in a word and calls change(pair, ±1) for each neighbourhood that goes and comes.
  template <class Change>
  void merge(std::uint32_t word, Pair pair, Id merged, Change&& change) {
    const std::span<Id> in = symbols(word);
    std::size_t out = 0;
    for (std::size_t i = 0; i < in.size(); ++out) {
      if (in[i] != pair.first || i + 1 == in.size() || in[i + 1] != pair.second) {
        in[out] = in[i++];
        continue;
      }
      if (out > 0) {
        change({in[out - 1], pair.first}, -1);
        change({in[out - 1], merged}, 1);
      }
      i += 2;
      in[out] = merged;
      if (i < in.size()) {
        change({pair.second, in[i]}, -1);
        change({merged, in[i]}, 1);
      }
    }
    lengths_[word] = static_cast<std::uint32_t>(out);
  }

 private:
  template <class Take>
  static void for_each_character(const std::string& word, const TokenizerTemplate& form, Take&& take) {
    for (std::size_t at = 0; at < word.size();) {
      const std::size_t length = decode_utf8(word, at).length;
      const std::string plain = word.substr(at, length);
      std::string marked = at > 0 ? form.continuing_prefix() + plain : plain;
      at += length;
      if (at == word.size()) marked += form.word_suffix();
      take(plain, marked);
    }
  }
  // Characters with a mark get their ids by their order, not by that of the words.
  static void add_marked_characters(const std::vector<CountedWord>& words, const TokenizerTemplate& form, Pieces& pieces) {
    if (form.continuing_prefix().empty() && form.word_suffix().empty()) return;
    std::map<std::string, bool> marked;
    for (const CountedWord& word : words) {
      for_each_character(word.text, form, [&](const std::string& plain, const std::string& with) {
        if (pieces.contains(plain)) marked[with] = true;
      });
    }
    for (const auto& [piece, is_seen] : marked) pieces.add(piece);
  }

  std::vector<Id> symbols_;
  std::vector<std::size_t> begins_;
  std::vector<std::uint32_t> lengths_;
  std::vector<std::int64_t> counts_;
};

// How often each pair is seen now, and the words in which it newly was since it was last put in the queue.
class PairTable {
 public:
  struct Entry {
    std::int64_t count = 0;
    std::vector<std::uint32_t> words;  // ascending, each once
  };
  void change(Pair pair, std::int64_t by, std::uint32_t word) {
    Entry& entry = entries_[key(pair)];
    entry.count += by;
    if (by <= 0) return;
    if (entry.words.empty()) fresh_.push_back(pair);
    if (entry.words.empty() || entry.words.back() != word) entry.words.push_back(word);
  }
  [[nodiscard]] std::int64_t count(Pair pair) const { return entries_.at(key(pair)).count; }
  /// Calls take(pair, count, words) for every pair with new words, and forgets the words.
  template <class Take>
  void take_fresh(Take&& take) {
    for (const Pair& pair : fresh_) {
      Entry& entry = entries_.at(key(pair));
      std::vector<std::uint32_t> words = std::move(entry.words);
      entry.words.clear();
      if (entry.count > 0) take(pair, entry.count, std::move(words));
    }
    fresh_.clear();
  }

 private:
  static std::uint64_t key(Pair pair) noexcept { return std::uint64_t{pair.first} << 32 | pair.second; }
  struct Mix {
    std::size_t operator()(std::uint64_t x) const noexcept {
      x *= 0x9e3779b97f4a7c15U;
      return static_cast<std::size_t>(x ^ (x >> 32));
    }
  };
  std::unordered_map<std::uint64_t, Entry, Mix> entries_;
  std::vector<Pair> fresh_;
};

struct Candidate {
  std::int64_t count = 0;
  Pair pair;
  std::size_t order = 0;  // of arrival, among equals
  std::vector<std::uint32_t> words;
  // The queue's top is the largest.
  friend bool operator<(const Candidate& a, const Candidate& b) noexcept {
    if (a.count != b.count) return a.count < b.count;
    if (a.pair != b.pair) return a.pair > b.pair;
    return a.order > b.order;
  }
};

class Merger {
 public:
  Merger(Corpus& corpus, Pieces& pieces, const TokenizerTemplate& form) : corpus_(corpus), pieces_(pieces), form_(form) {
    for (std::uint32_t word = 0; word < corpus_.size(); ++word) {
      const std::span<const Id> symbols = corpus_.symbols(word);
      for (std::size_t i = 0; i + 1 < symbols.size(); ++i) table_.change({symbols[i], symbols[i + 1]}, corpus_.count(word), word);
    }
    queue_fresh();
  }

  // The next pair to merge, most frequent first; false when there is none of `min_frequency`.
  bool next(std::uint64_t min_frequency, Candidate& top) {
    while (!queue_.empty()) {
      top = std::move(const_cast<Candidate&>(queue_.top()));  // popped at once: the order of a moved-from top is not asked
      queue_.pop();
      const std::int64_t now = table_.count(top.pair);
      if (now != top.count) {
        top.count = now;
        if (now > 0) queue_.push(std::move(top));
        continue;
      }
      return static_cast<std::uint64_t>(now) >= std::max<std::uint64_t>(min_frequency, 1);
    }
    return false;
  }

  void merge(const Candidate& top) {
    std::string_view right = pieces_[top.pair.second];
    if (!form_.continuing_prefix().empty() && right.starts_with(form_.continuing_prefix()))
      right.remove_prefix(form_.continuing_prefix().size());
    const Id merged = pieces_.add(pieces_[top.pair.first] + std::string(right));
    merges_.push_back(top.pair);
    for (const std::uint32_t word : top.words) {
      const std::int64_t count = corpus_.count(word);
      corpus_.merge(word, top.pair, merged, [&](Pair pair, int sign) { table_.change(pair, sign * count, word); });
    }
    queue_fresh();
  }

  // A pair that was merged twice (a piece can come about in two ways) counts where it was last, as in the reference.
  [[nodiscard]] std::vector<std::pair<std::int32_t, std::int32_t>> merges() const {
    std::map<Pair, std::size_t> last;
    for (std::size_t i = 0; i < merges_.size(); ++i) last[merges_[i]] = i;
    std::vector<std::pair<std::int32_t, std::int32_t>> out;
    for (std::size_t i = 0; i < merges_.size(); ++i) {
      if (last[merges_[i]] == i)
        out.emplace_back(static_cast<std::int32_t>(merges_[i].first), static_cast<std::int32_t>(merges_[i].second));
    }
    return out;
  }

 private:
  void queue_fresh() {
    table_.take_fresh([&](Pair pair, std::int64_t count, std::vector<std::uint32_t>&& words) {
      queue_.push({count, pair, n_queued_++, std::move(words)});
    });
  }

  Corpus& corpus_;
  Pieces& pieces_;
  const TokenizerTemplate& form_;
  PairTable table_;
  std::priority_queue<Candidate> queue_;
  std::size_t n_queued_ = 0;
  std::vector<Pair> merges_;
};

}  // namespace

TrainedVocabulary train_bpe(const std::vector<CountedWord>& words, const TokenizerTemplate& form, const TokenizerTrainerOptions& options,
                            Context& context) {
  Pieces pieces;
  for (const std::string& token : form.special_tokens()) pieces.add(token);
  add_alphabet(words, form, options.limit_alphabet, pieces);
  Corpus corpus(words, form, pieces);
  if (pieces.size() > options.vocabulary_size)
    throw Error(ErrorCode::invalid_argument, "a vocabulary of " + std::to_string(options.vocabulary_size) + " pieces has no room for the " +
                                                 std::to_string(pieces.size()) +
                                                 " special tokens and characters: ask for more, or limit the alphabet");
  Merger merger(corpus, pieces, form);
  context.progress.begin("merging pairs", options.vocabulary_size - pieces.size(), "pieces");
  Candidate top;
  while (pieces.size() < options.vocabulary_size && merger.next(options.min_frequency, top)) {
    context.cancel.check();
    const std::size_t before = pieces.size();
    merger.merge(top);
    context.progress.advance(pieces.size() - before);
  }
  context.progress.end();
  TrainedVocabulary out;
  out.merges = merger.merges();
  out.pieces = pieces.take();
  return out;
}

}  // namespace akin::train
