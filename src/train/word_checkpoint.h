// The file from which learning word vectors goes on (docs/formats/word-checkpoint.md). Private. Tested by word_checkpoint_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "akin/base/matrix.h"

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

}  // namespace akin
