#include "akin/nn/weights.h"

#include <algorithm>
#include <numeric>
#include <utility>

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

namespace {

/// "<name>.weight", or "<name>_weight" where the file says so.
std::string part_name(const TensorFile& file, const std::string& name, const char* kind) {
  const std::string with_dot = name + "." + kind;
  const std::string joined = name + "_" + kind;
  return file.find(with_dot) == nullptr && file.find(joined) != nullptr ? joined : with_dot;
}

/// Where the rows of one part come from.
class RowSource {
 public:
  RowSource(const TensorFile& file, const LinearPart& part, std::size_t n_in, WeightOrder order) {
    const std::string name = part_name(file, part.name, "weight");
    if (order == WeightOrder::rows_are_outputs) {
      tensor_ = &require_tensor(file, name, {part.n_rows, n_in});
    } else {
      tensor_ = &require_tensor(file, name, {n_in, part.n_rows});
      columns_ = Matrix<float>::uninitialized(n_in, part.n_rows);
      for (std::size_t r = 0; r < n_in; ++r) tensor_->row_to_float(r, columns_.row(r));
    }
  }
  void read(std::size_t row, std::span<float> out) const {
    if (columns_.rows() == 0) return tensor_->row_to_float(row, out);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = columns_(i, row);
  }
  [[nodiscard]] const TensorView& tensor() const noexcept { return *tensor_; }

 private:
  const TensorView* tensor_ = nullptr;
  Matrix<float> columns_;
};

std::vector<std::size_t> all_rows(std::size_t n) {
  std::vector<std::size_t> rows(n);
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  return rows;
}

}  // namespace

kernels::PackedMatrix pack_linear(const TensorFile& file, std::span<const LinearPart> parts, std::size_t n_in, kernels::GemmType type,
                                  WeightOrder order) {
  std::vector<RowSource> sources;
  std::vector<std::pair<std::size_t, std::size_t>> rows;  // of each output: source, row
  std::vector<float> bias;
  bool any_bias = false;
  for (const LinearPart& part : parts) {
    sources.emplace_back(file, part, n_in, order);
    std::vector<float> part_bias = read_optional_vector(file, part_name(file, part.name, "bias"), part.n_rows);
    any_bias = any_bias || !part_bias.empty();
    part_bias.resize(part.n_rows, 0.0F);
    for (const std::size_t row : part.rows.empty() ? all_rows(part.n_rows) : part.rows) {
      rows.emplace_back(sources.size() - 1, row);
      bias.push_back(part_bias[row]);
    }
  }
  if (!any_bias) bias.clear();
  const auto fill = [&](std::size_t row, std::span<float> out) { sources[rows[row].first].read(rows[row].second, out); };
  kernels::PackedMatrix packed = kernels::PackedMatrix::pack(rows.size(), n_in, fill, bias, type);
  for (const RowSource& source : sources) file.forget(source.tensor());
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
