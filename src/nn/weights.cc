#include "akin/nn/weights.h"

#include <algorithm>

namespace akin::nn {
namespace {

std::string shape_text(std::span<const std::size_t> shape) {
  std::string text = "(";
  for (const std::size_t n : shape) text += (text.size() > 1 ? ", " : "") + std::to_string(n);
  return text + ")";
}

}  // namespace

const TensorView& require_tensor(const TensorFile& file, const std::string& name, std::span<const std::size_t> shape) {
  const TensorView* tensor = file.find(name);
  if (tensor == nullptr) {
    throw Error(ErrorCode::not_found, file.path().string() + ": tensor '" + name + "' of shape " + shape_text(shape) + " is missing");
  }
  if (!std::ranges::equal(tensor->shape, shape)) {
    throw Error(ErrorCode::mismatch, file.path().string() + ": tensor '" + name + "' has shape " + shape_text(tensor->shape) +
                                         ", the config asks for " + shape_text(shape));
  }
  return *tensor;
}

const TensorView& require_tensor(const TensorFile& file, const std::string& name, std::initializer_list<std::size_t> shape) {
  return require_tensor(file, name, std::span(shape.begin(), shape.size()));
}

std::vector<float> read_vector(const TensorFile& file, const std::string& name, std::size_t n) {
  std::vector<float> values(n);
  require_tensor(file, name, {n}).row_to_float(0, values);
  return values;
}

std::vector<float> read_optional_vector(const TensorFile& file, const std::string& name, std::size_t n) {
  if (file.find(name) == nullptr) return {};
  return read_vector(file, name, n);
}

kernels::PackedMatrix pack_linear(const TensorFile& file, std::span<const LinearNames> parts, std::size_t n_in, kernels::GemmType type) {
  std::vector<const TensorView*> row_tensor;  // of each output row
  std::vector<std::size_t> row_in_tensor;
  std::vector<float> bias;
  bool any_bias = false;
  for (const LinearNames& part : parts) {
    const TensorView& weight = require_tensor(file, part.name + ".weight", {part.n_out, n_in});
    std::vector<float> part_bias = read_optional_vector(file, part.name + ".bias", part.n_out);
    any_bias = any_bias || !part_bias.empty();
    part_bias.resize(part.n_out, 0.0F);
    bias.insert(bias.end(), part_bias.begin(), part_bias.end());
    for (std::size_t r = 0; r < part.n_out; ++r) {
      row_tensor.push_back(&weight);
      row_in_tensor.push_back(r);
    }
  }
  if (!any_bias) bias.clear();
  const auto fill = [&](std::size_t row, std::span<float> out) { row_tensor[row]->row_to_float(row_in_tensor[row], out); };
  kernels::PackedMatrix packed = kernels::PackedMatrix::pack(row_tensor.size(), n_in, fill, bias, type);
  for (const LinearNames& part : parts) file.forget(require_tensor(file, part.name + ".weight", {part.n_out, n_in}));
  return packed;
}

void multiply(kernels::GemmRows& x, const kernels::PackedMatrix& w, kernels::Activation activation, MatrixView<float> out, Crew* crew) {
  if (crew == nullptr) return kernels::gemm(x, w, activation, out);
  crew->run(kernels::gemm_pieces(w), [&](std::size_t piece) { kernels::gemm_piece(x, w, piece, activation, out); });
}

MatrixView<float> grow(Matrix<float>& buffer, std::size_t rows, std::size_t cols) {
  if (buffer.size() < rows * cols) buffer = Matrix<float>::uninitialized(1, rows * cols);
  return {buffer.data(), rows, cols};
}

}  // namespace akin::nn
