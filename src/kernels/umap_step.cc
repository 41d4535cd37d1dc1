// The loop of umap_step.h, compiled once a CPU target.
#include "akin/kernels/umap_step.h"

#include <algorithm>
#include <cstring>
#include <iterator>

#include "akin/base/matrix.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "umap_step.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
// After foreach_target.
#include "plane_pairs-inl.h"
#include "vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace akin::kernels::HWY_NAMESPACE {

inline constexpr float kLog2[] = {-0.146203533F, 0.23420985F, -0.24882181F,  0.287075609F,
                                  -0.360241979F, 0.48092404F, -0.721352756F, 1.4426949F};

using FloatMask = hn::Mask<FloatTag>;

/// log2 of a normal x > 0: the exponent and a polynomial of degree 7 for log2(m) / (m − 1) on [√½, √2) (error 1.4e-7 in the logarithm).
HWY_INLINE FloatVec log2(FloatVec x) {
  const FloatTag d;
  const IndexTag di;
  const auto bits = hn::BitCast(di, x);
  // √½ as bits: what is above it goes to the exponent.
  const auto exponent = hn::ShiftRight<23>(hn::Sub(bits, hn::Set(di, 0x3F3504F3)));
  const auto t = hn::Sub(hn::BitCast(d, hn::Sub(bits, hn::ShiftLeft<23>(exponent))), hn::Set(d, 1.0F));
  auto p = hn::Set(d, kLog2[0]);
  for (std::size_t i = 1; i < std::size(kLog2); ++i) p = hn::MulAdd(p, t, hn::Set(d, kLog2[i]));
  return hn::MulAdd(p, t, hn::ConvertTo(d, exponent));
}

/// One by one: what is gathered soon after a CPU's own scatter waits for it, wherever it lies (Zen 5).
HWY_INLINE void scatter_plane(const FloatVec* at, float* places, const std::uint32_t* which, std::size_t count) {
  const FloatTag d;
  HWY_ALIGN float pairs[2 * hn::MaxLanes(FloatTag())];
  hn::StoreInterleaved2(at[0], at[1], d, pairs);
  for (std::size_t i = 0; i < count; ++i) std::memcpy(places + 2 * std::size_t{which[i]}, pairs + 2 * i, 2 * sizeof(float));
}

/// Where some vertices are, one a lane, and what moves them: of two numbers (kMost 2, in registers), or of up to kMost.
template <std::size_t kMost>
class Mover {
 public:
  Mover(const UmapStep& step, BitsVec keys) : step_(step), key_(keys) {}

  void load(const float* places) {
    for (std::size_t c = 0; c < dim(); ++c) at_[c] = hn::LoadU(FloatTag(), places + c * kUmapGroup);
  }
  void store(float* places) const {
    for (std::size_t c = 0; c < dim(); ++c) hn::StoreU(at_[c], FloatTag(), places + c * kUmapGroup);
  }
  HWY_INLINE void gather(const float* places, BitsVec which) { gather(places, which, at_); }
  /// Those of the first `count` lanes: the vertices of others are nobody's, and all threads'.
  HWY_INLINE void scatter(float* places, const std::uint32_t* which, std::size_t count) const { scatter(at_, places, which, count); }

  void attract(BitsVec others, FloatMask who) {
    const FloatTag d;
    FloatVec between[kMost];
    const auto square = look(step_.others, others, between);
    move(pull(square), between, hn::And(who, hn::Gt(square, hn::Zero(d))));
  }

  /// The others, read at `places`, move as far the other way.
  HWY_INLINE void attract_both(const float* places, BitsVec others) {
    const FloatTag d;
    FloatVec between[kMost];
    const auto square = look(places, others, between);
    const auto who = hn::Gt(square, hn::Zero(d));
    const auto factor = pull(square);
    for (std::size_t c = 0; c < dim(); ++c) {
      const auto by = hn::IfThenElseZero(who, gradient(factor, between[c]));
      other_[c] = hn::Sub(hn::Sub(at_[c], between[c]), by);
      at_[c] = hn::Add(at_[c], by);
    }
  }
  HWY_INLINE void scatter_others(float* places, const std::uint32_t* which, std::size_t count) const {
    scatter(other_, places, which, count);
  }

  HWY_INLINE void repel(std::uint32_t draw, FloatMask who) {
    const FloatTag d;
    FloatVec between[kMost];
    const auto square = look(step_.others, random_vertices(draw), between);
    who = hn::And(who, hn::Gt(square, hn::Zero(d)));
    const auto below = hn::Mul(hn::Add(square, hn::Set(d, 0.001F)), hn::MulAdd(hn::Set(d, step_.a), to_the_b(square), hn::Set(d, 1.0F)));
    move(hn::Div(hn::Set(d, 2 * step_.repulsion * step_.b), below), between, who);
  }

 private:
  [[nodiscard]] HWY_INLINE std::size_t dim() const { return kMost == 2 ? 2 : step_.dim; }

  HWY_INLINE void gather(const float* places, BitsVec which, FloatVec* at) const {
    if constexpr (kMost == 2) {
      gather_plane(places, which, at);
    } else {
      const auto first = hn::BitCast(IndexTag(), hn::Mul(which, hn::Set(BitsTag(), static_cast<std::uint32_t>(step_.dim))));
      for (std::size_t c = 0; c < step_.dim; ++c) at[c] = hn::GatherIndex(FloatTag(), places + c, first);
    }
  }
  HWY_INLINE void scatter(const FloatVec* at, float* places, const std::uint32_t* which, std::size_t count) const {
    if constexpr (kMost == 2) {
      scatter_plane(at, places, which, count);
    } else {
      HWY_ALIGN float numbers[hn::MaxLanes(FloatTag())];
      for (std::size_t c = 0; c < step_.dim; ++c) {
        hn::Store(at[c], FloatTag(), numbers);
        for (std::size_t i = 0; i < count; ++i) places[which[i] * step_.dim + c] = numbers[i];
      }
    }
  }

  /// The squared distances, and the differences.
  HWY_INLINE FloatVec look(const float* places, BitsVec others, FloatVec* between) const {
    auto square = hn::Zero(FloatTag());
    gather(places, others, between);
    for (std::size_t c = 0; c < dim(); ++c) {
      between[c] = hn::Sub(at_[c], between[c]);
      square = hn::MulAdd(between[c], between[c], square);
    }
    return square;
  }

  /// square^b; of 0 something finite, which is not used.
  [[nodiscard]] HWY_INLINE FloatVec to_the_b(FloatVec square) const {
    const FloatTag d;
    return exp2(hn::Mul(hn::Set(d, step_.b), log2(hn::Max(square, hn::Set(d, 1e-30F)))));
  }

  /// What a neighbour's pull is times what is between.
  [[nodiscard]] HWY_INLINE FloatVec pull(FloatVec square) const {
    const FloatTag d;
    const auto power = to_the_b(square);
    const auto above = hn::Mul(hn::Set(d, -2 * step_.a * step_.b), power);
    const auto below = hn::Mul(square, hn::MulAdd(hn::Set(d, step_.a), power, hn::Set(d, 1.0F)));
    return hn::Div(above, below);
  }

  [[nodiscard]] HWY_INLINE FloatVec gradient(FloatVec factor, FloatVec between) const {
    const FloatTag d;
    return hn::Mul(hn::Set(d, step_.alpha), hn::Min(hn::Max(hn::Mul(factor, between), hn::Set(d, -4.0F)), hn::Set(d, 4.0F)));
  }

  HWY_INLINE void move(FloatVec factor, const FloatVec* between, FloatMask who) {
    for (std::size_t c = 0; c < dim(); ++c) at_[c] = hn::IfThenElse(who, hn::Add(at_[c], gradient(factor, between[c])), at_[c]);
  }

  /// A mix of key, epoch and draw (Wellons' lowbias32), scaled to the number of vertices.
  [[nodiscard]] HWY_INLINE BitsVec random_vertices(std::uint32_t draw) const {
    const BitsTag du;
    const FloatTag d;
    const auto salt = static_cast<std::uint32_t>(step_.epoch) * 0x9E3779B1U + draw * 0x85EBCA6BU;
    auto h = hn::Add(key_, hn::Set(du, salt));
    h = hn::Mul(hn::Xor(h, hn::ShiftRight<16>(h)), hn::Set(du, 0x7FEB352DU));
    h = hn::Mul(hn::Xor(h, hn::ShiftRight<15>(h)), hn::Set(du, 0x846CA68BU));
    h = hn::Xor(h, hn::ShiftRight<16>(h));
    const auto part = hn::ConvertTo(d, hn::BitCast(IndexTag(), hn::ShiftRight<8>(h)));  // of 2^24
    const auto scaled = hn::Mul(part, hn::Set(d, static_cast<float>(step_.n_others) * 0x1p-24F));
    const auto last = hn::Set(IndexTag(), static_cast<std::int32_t>(step_.n_others) - 1);
    return hn::BitCast(du, hn::Min(hn::ConvertTo(IndexTag(), scaled), last));
  }

  const UmapStep& step_;
  BitsVec key_;
  FloatVec at_[kMost], other_[kMost];
};

/// The other ends of the edges from `begin` to `end` that are taken in this epoch, in order, to `out` and 16 apart; how many.
HWY_INLINE std::size_t collect(const UmapEdges& edges, std::size_t begin, std::size_t end, float epoch, std::uint32_t* out) {
  const FloatTag d;
  const BitsTag du;
  HWY_ALIGN std::uint32_t taken[hn::MaxLanes(FloatTag())];
  std::size_t n = 0;
  for (std::size_t e = begin; e < end; e += n_lanes()) {
    const std::size_t count = std::min(n_lanes(), end - e);
    const auto rates = count == n_lanes() ? hn::LoadU(d, edges.rates + e) : load_tail(edges.rates + e, count);
    const auto before = hn::Floor(hn::Mul(rates, hn::Set(d, epoch))), after = hn::Floor(hn::Mul(rates, hn::Set(d, epoch + 1)));
    const auto is_taken = hn::Gt(after, before);
    if (hn::AllFalse(d, is_taken)) continue;
    if (count == n_lanes()) {
      const std::size_t some = hn::CompressStore(hn::LoadU(du, edges.others + e), hn::RebindMask(du, is_taken), du, taken);
      for (std::size_t i = 0; i < some; ++i) out[kUmapGroup * n++] = taken[i];
    } else {
      hn::Store(hn::IfThenElseZero(hn::RebindMask(du, is_taken), hn::Set(du, 1)), du, taken);
      for (std::size_t i = 0; i < count; ++i)
        if (taken[i] != 0) out[kUmapGroup * n++] = edges.others[e + i];
    }
  }
  return n;
}

template <std::size_t kMost>
HWY_INLINE void move_group(const UmapEdges& edges, const UmapStep& step, const std::uint32_t* keys, float* places, std::uint32_t* room) {
  const FloatTag d;
  const BitsTag du;
  const auto epoch = static_cast<float>(step.epoch);
  const std::size_t n_vertices = edges.begins.size() - 1;
  HWY_ALIGN std::uint32_t n_taken[kUmapGroup] = {};
  for (std::size_t i = 0; i < n_vertices; ++i)
    n_taken[i] = static_cast<std::uint32_t>(collect(edges, edges.begins[i], edges.begins[i + 1], epoch, room + i));
  for (std::size_t lane = 0; lane < kUmapGroup; lane += n_lanes()) {
    Mover<kMost> mover(step, hn::LoadU(du, keys + lane));
    mover.load(places + lane);
    const auto counts = hn::Load(du, n_taken + lane);
    const std::uint32_t most = *std::max_element(n_taken + lane, n_taken + lane + n_lanes());
    const auto who = [&](std::uint32_t row) { return hn::RebindMask(d, hn::Gt(counts, hn::Set(du, row))); };
    const auto others = [&](std::uint32_t row) {
      // What is behind a vertex' last one is not looked at, but must be a vertex.
      return hn::IfThenElseZero(hn::Gt(counts, hn::Set(du, row)), hn::LoadU(du, room + row * kUmapGroup + lane));
    };
    for (std::uint32_t row = 0; row < most; ++row) {
      mover.attract(others(row), who(row));
      for (int i = 0; i < step.n_negatives; ++i)
        mover.repel(row * static_cast<std::uint32_t>(step.n_negatives) + static_cast<std::uint32_t>(i), who(row));
    }
    mover.store(places + lane);
  }
}

void umap_move_group(const UmapEdges& edges, const UmapStep& step, const std::uint32_t* keys, float* places, std::uint32_t* room) {
  if (step.dim == 2) return move_group<2>(edges, step, keys, places, room);
  move_group<kUmapDims>(edges, step, keys, places, room);
}

/// Heads, tails and keys of the pairs that are taken, each `width` apart in `out`, and a vector of spare vertices after them; how many.
HWY_INLINE std::size_t collect_pairs(const UmapPairs& pairs, const UmapStep& step, std::uint32_t* out, std::size_t width) {
  const FloatTag d;
  const BitsTag du;
  const auto epoch = static_cast<float>(step.epoch);
  std::size_t n = 0;
  for (std::size_t e = 0; e < pairs.n; e += n_lanes()) {
    const std::size_t count = std::min(n_lanes(), pairs.n - e);
    const bool is_whole = count == n_lanes();
    const auto rates = is_whole ? hn::LoadU(d, pairs.rates + e) : load_tail(pairs.rates + e, count);
    const auto before = hn::Floor(hn::Mul(rates, hn::Set(d, epoch))), after = hn::Floor(hn::Mul(rates, hn::Set(d, epoch + 1)));
    const auto is_taken = hn::RebindMask(du, hn::Gt(after, before));
    const auto load = [&](const std::uint32_t* from) {
      if (is_whole) return hn::LoadU(du, from + e);
      HWY_ALIGN std::uint32_t rest[hn::MaxLanes(FloatTag())] = {};
      std::copy_n(from + e, count, rest);
      return hn::Load(du, rest);
    };
    const auto keys = hn::Iota(du, pairs.first + static_cast<std::uint32_t>(e));
    hn::CompressStore(load(pairs.heads), is_taken, du, out + n);
    hn::CompressStore(load(pairs.tails), is_taken, du, out + width + n);
    n += hn::CompressStore(keys, is_taken, du, out + 2 * width + n);
  }
  const auto spare = hn::Iota(du, static_cast<std::uint32_t>(step.n_others));
  for (std::size_t part = 0; part < 3; ++part) hn::StoreU(spare, du, out + part * width + n);
  return n;
}

/// The first `count` of the vector of pairs at `room`, whose heads, tails and keys are `width` apart.
template <std::size_t kMost>
HWY_INLINE void move_pairs(const UmapStep& step, float* places, const std::uint32_t* room, std::size_t width, std::size_t count) {
  const BitsTag du;
  const std::uint32_t *heads = room, *tails = room + width;
  const auto all = hn::FirstN(FloatTag(), n_lanes());
  Mover<kMost> mover(step, hn::LoadU(du, tails + width));
  mover.gather(places, hn::LoadU(du, heads));
  mover.attract_both(places, hn::LoadU(du, tails));
  for (int i = 0; i < step.n_negatives; ++i) mover.repel(static_cast<std::uint32_t>(i), all);
  mover.scatter_others(places, tails, count);
  mover.scatter(places, heads, count);
}

/// Two whole vectors side by side, as each waits for itself most of the time.
HWY_INLINE void move_pairs_twice(const UmapStep& step, float* places, const std::uint32_t* room, std::size_t width) {
  const BitsTag du;
  const std::uint32_t *heads = room, *tails = room + width, *keys = tails + width;
  const auto all = hn::FirstN(FloatTag(), n_lanes());
  Mover<2> a(step, hn::LoadU(du, keys)), b(step, hn::LoadU(du, keys + n_lanes()));
  a.gather(places, hn::LoadU(du, heads));
  b.gather(places, hn::LoadU(du, heads + n_lanes()));
  a.attract_both(places, hn::LoadU(du, tails));
  b.attract_both(places, hn::LoadU(du, tails + n_lanes()));
  for (int i = 0; i < step.n_negatives; ++i) {
    a.repel(static_cast<std::uint32_t>(i), all);
    b.repel(static_cast<std::uint32_t>(i), all);
  }
  a.scatter_others(places, tails, n_lanes());
  a.scatter(places, heads, n_lanes());
  b.scatter_others(places, tails + n_lanes(), n_lanes());
  b.scatter(places, heads + n_lanes(), n_lanes());
}

void umap_move_some_pairs(const UmapPairs& pairs, const UmapStep& step, float* places, std::uint32_t* room, std::size_t width) {
  const std::size_t n = collect_pairs(pairs, step, room, width);
  std::size_t e = 0;
  if (step.dim == 2) {
    for (; e + 2 * n_lanes() <= n; e += 2 * n_lanes()) move_pairs_twice(step, places, room + e, width);
    for (; e < n; e += n_lanes()) move_pairs<2>(step, places, room + e, width, std::min(n_lanes(), n - e));
  } else {
    for (; e < n; e += n_lanes()) move_pairs<kUmapDims>(step, places, room + e, width, std::min(n_lanes(), n - e));
  }
}

}  // namespace akin::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace akin::kernels {

HWY_EXPORT(umap_move_group);
HWY_EXPORT(umap_move_some_pairs);

void umap_move(const UmapEdges& edges, const UmapStep& step, std::span<const std::uint32_t, kUmapGroup> keys, float* places,
               std::vector<std::uint32_t>& room) {
  std::size_t most = 0;
  for (std::size_t v = 0; v + 1 < edges.begins.size(); ++v) most = std::max(most, edges.begins[v + 1] - edges.begins[v]);
  if (room.size() < most * kUmapGroup) room.resize(most * kUmapGroup);
  HWY_DYNAMIC_DISPATCH(umap_move_group)(edges, step, keys.data(), places, room.data());
}

void umap_move_pairs(const UmapPairs& pairs, const UmapStep& step, float* places, std::vector<std::uint32_t>& room) {
  const std::size_t width = pairs.n + 2 * kUmapGroup;
  if (room.size() < 3 * width) room.resize(3 * width);
  HWY_DYNAMIC_DISPATCH(umap_move_some_pairs)(pairs, step, places, room.data(), width);
}

}  // namespace akin::kernels
#endif
