// Cuts texts of all lengths into micro-batches whose activations stay in a core's cache. Tested by micro_batch_test.cc.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace akin {

/// Indices of texts that go through the transformer together, longest first.
using MicroBatch = std::vector<std::size_t>;

/// Every index of `lengths` (tokens a text) is in exactly one batch; a batch has at most `max_tokens` tokens, or one text. Depends on the
/// lengths alone.
std::vector<MicroBatch> cut_micro_batches(std::span<const std::size_t> lengths, std::size_t max_tokens);

}  // namespace akin
