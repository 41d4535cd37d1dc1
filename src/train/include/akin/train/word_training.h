// Word vectors from a text: Word2Vec's skip-gram and CBOW (Mikolov et al., 2013), with negative sampling or hierarchical softmax, and
// fastText (Bojanowski et al., 2017), where a word is the mean of itself and its character n-grams. Parallel, and the same bits for a
// seed on any number of threads, also after a stop and a new start from a checkpoint (on one CPU target).
// Tested by word_training_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "akin/base/context.h"
#include "akin/base/matrix.h"
#include "akin/formats/fasttext.h"
#include "akin/train/word_corpus.h"

namespace akin {

enum class WordModelKind { skip_gram, cbow };
enum class WordLoss { negative_sampling, hierarchical_softmax };

/// fastText's n-grams: minn to maxn characters, hashed into so many buckets.
struct SubwordOptions {
  std::int32_t minn = 3, maxn = 6;
  std::int32_t buckets = 2'000'000;
};

/// Names and defaults are word2vec's and gensim's.
struct WordTrainingOptions {
  WordModelKind model = WordModelKind::skip_gram;
  WordLoss loss = WordLoss::negative_sampling;
  std::size_t dim = 100;      ///< 1 to 10,000
  std::size_t window = 5;     ///< words to each side, at most: 1 to so many are drawn for each word. 1 to 1,000
  std::size_t negatives = 5;  ///< words drawn against each word, shared by its window: 1 to 1,000. Of negative sampling
  std::size_t epochs = 5;     ///< 1 to 100,000
  float rate = 0;             ///< at the beginning, falling to 1/10,000 of it; 0: 0.025 for skip-gram, 0.05 for CBOW
  double sample = 1e-4;       ///< words more frequent than this are thinned out; 0: none are
  double exponent = 0.75;     ///< negatives are drawn by count^exponent
  std::optional<SubwordOptions> subwords = {};
};

/// A file that holds the work so far.
struct CheckpointOptions {
  std::filesystem::path file = {};  ///< empty: none is written
  double every_seconds = 600;       ///< and when the training is cancelled
  bool resume = false;              ///< go on from `file`. Throws Error{mismatch} if it is of another text, seed or other options
};

struct WordTrainingReport {
  std::uint64_t n_words_learnt = 0;   ///< of the text, all epochs
  std::uint64_t n_words_resumed = 0;  ///< of them from the checkpoint
  double seconds = 0;                 ///< of this run
  std::vector<double> losses = {};    ///< of each epoch done in this run: the mean over a sixteenth of the pairs, in nats
  bool finished = false;              ///< false: cancelled before the end
};

/// What was learnt.
class TrainedWords {
 public:
  ~TrainedWords();
  TrainedWords(TrainedWords&&) noexcept;
  TrainedWords& operator=(TrainedWords&&) noexcept;

  /// By falling count.
  [[nodiscard]] const std::vector<std::string>& words() const noexcept;
  [[nodiscard]] const std::vector<std::uint64_t>& counts() const noexcept;
  /// (n_words, dim): with subwords, the mean of a word's own row and those of its n-grams.
  [[nodiscard]] MatrixView<const float> vectors() const noexcept;
  [[nodiscard]] const WordTrainingOptions& options() const noexcept;
  [[nodiscard]] const WordTrainingReport& report() const noexcept;
  /// fastText's .bin, which also has vectors for words that were never seen. Throws Error{invalid_argument} without subwords, Error{io}.
  void write_fasttext(const std::filesystem::path& path) const;

  struct Parts;  ///< private
  explicit TrainedWords(std::unique_ptr<Parts> parts);

 private:
  std::unique_ptr<Parts> parts_;
};

/// Learns from all of `corpus`. When the context is cancelled, it stops at once and returns what was learnt so far (report().finished is
/// false). Memory: two rows of dim numbers a word and one a used n-gram. Progress counts words.
/// Throws Error{invalid_argument} for options out of range, Error{limit} if the table does not fit in memory, and for the checkpoint's
/// file Error{io}, Error{corrupt}, Error{not_found} and Error{mismatch}.
TrainedWords train_words(const WordCorpus& corpus, const WordTrainingOptions& options, const CheckpointOptions& checkpoint,
                         Context& context);

}  // namespace akin
