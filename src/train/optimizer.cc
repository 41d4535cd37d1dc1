#include "akin/train/optimizer.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "akin/base/error.h"
#include "akin/kernels/adam.h"

namespace akin {
namespace {

/// Numbers that a thread takes at a time.
constexpr std::size_t kBlock = 65536;

struct Block {
  std::size_t offset, size;
  bool decays;
};

std::vector<Block> blocks_of(const Parameters& parameters) {
  std::vector<Block> blocks;
  for (const Parameter& p : parameters.list()) {
    if (p.is_frozen) continue;
    for (std::size_t at = 0; at < p.size(); at += kBlock) blocks.push_back({p.offset + at, std::min(kBlock, p.size() - at), p.decays()});
  }
  return blocks;
}

double squares(std::span<const Block> blocks, std::span<const float> gradients, Context& context) {
  const auto map = [&](std::size_t i, std::size_t) { return kernels::sum_of_squares(gradients.subspan(blocks[i].offset, blocks[i].size)); };
  return context.pool.parallel_reduce(blocks.size(), 1, 0.0, map, [](double total, double piece) { return total + piece; });
}

}  // namespace

void check(const AdamWOptions& o) {
  require(o.beta1 >= 0 && o.beta1 < 1 && o.beta2 >= 0 && o.beta2 < 1, "AdamW: beta1 and beta2 must be at least 0 and below 1");
  require(o.eps > 0 && std::isfinite(o.eps), "AdamW: eps must be above 0");
  require(o.weight_decay >= 0 && std::isfinite(o.weight_decay), "AdamW: the weight decay must not be negative");
  require(o.clip >= 0 && std::isfinite(o.clip), "AdamW: the length to clip at must not be negative");
}

double rate_at(const RateSchedule& s, std::size_t step) {
  if (step < s.warmup) return s.rate * static_cast<double>(step + 1) / static_cast<double>(s.warmup);
  if (s.steps <= s.warmup + 1) return s.rate;
  const double done = std::min(1.0, static_cast<double>(step - s.warmup) / static_cast<double>(s.steps - 1 - s.warmup));
  return s.last_rate + (s.rate - s.last_rate) * 0.5 * (1 + std::cos(std::numbers::pi * done));
}

AdamW::AdamW(const Parameters& parameters, const AdamWOptions& options)
    : options_(options), first_(1, parameters.size()), second_(1, parameters.size()) {
  check(options);
}

double AdamW::step(Parameters& parameters, std::span<float> gradients, double rate, Context& context) {
  require(gradients.size() == parameters.size(), "gradients need the layout of the parameters");
  const std::vector<Block> blocks = blocks_of(parameters);
  const double length = std::sqrt(squares(blocks, gradients, context));
  ++n_steps_;
  const auto t = static_cast<double>(n_steps_);
  kernels::AdamStep step;
  step.rate = static_cast<float>(rate / (1 - std::pow(options_.beta1, t)));
  step.root_correction = static_cast<float>(1 / std::sqrt(1 - std::pow(options_.beta2, t)));
  step.beta1 = static_cast<float>(options_.beta1);
  step.beta2 = static_cast<float>(options_.beta2);
  step.eps = static_cast<float>(options_.eps);
  if (options_.clip > 0) step.gradient_scale = static_cast<float>(std::min(1.0, options_.clip / (length + 1e-6)));
  context.pool.parallel_for(blocks.size(), 1, [&](std::size_t i, std::size_t) {
    const Block& block = blocks[i];
    kernels::AdamStep own = step;
    own.decay = block.decays ? static_cast<float>(rate * options_.weight_decay) : 0.0F;
    const auto part = [&](std::span<float> buffer) { return buffer.subspan(block.offset, block.size); };
    kernels::adam_update(own, part(gradients), {part(parameters.values()), part(first_moments()), part(second_moments())});
  });
  std::ranges::fill(gradients, 0.0F);
  return length;
}

}  // namespace akin
