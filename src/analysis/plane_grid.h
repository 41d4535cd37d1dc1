// What pushes points of a plane apart, by a grid (Linderman, Rachh, Hoskins, Steinerberger & Kluger, 2019, FIt-SNE): each point is shared
// among the nodes around it, the nodes' kernel is a convolution, which two Fourier transforms do, and what is between nodes is
// interpolated. By cubic splines, so that the push, a gradient, comes from the same one convolution. Tested by plane_grid_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "akin/base/context.h"
#include "akin/base/matrix.h"
#include "akin/kernels/fft.h"
#include "akin/kernels/tsne_step.h"

namespace akin::analysis {

class PlaneGrid {
 public:
  /// Between nodes. The kernel w(d) = 1 / (1 + d²) changes over 1.
  static constexpr float kSpacing = 1.0F / 3;
  /// Nodes along a side, with as many again that keep the ends apart, at most.
  static constexpr std::size_t kMostNodes = 8192;

  /// How many nodes (one side, room between the ends included) a map of this extent takes: more than kMostNodes is too much.
  static std::size_t nodes_for(float extent);

  /// of[i] = Σ_j w² (point i − point j) nearly; returns Σ_i Σ_{j ≠ i} w nearly. Of finite points whose extent allows it. O(n + nodes² · log
  /// nodes). The result depends on the points alone.
  double push(std::span<const float> x, std::span<const float> y, std::span<kernels::PlaneForce> of, Context& context);

 private:
  /// Rows of a grid as waves: number k of row r at [k / 16][r][k % 16], k up to half the length.
  struct Waves {
    std::size_t n_rows = 0;
    std::vector<float> re, im;
    void resize(std::size_t rows, std::size_t length);
    [[nodiscard]] std::size_t at(std::size_t row, std::size_t k) const noexcept {
      return ((k / kernels::kFftLanes) * n_rows + row) * kernels::kFftLanes + k % kernels::kFftLanes;
    }
  };

  void prepare(std::size_t n_nodes, Context& context);
  void rows_to_waves(const Matrix<float>& grid, Waves& waves, Context& context) const;
  void waves_to_rows(const Waves& waves, Matrix<float>& grid, Context& context) const;
  void convolve(Context& context);
  void sort_points(std::span<const float> x, std::span<const float> y);
  void share(Context& context);

  std::unique_ptr<kernels::FftTable> table_;
  Matrix<float> grid_;         // (half, half): charges, then the potential
  std::vector<float> kernel_;  // its spectrum, over those of the splines: real; [k / 16][wave along the column][k % 16]
  Waves waves_;
  std::vector<float> x_, y_;  // in nodes, by rows of the grid
  std::vector<std::uint32_t> order_;
  std::vector<std::size_t> begins_;  // of a row of the grid: its points
};

}  // namespace akin::analysis
