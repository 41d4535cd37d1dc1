// Gives out the rounds of all epochs of a training, and does what is done between them: rate, progress, checkpoint, stop. Private.
// Tested by word_training_test.cc and classifier_training_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "akin/base/context.h"
#include "akin/base/matrix.h"
#include "akin/train/word_training.h"
#include "row_rounds.h"
#include "word_checkpoint.h"

namespace akin {

/// What is gone through, epoch after epoch.
struct RoundPlan {
  std::size_t n_blocks = 0;  ///< of an epoch
  std::size_t epochs = 1;
  std::size_t blocks_a_round = RowRounds::kBlocks;
  std::size_t most_threads = RowRounds::kBlocks;
  float first_rate = 0, least_rate = 0;                            ///< it falls with the words that are done
  std::function<std::uint64_t(std::size_t block)> words_before;    ///< of an epoch, for block ≤ n_blocks
  std::function<void(std::size_t first, std::size_t end)> forget;  ///< these blocks will not be asked for until the next epoch
  std::function<Identity()> identity;                              ///< asked for where there is a checkpoint
};

/// Runs the rounds that are left. `rounds` moves `table`, which is filled from the checkpoint first if that is to be resumed. Stops between
/// two rounds when the context is cancelled. Throws for the checkpoint's file as train_words() does.
class RoundSchedule {
 public:
  RoundSchedule(RoundPlan plan, const CheckpointOptions& checkpoint, Matrix<float>& table, Context& context);
  WordTrainingReport run(RowRounds& rounds);

 private:
  [[nodiscard]] std::uint64_t n_blocks() const { return plan_.epochs * std::uint64_t{plan_.n_blocks}; }
  [[nodiscard]] std::uint64_t words_before(std::uint64_t block) const;
  bool next(RowRounds::Round& round);
  void finish(const RowRounds::Round& round);
  [[nodiscard]] std::string label() const { return epoch_label(progress_, plan_.n_blocks, plan_.epochs, 3); }

  RoundPlan plan_;
  const CheckpointOptions& checkpoint_;
  Matrix<float>& table_;
  Context& context_;
  CheckpointWriter writer_;
  WordProgress progress_;
  WordTrainingReport report_;
  std::size_t n_rounds_ = 0;
  bool under_way_ = false;
};

}  // namespace akin
