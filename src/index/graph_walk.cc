#include "graph_walk.h"

#include <algorithm>
#include <numeric>

namespace akin {
namespace {

// Entries that a walk begins at: the nearest few, for rows in clusters that the links between may miss.
constexpr std::size_t kStarts = 2;

void ask_for_links(const WalkGround& ground, std::uint32_t node) noexcept {
  const std::uint32_t* links = ground.links.row_data(node);
  for (std::size_t i = 0; i < ground.links.cols(); i += kAlignment / sizeof(std::uint32_t)) __builtin_prefetch(links + i);
}

}  // namespace

void Beam::reset(std::size_t capacity) {
  capacity_ = capacity;
  size_ = 0;
  if (entries_.size() < capacity + 1) entries_.resize(capacity + 1);
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
  const struct Unmark {
    GraphWalk& walk;
    ~Unmark() { walk.unmark(); }
  } unmark{*this};
  enter(ground, query);
  for (std::size_t at = 0; at < beam_.size();) {
    if (!kept_.all() && collected_.full() && collected_[options.beam - 1] < beam_[at]) break;
    beam_[at].set_followed();
    const std::uint32_t node = beam_[at].node();
    // Its turn comes next, unless a nearer one is met.
    const std::size_t next = beam_.next(at + 1);
    if (next < beam_.size()) ask_for_links(ground, beam_[next].node());
    at = beam_.next(std::min(next, follow(ground, query, node)));
  }
  return kept_.all() ? beam_.entries() : collected_.entries();
}

void GraphWalk::unmark() {
  seen_.clear(touched_);
  touched_.clear();
}

// The nearest entries, as the beam's first.
void GraphWalk::enter(const WalkGround& ground, const CodeQuery& query) {
  const std::size_t n = ground.n_entries;
  std::iota(fresh_.begin(), fresh_.begin() + static_cast<std::ptrdiff_t>(n), 0U);
  if (ground.proof != nullptr) ground.proof->codes_of(std::span(fresh_).first(n));
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
  if (ground.proof != nullptr) ground.proof->links_of(node);
  const std::span<const std::uint32_t> links = ground.links.row(node);
  std::size_t n = 0;
  for (const std::uint32_t link : links) {
    if (link == kNoLink) break;
    fresh_[n] = link;
    if (!seen_.mark(link)) continue;
    ground.codes->prefetch(link);
    ++n;
  }
  touched_.insert(touched_.end(), fresh_.begin(), fresh_.begin() + static_cast<std::ptrdiff_t>(n));
  if (ground.proof != nullptr) ground.proof->codes_of(std::span(fresh_).first(n));
  ground.codes->estimate(query, std::span(fresh_).first(n), sums_, estimates_);
  n_estimates_ += n;
  std::size_t first = beam_.size();
  for (std::size_t i = 0; i < n; ++i) {
    const BeamEntry entry(estimates_[i], fresh_[i]);
    const std::size_t place = beam_.push(entry);
    if (place < first) {
      first = place;
      ask_for_links(ground, fresh_[i]);
    }
    if (!kept_.all() && kept_.keeps(fresh_[i])) collected_.push(entry);
  }
  return first;
}

}  // namespace akin
