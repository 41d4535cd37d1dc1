#include "spectral_start.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <vector>

#include "akin/analysis/pca.h"
#include "akin/base/rng.h"
#include "eigen_matrices.h"

namespace akin::analysis {
namespace {

constexpr float kExtent = 10;
constexpr std::size_t kRowsAtOnce = 1024;
// A filter that lifts eigenvalues above kCut (Chebyshev polynomials of that degree), used that often: what is 0.1 above the cut grows by
// e^9 a round, what is 0.005 above by e^2.
constexpr double kCut = 0.9;
constexpr int kDegree = 20;
constexpr int kRounds = 6;
constexpr std::size_t kSpare = 6;     // vectors beside those that are wanted, at least
constexpr std::size_t kColumns = 8;   // vectors that are filtered side by side
constexpr std::size_t kFewRows = 64;  // fewer are solved whole

/// A connected part: its vertices, and the graph among them with D^−½ W D^−½ as weights.
struct Part {
  std::vector<std::uint32_t> vertices;
  SparseGraph graph;
  std::vector<double> root_degree;
};

Part part_of(const SparseGraph& graph, std::vector<std::uint32_t> vertices, std::span<const std::uint32_t> place) {
  Part part{std::move(vertices), {}, {}};
  for (const std::uint32_t v : part.vertices) {
    const auto weights = graph.weights_of(v);
    part.root_degree.push_back(std::sqrt(std::accumulate(weights.begin(), weights.end(), 0.0)));
  }
  part.graph.begins.assign(1, 0);
  for (std::size_t i = 0; i < part.vertices.size(); ++i) {
    const std::uint32_t v = part.vertices[i];
    for (std::size_t e = graph.begins[v]; e < graph.begins[v + 1]; ++e) {
      const std::uint32_t other = place[graph.others[e]];
      part.graph.others.push_back(other);
      part.graph.weights.push_back(
          static_cast<float>(static_cast<double>(graph.weights[e]) / (part.root_degree[i] * part.root_degree[other])));
    }
    part.graph.begins.push_back(part.graph.others.size());
  }
  return part;
}

/// out = (2 / (kCut + 1)) (W x + ½ (1 − kCut) x) mapped so that [−1, kCut] lies in [−1, 1], less `before`: a step of the recurrence.
void filter_step(const SparseGraph& graph, const Matrix<float>& x, const Matrix<float>* before, Matrix<float>& out, Context& context) {
  const float scale = static_cast<float>(2 / (kCut + 1)) * (before != nullptr ? 2.0F : 1.0F);
  const float shift = static_cast<float>((1 - kCut) / 2);
  context.parallel_for(graph.size(), kRowsAtOnce, [&](std::size_t begin, std::size_t end) {
    for (std::size_t v = begin; v < end; ++v) {
      for (std::size_t first = 0; first < x.cols(); first += kColumns) {
        std::array<float, kColumns> sum;
        const float* own = x.row(v).data() + first;
        for (std::size_t c = 0; c < kColumns; ++c) sum[c] = shift * own[c];
        for (std::size_t e = graph.begins[v]; e < graph.begins[v + 1]; ++e) {
          const float* other = x.row(graph.others[e]).data() + first;
          const float weight = graph.weights[e];
          for (std::size_t c = 0; c < kColumns; ++c) sum[c] += weight * other[c];
        }
        for (std::size_t c = 0; c < kColumns; ++c)
          out(v, first + c) = scale * sum[c] - (before != nullptr ? (*before)(v, first + c) : 0.0F);
      }
    }
  });
}

Doubles product(const SparseGraph& graph, const Doubles& x) {
  Doubles out = Doubles::Zero(x.rows(), x.cols());
  for (std::size_t v = 0; v < graph.size(); ++v)
    for (std::size_t e = graph.begins[v]; e < graph.begins[v + 1]; ++e)
      out.row(static_cast<Eigen::Index>(v)) += static_cast<double>(graph.weights[e]) * x.row(static_cast<Eigen::Index>(graph.others[e]));
  return out;
}

/// The eigenvectors of the largest eigenvalues but the first, which is the root of the degrees: columns.
Doubles slow_modes(const Part& part, std::size_t n_modes, Context& context) {
  const std::size_t n = part.vertices.size();
  if (n <= kFewRows) {
    Doubles whole = Doubles::Zero(static_cast<Eigen::Index>(n), static_cast<Eigen::Index>(n));
    for (std::size_t v = 0; v < n; ++v)
      for (std::size_t e = part.graph.begins[v]; e < part.graph.begins[v + 1]; ++e)
        whole(static_cast<Eigen::Index>(v), static_cast<Eigen::Index>(part.graph.others[e])) += static_cast<double>(part.graph.weights[e]);
    const Eigen::SelfAdjointEigenSolver<Doubles> solver((whole + whole.transpose()) / 2);
    const auto modes = static_cast<Eigen::Index>(n_modes);
    return solver.eigenvectors().middleCols(static_cast<Eigen::Index>(n) - 1 - modes, modes).rowwise().reverse();
  }
  const std::size_t width = (n_modes + kSpare + kColumns - 1) / kColumns * kColumns;
  Rng rng(context.seed);
  Doubles x(static_cast<Eigen::Index>(n), static_cast<Eigen::Index>(width));
  for (Eigen::Index r = 0; r < x.rows(); ++r)
    for (Eigen::Index c = 0; c < x.cols(); ++c)
      x(r, c) = c == 0 ? part.root_degree[static_cast<std::size_t>(r)] : static_cast<double>(rng.normal());
  for (int round = 0; round < kRounds; ++round) {
    Matrix<float> before = to_float(orthonormal(x)), now(n, width), next(n, width);
    filter_step(part.graph, before, nullptr, now, context);
    for (int degree = 1; degree < kDegree; ++degree) {
      filter_step(part.graph, now, &before, next, context);
      std::swap(before, now);
      std::swap(now, next);
    }
    x = to_double(now.view());
  }
  x = orthonormal(x);
  const Doubles inside = x.transpose() * product(part.graph, x);
  const Eigen::SelfAdjointEigenSolver<Doubles> solver((inside + inside.transpose()) / 2);
  const auto modes = static_cast<Eigen::Index>(n_modes), all = static_cast<Eigen::Index>(width);
  return x * solver.eigenvectors().middleCols(all - 1 - modes, modes).rowwise().reverse();
}

/// A part's coordinates, the largest 1, signs so that the largest is positive.
Matrix<float> laid_out(const Part& part, std::size_t dim, Context& context) {
  const std::size_t n = part.vertices.size();
  Matrix<float> out(n, dim);
  if (n == 1) return out;
  const std::size_t n_modes = std::min(dim, n - 1);
  const Doubles modes = slow_modes(part, n_modes, context);
  for (std::size_t c = 0; c < n_modes; ++c) {
    const auto mode = modes.col(static_cast<Eigen::Index>(c));
    Eigen::Index at = 0;
    const double largest = mode.cwiseAbs().maxCoeff(&at);
    const double scale = largest > 0 ? (mode[at] < 0 ? -1 : 1) / largest : 0;
    for (std::size_t r = 0; r < n; ++r) out(r, c) = static_cast<float>(scale * mode[static_cast<Eigen::Index>(r)]);
  }
  return out;
}

/// Of each part the mean of its rows, and those on a plane, the largest coordinate 1.
Matrix<float> places_of(const std::vector<Part>& parts, MatrixView<const float> rows, std::size_t dim, Context& context) {
  Matrix<float> means(parts.size(), rows.cols());
  for (std::size_t p = 0; p < parts.size(); ++p) {
    std::vector<double> sum(rows.cols(), 0.0);
    for (const std::uint32_t v : parts[p].vertices)
      for (std::size_t c = 0; c < rows.cols(); ++c) sum[c] += static_cast<double>(rows(v, c));
    for (std::size_t c = 0; c < rows.cols(); ++c) means(p, c) = static_cast<float>(sum[c] / static_cast<double>(parts[p].vertices.size()));
  }
  return principal_start(means.view(), dim, 1, context);
}

}  // namespace

Matrix<float> principal_start(MatrixView<const float> rows, std::size_t dim, float extent, Context& context) {
  const std::size_t n_components = std::min({dim, rows.rows(), rows.cols()});
  const Matrix<float> found = pca(rows, {.n_components = n_components}, context).transform(rows, context);
  float largest = 0;
  for (std::size_t i = 0; i < found.size(); ++i) largest = std::max(largest, std::abs(found.data()[i]));
  Matrix<float> out(rows.rows(), dim);
  for (std::size_t r = 0; r < out.rows(); ++r)
    for (std::size_t c = 0; c < n_components; ++c) out(r, c) = largest > 0 ? extent * found(r, c) / largest : 0;
  return out;
}

std::vector<std::uint32_t> parts_of(const SparseGraph& graph, std::size_t& n_parts) {
  constexpr std::uint32_t kNone = 0xFFFF'FFFFU;
  std::vector<std::uint32_t> part(graph.size(), kNone), stack;
  n_parts = 0;
  for (std::size_t v = 0; v < graph.size(); ++v) {
    if (part[v] != kNone) continue;
    part[v] = static_cast<std::uint32_t>(n_parts);
    stack.assign(1, static_cast<std::uint32_t>(v));
    while (!stack.empty()) {
      const std::uint32_t at = stack.back();
      stack.pop_back();
      for (const std::uint32_t other : graph.others_of(at)) {
        if (part[other] != kNone) continue;
        part[other] = static_cast<std::uint32_t>(n_parts);
        stack.push_back(other);
      }
    }
    ++n_parts;
  }
  return part;
}

Matrix<float> spectral_start(const SparseGraph& graph, MatrixView<const float> rows, std::size_t dim, Context& context) {
  std::size_t n_parts = 0;
  const std::vector<std::uint32_t> part = parts_of(graph, n_parts);
  std::vector<std::vector<std::uint32_t>> vertices(n_parts);
  std::vector<std::uint32_t> place(graph.size());
  for (std::uint32_t v = 0; v < graph.size(); ++v) {
    place[v] = static_cast<std::uint32_t>(vertices[part[v]].size());
    vertices[part[v]].push_back(v);
  }
  std::vector<Part> parts;
  for (auto& list : vertices) parts.push_back(part_of(graph, std::move(list), place));
  const Matrix<float> places = n_parts > 1 ? places_of(parts, rows, dim, context) : Matrix<float>(1, dim);
  Matrix<float> out(graph.size(), dim);
  for (std::size_t p = 0; p < n_parts; ++p) {
    // A part takes room by its share of the vertices.
    const auto room = static_cast<float>(std::sqrt(static_cast<double>(parts[p].vertices.size()) / static_cast<double>(graph.size())));
    const Matrix<float> own = laid_out(parts[p], dim, context);
    for (std::size_t r = 0; r < own.rows(); ++r)
      for (std::size_t c = 0; c < dim; ++c) out(parts[p].vertices[r], c) = kExtent * (places(p, c) + room * own(r, c));
  }
  return out;
}

}  // namespace akin::analysis
