// The file from which learning word vectors goes on (docs/formats/word-checkpoint.md). Private. Tested by word_checkpoint_test.cc.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "akin/base/matrix.h"
#include "akin/train/word_training.h"

namespace akin {

struct WordProgress {
  std::uint64_t next_block = 0;  ///< of all epochs: epoch · n_blocks + block
  double loss = 0;               ///< of this epoch so far
  std::uint64_t n_scored = 0;
};

/// What must agree for the bits to go on: names and values.
using Identity = std::vector<std::pair<std::string, std::string>>;

/// The file is the old one or the whole new one. Throws Error{io}.
void write_word_checkpoint(const std::filesystem::path& path, const Identity& identity, const WordProgress& progress,
                           const Matrix<float>& table);

/// Fills `table`, which must have the checkpoint's shape. Throws Error{not_found}, Error{io}, Error{corrupt} for a damaged file,
/// Error{mismatch} naming what differs from `identity`.
WordProgress read_word_checkpoint(const std::filesystem::path& path, const Identity& identity, Matrix<float>& table);

/// The same from bytes in memory; `name` stands for the file in messages.
WordProgress parse_word_checkpoint(std::span<const std::byte> bytes, const std::string& name, const Identity& identity,
                                   Matrix<float>& table);

/// Of this epoch so far.
double mean_loss(const WordProgress& progress) noexcept;
/// "epoch 2/5, loss 1.234": for the progress; `n_blocks` are an epoch, `digits` stand behind the point.
std::string epoch_label(const WordProgress& progress, std::uint64_t n_blocks, std::size_t n_epochs, int digits);

/// Writes the checkpoints of a training; without a file it writes none.
class CheckpointWriter {
 public:
  CheckpointWriter(const CheckpointOptions& options, Identity identity) : options_(options), identity_(std::move(identity)) {}

  [[nodiscard]] const Identity& identity() const noexcept { return identity_; }
  /// Since it was made.
  [[nodiscard]] double seconds() const noexcept { return seconds_since(start_); }
  [[nodiscard]] bool is_due() const noexcept { return !options_.file.empty() && seconds_since(saved_) >= options_.every_seconds; }
  /// Throws Error{io}.
  void save(const WordProgress& progress, const Matrix<float>& table);

 private:
  using Clock = std::chrono::steady_clock;
  static double seconds_since(Clock::time_point time) noexcept { return std::chrono::duration<double>(Clock::now() - time).count(); }

  const CheckpointOptions& options_;
  Identity identity_;
  Clock::time_point start_ = Clock::now(), saved_ = start_;
};

}  // namespace akin
