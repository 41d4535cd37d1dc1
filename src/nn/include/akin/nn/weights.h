// From named tensors of a file to the forms that the layers compute with, shapes checked. Tested by weights_test.cc.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "akin/base/crew.h"
#include "akin/base/matrix.h"
#include "akin/formats/tensor.h"
#include "akin/kernels/gemm.h"

namespace akin::nn {

/// The tensor `name`. Throws Error{not_found} if it is missing, Error{mismatch} if its shape is not `shape`; the message names the file.
const TensorView& require_tensor(const TensorFile& file, const std::string& name, std::span<const std::size_t> shape);
const TensorView& require_tensor(const TensorFile& file, const std::string& name, std::initializer_list<std::size_t> shape);

/// A vector tensor (n) as floats.
std::vector<float> read_vector(const TensorFile& file, const std::string& name, std::size_t n);
/// The same, or an empty vector if the file has no such tensor.
std::vector<float> read_optional_vector(const TensorFile& file, const std::string& name, std::size_t n);

/// Rows of one linear map of a file, as a part of a product: weight `<name>.weight` (n_rows, n_in) and bias `<name>.bias` (n_rows, may be
/// missing). Where there is no such tensor, `<name>_weight` and `<name>_bias` (torch's fused attention).
struct LinearPart {
  std::string name;
  std::size_t n_rows = 0;              ///< of the tensor
  std::vector<std::size_t> rows = {};  ///< which of them, in order; empty: all
};

/// How a weight lies in the file.
enum class WeightOrder {
  rows_are_outputs,  ///< (n_out, n_in)
  rows_are_inputs,   ///< (n_in, n_out): GPT-2's Conv1D
};

/// Packs one linear map, or several of the same input stacked into one product (query, key and value). Rows are converted one by one and
/// no full f32 copy is made, but for WeightOrder::rows_are_inputs.
kernels::PackedMatrix pack_linear(const TensorFile& file, std::span<const LinearPart> parts, std::size_t n_in, kernels::GemmType type,
                                  WeightOrder order = WeightOrder::rows_are_outputs);

/// A view of rows × cols floats over `buffer`, which grows to the largest use and stays. The numbers are not filled.
MatrixView<float> grow(Matrix<float>& buffer, std::size_t rows, std::size_t cols);

/// kernels::gemm(), on the threads of `crew` if there is one: the same bits.
void multiply(kernels::GemmRows& x, const kernels::PackedMatrix& w, kernels::Activation activation, MatrixView<float> out, Crew* crew);

}  // namespace akin::nn
