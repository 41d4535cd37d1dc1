#include "akin/train/parameters.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "akin/base/error.h"
#include "akin/model/spec.h"

namespace akin {
namespace {

constexpr std::size_t kLine = kAlignment / sizeof(float);

std::string shape_text(std::span<const std::size_t> shape) {
  std::string text = "(";
  for (std::size_t i = 0; i < shape.size(); ++i) text += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
  return text + ")";
}

}  // namespace

std::size_t Parameter::size() const noexcept {
  std::size_t n = 1;
  for (const std::size_t dim : shape) n *= dim;
  return n;
}

std::size_t Parameters::add(std::string name, std::vector<std::size_t> shape) {
  require(values_.size() == 0, "parameters cannot be added once there is room for their numbers");
  if (find(name) != nullptr) throw Error(ErrorCode::invalid_argument, "the parameter '" + name + "' is given twice");
  std::size_t n = 1;
  for (const std::size_t dim : shape) {
    if (dim == 0 || n > std::numeric_limits<std::size_t>::max() / 16 / sizeof(float) / dim) {
      throw Error(ErrorCode::limit, "the parameter '" + name + "' cannot have shape " + shape_text(shape));
    }
    n *= dim;
  }
  list_.push_back({std::move(name), std::move(shape), size_});
  size_ += n;
  return list_.back().offset;
}

void Parameters::align() noexcept { size_ = (size_ + kLine - 1) / kLine * kLine; }

void Parameters::freeze(std::string_view name) {
  for (Parameter& p : list_) {
    if (p.name == name) p.is_frozen = true;
  }
}

void Parameters::allocate() {
  align();
  values_ = Matrix<float>(1, size_);
}

const Parameter* Parameters::find(std::string_view name) const noexcept {
  const auto found = std::ranges::find(list_, name, &Parameter::name);
  return found == list_.end() ? nullptr : &*found;
}

std::size_t Parameters::n_parameters() const noexcept {
  std::size_t n = 0;
  for (const Parameter& p : list_) n += p.size();
  return n;
}

void Parameters::read(const TensorFile& file) {
  for (const Parameter& p : list_) {
    const TensorView* tensor = find_part(file, p.name);
    if (tensor == nullptr) throw Error(ErrorCode::not_found, file.path().string() + ": there is no tensor '" + p.name + "'");
    if (tensor->shape != p.shape) {
      throw Error(ErrorCode::mismatch, file.path().string() + ": tensor '" + p.name + "' has shape " + shape_text(tensor->shape) +
                                           ", the model asks for " + shape_text(p.shape));
    }
    const std::span<float> values = values_of(p);
    const std::size_t cols = p.shape.back();
    for (std::size_t r = 0; r < values.size() / cols; ++r) tensor->row_to_float(r, values.subspan(r * cols, cols));
    file.forget(*tensor);
  }
}

std::vector<TensorView> Parameters::tensors(std::span<const float> buffer) const {
  std::vector<TensorView> views;
  for (const Parameter& p : list_) views.push_back({p.name, TensorType::f32, p.shape, std::as_bytes(buffer.subspan(p.offset, p.size()))});
  return views;
}

}  // namespace akin
