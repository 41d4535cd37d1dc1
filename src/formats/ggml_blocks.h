// ggml's block formats: a run of numbers shares a few scales, and each number is some bits. Decoded value for value as the reference
// implementation (the `gguf` package) decodes them, every product and sum in float and in its order. Tested by ggml_blocks_test.cc.
#pragma once

#include <cstddef>

#include "akin/formats/tensor.h"

namespace akin {

struct BlockFormat {
  TensorType type;
  std::size_t numbers;  ///< in a block
  std::size_t bytes;    ///< of a block
  void (*decode)(const std::byte* block, float* out) noexcept;
};

/// nullptr for types whose numbers lie one by one.
const BlockFormat* block_format(TensorType type) noexcept;

}  // namespace akin
