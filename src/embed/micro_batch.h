// Cuts texts of all lengths into micro-batches whose activations stay in a core's cache. Tested by micro_batch_test.cc.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "akin/base/context.h"
#include "akin/base/crew.h"

namespace akin {

// Rows that go through the layers together. At 384 dimensions their activations fill about half of a 1 MB second-level cache; larger
// batches measured no faster, smaller ones read the weights more often.
inline constexpr std::size_t kMicroBatchTokens = 256;

/// Indices of texts that go through the transformer together, longest first.
using MicroBatch = std::vector<std::size_t>;

/// Every index of `lengths` (tokens a text) is in exactly one batch; a batch has at most `max_tokens` tokens, or one text. Depends on the
/// lengths alone.
std::vector<MicroBatch> cut_micro_batches(std::span<const std::size_t> lengths, std::size_t max_tokens);

/// run(b, crew) for each of `n` batches: side by side on all threads, with no crew; a single one inside the lead of a crew of all threads.
void run_micro_batches(std::size_t n, Context& context, const std::function<void(std::size_t batch, Crew* crew)>& run);

}  // namespace akin
