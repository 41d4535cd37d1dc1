// Run-time dispatch of code_dot.h: the loops are in code_dot-inl.h, compiled once a CPU target.
#include "akin/kernels/code_dot.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "code_dot.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
// After foreach_target.
#include "code_dot-inl.h"

HWY_BEFORE_NAMESPACE();
namespace akin::kernels::HWY_NAMESPACE {

bool has_instruction() { return kFast; }

AKIN_CODE_ATTR void code_dots_block(const CodeQueries& queries, const CodePanels& panels, MatrixView<float> out) {
  code_dots_loop(queries, panels, out);
}

}  // namespace akin::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace akin::kernels {

HWY_EXPORT(has_instruction);
HWY_EXPORT(code_dots_block);

bool code_dot_is_fast() noexcept { return HWY_DYNAMIC_DISPATCH(has_instruction)(); }

void code_dots(const CodeQueries& queries, const CodePanels& panels, MatrixView<float> out) noexcept {
  AKIN_DCHECK(queries.codes.cols() == panels.dim && panels.dim % 4 == 0 && panels.dim <= 65536);
  AKIN_DCHECK(queries.scales.size() == queries.codes.rows() && queries.sums.size() == queries.codes.rows());
  AKIN_DCHECK(out.rows() == queries.codes.rows() && out.cols() == kPanelRows * panels.n_panels);
  HWY_DYNAMIC_DISPATCH(code_dots_block)(queries, panels, out);
}

}  // namespace akin::kernels
#endif  // HWY_ONCE
