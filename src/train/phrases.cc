#include "phrases.h"

#include <string>
#include <vector>

#include "akin/train/word_corpus.h"

namespace akin {
namespace {

constexpr std::size_t kFirstSlots = std::size_t{1} << 16;  // a power of two, as all sizes of the table
constexpr std::size_t kMostSlots = std::size_t{1} << 26;

/// How often pairs of numbers came.
class PairCounter {
 public:
  PairCounter() : slots_(kFirstSlots) {}

  void add(std::uint64_t pair) {
    Slot& slot = slots_[slot_of(pair)];
    if (slot.count == 0) {
      slot.pair = pair;
      ++n_pairs_;
    }
    ++slot.count;
    if (n_pairs_ * 3 > slots_.size() * 2) make_room();
  }
  [[nodiscard]] std::uint64_t count(std::uint64_t pair) const { return slots_[slot_of(pair)].count; }

 private:
  struct Slot {
    std::uint64_t pair = 0, count = 0;
  };

  [[nodiscard]] std::size_t slot_of(std::uint64_t pair) const {
    const std::size_t mask = slots_.size() - 1;
    std::uint64_t hash = pair * 0xD6E8FEB86659FD93U;
    hash ^= hash >> 32;
    std::size_t at = hash & mask;
    while (slots_[at].count != 0 && slots_[at].pair != pair) at = (at + 1) & mask;
    return at;
  }

  /// Twice the slots, or, where there are enough already, without the pairs that came least often.
  void make_room() {
    const bool full = slots_.size() >= kMostSlots;
    if (full) ++least_;
    std::vector<Slot> old(full ? slots_.size() : 2 * slots_.size());
    old.swap(slots_);
    n_pairs_ = 0;
    for (const Slot& slot : old) {
      if (slot.count < least_ || slot.count == 0) continue;
      slots_[slot_of(slot.pair)] = slot;
      ++n_pairs_;
    }
  }

  std::vector<Slot> slots_;
  std::size_t n_pairs_ = 0;
  std::uint64_t least_ = 1;
};

std::uint64_t pair_of(std::uint32_t a, std::uint32_t b) { return std::uint64_t{a} << 32 | b; }

class Joiner {
 public:
  Joiner(const WordCounter& words, const PhraseOptions& options) : words_(words), options_(options) {}

  void count(std::span<const std::uint32_t> numbers) {
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      if (numbers[i] == WordCorpus::kSentenceEnd) continue;
      ++n_words_;
      if (i > 0 && frequent(numbers[i - 1]) && frequent(numbers[i])) pairs_.add(pair_of(numbers[i - 1], numbers[i]));
    }
  }

  [[nodiscard]] bool is_phrase(std::uint32_t a, std::uint32_t b) const {
    if (!frequent(a) || !frequent(b)) return false;
    const std::uint64_t both = pairs_.count(pair_of(a, b));
    if (both <= options_.min_count) return false;
    const double score = static_cast<double>(both - options_.min_count) * static_cast<double>(n_words_) /
                         (static_cast<double>(words_.count(a)) * static_cast<double>(words_.count(b)));
    return score > options_.threshold && words_.word(a).size() + 1 + words_.word(b).size() <= kMaxWordBytes;
  }

 private:
  [[nodiscard]] bool frequent(std::uint32_t word) const {
    return word != WordCorpus::kSentenceEnd && words_.count(word) >= options_.min_count;
  }

  const WordCounter& words_;
  const PhraseOptions& options_;
  PairCounter pairs_;
  std::uint64_t n_words_ = 0;
};

}  // namespace

void join_phrases(std::span<const std::uint32_t> numbers, const WordCounter& words, const PhraseOptions& options, WordCounter& joined,
                  const std::function<void(std::span<const std::uint32_t>)>& sink) {
  constexpr std::size_t kPiece = 16384;
  Joiner joiner(words, options);
  joiner.count(numbers);
  std::vector<std::uint32_t> out;
  std::string phrase;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (numbers[i] == WordCorpus::kSentenceEnd) {
      out.push_back(numbers[i]);
    } else if (i + 1 < numbers.size() && joiner.is_phrase(numbers[i], numbers[i + 1])) {
      phrase.assign(words.word(numbers[i])).append(1, '_').append(words.word(numbers[i + 1]));
      out.push_back(joined.add(phrase));
      ++i;
    } else {
      out.push_back(joined.add(words.word(numbers[i])));
    }
    if (out.size() < kPiece) continue;
    sink(out);
    out.clear();
  }
  sink(out);
}

}  // namespace akin
