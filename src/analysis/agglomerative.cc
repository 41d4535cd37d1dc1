#include "akin/analysis/agglomerative.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string>

#include "akin/analysis/rows.h"
#include "akin/base/error.h"
#include "akin/kernels/best_of_row.h"
#include "akin/kernels/distance.h"
#include "parts.h"
#include "single_linkage.h"
#include "spanning_tree.h"
#include "unit_rows.h"

namespace akin {
namespace {

constexpr std::array<std::string_view, 4> kMethodNames = {"ward", "average", "complete", "single"};
constexpr std::size_t kRowsOfTile = 128;
// Entries of a matrix that one piece of work changes: some tens of microseconds, as they lie a row apart.
constexpr std::size_t kEntriesAtOnce = 2048;

/// Two clusters that were joined, each by one of its rows.
struct Join {
  std::uint32_t a = 0, b = 0;
  double distance = 0;
};

/// How near the clusters are that are left, in slots 0 … size() − 1. Kept as the negative, since kernels look for the largest.
class Nearness {
 public:
  Nearness(MatrixView<const float> rows, LinkageMethod method, bool by_angle, Context& context)
      : method_(method),
        context_(context),
        entries_(Matrix<float>::uninitialized(rows.rows(), rows.rows())),
        sizes_(rows.rows(), 1),
        members_(rows.rows()),
        n_(rows.rows()) {
    std::iota(members_.begin(), members_.end(), 0U);
    measure(rows, by_angle);
  }

  [[nodiscard]] std::size_t size() const noexcept { return n_; }
  [[nodiscard]] std::uint32_t member(std::size_t slot) const noexcept { return members_[slot]; }
  [[nodiscard]] float between(std::size_t a, std::size_t b) const noexcept { return -entries_(a, b); }
  /// The nearest other cluster; of equally near ones `before` if it is among them, else the lowest slot.
  [[nodiscard]] std::size_t nearest(std::size_t slot, std::size_t before) const noexcept {
    kernels::BestTwo best;
    kernels::best_two_of_rows(entries_.view().middle_rows(slot, 1).middle_cols(0, n_), 0, {&best, 1});
    return before < n_ && entries_(slot, before) == best.best ? before : best.column;
  }

  /// Joins two clusters in the slot of `a`; the last slot moves to that of `b`. a < b.
  void join(std::size_t a, std::size_t b) {
    const auto size_a = static_cast<double>(sizes_[a]), size_b = static_cast<double>(sizes_[b]);
    const double apart = -static_cast<double>(entries_(a, b));
    const std::size_t last = n_ - 1;
    context_.pool.parallel_for(n_, kEntriesAtOnce, [&](std::size_t begin, std::size_t end) {
      for (std::size_t k = begin; k < end; ++k) {
        if (k == a || k == b) continue;
        const double to_a = -static_cast<double>(entries_(a, k)), to_b = -static_cast<double>(entries_(b, k));
        const auto now = static_cast<float>(-joined(to_a, to_b, apart, size_a, size_b, static_cast<double>(sizes_[k])));
        entries_(a, k) = now;
        entries_(k, a) = now;
        if (k != last) entries_(k, b) = entries_(k, last);
      }
    });
    sizes_[a] += sizes_[b];
    // The last slot has no column of its own any more; its row is that of `b` from here on.
    if (b != last) {
      entries_(a, b) = entries_(a, last);
      std::copy_n(entries_.row(last).data(), last, entries_.row(b).data());
      entries_(b, b) = -std::numeric_limits<float>::infinity();
      sizes_[b] = sizes_[last];
      members_[b] = members_[last];
    }
    --n_;
  }

 private:
  /// Lance and Williams, 1967. Ward's in squares.
  [[nodiscard]] double joined(double to_a, double to_b, double apart, double size_a, double size_b, double size) const noexcept {
    if (method_ == LinkageMethod::complete) return std::max(to_a, to_b);
    if (method_ == LinkageMethod::average) return (size_a * to_a + size_b * to_b) / (size_a + size_b);
    return ((size_a + size) * to_a + (size_b + size) * to_b - size * apart) / (size_a + size_b + size);
  }

  void measure(MatrixView<const float> rows, bool by_angle) {
    const std::size_t n_tiles = (n_ + kRowsOfTile - 1) / kRowsOfTile;
    context_.progress.begin("distances", n_tiles * (n_tiles + 1) / 2, "tiles");
    context_.parallel_for(n_tiles, 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        for (std::size_t j = i; j < n_tiles; ++j) measure_tile(rows, i * kRowsOfTile, j * kRowsOfTile, by_angle);
        context_.progress.advance(n_tiles - i);
      }
    });
    context_.progress.end();
  }

  void measure_tile(MatrixView<const float> rows, std::size_t r, std::size_t c, bool by_angle) {
    const std::size_t n_rows = std::min(kRowsOfTile, n_ - r), n_cols = std::min(kRowsOfTile, n_ - c);
    const MatrixView<float> tile = entries_.view().middle_rows(r, n_rows).middle_cols(c, n_cols);
    kernels::squared_l2_tile(rows.middle_rows(r, n_rows), rows.middle_rows(c, n_cols), tile);
    for (std::size_t i = 0; i < n_rows; ++i) {
      for (std::size_t j = 0; j < n_cols; ++j) {
        const float square = tile(i, j);
        tile(i, j) = -(method_ == LinkageMethod::ward ? square : by_angle ? square / 2 : std::sqrt(square));
        if (r + i == c + j) tile(i, j) = -std::numeric_limits<float>::infinity();
      }
    }
    if (r == c) return;
    for (std::size_t j = 0; j < n_cols; ++j)
      for (std::size_t i = 0; i < n_rows; ++i) entries_(c + j, r + i) = tile(i, j);
  }

  LinkageMethod method_;
  Context& context_;
  Matrix<float> entries_;
  std::vector<std::uint32_t> sizes_, members_;
  std::size_t n_;
};

/// Follows nearest neighbours until two are each other's.
std::vector<Join> chain_of_neighbours(Nearness& nearness, Context& context) {
  std::vector<Join> joins;
  std::vector<std::size_t> chain;
  context.progress.begin("joining", nearness.size() - 1, "clusters");
  while (nearness.size() > 1) {
    if (chain.empty()) chain.push_back(0);
    const std::size_t top = chain.back(), before = chain.size() > 1 ? chain[chain.size() - 2] : nearness.size();
    const std::size_t next = nearness.nearest(top, before);
    if (next != before) {
      chain.push_back(next);
      continue;
    }
    context.cancel.check();
    chain.resize(chain.size() - 2);
    const std::size_t a = std::min(top, next), b = std::max(top, next), last = nearness.size() - 1;
    joins.push_back({nearness.member(a), nearness.member(b), static_cast<double>(nearness.between(a, b))});
    nearness.join(a, b);
    std::ranges::replace(chain, last, b);
    context.progress.advance(1);
  }
  context.progress.end();
  return joins;
}

/// In order of distance, as nodes.
Linkage linkage_of(std::vector<Join> joins, bool are_squares) {
  std::ranges::stable_sort(joins, {}, &Join::distance);
  const std::size_t n = joins.size() + 1;
  analysis::Parts parts(n);
  std::vector<std::uint32_t> node(n);
  std::iota(node.begin(), node.end(), 0U);
  Linkage out;
  for (const Join& join : joins) {
    const std::uint32_t a = node[parts.of(join.a)], b = node[parts.of(join.b)];
    parts.join(join.a, join.b);
    const double distance = are_squares ? std::sqrt(std::max(0.0, join.distance)) : join.distance;
    out.merges.push_back({std::min(a, b), std::max(a, b), distance, static_cast<std::uint32_t>(parts.size_of(join.a))});
    node[parts.of(join.a)] = static_cast<std::uint32_t>(n + out.merges.size() - 1);
  }
  return out;
}

void check(MatrixView<const float> rows, const AgglomerativeOptions& options) {
  const bool is_known = options.metric == Metric::euclidean || options.metric == Metric::cosine;
  require(is_known, "agglomerative clustering: the metric is euclidean or cosine");
  require(options.method != LinkageMethod::ward || options.metric == Metric::euclidean,
          "agglomerative clustering: Ward's method is for the euclidean metric; average, complete and single know cosine too");
  if (options.method == LinkageMethod::single) return;
  const std::size_t n = rows.rows();
  if (n > 0xFFFF'FFFFU || n * n * sizeof(float) > options.max_bytes)
    throw Error(ErrorCode::limit, "agglomerative clustering: " + std::to_string(n) + " vectors take " +
                                      std::to_string(n / 1000 * n / 1000 * sizeof(float) / 1000) + " GB of distances, " +
                                      std::to_string(options.max_bytes / 1'000'000'000) +
                                      " GB are allowed; single linkage, k-means and HDBSCAN take few");
}

}  // namespace

std::string_view name_of(LinkageMethod method) noexcept { return kMethodNames[static_cast<std::size_t>(method)]; }

LinkageMethod linkage_method_from(std::string_view name) {
  const auto found = std::ranges::find(kMethodNames, name);
  if (found == kMethodNames.end())
    throw Error(ErrorCode::invalid_argument, "'" + std::string(name) + "' is no linkage; known are ward, average, complete, single");
  return static_cast<LinkageMethod>(found - kMethodNames.begin());
}

Linkage agglomerative(MatrixView<const float> rows, const AgglomerativeOptions& options, Context& context) {
  check_rows(rows, "agglomerative clustering", context);
  check(rows, options);
  const bool by_angle = options.metric == Metric::cosine;
  const analysis::UnitRows work(rows, by_angle, context);
  if (options.method == LinkageMethod::single)
    return analysis::single_linkage(analysis::spanning_tree(work.view(), 0, context).edges, by_angle);
  if (rows.rows() == 1) return {};
  Nearness nearness(work.view(), options.method, by_angle, context);
  return linkage_of(chain_of_neighbours(nearness, context), options.method == LinkageMethod::ward);
}

}  // namespace akin
