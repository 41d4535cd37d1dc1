// Fourier transforms of complex numbers, sixteen side by side, one in each lane, as the passes over a grid's rows and columns want them.
// Stockham's way: each pass writes its results in order to the other half of the room, so nothing is shuffled at the end. Tested by
// fft_test.cc.
#pragma once

#include <cstddef>
#include <vector>

#include "akin/base/matrix.h"

namespace akin::kernels {

inline constexpr std::size_t kFftLanes = 16;
inline constexpr std::size_t kMostFft = std::size_t{1} << 20;

/// The least length of at least n that can be transformed: 4 · 2^j · 3^k. n up to kMostFft.
std::size_t fft_length(std::size_t n);

/// The roots of unity of a length, which many transforms share.
struct FftTable {
  /// `length` is one that fft_length gives.
  explicit FftTable(std::size_t length);
  [[nodiscard]] std::size_t length() const noexcept { return cosines.size(); }
  std::vector<float> cosines, sines;  ///< of 2π i / length
};

/// Sixteen sequences of complex numbers as long as the table, which must outlive them: lane l of number i is at re()[kFftLanes · i + l]
/// and the same of im(). All 0 at first.
class FftRows {
 public:
  explicit FftRows(const FftTable& table) : table_(&table), rooms_(4, kFftLanes * table.length()) {}

  [[nodiscard]] std::size_t length() const noexcept { return table_->length(); }
  [[nodiscard]] float* re() noexcept { return at(re_); }
  [[nodiscard]] float* im() noexcept { return at(im_); }

  /// X_k = Σ x_i e^(−2πi · i k / length), in place. O(length · log length).
  void forward();
  /// The same with e^(+2πi …), not divided by the length: there and back is `length` times what was.
  void backward();

 private:
  [[nodiscard]] float* at(std::size_t room) noexcept { return rooms_.row(room).data(); }

  const FftTable* table_;
  Matrix<float> rooms_;  // (4, kFftLanes · length)
  std::size_t re_ = 0, im_ = 1, other_re_ = 2, other_im_ = 3;
};

}  // namespace akin::kernels
