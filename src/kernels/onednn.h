// oneDNN's matrix product behind four functions: which types it runs natively here, a weight in its blocked layout, and the product of
// some rows with it. Primitives are made once a process for each shape and kept; execution state is kept by each thread.
// Used on AVX-512 only, where its kernels give a row the same bits for every number of rows (docs/adr/0003-gemm.md). See gemm_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "akin/base/matrix.h"
#include "akin/base/pages.h"
#include "akin/kernels/gemm.h"
#include "akin/kernels/matmul.h"

namespace akin::kernels::onednn {

/// True if this CPU, under the target in use, multiplies numbers of `type` in hardware and oneDNN has its kernel for it; never for int8.
bool is_native(GemmType type);

struct Layout;

/// A weight (n_out, n_in) in the layout that the product reads.
struct BlockedWeight {
  std::shared_ptr<const Layout> layout;
  PageBuffer bytes;
};

/// A weight (n_out, n_in) with room for its numbers.
BlockedWeight make_weight(GemmType type, std::size_t n_out, std::size_t n_in);

/// Outputs that one call of block_rows() takes: the layout keeps so many together.
inline constexpr std::size_t kBlockRows = 64;

/// Puts `count` outputs (kBlockRows, fewer only at the end) from `first`, a multiple of kBlockRows, in their place. `plain` is
/// (count, n_in) without gaps: float or bfloat16 bits, as the weight's type says.
void block_rows(BlockedWeight& weight, std::size_t first, std::size_t count, const void* plain);

/// The rows of a product, without gaps: oneDNN has its good kernels for those alone.
struct Rows {
  const void* in = nullptr;
  float* out = nullptr;
  std::size_t count = 0;
};

/// out = in · weightᵀ + bias. Any count; the primitives made are those of a small ladder of counts.
void multiply(const BlockedWeight& weight, const float* bias, const Rows& rows);

/// Some of a weight's outputs; the first is a multiple of kBlockRows, and so is the count unless they are the last.
struct Part {
  std::size_t first = 0, count = 0;
};
/// The same for a part of the outputs, with the same bits: rows.out has `part.count` columns. `bias` is the whole weight's.
void multiply_part(const BlockedWeight& weight, const Part& part, const float* bias, const Rows& rows);

/// out = scale · a · b + keep · out, of plain matrices that fit each other and are not empty.
void multiply_add(const Factor& a, const Factor& b, float scale, float keep, MatrixView<float> out);

}  // namespace akin::kernels::onednn
