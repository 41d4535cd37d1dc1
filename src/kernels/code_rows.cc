// Run-time dispatch of code_rows.h: the loops are in code_rows-inl.h, compiled once a CPU target.
#include "akin/kernels/code_rows.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "code_rows.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
// After foreach_target.
#include "code_rows-inl.h"

HWY_BEFORE_NAMESPACE();
namespace akin::kernels::HWY_NAMESPACE {

AKIN_CODE_ROWS_ATTR void code_rows_picked(const CodeRowQuery& query, MatrixView<const std::uint8_t> rows,
                                          std::span<const std::uint32_t> ids, std::int32_t* out) {
  picked_rows<ByteRows>(query, rows, ids, out);
}
AKIN_CODE_ROWS_ATTR void nibble_rows_picked(const CodeRowQuery& query, MatrixView<const std::uint8_t> rows,
                                            std::span<const std::uint32_t> ids, std::int32_t* out) {
  picked_rows<NibbleRows>(query, rows, ids, out);
}

}  // namespace akin::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace akin::kernels {

HWY_EXPORT(code_rows_picked);
HWY_EXPORT(nibble_rows_picked);

void code_row_dots(const CodeRowQuery& query, MatrixView<const std::uint8_t> rows, std::span<const std::uint32_t> ids,
                   std::span<std::int32_t> out) noexcept {
  AKIN_DCHECK(rows.cols() <= query.codes.size() && rows.cols() % 64 == 0 && rows.stride() % 64 == 0 && query.codes.size() <= 65536);
  AKIN_DCHECK(out.size() == ids.size());
  HWY_DYNAMIC_DISPATCH(code_rows_picked)(query, rows, ids, out.data());
}

void nibble_row_dots(const CodeRowQuery& query, MatrixView<const std::uint8_t> rows, std::span<const std::uint32_t> ids,
                     std::span<std::int32_t> out) noexcept {
  AKIN_DCHECK(2 * rows.cols() == query.codes.size() && rows.cols() % 64 == 0 && rows.stride() % 64 == 0 && query.codes.size() <= 65536);
  AKIN_DCHECK(out.size() == ids.size());
  HWY_DYNAMIC_DISPATCH(nibble_rows_picked)(query, rows, ids, out.data());
}

}  // namespace akin::kernels
#endif  // HWY_ONCE
