#include "kept_tensors.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace akin::analysis {

TensorView tensor_of(std::string name, const Matrix<float>& matrix) {
  return tensor_of<float>(std::move(name), TensorType::f32, {matrix.rows(), matrix.cols()}, {matrix.data(), matrix.size()});
}

TensorView tensor_of(std::string name, const std::vector<float>& numbers) {
  return tensor_of<float>(std::move(name), TensorType::f32, {numbers.size()}, numbers);
}

std::string exact_text(double number) {
  std::array<char, 32> digits{};
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  return {digits.data(), end};
}

void KeptTensors::fail(const std::string& what) const { throw Error(ErrorCode::corrupt, file_.path().string() + ": " + what); }

void KeptTensors::check_format(const Format& format) const {
  const std::string name(format.name), what(format.what);
  if (text("format") != name) fail("no " + what + " of akin: its metadata has no \"format\": \"" + name + "\"");
  const auto version = number<int>("version");
  if (version != format.version)
    throw Error(ErrorCode::unsupported, file_.path().string() + ": a " + what + " of version " + std::to_string(version) +
                                            "; this program reads version " + std::to_string(format.version));
}

std::string KeptTensors::text(std::string_view key) const {
  const auto found = file_.metadata().find(key);
  return found == file_.metadata().end() ? "" : found->second;
}

const TensorView& KeptTensors::tensor(const std::string& name, TensorType type, std::size_t n_dims) const {
  const TensorView* found = file_.find(name);
  if (found == nullptr) fail("tensor '" + name + "' is missing");
  if (found->type != type || found->shape.size() != n_dims)
    fail("tensor '" + name + "' has " + std::to_string(found->shape.size()) + " dimensions of " + std::string(name_of(found->type)) + "; " +
         std::to_string(n_dims) + " of " + std::string(name_of(type)) + " are wanted");
  return *found;
}

void KeptTensors::check_finite(const std::string& name, std::span<const float> values) const {
  if (!std::ranges::all_of(values, [](float x) { return std::isfinite(x); })) fail("tensor '" + name + "' has a number that is not finite");
}

std::vector<float> KeptTensors::numbers(const std::string& name, std::size_t count) const {
  std::vector<float> out = copied<float>(tensor(name, TensorType::f32, 1));
  if (out.size() != count)
    fail("tensor '" + name + "' has " + std::to_string(out.size()) + " numbers; " + std::to_string(count) + " are wanted");
  check_finite(name, out);
  return out;
}

Matrix<float> KeptTensors::matrix(const std::string& name) const {
  const TensorView& from = tensor(name, TensorType::f32, 2);
  if (from.size() == 0) fail("tensor '" + name + "' is empty");
  Matrix<float> out = Matrix<float>::uninitialized(from.shape[0], from.shape[1]);
  std::memcpy(out.data(), from.bytes.data(), from.bytes.size());
  check_finite(name, {out.data(), out.size()});
  return out;
}

}  // namespace akin::analysis
