#include "akin/space/code_table.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "akin/base/error.h"
#include "akin/base/pages.h"
#include "code_vector.h"

namespace akin {
namespace {

// Rows of a piece of work.
constexpr std::size_t kRowsAtOnce = 1024;
constexpr double kLongest2 = 1e36;
// A 4-bit code spans ±2.3 standard deviations of a row's numbers: about the least squared error for normal ones; what lies further out
// gets the last code.
constexpr float kNibbleSpan = 2.3F;

struct OwnedCodes {
  OwnedCodes(std::size_t n_rows, std::size_t row_bytes)
      : codes(Matrix<std::uint8_t>::uninitialized(n_rows, row_bytes)), factors(Matrix<CodeFactor>::uninitialized(1, n_rows)) {
    prefer_large_pages(std::as_writable_bytes(std::span(codes.data(), codes.size())));
    prefer_large_pages(std::as_writable_bytes(factors.row(0)));
  }
  Matrix<std::uint8_t> codes;
  Matrix<CodeFactor> factors;  // (1, rows)
};

CodeTable owned(const CodeFrame& frame, int bits, std::shared_ptr<OwnedCodes> parts) {
  const MatrixView<const std::uint8_t> codes = parts->codes.view();
  const std::span<const CodeFactor> factors = parts->factors.row(0);
  return {frame, bits, codes, factors, std::move(parts)};
}

double squared_norm(std::span<const float> v) noexcept {
  double sum = 0;
  for (const float x : v) sum += static_cast<double>(x) * static_cast<double>(x);
  return sum;
}

// The row as the frame sees it before the mean goes off; false if it has no code.
bool framed(std::span<const float> vector, Metric metric, std::span<float> out) {
  const double norm2 = squared_norm(vector);
  // Also false for NaN.
  if (!(norm2 <= kLongest2)) return false;
  const auto factor = static_cast<float>(metric == Metric::cosine && norm2 > 0 ? 1 / std::sqrt(norm2) : 1);
  // A length below the smallest normal float has no inverse.
  if (!std::isfinite(factor)) return false;
  for (std::size_t i = 0; i < vector.size(); ++i) out[i] = vector[i] * factor;
  return true;
}

CodeFactor encode_bytes(std::span<const float> v, std::span<std::uint8_t> row) {
  const CodedVector coded =
      encode_vector(v, [&](std::size_t i, int code) { row[i] = static_cast<std::uint8_t>(code + kernels::kZeroCode); });
  return {coded.scale, static_cast<float>(coded.norm2)};
}

CodeFactor encode_nibbles(std::span<const float> v, std::span<std::uint8_t> row) {
  const double norm2 = squared_norm(v);
  const float deviation = static_cast<float>(std::sqrt(norm2 / static_cast<double>(v.size())));
  const float inverse = static_cast<float>(kernels::kLargestNibble) / (2 * kNibbleSpan * deviation);
  if (!(inverse > 0) || !std::isfinite(inverse)) return {};
  double product = 0;
  for (std::size_t i = 0; i < v.size(); ++i) {
    const auto nibble = static_cast<int>(std::clamp(std::floor(v[i] * inverse) + 8, 0.0F, static_cast<float>(kernels::kLargestNibble)));
    row[kernels::nibble_byte(i)] = static_cast<std::uint8_t>(row[kernels::nibble_byte(i)] | nibble << (kernels::nibble_is_high(i) ? 4 : 0));
    product += static_cast<double>(v[i]) * (2 * nibble - kernels::kLargestNibble);
  }
  return {static_cast<float>(norm2 / product), static_cast<float>(norm2)};
}

struct MeanSum {
  std::vector<double> sum;
  double longest2 = 0;
  std::size_t n = 0;
};

}  // namespace

CodeTable::CodeTable(CodeFrame frame, int bits, MatrixView<const std::uint8_t> codes, std::span<const CodeFactor> factors,
                     std::shared_ptr<const void> owner)
    : frame_(std::move(frame)), bits_(bits), codes_(codes), factors_(factors), owner_(std::move(owner)) {}

CodeFrame CodeTable::frame_of(const VectorSet& vectors, Metric metric, Context& context) {
  require(metric != Metric::manhattan, "codes: manhattan distances are not made of products; search exactly");
  const std::size_t dim = vectors.dim();
  if (dim > 65536) throw Error(ErrorCode::limit, "codes: vectors have " + std::to_string(dim) + " dimensions, more than 65536");
  const MeanSum total = context.pool.parallel_reduce<MeanSum>(
      vectors.size(), kRowsAtOnce, {std::vector<double>(dim), 0, 0},
      [&](std::size_t begin, std::size_t end) {
        MeanSum piece{std::vector<double>(dim), 0, 0};
        std::vector<float> row(dim);
        for (std::size_t r = begin; r < end; ++r) {
          if (!framed(vectors.row(r), metric, row)) continue;
          for (std::size_t i = 0; i < dim; ++i) piece.sum[i] += row[i];
          piece.longest2 = std::max(piece.longest2, squared_norm(row));
          ++piece.n;
        }
        return piece;
      },
      [&](MeanSum sum, MeanSum piece) {
        for (std::size_t i = 0; i < dim; ++i) sum.sum[i] += piece.sum[i];
        sum.longest2 = std::max(sum.longest2, piece.longest2);
        sum.n += piece.n;
        return sum;
      },
      &context.cancel);
  CodeFrame frame{metric, dim, std::vector<float>(dim), static_cast<float>(total.longest2)};
  if (metric != Metric::dot && total.n != 0)
    for (std::size_t i = 0; i < dim; ++i) frame.mean[i] = static_cast<float>(total.sum[i] / static_cast<double>(total.n));
  return frame;
}

CodeTable CodeTable::encode(const VectorSet& vectors, const CodeFrame& frame, int bits, std::span<const std::uint32_t> order,
                            Context& context) {
  require(bits == 8 || bits == 4, "codes: rows are coded with 8 or 4 bits");
  return CodeTable(frame, bits, MatrixView<const std::uint8_t>(nullptr, 0, kernels::code_row_bytes(frame.dim, bits)), {}, nullptr)
      .extended({}, vectors, order, context);
}

CodeTable CodeTable::extended(std::span<const std::uint32_t> kept, const VectorSet& vectors, std::span<const std::uint32_t> order,
                              Context& context) const {
  auto parts = std::make_shared<OwnedCodes>(kept.size() + order.size(), codes_.cols());
  context.parallel_for(kept.size() + order.size(), kRowsAtOnce, [&](std::size_t begin, std::size_t end) {
    std::vector<float> row(frame_.dim);
    for (std::size_t i = begin; i < end; ++i) {
      const std::span<std::uint8_t> code = parts->codes.row(i);
      if (i < kept.size()) {
        std::ranges::copy(codes_.row(kept[i]), code.begin());
        parts->factors(0, i) = factors_[kept[i]];
        continue;
      }
      std::ranges::fill(code, bits_ == 8 ? kernels::kZeroCode : std::uint8_t{0});
      parts->factors(0, i) = {};
      if (!framed(vectors.row(order[i - kept.size()]), frame_.metric, row)) continue;
      for (std::size_t j = 0; j < row.size(); ++j) row[j] -= frame_.mean[j];
      parts->factors(0, i) = bits_ == 8 ? encode_bytes(row, code) : encode_nibbles(row, code);
    }
  });
  return owned(frame_, bits_, std::move(parts));
}

CodeTable CodeTable::reordered(std::span<const std::uint32_t> order, Context& context) const {
  return extended(order, VectorSet(frame_.dim), {}, context);
}

CodeQuery CodeTable::encode_query(std::span<const float> query, std::span<std::int8_t> room) const noexcept {
  AKIN_DCHECK(query.size() == frame_.dim && room.size() == query_size());
  float largest = 0;
  for (std::size_t i = 0; i < query.size(); ++i) largest = std::max(largest, std::abs(query[i] - frame_.mean[i]));
  const float inverse = 127 / largest;
  std::int32_t sum = 0;
  std::ranges::fill(room, std::int8_t{0});
  // A query at the mean, or too long to code: every row is as near.
  if (std::isfinite(inverse) && inverse > 0) {
    for (std::size_t i = 0; i < query.size(); ++i) {
      const auto code = static_cast<std::int8_t>(std::nearbyint((query[i] - frame_.mean[i]) * inverse));
      room[i] = code;
      sum += code;
    }
  } else {
    largest = 0;
  }
  return {{room, sum}, -2 * largest / 127, frame_.metric == Metric::dot ? 0.0F : 1.0F, 0, 0};
}

CodeQuery CodeTable::row_as_query(std::uint32_t row, std::span<std::int8_t> room) const noexcept {
  AKIN_DCHECK(bits_ == 8 && room.size() == query_size());
  const std::span<const std::uint8_t> codes = codes_.row(row);
  std::int32_t sum = 0;
  for (std::size_t i = 0; i < codes.size(); ++i) {
    room[i] = static_cast<std::int8_t>(codes[i] - kernels::kZeroCode);
    sum += room[i];
  }
  std::fill(room.begin() + static_cast<std::ptrdiff_t>(codes.size()), room.end(), std::int8_t{0});
  const CodeFactor& factor = factors_[row];
  const float extra = frame_.metric == Metric::dot ? std::sqrt(std::max(0.0F, frame_.longest2 - factor.norm2)) : 0;
  return {{room, sum}, -2 * factor.scale, 1, extra, factor.norm2};
}

void CodeTable::estimate(const CodeQuery& query, std::span<const std::uint32_t> rows, std::span<std::int32_t> sums,
                         std::span<float> out) const noexcept {
  const std::span<std::int32_t> products = sums.first(rows.size());
  if (bits_ == 8) {
    kernels::code_row_dots(query.code, codes_, rows, products);
  } else {
    kernels::nibble_row_dots(query.code, codes_, rows, products);
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const CodeFactor& row = factors_[rows[i]];
    out[i] = query.weight * row.norm2 + query.factor * row.scale * static_cast<float>(products[i]);
  }
  if (frame_.metric != Metric::dot || query.weight == 0) return;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const float other = std::sqrt(std::max(0.0F, frame_.longest2 - factors_[rows[i]].norm2));
    out[i] += (query.extra - other) * (query.extra - other);
  }
}

}  // namespace akin
