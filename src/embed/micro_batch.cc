#include "micro_batch.h"

#include <algorithm>
#include <numeric>

namespace akin {

std::vector<MicroBatch> cut_micro_batches(std::span<const std::size_t> lengths, std::size_t max_tokens) {
  std::vector<std::size_t> order(lengths.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return lengths[a] > lengths[b]; });
  std::vector<MicroBatch> batches;
  std::size_t tokens = 0;
  for (const std::size_t i : order) {
    if (batches.empty() || tokens + lengths[i] > max_tokens) {
      batches.emplace_back();
      tokens = 0;
    }
    batches.back().push_back(i);
    tokens += lengths[i];
  }
  return batches;
}

}  // namespace akin
