// fastText's classifier of texts (Joulin et al., 2016: "Bag of tricks for efficient text classification"): a text is the mean of the
// vectors of its words and n-grams, and a linear layer over it scores the labels. Parallel, and the same bits for a seed on any number of
// threads, also after a stop and a new start from a checkpoint (on one CPU target). Labels for texts: akin/embed/text_classifier.h reads
// what is written here, and so does fastText. Tested by classifier_training_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

#include "akin/base/context.h"
#include "akin/base/matrix.h"
#include "akin/formats/word_vectors.h"
#include "akin/train/labelled_corpus.h"
#include "akin/train/word_training.h"

namespace akin {

enum class LabelLoss {
  softmax,               ///< one label a line: of several, one is drawn each time the line is seen
  hierarchical_softmax,  ///< the same along a Huffman tree: time grows with the logarithm of the number of labels
  one_vs_all,            ///< a yes or no for each label: lines with several
};

/// Names and defaults are fastText's.
struct ClassifierOptions {
  LabelLoss loss = LabelLoss::softmax;
  std::size_t dim = 100;   ///< 1 to 10,000
  std::size_t epochs = 5;  ///< 1 to 100,000
  float rate = 0.1F;       ///< at the beginning, falling to 0: over 0, up to 100
};

/// How a model is made small ("FastText.zip", Joulin et al., 2016).
struct QuantizeOptions {
  std::size_t cutoff = 0;  ///< only so many rows of words and n-grams, those with the longest vectors; 0: all
  bool retrain = false;    ///< after a cutoff, learn on with the rows that are left, over the same lines
  bool norms = false;      ///< lengths of rows in codes of their own
  bool output = false;     ///< the labels' rows in codes too
  std::size_t part = 2;    ///< numbers that share a code: fewer are truer, more are smaller. 1 to dim
};

/// What was learnt.
class TrainedClassifier {
 public:
  ~TrainedClassifier();
  TrainedClassifier(TrainedClassifier&&) noexcept;
  TrainedClassifier& operator=(TrainedClassifier&&) noexcept;

  [[nodiscard]] const WordTrainingReport& report() const noexcept;  ///< losses: of lines, in nats
  [[nodiscard]] const ClassifierOptions& options() const noexcept;
  /// fastText's .bin. N-grams that no line had are zeros. Throws Error{io}.
  void write(const std::filesystem::path& path) const;
  /// fastText's .ftz. Throws Error{invalid_argument} for options out of range, Error{io}, Error{cancelled}.
  void write_quantized(const std::filesystem::path& path, const QuantizeOptions& options, Context& context) const;

  struct Parts;  ///< private
  explicit TrainedClassifier(std::unique_ptr<Parts> parts);

 private:
  std::unique_ptr<Parts> parts_;
};

/// Learns from all of `corpus`, which must outlive the result. `pretrained`, if given, is where the rows of its words begin; give its words
/// to the corpus (more_words) as well. When the context is cancelled, it stops at once and returns what was learnt so far. Memory: a row of
/// dim numbers a word, a used n-gram and a label. Throws Error{invalid_argument} for options out of range or vectors of another dimension,
/// Error{limit} if the table does not fit in memory, and for the checkpoint's file as train_words() does.
TrainedClassifier train_classifier(const LabelledCorpus& corpus, const ClassifierOptions& options, const WordVectors* pretrained,
                                   const CheckpointOptions& checkpoint, Context& context);

}  // namespace akin
