#include "akin/analysis/umap.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "akin/analysis/knn_graph.h"
#include "akin/analysis/rows.h"
#include "akin/base/crew.h"
#include "akin/base/error.h"
#include "akin/base/rng.h"
#include "akin/kernels/umap_step.h"
#include "edge_rounds.h"
#include "spectral_start.h"
#include "umap_graph.h"

namespace akin {
namespace {

using analysis::EdgeRounds;
using analysis::SparseGraph;
using kernels::kUmapGroup;

constexpr std::size_t kMostRows = std::size_t{1} << 24;
constexpr std::size_t kManyRows = 10'000;
constexpr std::size_t kGroupsAtOnce = 8;
constexpr std::size_t kEdgesAtOnce = 1024;

std::size_t epochs_of(const UmapOptions& options, std::size_t n) {
  if (options.n_epochs != 0) return options.n_epochs;
  return n <= kManyRows ? 500 : 200;
}

void check(const UmapOptions& options, std::size_t n) {
  const auto bad = [](const std::string& what) { throw Error(ErrorCode::invalid_argument, "umap: " + what); };
  if (options.n_components == 0 || options.n_components > kernels::kUmapDims)
    bad("n_components must be 1 to " + std::to_string(kernels::kUmapDims));
  if (options.n_neighbors < 2) bad("n_neighbors must be at least 2");
  if (!(options.spread > 0) || !(options.min_dist >= 0) || options.min_dist > options.spread) bad("min_dist must be 0 to spread");
  if (!(options.learning_rate > 0) || !(options.repulsion >= 0) || options.n_negatives < 0) bad("a rate is below 0");
  if (!(options.target_weight >= 0) || options.target_weight > 1) bad("target_weight must be 0 to 1");
  if (!options.labels.empty() && options.labels.size() != n)
    bad(std::to_string(options.labels.size()) + " labels for " + std::to_string(n) + " rows");
  if (n > kMostRows) throw Error(ErrorCode::limit, "umap: " + std::to_string(n) + " rows, at most " + std::to_string(kMostRows));
}

/// `places` have room for kUmapGroup more behind the last.
void descend(const SparseGraph& graph, kernels::UmapStep step, std::size_t n_epochs, Matrix<float>& places, Context& context) {
  const float largest = graph.weights.empty() ? 1 : *std::ranges::max_element(graph.weights);
  EdgeRounds rounds = analysis::edge_rounds(graph, largest / static_cast<float>(n_epochs));  // others are not taken once
  for (float& weight : rounds.weights) weight /= largest;
  Matrix<float> before(places.rows(), places.cols());
  const float learning_rate = step.alpha;
  step.others = before.data();
  step.n_others = graph.size();
  const auto salt = static_cast<std::uint32_t>(Rng(context.seed).next());
  // Every edge from one end, then every edge from the other. The rounds are of some ten microseconds: threads wait for them by spinning.
  Crew crew;
  std::vector<std::vector<std::uint32_t>> rooms(static_cast<std::size_t>(context.pool.n_threads()));
  const auto visit = [&](bool is_back) {
    const auto &heads = is_back ? rounds.tails : rounds.heads, &tails = is_back ? rounds.heads : rounds.tails;
    for (std::size_t round = 0; round < rounds.size(); ++round) {
      const std::size_t end = rounds.begins[round + 1];
      crew.run((end - rounds.begins[round] + kEdgesAtOnce - 1) / kEdgesAtOnce, [&](std::size_t piece) {
        const std::size_t at = rounds.begins[round] + piece * kEdgesAtOnce;
        kernels::umap_move_pairs({heads.data() + at, tails.data() + at, rounds.weights.data() + at, std::min(kEdgesAtOnce, end - at),
                                  salt + static_cast<std::uint32_t>(at + (is_back ? heads.size() : 0))},
                                 step, places.data(), rooms[static_cast<std::size_t>(ThreadPool::current_worker())]);
      });
    }
  };
  const auto lead = [&] {
    for (std::size_t epoch = 0; epoch < n_epochs; ++epoch) {
      context.cancel.check();
      const float rest = 1 - static_cast<float>(epoch) / static_cast<float>(n_epochs);
      step.epoch = epoch;
      step.alpha = learning_rate * rest * rest;
      std::copy_n(places.data(), places.size(), before.data());
      visit(false);
      visit(true);
      context.progress.advance(1);
    }
  };
  context.progress.begin("map", n_epochs, "epochs");
  context.pool.parallel_for(static_cast<std::size_t>(context.pool.n_threads()), 1, [&](std::size_t, std::size_t) { crew.join(lead); });
  context.progress.end();
}

/// Each coordinate to [0, 10], with a little noise that parts equal places.
void spread_out(Matrix<float>& start, std::uint64_t seed) {
  Rng rng(seed);
  for (std::size_t i = 0; i < start.size(); ++i) start.data()[i] += 1e-4F * rng.normal();
  for (std::size_t c = 0; c < start.cols(); ++c) {
    float low = start(0, c), high = low;
    for (std::size_t r = 1; r < start.rows(); ++r) {
      low = std::min(low, start(r, c));
      high = std::max(high, start(r, c));
    }
    const float scale = high > low ? 10 / (high - low) : 0;
    for (std::size_t r = 0; r < start.rows(); ++r) start(r, c) = scale * (start(r, c) - low);
  }
}

Matrix<float> start_of(const SparseGraph& graph, MatrixView<const float> rows, const UmapOptions& options, Context& context) {
  if (options.start == MapStart::spectral) return analysis::spectral_start(graph, rows, options.n_components, context);
  if (options.start == MapStart::pca) return analysis::principal_start(rows, options.n_components, 10, context);
  Rng rng(context.seed);
  Matrix<float> out(rows.rows(), options.n_components);
  for (std::size_t i = 0; i < out.size(); ++i) out.data()[i] = 20 * rng.uniform() - 10;
  return out;
}

/// Sixteen new rows among ones that stand.
class Newcomers {
 public:
  Newcomers(std::size_t k, std::size_t dim)
      : k_(k), dim_(dim), weights_(k), places_(dim * kUmapGroup), rates_(k * kUmapGroup), others_(k * kUmapGroup) {}

  /// Row i begins at the mean of its neighbours, by how near they are.
  void put(std::size_t i, std::span<const std::uint32_t> ids, std::span<const float> distances, const Matrix<float>& fixed) {
    const float mean = std::accumulate(distances.begin(), distances.end(), 0.0F) / static_cast<float>(k_);
    analysis::smooth_weights(distances, {mean, false}, weights_);
    const float sum = std::accumulate(weights_.begin(), weights_.end(), 0.0F), largest = *std::ranges::max_element(weights_);
    keys_[i] = 0;
    for (std::size_t c = 0; c < dim_; ++c) places_[c * kUmapGroup + i] = 0;
    for (std::size_t e = 0; e < k_; ++e) {
      keys_[i] = (keys_[i] ^ ids[e]) * 0x01000193U;  // what is drawn depends on the neighbours alone
      others_[i * k_ + e] = ids[e];
      rates_[i * k_ + e] = weights_[e] / largest;
      for (std::size_t c = 0; c < dim_; ++c) places_[c * kUmapGroup + i] += weights_[e] / sum * fixed(ids[e], c);
    }
  }

  void descend(std::size_t count, kernels::UmapStep step, std::size_t n_epochs) {
    std::vector<std::size_t> begins(count + 1);
    for (std::size_t i = 0; i <= count; ++i) begins[i] = i * k_;
    const float rate = step.alpha / 4;  // as umap-learn
    for (std::size_t epoch = 0; epoch < n_epochs; ++epoch) {
      step.epoch = epoch;
      step.alpha = rate * (1 - static_cast<float>(epoch) / static_cast<float>(n_epochs));
      kernels::umap_move({begins, others_.data(), rates_.data()}, step, keys_, places_.data(), room_);
    }
  }
  [[nodiscard]] float place(std::size_t i, std::size_t c) const noexcept { return places_[c * kUmapGroup + i]; }

 private:
  std::size_t k_, dim_;
  std::vector<float> weights_, places_, rates_;
  std::vector<std::uint32_t> others_, room_;
  std::array<std::uint32_t, kUmapGroup> keys_{};
};

kernels::UmapStep step_of(const UmapOptions& options, const UmapCurve& curve) {
  kernels::UmapStep step;
  step.dim = options.n_components;
  step.a = curve.a;
  step.b = curve.b;
  step.repulsion = options.repulsion;
  step.alpha = options.learning_rate;
  step.n_negatives = options.n_negatives;
  return step;
}

}  // namespace

UmapCurve umap_curve(float min_dist, float spread) {
  constexpr int kPoints = 300, kRounds = 200;
  double a = 1, b = 1, damping = 1e-3, last = INFINITY;
  // Levenberg and Marquardt: two unknowns.
  for (int round = 0; round < kRounds; ++round) {
    double aa = 0, ab = 0, bb = 0, ga = 0, gb = 0, squares = 0;
    for (int i = 1; i < kPoints; ++i) {
      const double d = 3.0 * static_cast<double>(spread) * i / (kPoints - 1);
      const double wanted =
          d < static_cast<double>(min_dist) ? 1 : std::exp(-(d - static_cast<double>(min_dist)) / static_cast<double>(spread));
      const double power = std::pow(d, 2 * b), found = 1 / (1 + a * power), rest = wanted - found;
      const double by_a = -found * found * power, by_b = -found * found * a * power * 2 * std::log(d);
      squares += rest * rest;
      aa += by_a * by_a, ab += by_a * by_b, bb += by_b * by_b;
      ga += by_a * rest, gb += by_b * rest;
    }
    damping *= squares < last ? 0.3 : 1;
    if (std::abs(last - squares) < 1e-14) break;
    last = squares;
    const double da = aa * (1 + damping), db = bb * (1 + damping), determinant = da * db - ab * ab;
    if (determinant == 0) break;
    a += (ga * db - gb * ab) / determinant;
    b += (gb * da - ga * ab) / determinant;
    a = std::max(a, 1e-6), b = std::clamp(b, 1e-3, 10.0);
  }
  return {static_cast<float>(a), static_cast<float>(b)};
}

Umap umap(MatrixView<const float> rows, const UmapOptions& options, Context& context) {
  check(options, rows.rows());
  check_rows(rows, "umap", context);
  const std::size_t n = rows.rows();
  const UmapCurve curve = umap_curve(options.min_dist, options.spread);
  Umap map{Matrix<float>(n, options.n_components), options, curve.a, curve.b};
  map.options.labels = {};
  if (n == 1) return map;
  const KnnGraph neighbours = knn_graph(rows, {.k = options.n_neighbors - 1, .metric = options.metric, .spread_equals = true}, context);
  SparseGraph graph = analysis::umap_graph(neighbours, context);
  if (!options.labels.empty() && options.target_weight > 0) {
    const float far = options.target_weight < 1 ? 2.5F / (1 - options.target_weight) : 1e12F;
    graph = analysis::with_labels(graph, options.labels, far);
  }
  Matrix<float> start = start_of(graph, rows, options, context);
  spread_out(start, context.seed);
  Matrix<float> places(n + kUmapGroup, options.n_components);
  std::copy_n(start.data(), start.size(), places.data());
  descend(graph, step_of(options, curve), epochs_of(options, n), places, context);
  std::copy_n(places.data(), map.places.size(), map.places.data());
  return map;
}

Matrix<float> place_on_umap(const Umap& map, MatrixView<const float> rows, MatrixView<const float> queries, Context& context) {
  const UmapOptions& options = map.options;
  if (rows.rows() != map.places.rows())
    throw Error(ErrorCode::mismatch,
                "umap: a map of " + std::to_string(map.places.rows()) + " rows, " + std::to_string(rows.rows()) + " rows are given");
  Matrix<float> out(queries.rows(), options.n_components);
  if (queries.rows() == 0) return out;
  const KnnGraph neighbours = knn_of(queries, rows, {.k = options.n_neighbors, .metric = options.metric}, context);
  const std::size_t n = rows.rows(), k = neighbours.k(), dim = options.n_components;
  const std::size_t n_epochs = n <= kManyRows ? 100 : 30;  // as umap-learn
  kernels::UmapStep step = step_of(options, {map.a, map.b});
  step.others = map.places.data();
  step.n_others = n;
  context.parallel_for(queries.rows(), kUmapGroup * kGroupsAtOnce, [&](std::size_t begin, std::size_t end) {
    Newcomers newcomers(k, dim);
    for (std::size_t first = begin; first < end; first += kUmapGroup) {
      const std::size_t count = std::min(kUmapGroup, end - first);
      for (std::size_t i = 0; i < count; ++i)
        newcomers.put(i, neighbours.ids.row(first + i), neighbours.distances.row(first + i), map.places);
      newcomers.descend(count, step, n_epochs);
      for (std::size_t i = 0; i < count; ++i)
        for (std::size_t c = 0; c < dim; ++c) out(first + i, c) = newcomers.place(i, c);
    }
  });
  return out;
}

}  // namespace akin
