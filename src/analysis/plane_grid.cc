#include "plane_grid.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <numeric>

#include "akin/base/error.h"

namespace akin::analysis {
namespace {

using kernels::FftRows;
using kernels::kFftLanes;
using kernels::PlaneForce;

constexpr std::size_t kRowsOfBlock = 2 * kFftLanes;  // two real rows are one complex one
constexpr std::size_t kStrip = 16;                   // rows of the grid that points are shared among by one worker
constexpr std::size_t kPointsAtOnce = 2048;
constexpr std::size_t kStencil = 6;  // nodes along a side
constexpr std::size_t kWidth = 8;    // numbers of a row of nodes that are looked at
constexpr std::size_t kFewestNodes = 64;

/// B-splines of degree 5 of the six nodes around a place, and their slopes a node; then zeros, so that a row of nodes is two vectors.
struct Spline {
  std::size_t first = 0;
  std::array<float, kWidth> value{}, slope{};

  explicit Spline(float at) : first(first_of(at)) {
    const float f = at - std::floor(at), g = 1 - f;
    value = {outer(g), middle(g), inner(f), inner(g), middle(f), outer(f), 0, 0};
    slope = {-outer_slope(g), -middle_slope(g), inner_slope(f), -inner_slope(g), middle_slope(f), outer_slope(f), 0, 0};
  }

  static std::size_t first_of(float at) { return static_cast<std::size_t>(at) - 2; }

 private:
  static float outer(float f) { return f * f * f * f * f / 120; }
  static float middle(float f) { return (1 + f * (5 + f * (10 + f * (10 + f * (5 - 5 * f))))) / 120; }
  static float inner(float f) { return (66 + f * f * (-60 + f * f * (30 - 10 * f))) / 120; }
  static float outer_slope(float f) { return f * f * f * f / 24; }
  static float middle_slope(float f) { return (5 + f * (20 + f * (30 + f * (20 - 25 * f)))) / 120; }
  static float inner_slope(float f) { return f * (-120 + f * f * (120 - 50 * f)) / 120; }
};

}  // namespace

std::size_t PlaneGrid::nodes_for(float extent) {
  // Two nodes before the first point's, three and two more after the last's, and one for rounding.
  constexpr float kMargin = 9;
  const float nodes = std::ceil(extent / kSpacing) + kMargin;
  if (!(nodes <= kMostNodes / 2)) return kMostNodes + 1;
  return kernels::fft_length(std::max(2 * static_cast<std::size_t>(nodes), kFewestNodes));
}

void PlaneGrid::Waves::resize(std::size_t rows, std::size_t length) {
  n_rows = rows;
  const std::size_t n_blocks = length / 2 / kFftLanes + 1;
  re.resize(n_blocks * rows * kFftLanes);
  im.resize(re.size());
}

void PlaneGrid::rows_to_waves(const Matrix<float>& grid, Waves& waves, Context& context) const {
  const std::size_t n = table_->length(), n_rows = grid.rows(), width = grid.cols();
  context.parallel_for((n_rows + kRowsOfBlock - 1) / kRowsOfBlock, 1, [&](std::size_t begin, std::size_t end) {
    FftRows rows(*table_);
    for (std::size_t block = begin; block < end; ++block) {
      const std::size_t first = block * kRowsOfBlock, n_pairs = std::min(kFftLanes, (n_rows - first) / 2);
      std::fill_n(rows.re(), kFftLanes * n, 0.0F);
      std::fill_n(rows.im(), kFftLanes * n, 0.0F);
      for (std::size_t pair = 0; pair < n_pairs; ++pair) {
        const float *even = grid.row(first + 2 * pair).data(), *odd = grid.row(first + 2 * pair + 1).data();
        for (std::size_t i = 0; i < width; ++i) {
          rows.re()[kFftLanes * i + pair] = even[i];
          rows.im()[kFftLanes * i + pair] = odd[i];
        }
      }
      rows.forward();
      for (std::size_t k = 0; k <= n / 2; ++k) {
        const std::size_t here = kFftLanes * k, there = kFftLanes * ((n - k) % n);
        for (std::size_t pair = 0; pair < n_pairs; ++pair) {
          const float re = rows.re()[here + pair], im = rows.im()[here + pair];
          const float back_re = rows.re()[there + pair], back_im = rows.im()[there + pair];
          const std::size_t even = waves.at(first + 2 * pair, k), odd = even + kFftLanes;
          waves.re[even] = 0.5F * (re + back_re);
          waves.im[even] = 0.5F * (im - back_im);
          waves.re[odd] = 0.5F * (im + back_im);
          waves.im[odd] = 0.5F * (back_re - re);
        }
      }
    }
  });
}

void PlaneGrid::waves_to_rows(const Waves& waves, Matrix<float>& grid, Context& context) const {
  const std::size_t n = table_->length(), n_rows = grid.rows(), width = grid.cols();
  context.parallel_for((n_rows + kRowsOfBlock - 1) / kRowsOfBlock, 1, [&](std::size_t begin, std::size_t end) {
    FftRows rows(*table_);
    for (std::size_t block = begin; block < end; ++block) {
      const std::size_t first = block * kRowsOfBlock, n_pairs = std::min(kFftLanes, (n_rows - first) / 2);
      for (std::size_t k = 0; k <= n / 2; ++k) {
        const std::size_t here = kFftLanes * k, there = kFftLanes * ((n - k) % n);
        for (std::size_t pair = 0; pair < n_pairs; ++pair) {
          const std::size_t even = waves.at(first + 2 * pair, k), odd = even + kFftLanes;
          rows.re()[there + pair] = waves.re[even] + waves.im[odd];
          rows.im()[there + pair] = waves.re[odd] - waves.im[even];
          rows.re()[here + pair] = waves.re[even] - waves.im[odd];
          rows.im()[here + pair] = waves.re[odd] + waves.im[even];
        }
      }
      rows.backward();
      for (std::size_t pair = 0; pair < n_pairs; ++pair) {
        float *even = grid.row(first + 2 * pair).data(), *odd = grid.row(first + 2 * pair + 1).data();
        for (std::size_t i = 0; i < width; ++i) {
          even[i] = rows.re()[kFftLanes * i + pair];
          odd[i] = rows.im()[kFftLanes * i + pair];
        }
      }
    }
  });
}

/// The kernel between nodes, as far apart as they are around a ring of n_nodes each way; its spectrum, over the splines' at both ends.
void PlaneGrid::prepare(std::size_t n_nodes, Context& context) {
  if (table_ != nullptr && table_->length() == n_nodes) return;
  table_ = std::make_unique<kernels::FftTable>(n_nodes);
  grid_ = Matrix<float>(n_nodes / 2, n_nodes / 2);
  Matrix<float> kernel(n_nodes, n_nodes);
  const auto apart = [&](std::size_t i) { return kSpacing * static_cast<float>(std::min(i, n_nodes - i)); };
  for (std::size_t r = 0; r < n_nodes; ++r)
    for (std::size_t c = 0; c < n_nodes; ++c) kernel(r, c) = 1 / (1 + apart(r) * apart(r) + apart(c) * apart(c));
  waves_.resize(n_nodes, n_nodes);
  rows_to_waves(kernel, waves_, context);
  const auto over_splines = [&](std::size_t k) {
    const double angle = 2 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(n_nodes);
    const double b = (66 + 52 * std::cos(angle) + 2 * std::cos(2 * angle)) / 120;
    return 1 / (b * b * static_cast<double>(n_nodes));
  };
  kernel_.resize(waves_.re.size());
  context.parallel_for(kernel_.size() / (n_nodes * kFftLanes), 1, [&](std::size_t begin, std::size_t end) {
    FftRows columns(*table_);
    for (std::size_t block = begin; block < end; ++block) {
      const std::size_t at = block * n_nodes * kFftLanes;
      std::copy_n(waves_.re.data() + at, n_nodes * kFftLanes, columns.re());
      std::copy_n(waves_.im.data() + at, n_nodes * kFftLanes, columns.im());
      columns.forward();
      for (std::size_t k = 0; k < n_nodes; ++k)
        for (std::size_t lane = 0; lane < kFftLanes; ++lane)
          kernel_[at + kFftLanes * k + lane] = static_cast<float>(static_cast<double>(columns.re()[kFftLanes * k + lane]) *
                                                                  over_splines(k) * over_splines(block * kFftLanes + lane));
    }
  });
  waves_.resize(n_nodes / 2, n_nodes);
}

/// Each column of waves on its own: transformed, times the kernel's, and back.
void PlaneGrid::convolve(Context& context) {
  const std::size_t n = table_->length(), half = n / 2;
  context.parallel_for(kernel_.size() / (n * kFftLanes), 1, [&](std::size_t begin, std::size_t end) {
    FftRows columns(*table_);
    for (std::size_t block = begin; block < end; ++block) {
      const std::size_t at = block * half * kFftLanes;
      std::copy_n(waves_.re.data() + at, half * kFftLanes, columns.re());
      std::copy_n(waves_.im.data() + at, half * kFftLanes, columns.im());
      std::fill_n(columns.re() + half * kFftLanes, half * kFftLanes, 0.0F);
      std::fill_n(columns.im() + half * kFftLanes, half * kFftLanes, 0.0F);
      columns.forward();
      const float* kernel = kernel_.data() + block * n * kFftLanes;
      for (std::size_t i = 0; i < n * kFftLanes; ++i) {
        columns.re()[i] *= kernel[i];
        columns.im()[i] *= kernel[i];
      }
      columns.backward();
      std::copy_n(columns.re(), half * kFftLanes, waves_.re.data() + at);
      std::copy_n(columns.im(), half * kFftLanes, waves_.im.data() + at);
    }
  });
}

/// Points by the rows of nodes that they begin at, in order within a row; coordinates in nodes.
void PlaneGrid::sort_points(std::span<const float> x, std::span<const float> y) {
  const std::size_t n = x.size();
  const float left = *std::ranges::min_element(x), below = *std::ranges::min_element(y);
  const auto node = [](float at, float low) { return (at - low) / kSpacing + 2; };
  begins_.assign(grid_.rows() + 1, 0);
  for (std::size_t i = 0; i < n; ++i) ++begins_[Spline::first_of(node(y[i], below)) + 1];
  std::partial_sum(begins_.begin(), begins_.end(), begins_.begin());
  std::vector<std::size_t> next(begins_.begin(), begins_.end() - 1);
  x_.resize(n);
  y_.resize(n);
  order_.resize(n);
  for (std::size_t i = 0; i < n; ++i) {
    const float at = node(y[i], below);
    const std::size_t place = next[Spline::first_of(at)]++;
    x_[place] = node(x[i], left);
    y_[place] = at;
    order_[place] = static_cast<std::uint32_t>(i);
  }
}

/// Strips of the grid, each by one worker: points of the rows before reach into it.
void PlaneGrid::share(Context& context) {
  const std::size_t n_rows = grid_.rows();
  context.parallel_for((n_rows + kStrip - 1) / kStrip, 1, [&](std::size_t begin, std::size_t end) {
    const std::size_t low = begin * kStrip, high = std::min(end * kStrip, n_rows);
    std::fill_n(grid_.row(low).data(), (high - low) * grid_.cols(), 0.0F);
    for (std::size_t i = begins_[low - std::min(low, kStencil - 1)]; i < begins_[high]; ++i) {
      const Spline column(x_[i]), row(y_[i]);
      for (std::size_t r = 0; r < kStencil; ++r) {
        if (row.first + r < low || row.first + r >= high) continue;
        float* nodes = grid_.row(row.first + r).data() + column.first;
        for (std::size_t c = 0; c < kWidth; ++c) nodes[c] += row.value[r] * column.value[c];
      }
    }
  });
}

double PlaneGrid::push(std::span<const float> x, std::span<const float> y, std::span<PlaneForce> of, Context& context) {
  const auto [low_x, high_x] = std::ranges::minmax(x);
  const auto [low_y, high_y] = std::ranges::minmax(y);
  const std::size_t n_nodes = nodes_for(std::max(high_x - low_x, high_y - low_y));
  require(n_nodes <= kMostNodes, "plane grid: the map is too large");
  prepare(n_nodes, context);
  sort_points(x, y);
  share(context);
  rows_to_waves(grid_, waves_, context);
  convolve(context);
  waves_to_rows(waves_, grid_, context);
  const double total = context.pool.parallel_reduce<double>(
      x.size(), kPointsAtOnce, 0.0,
      [&](std::size_t begin, std::size_t end) {
        double sum = 0;
        for (std::size_t i = begin; i < end; ++i) {
          const Spline column(x_[i]), row(y_[i]);
          std::array<float, kWidth> sums{}, slopes{};
          for (std::size_t r = 0; r < kStencil; ++r) {
            const float* nodes = grid_.row(row.first + r).data() + column.first;
            for (std::size_t c = 0; c < kWidth; ++c) {
              sums[c] += row.value[r] * nodes[c];
              slopes[c] += row.slope[r] * nodes[c];
            }
          }
          float potential = 0, along_x = 0, along_y = 0;
          for (std::size_t c = 0; c < kStencil; ++c) {
            potential += column.value[c] * sums[c];
            along_x += column.slope[c] * sums[c];
            along_y += column.value[c] * slopes[c];
          }
          // The slope of Σ w is −2 Σ w² (y − z).
          of[order_[i]] = {along_x * (-0.5F / kSpacing), along_y * (-0.5F / kSpacing)};
          sum += static_cast<double>(potential);
        }
        return sum;
      },
      [](double whole, double part) { return whole + part; }, &context.cancel);
  return total - static_cast<double>(x.size());  // each met itself
}

}  // namespace akin::analysis
