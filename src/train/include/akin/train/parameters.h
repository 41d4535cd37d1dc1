// The numbers of a model in training: named tensors side by side in one flat buffer. Gradients and the optimiser's moments are buffers of
// the same layout, so that a step over all of them is one loop. Tested by parameters_test.cc.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "akin/base/matrix.h"
#include "akin/formats/tensor.h"

namespace akin {

struct Parameter {
  std::string name;  ///< in full, as in the model's file
  std::vector<std::size_t> shape;
  std::size_t offset = 0;  ///< of its first number
  bool is_frozen = false;  ///< never changed by training (sinusoidal positions)

  [[nodiscard]] std::size_t size() const noexcept;
  /// Weight decay pulls matrices to zero, not biases and the factors of norms.
  [[nodiscard]] bool decays() const noexcept { return shape.size() > 1; }
};

class Parameters {
 public:
  /// Puts a tensor behind the ones that are there and returns its offset; no gap between two unless align() is called between them.
  /// Throws Error{invalid_argument} for a name that is there, Error{limit} for sizes that no memory holds.
  std::size_t add(std::string name, std::vector<std::size_t> shape);
  /// The next tensor begins at a cache line.
  void align() noexcept;
  void freeze(std::string_view name);
  /// Makes room for the numbers, all zero. No tensor can be added afterwards.
  void allocate();

  [[nodiscard]] const std::vector<Parameter>& list() const noexcept { return list_; }
  [[nodiscard]] const Parameter* find(std::string_view name) const noexcept;
  /// Of every buffer of this layout, gaps counted.
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// Of all tensors.
  [[nodiscard]] std::size_t n_parameters() const noexcept;

  [[nodiscard]] std::span<float> values() noexcept { return {values_.data(), values_.size()}; }
  [[nodiscard]] std::span<const float> values() const noexcept { return {values_.data(), values_.size()}; }
  [[nodiscard]] std::span<float> values_of(const Parameter& p) noexcept { return values().subspan(p.offset, p.size()); }
  [[nodiscard]] std::span<const float> values_of(const Parameter& p) const noexcept { return values().subspan(p.offset, p.size()); }

  /// Reads every tensor from `file`. Throws Error{not_found}, Error{mismatch} naming file and tensor.
  void read(const TensorFile& file);
  /// Views of any buffer of this layout, for writers.
  [[nodiscard]] std::vector<TensorView> tensors(std::span<const float> buffer) const;

 private:
  std::vector<Parameter> list_;
  std::size_t size_ = 0;
  Matrix<float> values_;
};

}  // namespace akin
