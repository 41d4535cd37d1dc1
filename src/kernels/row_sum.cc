// The loops of row_sum.h, compiled once a CPU target. Columns run in blocks of vectors that stay in registers while the rows go by; rows
// further on are asked for early, as a text's words lie all over the table. Bytes are loaded as bytes: rows need no alignment.
#include "akin/kernels/row_sum.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "akin/base/error.h"
#include "akin/base/half.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "row_sum.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
// After foreach_target.
#include "hwy/cache_control.h"
#include "vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace akin::kernels::HWY_NAMESPACE {

template <class Stored>
HWY_INLINE Stored number_at(const std::byte* p) {
  Stored stored;
  std::memcpy(&stored, p, sizeof stored);
  return stored;
}

/// Unaligned numbers of a type as one vector; p points at as many bytes as the vector has.
template <class Tag>
HWY_INLINE hn::Vec<Tag> load_bytes(Tag tag, const std::byte* p) {
#if HWY_TARGET == HWY_SCALAR  // has no vector of bytes
  return hn::Set(tag, number_at<hn::TFromD<Tag>>(p));
#else
  return hn::BitCast(tag, hn::LoadU(hn::Repartition<std::uint8_t, Tag>(), reinterpret_cast<const std::uint8_t*>(p)));
#endif
}

struct Floats {
  static constexpr std::size_t kBytes = 4;
  static HWY_INLINE FloatVec load(const std::byte* p) { return load_bytes(FloatTag(), p); }
  static float one(const std::byte* p) { return number_at<float>(p); }
};

struct Halves {
  static constexpr std::size_t kBytes = 2;
  static HWY_INLINE FloatVec load(const std::byte* p) {
    const FloatTag d;
#if AKIN_NATIVE_F16
    const hn::Rebind<hwy::float16_t, FloatTag> half;
    return hn::PromoteTo(d, hn::BitCast(half, load_bytes(hn::Rebind<std::uint16_t, FloatTag>(), p)));
#else
    HWY_ALIGN float buffer[hn::MaxLanes(FloatTag())];
    for (std::size_t i = 0; i < n_lanes(); ++i) buffer[i] = one(p + i * kBytes);
    return hn::Load(d, buffer);
#endif
  }
  static float one(const std::byte* p) { return to_float(f16{number_at<std::uint16_t>(p)}); }
};

struct BrainHalves {
  static constexpr std::size_t kBytes = 2;
  static HWY_INLINE FloatVec load(const std::byte* p) {
    const auto wide = hn::PromoteTo(hn::RebindToUnsigned<FloatTag>(), load_bytes(hn::Rebind<std::uint16_t, FloatTag>(), p));
    return hn::BitCast(FloatTag(), hn::ShiftLeft<16>(wide));
  }
  static float one(const std::byte* p) { return to_float(bf16{number_at<std::uint16_t>(p)}); }
};

struct Bytes {
  static constexpr std::size_t kBytes = 1;
  static HWY_INLINE FloatVec load(const std::byte* p) {
    const auto narrow = hn::LoadU(hn::Rebind<std::int8_t, FloatTag>(), reinterpret_cast<const std::int8_t*>(p));
    return hn::ConvertTo(FloatTag(), hn::PromoteTo(hn::RebindToSigned<FloatTag>(), narrow));
  }
  static float one(const std::byte* p) { return static_cast<float>(number_at<std::int8_t>(p)); }
};

struct Rows {
  const std::byte* const* at;
  const float* weights;  // null: ones
  std::size_t n;
};

constexpr std::size_t kAhead = 8;  // rows: about the time that one takes to come from memory, in rows of a few hundred numbers

/// kVectors vectors of columns from `offset` bytes into each row on.
template <class Type, std::size_t kVectors>
void sum_block(const Rows& rows, std::size_t offset, float* out) {
  const FloatTag d;
  FloatVec sums[kVectors];
  for (auto& sum : sums) sum = hn::Zero(d);
  for (std::size_t r = 0; r < rows.n; ++r) {
    if (r + kAhead < rows.n) {
      for (std::size_t b = 0; b < kVectors * n_lanes() * Type::kBytes; b += 64) hwy::Prefetch(rows.at[r + kAhead] + offset + b);
    }
    const std::byte* row = rows.at[r] + offset;
    if (rows.weights == nullptr) {
      for (std::size_t v = 0; v < kVectors; ++v) sums[v] = hn::Add(sums[v], Type::load(row + v * n_lanes() * Type::kBytes));
    } else {
      const auto weight = hn::Set(d, rows.weights[r]);
      for (std::size_t v = 0; v < kVectors; ++v) sums[v] = hn::MulAdd(Type::load(row + v * n_lanes() * Type::kBytes), weight, sums[v]);
    }
  }
  for (std::size_t v = 0; v < kVectors; ++v) hn::StoreU(sums[v], d, out + v * n_lanes());
}

template <class Type>
void sum_all(const Rows& rows, float* out, std::size_t n_cols) {
  constexpr std::size_t kBlock = 8;  // vectors: fits the registers of every target
  std::size_t c = 0;
  for (; c + kBlock * n_lanes() <= n_cols; c += kBlock * n_lanes()) sum_block<Type, kBlock>(rows, c * Type::kBytes, out + c);
  for (; c + n_lanes() <= n_cols; c += n_lanes()) sum_block<Type, 1>(rows, c * Type::kBytes, out + c);
  for (; c < n_cols; ++c) {
    float sum = 0;
    for (std::size_t r = 0; r < rows.n; ++r) {
      const float x = Type::one(rows.at[r] + c * Type::kBytes);
      sum += rows.weights == nullptr ? x : x * rows.weights[r];
    }
    out[c] = sum;
  }
}

void sum_typed(RowType type, const Rows& rows, float* out, std::size_t n_cols) {
  switch (type) {
    case RowType::f32:
      return sum_all<Floats>(rows, out, n_cols);
    case RowType::f16:
      return sum_all<Halves>(rows, out, n_cols);
    case RowType::bf16:
      return sum_all<BrainHalves>(rows, out, n_cols);
    case RowType::i8:
      return sum_all<Bytes>(rows, out, n_cols);
  }
}

void sum_rows_of(RowType type, const std::byte* const* at, const float* weights, std::size_t n, float* out, std::size_t n_cols) {
  sum_typed(type, {at, weights, n}, out, n_cols);
}

}  // namespace akin::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace akin::kernels {

HWY_EXPORT(sum_rows_of);

void sum_rows(RowType type, std::span<const std::byte* const> rows, std::span<const float> weights, std::span<float> out) noexcept {
  AKIN_DCHECK(weights.empty() || weights.size() == rows.size());
  HWY_DYNAMIC_DISPATCH(sum_rows_of)
  (type, rows.data(), weights.empty() ? nullptr : weights.data(), rows.size(), out.data(), out.size());
}

}  // namespace akin::kernels
#endif
