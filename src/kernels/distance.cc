// Run-time dispatch of distance.h: the loops are in distance-inl.h, compiled once a CPU target.
#include "akin/kernels/distance.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "distance.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
// After foreach_target.
#include "distance-inl.h"

HWY_BEFORE_NAMESPACE();
namespace akin::kernels::HWY_NAMESPACE {

#define AKIN_DISTANCE(name, Step)                                                                                                         \
  float name##_pair(const float* a, const float* b, std::size_t dim) { return pair<Step>(a, b, dim); }                                    \
  void name##_block(const float* query, const float* rows, std::size_t stride, std::size_t n, std::size_t dim, float* out) {              \
    block<Step>(query, InOrder{rows, stride}, n, dim, out);                                                                               \
  }                                                                                                                                       \
  void name##_picked(const float* query, const float* rows, std::size_t stride, const std::uint32_t* ids, std::size_t n, std::size_t dim, \
                     float* out) {                                                                                                        \
    block<Step>(query, Picked{rows, stride, ids}, n, dim, out);                                                                           \
  }                                                                                                                                       \
  void name##_many(const float* queries, std::size_t query_stride, std::size_t n_queries, const float* rows, std::size_t row_stride,      \
                   std::size_t n_rows, std::size_t dim, float* out, std::size_t out_stride) {                                             \
    many<Step>({queries, query_stride}, n_queries, {rows, row_stride}, n_rows, dim, out, out_stride);                                     \
  }

AKIN_DISTANCE(dot, DotStep)
AKIN_DISTANCE(squared_l2, SquaredL2Step)
AKIN_DISTANCE(manhattan, ManhattanStep)
#undef AKIN_DISTANCE

}  // namespace akin::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace akin::kernels {

#define AKIN_DISTANCE(name)                                                                                                             \
  HWY_EXPORT(name##_pair);                                                                                                              \
  HWY_EXPORT(name##_block);                                                                                                             \
  HWY_EXPORT(name##_picked);                                                                                                            \
  HWY_EXPORT(name##_many);                                                                                                              \
  float name(std::span<const float> a, std::span<const float> b) noexcept {                                                             \
    AKIN_DCHECK(a.size() == b.size());                                                                                                  \
    return HWY_DYNAMIC_DISPATCH(name##_pair)(a.data(), b.data(), a.size());                                                             \
  }                                                                                                                                     \
  void name##_rows(std::span<const float> query, MatrixView<const float> rows, std::span<float> out) noexcept {                         \
    AKIN_DCHECK(query.size() == rows.cols() && out.size() == rows.rows());                                                              \
    HWY_DYNAMIC_DISPATCH(name##_block)(query.data(), rows.data(), rows.stride(), rows.rows(), rows.cols(), out.data());                 \
  }                                                                                                                                     \
  void name##_selected(std::span<const float> query, MatrixView<const float> rows, std::span<const std::uint32_t> ids,                  \
                       std::span<float> out) noexcept {                                                                                 \
    AKIN_DCHECK(query.size() == rows.cols() && out.size() == ids.size());                                                               \
    HWY_DYNAMIC_DISPATCH(name##_picked)                                                                                                 \
    (query.data(), rows.data(), rows.stride(), ids.data(), ids.size(), rows.cols(), out.data());                                        \
  }                                                                                                                                     \
  void name##_tile(MatrixView<const float> queries, MatrixView<const float> rows, MatrixView<float> out) noexcept {                     \
    AKIN_DCHECK(queries.cols() == rows.cols() && out.rows() == queries.rows() && out.cols() == rows.rows());                            \
    HWY_DYNAMIC_DISPATCH(name##_many)                                                                                                   \
    (queries.data(), queries.stride(), queries.rows(), rows.data(), rows.stride(), rows.rows(), rows.cols(), out.data(), out.stride()); \
  }

AKIN_DISTANCE(dot)
AKIN_DISTANCE(squared_l2)
AKIN_DISTANCE(manhattan)
#undef AKIN_DISTANCE

}  // namespace akin::kernels
#endif  // HWY_ONCE
