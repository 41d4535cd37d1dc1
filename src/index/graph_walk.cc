#include "graph_walk.h"

#include <algorithm>
#include <bit>
#include <numeric>

namespace akin {
namespace {

// Entries that a walk begins at: the nearest few, for rows in clusters that the links between may miss.
constexpr std::size_t kStarts = 2;

// Floats in the order of whole numbers: negative ones turned round.
std::uint32_t ordered(float value) noexcept {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  return (bits & 0x80000000U) != 0 ? ~bits : bits | 0x80000000U;
}

}  // namespace

BeamEntry::BeamEntry(float estimate, std::uint32_t node) noexcept
    : key_(std::uint64_t{ordered(estimate)} << 32 | std::uint64_t{node} << 1) {}

float BeamEntry::estimate() const noexcept {
  const auto bits = static_cast<std::uint32_t>(key_ >> 32);
  return std::bit_cast<float>((bits & 0x80000000U) != 0 ? bits & 0x7FFFFFFFU : ~bits);
}

void Beam::reset(std::size_t capacity) {
  capacity_ = capacity;
  size_ = 0;
  if (entries_.size() < capacity + 1) entries_.resize(capacity + 1);
}

std::size_t Beam::push(BeamEntry entry) noexcept {
  BeamEntry* const begin = entries_.data();
  if (size_ == capacity_ && !(entry < begin[size_ - 1])) return capacity_;
  BeamEntry* const place = std::lower_bound(begin, begin + size_, entry);
  if (size_ < capacity_) ++size_;
  std::copy_backward(place, begin + size_ - 1, begin + size_);
  *place = entry;
  return static_cast<std::size_t>(place - begin);
}

void NodeMarks::reset(std::size_t n_nodes) {
  if (words_.size() < (n_nodes + 63) / 64) words_.resize((n_nodes + 63) / 64);
}

std::span<const BeamEntry> GraphWalk::find(const WalkGround& ground, const CodeQuery& query, const WalkOptions& options) {
  kept_ = options.kept;
  beam_.reset(kept_.all() ? options.beam : std::max(options.wide_beam, options.beam));
  collected_.reset(options.beam);
  seen_.reset(ground.codes->size());
  const std::size_t room = std::max(ground.links.cols(), ground.n_entries);
  fresh_.resize(room);
  sums_.resize(room);
  estimates_.resize(room);
  if (options.hidden != kNoLink) {
    seen_.mark(options.hidden);
    touched_.push_back(options.hidden);
  }
  enter(ground, query);
  for (std::size_t at = 0; at < beam_.size();) {
    if (beam_[at].followed()) {
      ++at;
      continue;
    }
    if (!kept_.all() && collected_.full() && collected_[options.beam - 1] < beam_[at]) break;
    beam_[at].set_followed();
    at = std::min(at + 1, follow(ground, query, beam_[at].node()));
  }
  seen_.clear(touched_);
  touched_.clear();
  return kept_.all() ? beam_.entries() : collected_.entries();
}

// The nearest entries, as the beam's first.
void GraphWalk::enter(const WalkGround& ground, const CodeQuery& query) {
  const std::size_t n = ground.n_entries;
  std::iota(fresh_.begin(), fresh_.begin() + static_cast<std::ptrdiff_t>(n), 0U);
  ground.codes->estimate(query, std::span(fresh_).first(n), sums_, estimates_);
  n_estimates_ += n;
  std::size_t n_starts = 0;
  BeamEntry starts[kStarts + 1];
  for (std::uint32_t node = 0; node < n; ++node) {
    const BeamEntry entry(estimates_[node], node);
    if (n_starts == kStarts && !(entry < starts[kStarts - 1])) continue;
    std::size_t place = std::min(n_starts, kStarts - 1);
    n_starts = place + 1;
    for (; place > 0 && entry < starts[place - 1]; --place) starts[place] = starts[place - 1];
    starts[place] = entry;
  }
  for (std::size_t i = 0; i < n_starts; ++i) {
    const std::uint32_t node = starts[i].node();
    if (!seen_.mark(node)) continue;
    touched_.push_back(node);
    beam_.push(starts[i]);
    if (!kept_.all() && kept_.keeps(node)) collected_.push(starts[i]);
  }
}

// Pushes the neighbours of `node` that are new; returns the first place that changed.
std::size_t GraphWalk::follow(const WalkGround& ground, const CodeQuery& query, std::uint32_t node) {
  const std::span<const std::uint32_t> links = ground.links.row(node);
  std::size_t n = 0;
  for (const std::uint32_t link : links) {
    if (link == kNoLink) break;
    fresh_[n] = link;
    if (seen_.mark(link)) ++n;
  }
  touched_.insert(touched_.end(), fresh_.begin(), fresh_.begin() + static_cast<std::ptrdiff_t>(n));
  for (std::size_t i = 0; i < n; ++i) ground.codes->prefetch_factor(fresh_[i]);
  ground.codes->estimate(query, std::span(fresh_).first(n), sums_, estimates_);
  n_estimates_ += n;
  std::size_t first = beam_.size();
  for (std::size_t i = 0; i < n; ++i) {
    const BeamEntry entry(estimates_[i], fresh_[i]);
    first = std::min(first, beam_.push(entry));
    if (!kept_.all() && kept_.keeps(fresh_[i])) collected_.push(entry);
  }
  return first;
}

}  // namespace akin
