// A text as numbers of words, read once and kept on disk, so that it may come from a pipe and be far larger than the memory.
// Words are what stands between white space (NUL counted as such), as word2vec, GloVe and fastText have it; a line is a sentence. The words
// are numbered by falling count, equal counts by their bytes. The result does not depend on the number of threads.
// Tested by word_corpus_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "akin/base/context.h"
#include "akin/train/text_input.h"

namespace akin {

class NumberSpool;  // private

/// Longer words are no words (data in hexadecimal, a file without spaces): they are left out and counted.
inline constexpr std::size_t kMaxWordBytes = 256;

struct CorpusOptions {
  std::uint64_t min_count = 5;       ///< rarer words are left out; ≥ 1
  std::size_t max_words = 0;         ///< only so many of the most frequent words; 0: all
  std::size_t max_sentence = 1000;   ///< longer sentences are cut there, in words that are kept; ≥ 1
  std::size_t phrase_passes = 0;     ///< words that stand together more often than by chance become one, "new_york": so many times
  double phrase_threshold = 100;     ///< more is fewer phrases; halved in each further pass. As word2phrase's
  std::filesystem::path spool = {};  ///< beside this file the numbers are kept, without a name; empty: in the system's folder for such
};

/// What the text was.
struct CorpusReport {
  std::uint64_t n_words = 0;      ///< in the text
  std::uint64_t n_kept = 0;       ///< of them in the vocabulary
  std::uint64_t n_different = 0;  ///< before rare ones were left out
  std::uint64_t n_too_long = 0;   ///< over kMaxWordBytes
  std::uint64_t n_invalid = 0;    ///< not UTF-8: left out
  std::uint64_t n_sentences = 0;
};

class WordCorpus {
 public:
  /// Between sentences in a block.
  static constexpr std::uint32_t kSentenceEnd = std::numeric_limits<std::uint32_t>::max();

  /// Reads to the end of the text. Throws what `text` throws, Error{invalid_argument} for options out of range or a text in which fewer
  /// than two words are frequent enough, Error{io} for a full disk, Error{cancelled}.
  WordCorpus(TextInput& text, const CorpusOptions& options, Context& context);
  ~WordCorpus();
  WordCorpus(WordCorpus&&) noexcept;
  WordCorpus& operator=(WordCorpus&&) noexcept;

  [[nodiscard]] const std::vector<std::string>& words() const noexcept { return words_; }
  [[nodiscard]] const std::vector<std::uint64_t>& counts() const noexcept { return counts_; }
  [[nodiscard]] const CorpusReport& report() const noexcept { return report_; }

  /// The text is cut into blocks of whole sentences, of about 256 words each. Words of all blocks before block i: block_begin(i).
  [[nodiscard]] std::size_t n_blocks() const noexcept { return blocks_.size() - 1; }
  /// Numbers of words; each sentence ends with kSentenceEnd.
  [[nodiscard]] std::span<const std::uint32_t> block(std::size_t i) const noexcept;
  /// All blocks, one after the other.
  [[nodiscard]] std::span<const std::uint32_t> numbers() const noexcept;
  [[nodiscard]] std::uint64_t words_before(std::size_t block) const noexcept { return blocks_[block].words_before; }
  /// Gives back the memory of blocks [first, last), which were read from the disk.
  void forget(std::size_t first, std::size_t last) const noexcept;
  /// Beside what the numbers are kept: see CorpusOptions.
  [[nodiscard]] const std::filesystem::path& spool() const noexcept { return place_; }
  /// SHA-256 over words, counts and text, in hexadecimal: two corpora with the same digest teach the same.
  [[nodiscard]] std::string digest() const;

 private:
  struct Block {
    std::uint64_t begin = 0;  // among the numbers, ends of sentences counted
    std::uint64_t words_before = 0;
  };

  std::vector<std::string> words_;
  std::vector<std::uint64_t> counts_;
  CorpusReport report_;
  std::vector<Block> blocks_;  // one more than there are: the end
  std::filesystem::path place_;
  std::unique_ptr<NumberSpool> spool_;
};

}  // namespace akin
