#include "micro_batch.h"

#include <algorithm>
#include <numeric>

namespace akin {
namespace {

// Threads that share the products of a single micro-batch: its smallest product has two pieces, its largest eight.
constexpr std::size_t kMostInACrew = 8;

}  // namespace

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

void run_micro_batches(std::size_t n, Context& context, const std::function<void(std::size_t, Crew*)>& run) {
  if (n == 1 && context.pool.n_threads() > 1) {
    Crew crew;
    const std::size_t n_threads = std::min(static_cast<std::size_t>(context.pool.n_threads()), kMostInACrew);
    context.parallel_for(n_threads, 1, [&](std::size_t, std::size_t) { crew.join([&] { run(0, &crew); }); });
  } else {
    context.parallel_for(n, 1, [&](std::size_t b, std::size_t) { run(b, nullptr); });
  }
}

}  // namespace akin
