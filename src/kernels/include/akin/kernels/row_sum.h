// Sums of rows that lie scattered over a table, at any address and in the type that the file keeps them in: what static embeddings are
// made of. Rows are added in the order given, column by column, so the result depends on the rows alone. Tested by row_sum_test.cc.
#pragma once

#include <cstddef>
#include <span>

namespace akin::kernels {

/// How the numbers of a row lie in memory. i8: whole numbers as they are, without a scale.
enum class RowType { f32, f16, bf16, i8 };

/// Bytes of one number.
constexpr std::size_t byte_size(RowType type) noexcept { return type == RowType::f32 ? 4 : type == RowType::i8 ? 1 : 2; }

/// out[c] = Σ weights[i] · rows[i][c], in float. Each of `rows` points at out.size() numbers of `type`. weights.size() == rows.size(), or
/// no weights for ones. No rows give zeros.
void sum_rows(RowType type, std::span<const std::byte* const> rows, std::span<const float> weights, std::span<float> out) noexcept;

}  // namespace akin::kernels
