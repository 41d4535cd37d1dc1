// Lines of text with labels, as fastText's classifiers learn from them: `__label__pump the impeller is worn`. A line may have several
// labels, anywhere in it; the end of a line is a word of its own. Read once and kept on disk as rows of the table to come: those of words,
// of their parts, and of n-grams of words, which share hashed buckets. Lines are shuffled by the context's seed, so that a file that is
// sorted by label teaches as much as any other. The result does not depend on the number of threads. Tested by labelled_corpus_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "akin/base/context.h"
#include "akin/train/text_input.h"
#include "akin/train/word_corpus.h"

namespace akin {

class NumberSpool;  // private

/// Names and defaults are fastText's.
struct LabelledCorpusOptions {
  std::string label_prefix = "__label__";    ///< a word that begins so is a label
  std::uint64_t min_count = 1;               ///< rarer words are left out; ≥ 1
  std::uint64_t min_label_count = 1;         ///< and rarer labels
  std::int32_t word_ngrams = 1;              ///< runs of up to so many words count too: 1 to 64
  std::int32_t minn = 0, maxn = 0;           ///< parts of words, in characters: 0 to 64; maxn = 0: none
  std::int32_t buckets = 2'000'000;          ///< that parts and n-grams share; not used where there are neither
  std::vector<std::string> more_words = {};  ///< that are to have a row, whether the text has them or not
  std::filesystem::path spool = {};          ///< beside this file the numbers are kept, without a name; empty: where the system has room
};

struct LabelledReport {
  CorpusReport text;               ///< what the lines were: words include labels
  std::uint64_t n_lines = 0;       ///< that are learnt from
  std::uint64_t n_unlabelled = 0;  ///< with words, but no label that is kept
  std::uint64_t n_empty = 0;       ///< with a label, but no word that is kept
};

class LabelledCorpus {
 public:
  /// Reads to the end of the text. Throws what `text` throws, Error{invalid_argument} for options out of range and for a text without
  /// words, labels, or lines that have both, Error{io} for a full disk, Error{cancelled}.
  LabelledCorpus(TextInput& text, const LabelledCorpusOptions& options, Context& context);
  ~LabelledCorpus();
  LabelledCorpus(LabelledCorpus&&) noexcept;
  LabelledCorpus& operator=(LabelledCorpus&&) noexcept;

  /// By falling count, equal counts by their bytes; "</s>" is among them.
  [[nodiscard]] const std::vector<std::string>& words() const noexcept { return words_; }
  [[nodiscard]] const std::vector<std::uint64_t>& counts() const noexcept { return counts_; }
  /// In the same order, with their prefix.
  [[nodiscard]] const std::vector<std::string>& labels() const noexcept { return labels_; }
  [[nodiscard]] const std::vector<std::uint64_t>& label_counts() const noexcept { return label_counts_; }
  [[nodiscard]] const LabelledReport& report() const noexcept { return report_; }
  [[nodiscard]] const LabelledCorpusOptions& options() const noexcept { return options_; }

  /// Bucket of row n_words + i: those that some line uses, in the order in which they first came. 0 buckets: options().buckets is 0 too.
  [[nodiscard]] const std::vector<std::uint32_t>& buckets() const noexcept { return buckets_; }
  [[nodiscard]] std::size_t n_rows() const noexcept { return words_.size() + buckets_.size(); }

  struct Line {
    std::span<const std::uint32_t> labels, rows;  ///< at least one of each; rows may repeat
    std::uint32_t n_words = 0;                    ///< labels, and words without a row, counted
  };
  /// In the shuffled order; i < report().n_lines.
  [[nodiscard]] Line line(std::size_t i) const noexcept;

  /// SHA-256 over words, labels, counts and lines, in hexadecimal.
  [[nodiscard]] std::string digest() const;

 private:
  class Builder;

  LabelledCorpusOptions options_;
  std::vector<std::string> words_, labels_;
  std::vector<std::uint64_t> counts_, label_counts_;
  std::vector<std::uint32_t> buckets_;
  LabelledReport report_;
  std::vector<std::uint64_t> lines_;  // where each begins, shuffled
  std::unique_ptr<NumberSpool> spool_;
};

}  // namespace akin
