#include "akin/train/word_corpus.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "akin/base/error.h"
#include "akin/base/sha256.h"
#include "number_spool.h"
#include "phrases.h"
#include "word_chunks.h"

namespace akin {
namespace {

namespace fs = std::filesystem;

// Enough work that taking a block costs nothing beside it, few enough words that what they touch fits in a core's second cache: about
// 850 rows of 100 numbers with five negatives a word.
constexpr std::uint64_t kBlockWords = 256;

/// The numbers of the words that are kept, the most frequent first; kNone for the others.
struct Chosen {
  std::vector<std::uint32_t> order;   ///< of those kept: their numbers before
  std::vector<std::uint32_t> number;  ///< one for each word there was
};

Chosen choose(const WordCounter& words, const CorpusOptions& options) {
  Chosen chosen;
  for (std::uint32_t i = 0; i < words.size(); ++i)
    if (words.count(i) >= options.min_count) chosen.order.push_back(i);
  std::sort(chosen.order.begin(), chosen.order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return words.count(a) != words.count(b) ? words.count(a) > words.count(b) : words.word(a) < words.word(b);
  });
  if (options.max_words != 0 && chosen.order.size() > options.max_words) chosen.order.resize(options.max_words);
  chosen.number.assign(words.size(), WordCounter::kNone);
  for (std::uint32_t i = 0; i < chosen.order.size(); ++i) chosen.number[chosen.order[i]] = i;
  return chosen;
}

void check(const CorpusOptions& options) {
  require(options.min_count >= 1, "the least count of a word must be 1 or more");
  require(options.max_sentence >= 1, "the longest sentence must have 1 word or more");
  require(options.phrase_passes <= 10, "at most 10 passes for phrases");
}

void refuse_poor_text(const CorpusReport& report, std::size_t n_kept, const CorpusOptions& options) {
  if (n_kept >= 2) return;
  if (report.n_words == 0) throw Error(ErrorCode::invalid_argument, "the text has no words");
  throw Error(ErrorCode::invalid_argument, std::to_string(n_kept) + " of the text's " + std::to_string(report.n_different) +
                                               " different words came " + std::to_string(options.min_count) +
                                               " times or more; at least 2 are wanted (more text, or a lower least count)");
}

/// Writes the kept words of a text with cut sentences, and says where blocks begin.
template <class Block>
class BlockWriter {
 public:
  BlockWriter(NumberSpool& spool, std::vector<Block>& blocks, std::size_t max_sentence)
      : spool_(spool), blocks_(blocks), max_sentence_(max_sentence) {
    blocks_.push_back({});
  }

  void add(std::uint32_t number) {
    put(number);
    ++words_;
    if (++in_sentence_ == max_sentence_) end_sentence();
  }
  void end_sentence() {
    if (in_sentence_ == 0) return;
    in_sentence_ = 0;
    put(WordCorpus::kSentenceEnd);
    if (words_ - blocks_.back().words_before >= kBlockWords) blocks_.push_back({written_, words_});
  }
  /// Returns the number of words.
  std::uint64_t finish() {
    end_sentence();
    spool_.write(buffer_);
    if (blocks_.back().begin != written_) blocks_.push_back({written_, words_});
    return words_;
  }

 private:
  void put(std::uint32_t number) {
    buffer_.push_back(number);
    ++written_;
    if (buffer_.size() < kBuffered) return;
    spool_.write(buffer_);
    buffer_.clear();
  }

  static constexpr std::size_t kBuffered = 16384;
  NumberSpool& spool_;
  std::vector<Block>& blocks_;
  std::size_t max_sentence_, in_sentence_ = 0;
  std::uint64_t written_ = 0, words_ = 0;
  std::vector<std::uint32_t> buffer_;
};

}  // namespace

WordCorpus::WordCorpus(TextInput& text, const CorpusOptions& options, Context& context) {
  check(options);
  place_ = spool_place(options.spool);
  WordCounter counter;
  auto all = std::make_unique<NumberSpool>(place_);
  number_words(
      text, counter, report_, [&](std::span<const std::uint32_t> numbers) { all->write(numbers); }, context);
  all->finish();
  PhraseOptions phrases{options.min_count, options.phrase_threshold};
  for (std::size_t pass = 0; pass < options.phrase_passes; ++pass, phrases.threshold /= 2) {
    WordCounter joined;
    auto next = std::make_unique<NumberSpool>(place_);
    join_phrases(all->numbers(), counter, phrases, joined, [&](std::span<const std::uint32_t> numbers) { next->write(numbers); });
    next->finish();
    counter = std::move(joined);
    all = std::move(next);
    context.cancel.check();
  }
  const Chosen chosen = choose(counter, options);
  refuse_poor_text(report_, chosen.order.size(), options);
  for (const std::uint32_t i : chosen.order) {
    words_.emplace_back(counter.word(i));
    counts_.push_back(counter.count(i));
  }
  spool_ = std::make_unique<NumberSpool>(place_);
  BlockWriter writer(*spool_, blocks_, options.max_sentence);
  for (const std::uint32_t number : all->numbers()) {
    if (number == kSentenceEnd) {
      writer.end_sentence();
    } else if (chosen.number[number] != WordCounter::kNone) {
      writer.add(chosen.number[number]);
    }
  }
  report_.n_kept = writer.finish();
  spool_->finish();
}

WordCorpus::~WordCorpus() = default;
WordCorpus::WordCorpus(WordCorpus&&) noexcept = default;
WordCorpus& WordCorpus::operator=(WordCorpus&&) noexcept = default;

std::span<const std::uint32_t> WordCorpus::block(std::size_t i) const noexcept {
  return spool_->numbers().subspan(blocks_[i].begin, blocks_[i + 1].begin - blocks_[i].begin);
}

std::span<const std::uint32_t> WordCorpus::numbers() const noexcept { return spool_->numbers(); }

void WordCorpus::forget(std::size_t first, std::size_t last) const noexcept {
  spool_->forget(spool_->numbers().subspan(blocks_[first].begin, blocks_[last].begin - blocks_[first].begin));
}

std::string WordCorpus::digest() const {
  Sha256 sha;
  for (std::size_t i = 0; i < words_.size(); ++i) sha.field(words_[i]);
  sha.update(std::as_bytes(std::span(counts_))).update(std::as_bytes(spool_->numbers()));
  return sha.hex();
}

}  // namespace akin
