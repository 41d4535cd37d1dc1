#include "akin/analysis/tsne.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "affinities.h"
#include "akin/analysis/knn_graph.h"
#include "akin/analysis/pca.h"
#include "akin/analysis/rows.h"
#include "akin/base/error.h"
#include "akin/base/rng.h"
#include "akin/kernels/tsne_step.h"
#include "plane_grid.h"
#include "plane_tree.h"

namespace akin {
namespace {

using analysis::PlaneGrid;
using analysis::PlaneTree;
using analysis::SparseGraph;
using kernels::PlaneForce;

constexpr std::size_t kRowsAtOnce = 256;
// Of what takes a nanosecond a row.
constexpr std::size_t kRowsOfShift = 16'384;
constexpr std::size_t kLeavesAtOnce = 4;
constexpr float kMomentum = 0.8F;
constexpr float kLeastGain = 0.01F;  // gains as Jacobs (1988) and the reference have them
constexpr float kLongestStep = 5;
constexpr double kLeastRate = 50;
// Of a map smaller than this, what parts the nodes' potentials is lost among their last bits: 0.6 % of the push.
constexpr float kLeastExtent = 0.02F;
// A point costs a tree 0.20 µs, a grid 0.09 and 2.1 ns for each node (one thread of a Zen 5, 2,000 to 100,000 points): equal at this many.
constexpr std::size_t kNodesAPoint = 52;

void check(const TsneOptions& options, std::size_t n) {
  const auto bad = [](const std::string& what) { throw Error(ErrorCode::invalid_argument, "tsne: " + what); };
  if (!(options.perplexity >= 1) || options.perplexity > 1e6) bad("perplexity must be at least 1");
  if (!(options.early_exaggeration >= 1) || !(options.exaggeration >= 1)) bad("exaggeration must be at least 1");
  if (!(options.learning_rate >= 0)) bad("learning_rate must not be below 0");
  if (!(options.theta >= 0) || options.theta > 1) bad("theta must be 0 to 1");
  if (n >= 0x8000'0000U) throw Error(ErrorCode::limit, "tsne: 2^31 rows or more");
}

/// Places, and how they move.
class Descent {
 public:
  Descent(const SparseGraph& p, const Matrix<float>& start, const TsneOptions& options, Context& context)
      : p_(p),
        theta_(static_cast<float>(options.theta)),
        repulsion_(options.repulsion),
        context_(context),
        x_(start.rows()),
        y_(start.rows()),
        places_(start.rows()),
        push_(start.rows()),
        speed_(start.rows()) {
    gain_.assign(start.rows(), {1, 1});
    for (std::size_t r = 0; r < start.rows(); ++r) {
      x_[r] = start(r, 0);
      y_[r] = start(r, 1);
      places_[r] = {x_[r], y_[r]};
    }
  }

  void run(std::size_t n_epochs, double exaggeration, double rate) {
    std::ranges::fill(speed_, PlaneForce{});
    std::ranges::fill(gain_, PlaneForce{1, 1});
    for (std::size_t epoch = 0; epoch < n_epochs; ++epoch) {
      const double total = push();
      move(static_cast<float>(exaggeration), static_cast<float>(rate), static_cast<float>(1 / std::max(total, 1e-300)));
      context_.progress.advance(1);
    }
  }

  /// Σ p log(p / q).
  [[nodiscard]] double divergence() {
    const double log_total = std::log(std::max(push(), 1e-300));
    return context_.pool.parallel_reduce<double>(
        x_.size(), kRowsAtOnce, 0.0,
        [&](std::size_t begin, std::size_t end) {
          double sum = 0;
          for (std::size_t r = begin; r < end; ++r) {
            for (std::size_t e = p_.begins[r]; e < p_.begins[r + 1]; ++e) {
              const double dx = static_cast<double>(x_[r] - x_[p_.others[e]]), dy = static_cast<double>(y_[r] - y_[p_.others[e]]);
              const auto p = static_cast<double>(p_.weights[e]);
              sum += p * (std::log(p) + std::log1p(dx * dx + dy * dy) + log_total);
            }
          }
          return sum;
        },
        [](double total, double part) { return total + part; }, &context_.cancel);
  }

  [[nodiscard]] Matrix<float> places() const {
    Matrix<float> out(x_.size(), 2);
    for (std::size_t r = 0; r < x_.size(); ++r) {
      out(r, 0) = x_[r];
      out(r, 1) = y_[r];
    }
    return out;
  }

 private:
  /// push_ = Σ w² (y − z) of all others; returns Σ w of all pairs.
  double push() { return is_for_grid() ? grid_.push(x_, y_, push_, context_) : push_by_tree(); }

  [[nodiscard]] bool is_for_grid() const {
    if (repulsion_ == TsneRepulsion::tree || (repulsion_ == TsneRepulsion::automatic && theta_ == 0)) return false;
    const auto [low_x, high_x] = std::ranges::minmax(x_);
    const auto [low_y, high_y] = std::ranges::minmax(y_);
    const float extent = std::max(high_x - low_x, high_y - low_y);
    const std::size_t n_nodes = PlaneGrid::nodes_for(extent);
    if (extent < kLeastExtent || n_nodes > PlaneGrid::kMostNodes) return false;
    return repulsion_ == TsneRepulsion::grid || n_nodes * n_nodes <= kNodesAPoint * x_.size();
  }

  double push_by_tree() {
    tree_.build(x_, y_, context_);
    const auto leaves = tree_.leaves();
    return context_.pool.parallel_reduce<double>(
        leaves.size(), kLeavesAtOnce, 0.0,
        [&](std::size_t begin, std::size_t end) {
          PlaneTree::Sources sources;
          std::vector<PlaneForce> forces;
          double total = 0;
          for (std::size_t l = begin; l < end; ++l) {
            const PlaneTree::Cell& leaf = tree_.cells()[leaves[l]];
            const std::size_t n = leaf.end - leaf.begin;
            tree_.collect(tree_.box_of(leaf), theta_, sources);
            forces.resize(n);
            total += kernels::tsne_push({tree_.x().data() + leaf.begin, tree_.y().data() + leaf.begin, n},
                                        {sources.x.data(), sources.y.data(), sources.x.size()}, sources.mass.data(), forces.data());
            total -= static_cast<double>(n);  // each met itself
            for (std::size_t i = 0; i < n; ++i) push_[tree_.order()[leaf.begin + i]] = forces[i];
          }
          return total;
        },
        [](double total, double part) { return total + part; }, &context_.cancel);
  }

  static void step(float gradient, float rate, float& speed, float& gain) {
    gain = (gradient > 0) != (speed > 0) ? gain + 0.2F : gain * 0.8F + kLeastGain;
    speed = kMomentum * speed - rate * gain * gradient;
  }

  void move(float exaggeration, float rate, float scale) {
    context_.parallel_for(x_.size(), kRowsAtOnce, [&](std::size_t begin, std::size_t end) {
      for (std::size_t r = begin; r < end; ++r) {
        const PlaneForce pull = kernels::tsne_pull(places_[r], p_.others_of(r), p_.weights_of(r), places_.data());
        step(exaggeration * pull.x - scale * push_[r].x, rate, speed_[r].x, gain_[r].x);
        step(exaggeration * pull.y - scale * push_[r].y, rate, speed_[r].y, gain_[r].y);
        const float length = std::sqrt(speed_[r].x * speed_[r].x + speed_[r].y * speed_[r].y);
        if (length > kLongestStep) speed_[r] = {speed_[r].x * kLongestStep / length, speed_[r].y * kLongestStep / length};
      }
    });
    const Sum sum = context_.pool.parallel_reduce<Sum>(
        x_.size(), kRowsOfShift, {},
        [&](std::size_t begin, std::size_t end) {
          Sum part;
          for (std::size_t r = begin; r < end; ++r) {
            part.x += static_cast<double>(x_[r] += speed_[r].x);
            part.y += static_cast<double>(y_[r] += speed_[r].y);
          }
          return part;
        },
        [](Sum total, Sum part) {
          return Sum{total.x + part.x, total.y + part.y};
        },
        &context_.cancel);
    const auto n = static_cast<double>(x_.size());
    const PlaneForce mean{static_cast<float>(sum.x / n), static_cast<float>(sum.y / n)};
    context_.parallel_for(x_.size(), kRowsOfShift, [&](std::size_t begin, std::size_t end) {
      for (std::size_t r = begin; r < end; ++r) places_[r] = {x_[r] -= mean.x, y_[r] -= mean.y};
    });
  }

  struct Sum {
    double x = 0, y = 0;
  };

  const SparseGraph& p_;
  float theta_;
  TsneRepulsion repulsion_;
  Context& context_;
  PlaneTree tree_;
  PlaneGrid grid_;
  std::vector<float> x_, y_;
  std::vector<PlaneForce> places_;  ///< the same as x_ and y_
  std::vector<PlaneForce> push_, speed_, gain_;
};

/// The first two components with deviation 1e-4, or normal numbers of that deviation.
Matrix<float> start_of(MatrixView<const float> rows, MapStart start, Context& context) {
  constexpr float kDeviation = 1e-4F;
  Matrix<float> out(rows.rows(), 2);
  Rng rng(context.seed);
  for (std::size_t i = 0; i < out.size(); ++i) out.data()[i] = (start == MapStart::random ? 1 : 0.01F) * kDeviation * rng.normal();
  if (start == MapStart::random) return out;
  const std::size_t n_components = std::min({std::size_t{2}, rows.rows(), rows.cols()});
  const Pca found = pca(rows, {.n_components = n_components}, context);
  const Matrix<float> plane = found.transform(rows, context);
  const double deviation = std::sqrt(found.explained_variance[0]);
  if (deviation == 0) return out;
  const float scale = kDeviation / static_cast<float>(deviation);
  for (std::size_t r = 0; r < out.rows(); ++r)
    for (std::size_t c = 0; c < n_components; ++c) out(r, c) += scale * plane(r, c);
  return out;
}

double rate_of(const TsneOptions& options, std::size_t n, double exaggeration) {
  return options.learning_rate > 0 ? options.learning_rate : std::max(static_cast<double>(n) / (4 * exaggeration), kLeastRate);
}

std::size_t neighbours_of(double perplexity, std::size_t n) { return std::min(static_cast<std::size_t>(3 * perplexity), n - 1); }

}  // namespace

std::string_view name_of(TsneRepulsion repulsion) noexcept {
  switch (repulsion) {
    case TsneRepulsion::automatic:
      return "automatic";
    case TsneRepulsion::tree:
      return "tree";
    case TsneRepulsion::grid:
      return "grid";
  }
  return "";
}

TsneRepulsion tsne_repulsion_from(std::string_view name) {
  for (const TsneRepulsion repulsion : {TsneRepulsion::automatic, TsneRepulsion::tree, TsneRepulsion::grid})
    if (name == name_of(repulsion)) return repulsion;
  throw Error(ErrorCode::invalid_argument, "unknown repulsion '" + std::string(name) + "': automatic, tree or grid");
}

Tsne tsne(MatrixView<const float> rows, const TsneOptions& options, Context& context) {
  const std::size_t n = rows.rows();
  check(options, n);
  check_rows(rows, "tsne", context);
  Tsne map{Matrix<float>(n, 2), 0, options};
  if (n == 1) return map;
  const std::size_t k = neighbours_of(options.perplexity, n);
  const KnnGraph neighbours = knn_graph(rows, {.k = std::max<std::size_t>(k, 1), .metric = options.metric, .spread_equals = true}, context);
  const SparseGraph p =
      analysis::joint_affinities(neighbours, std::min(options.perplexity, static_cast<double>(neighbours.k()) / 3), context);
  Descent descent(p, start_of(rows, options.start, context), options, context);
  context.progress.begin("map", options.n_early + options.n_epochs, "epochs");
  descent.run(options.n_early, options.early_exaggeration, rate_of(options, n, options.early_exaggeration));
  descent.run(options.n_epochs, options.exaggeration, rate_of(options, n, options.exaggeration));
  context.progress.end();
  map.places = descent.places();
  map.divergence = descent.divergence();
  return map;
}

Matrix<float> place_on_tsne(const Tsne& map, MatrixView<const float> rows, MatrixView<const float> queries, Context& context) {
  // As openTSNE's transform: few neighbours, small steps.
  constexpr double kPerplexity = 5, kExaggeration = 1.5;
  constexpr std::size_t kEpochs = 250, kNeighbours = 25;
  constexpr float kRate = 0.1F, kLongest = 0.25F;
  if (rows.rows() != map.places.rows())
    throw Error(ErrorCode::mismatch,
                "tsne: a map of " + std::to_string(map.places.rows()) + " rows, " + std::to_string(rows.rows()) + " rows are given");
  Matrix<float> out(queries.rows(), 2);
  if (queries.rows() == 0) return out;
  const KnnGraph neighbours = knn_of(queries, rows, {.k = kNeighbours, .metric = map.options.metric}, context);
  const double perplexity = std::min(kPerplexity, std::max(static_cast<double>(neighbours.k()) / 3, 1.0));
  std::vector<float> x(rows.rows()), y(rows.rows());
  std::vector<PlaneForce> places(rows.rows());
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    x[r] = map.places(r, 0);
    y[r] = map.places(r, 1);
    places[r] = {x[r], y[r]};
  }
  PlaneTree tree;
  tree.build(x, y, context);
  context.parallel_for(queries.rows(), 16, [&](std::size_t begin, std::size_t end) {
    PlaneTree::Sources sources;
    std::vector<float> p(neighbours.k());
    for (std::size_t q = begin; q < end; ++q) {
      const auto ids = neighbours.ids.row(q);
      analysis::affinities(neighbours.distances.row(q), perplexity, p);
      PlaneForce at, speed;
      for (std::size_t e = 0; e < ids.size(); ++e) {
        at.x += p[e] * x[ids[e]];
        at.y += p[e] * y[ids[e]];
      }
      for (std::size_t epoch = 0; epoch < kEpochs; ++epoch) {
        tree.collect({at.x, at.x, at.y, at.y}, static_cast<float>(map.options.theta), sources);
        PlaneForce push;
        const double total =
            kernels::tsne_push({&at.x, &at.y, 1}, {sources.x.data(), sources.y.data(), sources.x.size()}, sources.mass.data(), &push);
        const auto scale = static_cast<float>(1 / std::max(total, 1e-30));
        const PlaneForce pull = kernels::tsne_pull(at, ids, p, places.data());
        PlaneForce gradient{static_cast<float>(kExaggeration) * pull.x - scale * push.x,
                            static_cast<float>(kExaggeration) * pull.y - scale * push.y};
        const float length = std::sqrt(gradient.x * gradient.x + gradient.y * gradient.y);
        const float shorten = length > kLongest ? kLongest / length : 1;
        speed = {kMomentum * speed.x - kRate * shorten * gradient.x, kMomentum * speed.y - kRate * shorten * gradient.y};
        at = {at.x + speed.x, at.y + speed.y};
      }
      out(q, 0) = at.x;
      out(q, 1) = at.y;
    }
  });
  return out;
}

}  // namespace akin
