#include "akin/space/bit_codes.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "akin/kernels/code_scan.h"
#include "akin/kernels/distance.h"

namespace akin {
namespace {

constexpr std::size_t kBlockRows = 1024;
constexpr std::uint64_t kSeed = 0x72616269;
constexpr float kMostValue = 15;  // of four bits

float factor_of(std::span<const float> factors, std::size_t id) { return factors.empty() ? 1.0F : factors[id]; }

// The sums of blocks of rows are made side by side and added up in order.
std::vector<float> mean_of(const VectorSet& vectors, std::span<const float> factors, Context& context) {
  const std::size_t n_blocks = (vectors.size() + kBlockRows - 1) / kBlockRows;
  Matrix<double> sums(n_blocks, vectors.dim());
  context.parallel_for(n_blocks, 8, [&](std::size_t begin, std::size_t end) {
    for (std::size_t id = begin * kBlockRows; id < std::min(end * kBlockRows, vectors.size()); ++id) {
      const std::span<const float> row = vectors.row(id);
      const std::span<double> sum = sums.row(id / kBlockRows);
      const auto factor = static_cast<double>(factor_of(factors, id));
      for (std::size_t i = 0; i < row.size(); ++i) sum[i] += factor * static_cast<double>(row[i]);
    }
  });
  std::vector<float> mean(vectors.dim());
  for (std::size_t i = 0; i < mean.size(); ++i) {
    double sum = 0;
    for (std::size_t b = 0; b < n_blocks; ++b) sum += sums(b, i);
    mean[i] = vectors.empty() ? 0 : static_cast<float>(sum / static_cast<double>(vectors.size()));
  }
  return mean;
}

}  // namespace

BitCodes::BitCodes(std::size_t dim) : rotation_(dim, kSeed) {}

BitCodes BitCodes::encode(const VectorSet& vectors, std::span<const float> factors, Context& context) {
  BitCodes result(vectors.dim());
  result.centre_ = mean_of(vectors, factors, context);
  result.codes_ = Matrix<std::uint8_t>(vectors.size(), (vectors.dim() + 7) / 8);
  result.factors_.resize(vectors.size());
  result.ones_.resize(vectors.size());
  context.parallel_for(vectors.size(), 256, [&](std::size_t begin, std::size_t end) {
    std::vector<float> rest(vectors.dim());
    for (std::size_t id = begin; id < end; ++id) {
      const std::span<const float> row = vectors.row(id);
      const float factor = factor_of(factors, id);
      for (std::size_t i = 0; i < rest.size(); ++i) rest[i] = factor * row[i] - result.centre_[i];
      result.rotation_.apply(rest);
      double squares = 0, sizes = 0;
      unsigned ones = 0;
      const std::span<std::uint8_t> code = result.codes_.row(id);
      for (std::size_t i = 0; i < rest.size(); ++i) {
        const auto x = static_cast<double>(rest[i]);
        squares += x * x;
        sizes += std::abs(x);
        if (!(rest[i] > 0)) continue;
        code[i / 8] = static_cast<std::uint8_t>(code[i / 8] | 1U << i % 8);
        ++ones;
      }
      result.factors_[id] = sizes > 0 ? static_cast<float>(squares / sizes) : 0;
      result.ones_[id] = static_cast<float>(ones);
    }
  });
  return result;
}

BitCodes::Query BitCodes::prepare(std::span<const float> query) const {
  Query out;
  out.planes = Matrix<std::uint8_t>(kernels::kBitPlanes, codes_.cols());
  out.centre = kernels::dot(query, centre_);
  std::vector<float> rotated(query.begin(), query.end());
  rotation_.apply(rotated);
  const auto [low, high] = std::minmax_element(rotated.begin(), rotated.end());
  out.low = *low;
  out.step = (*high - *low) / kMostValue;
  const float inverse = out.step > 0 ? 1 / out.step : 0;
  for (std::size_t i = 0; i < rotated.size(); ++i) {
    out.sum += rotated[i];
    const auto value = static_cast<unsigned>(std::clamp(std::nearbyint((rotated[i] - out.low) * inverse), 0.0F, kMostValue));
    for (std::size_t p = 0; p < kernels::kBitPlanes; ++p)
      if ((value >> p & 1U) != 0) out.planes(p, i / 8) = static_cast<std::uint8_t>(out.planes(p, i / 8) | 1U << i % 8);
  }
  return out;
}

void BitCodes::products(const Query& query, std::size_t first, std::span<float> out) const noexcept {
  std::array<std::uint32_t, 256> values;
  for (std::size_t begin = 0; begin < out.size(); begin += values.size()) {
    const std::size_t n = std::min(values.size(), out.size() - begin);
    kernels::plane_dot_rows(query.planes.view(), codes_.view().middle_rows(first + begin, n), std::span(values).first(n));
    for (std::size_t i = 0; i < n; ++i) {
      const std::size_t id = first + begin + i;
      // Σ ± R q = 2 · (its sum where the bit is set) − Σ R q
      const float set = query.low * ones_[id] + query.step * static_cast<float>(values[i]);
      out[begin + i] = query.centre + factors_[id] * (2 * set - query.sum);
    }
  }
}

std::size_t BitCodes::n_bytes() const noexcept { return codes_.size() + (factors_.size() + ones_.size() + centre_.size()) * sizeof(float); }

}  // namespace akin
