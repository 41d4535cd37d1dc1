// A tensor file in memory for tests of single parts: named matrices of seeded numbers.
#pragma once

#include <deque>
#include <filesystem>
#include <string>
#include <vector>

#include "akin/base/matrix.h"
#include "akin/base/rng.h"
#include "akin/formats/tensor.h"

namespace akin::nn {

class MemoryTensors final : public TensorFile {
 public:
  /// Adds `name` with normal numbers of the given shape and returns them.
  const std::vector<float>& add(const std::string& name, std::vector<std::size_t> shape) {
    std::size_t n = 1;
    for (const std::size_t size : shape) n *= size;
    std::vector<float>& values = storage_.emplace_back(n);
    for (float& value : values) value = rng_.normal();
    tensors_.push_back({name, TensorType::f32, std::move(shape), std::as_bytes(std::span(values))});
    return values;
  }
  [[nodiscard]] const TensorView* find(std::string_view name) const override {
    for (const TensorView& tensor : tensors_) {
      if (tensor.name == name) return &tensor;
    }
    return nullptr;
  }
  [[nodiscard]] const std::vector<TensorView>& tensors() const override { return tensors_; }
  [[nodiscard]] const std::filesystem::path& path() const override { return path_; }

 private:
  Rng rng_{7};
  std::filesystem::path path_ = "memory.safetensors";
  std::deque<std::vector<float>> storage_;
  std::vector<TensorView> tensors_;
};

inline Matrix<float> random_rows(std::size_t rows, std::size_t cols, std::uint64_t seed) {
  Matrix<float> x(rows, cols);
  Rng rng(seed);
  for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = rng.normal();
  return x;
}

/// x · wᵀ + b in double.
inline double product(std::span<const float> x, const std::vector<float>& w, std::size_t row, float bias) {
  double sum = static_cast<double>(bias);
  for (std::size_t i = 0; i < x.size(); ++i) sum += static_cast<double>(x[i]) * static_cast<double>(w[row * x.size() + i]);
  return sum;
}

}  // namespace akin::nn
