#include "piece_lattice.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "akin/base/utf8.h"

namespace akin::train {
namespace {

constexpr double kUnknownPenalty = 10;  // of the reference
constexpr double kNone = -std::numeric_limits<double>::infinity();
constexpr double kLarge = 1e100;  // sums are scaled down past this: far from overflow, far above rounding

}  // namespace

PieceSet::PieceSet(const std::vector<std::string>& pieces, std::vector<double> scores, std::uint32_t unknown)
    : scores_(std::move(scores)), unknown_(unknown) {
  double least = std::numeric_limits<double>::infinity();
  std::vector<std::pair<std::string_view, std::uint32_t>> sorted;
  for (std::uint32_t id = 0; id < pieces.size(); ++id) {
    if (id == unknown) continue;
    sorted.emplace_back(pieces[id], id);
    least = std::min(least, scores_[id]);
  }
  unknown_score_ = (sorted.empty() ? 0 : least) - kUnknownPenalty;
  std::sort(sorted.begin(), sorted.end());
  build(sorted);
}

// Breadth first over ranges of the sorted pieces that share a prefix.
void PieceSet::build(std::span<const std::pair<std::string_view, std::uint32_t>> pieces) {
  struct Range {
    std::size_t begin = 0, end = 0, depth = 0;
  };
  std::vector<Range> ranges = {{0, pieces.size(), 0}};
  nodes_.emplace_back();
  for (std::size_t node = 0; node < ranges.size(); ++node) {
    auto [begin, end, depth] = ranges[node];
    if (begin < end && pieces[begin].first.size() == depth) nodes_[node].piece = static_cast<std::int32_t>(pieces[begin++].second);
    nodes_[node].first_child = static_cast<std::uint32_t>(bytes_.size());
    while (begin < end) {
      const char byte = pieces[begin].first[depth];
      std::size_t last = begin;
      while (last < end && pieces[last].first[depth] == byte) ++last;
      bytes_.push_back(static_cast<unsigned char>(byte));
      targets_.push_back(static_cast<std::uint32_t>(nodes_.size()));
      nodes_.emplace_back();
      ranges.push_back({begin, last, depth + 1});
      ++nodes_[node].n_children;
      begin = last;
    }
  }
}

std::uint32_t PieceSet::child(std::uint32_t node, unsigned char byte) const noexcept {
  const Node& at = nodes_[node];
  const auto first = bytes_.begin() + at.first_child, last = first + at.n_children;
  const auto found = std::lower_bound(first, last, byte);
  return found != last && *found == byte ? targets_[static_cast<std::size_t>(found - bytes_.begin())] : 0;
}

void PieceLattice::read(std::string_view word, std::int64_t without) {
  n_ = word.size();
  edges_.clear();
  for (std::size_t begin = 0; begin < n_;) {
    const std::size_t length = decode_utf8(word, begin).length;
    pieces_.for_each_at(word, begin, length, [&](std::size_t end, std::uint32_t id, double score) {
      if (begin == 0 && end == n_ && id == without) return;
      edges_.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end), id, score});
    });
    begin += length;
  }
}

const std::vector<std::uint32_t>& PieceLattice::best(double& score) {
  scale_.assign(n_ + 1, kNone);
  from_.assign(n_ + 1, -1);
  scale_[0] = 0;
  for (std::size_t i = 0; i < edges_.size(); ++i) {
    const Edge& edge = edges_[i];
    if (const double through = scale_[edge.begin] + edge.score; from_[edge.end] < 0 || through > scale_[edge.end]) {
      scale_[edge.end] = through;
      from_[edge.end] = static_cast<std::int64_t>(i);
    }
  }
  score = scale_[n_];
  path_.clear();
  if (score == kNone) return path_;
  for (std::size_t at = n_; at > 0;) {
    const Edge& edge = edges_[static_cast<std::size_t>(from_[at])];
    path_.push_back(edge.piece);
    at = edge.begin;
  }
  std::reverse(path_.begin(), path_.end());
  return path_;
}

namespace {

// Sums over the cuts of a stretch, one a place, kept as sum × e^scale. A place begins with the scale of its best cut plus what the sums
// before it have outgrown theirs by, so that one exponential an edge is enough and nothing runs out of range however long the word.
struct ScaledSums {
  std::vector<double>& sum;
  std::vector<double>& scale;
  std::vector<double>& outgrown;

  void settle(std::size_t at) {
    if (sum[at] < kLarge) return;
    const double by = std::log(sum[at]);
    scale[at] += by;
    outgrown[at] += by;
    sum[at] = 1;
  }
  void flow(std::size_t from, std::size_t to, double score) {
    if (sum[from] == 0) return;
    if (sum[to] == 0) {
      outgrown[to] = outgrown[from];
      scale[to] += outgrown[from];
    }
    sum[to] += sum[from] * std::exp(scale[from] + score - scale[to]);
  }
};

}  // namespace

double PieceLattice::expect(double times, std::span<double> expected) {
  scale_.assign(n_ + 1, kNone);
  back_scale_.assign(n_ + 1, kNone);
  scale_[0] = back_scale_[n_] = 0;
  for (const Edge& e : edges_) scale_[e.end] = std::max(scale_[e.end], scale_[e.begin] + e.score);
  for (auto e = edges_.rbegin(); e != edges_.rend(); ++e)
    back_scale_[e->begin] = std::max(back_scale_[e->begin], back_scale_[e->end] + e->score);
  if (scale_[n_] == kNone) return 0;
  forward_.assign(n_ + 1, 0);
  backward_.assign(n_ + 1, 0);
  forward_[0] = backward_[n_] = 1;
  // Edges come by the place where they begin: when one begins further on, the sums before it are complete.
  outgrown_.assign(n_ + 1, 0);
  ScaledSums forward{forward_, scale_, outgrown_};
  std::size_t at = 0;
  for (const Edge& e : edges_) {
    if (e.begin != at) forward.settle(at = e.begin);
    forward.flow(e.begin, e.end, e.score);
  }
  const double log_probability = scale_[n_] + std::log(forward_[n_]);
  outgrown_.assign(n_ + 1, 0);
  ScaledSums backward{backward_, back_scale_, outgrown_};
  at = n_;
  for (auto e = edges_.rbegin(); e != edges_.rend(); ++e) {
    if (e->begin != at) backward.settle(at);
    at = e->begin;
    backward.flow(e->end, e->begin, e->score);
  }
  for (const Edge& e : edges_) {
    const double weight = forward_[e.begin] * backward_[e.end];
    if (weight > 0) expected[e.piece] += times * weight * std::exp(scale_[e.begin] + e.score + back_scale_[e.end] - log_probability);
  }
  return log_probability;
}

}  // namespace akin::train
