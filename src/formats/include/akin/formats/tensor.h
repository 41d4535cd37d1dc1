// A named tensor as it lies in a file: type, shape, bytes. What every weight reader gives and the model layer binds.
// Tested by tensor_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "akin/base/mapped_file.h"

namespace akin {

/// How numbers lie: one by one, or, from q8_0 on, in ggml's blocks that share scales.
enum class TensorType {
  f32,
  f16,
  bf16,
  f64,
  i64,
  i32,
  i16,
  i8,
  u8,
  boolean,
  q8_0,
  q4_0,
  q4_1,
  q5_0,
  q5_1,
  q2_k,
  q3_k,
  q4_k,
  q5_k,
  q6_k,
  iq4_nl,
  iq4_xs,
  tq1_0,
  tq2_0,
  mxfp4
};

/// "F32", "Q8_0", …
std::string_view name_of(TensorType type) noexcept;
/// Numbers that share a block: 1 for plain types, 32 for Q8_0, 256 for Q4_K.
std::size_t block_size(TensorType type) noexcept;
/// Bytes of `n` numbers; n must be a multiple of the block (Q8_0: 32 numbers, 34 bytes), else Error{invalid_argument}.
/// Throws Error{limit} if the product does not fit.
std::size_t byte_size(TensorType type, std::size_t n);

/// A view into a mapped file, which must outlive it. Row-major, outermost dimension first (GGUF's order is turned round by its reader).
/// `bytes` may start at any address: numbers are copied out, or their alignment is looked at first.
struct TensorView {
  std::string name;
  TensorType type = TensorType::f32;
  std::vector<std::size_t> shape;
  std::span<const std::byte> bytes;

  [[nodiscard]] std::size_t size() const noexcept;  ///< number of elements
  /// Row `r` of a (rows, cols) tensor (a vector is one row, leading dimensions are rows), as floats. Every type; wide integers and
  /// F64 are rounded. Throws Error{invalid_argument} unless out.size() == cols and r < rows.
  void row_to_float(std::size_t r, std::span<float> out) const;
};

/// A tensor that is made row by row when it is asked for: another order, another shape, other numbers than a file has.
struct TensorRows {
  std::string name;
  TensorType type = TensorType::f32;
  std::vector<std::size_t> shape;
  /// Writes row `r` (a vector is one row) to `out`, byte_size(type, shape.back()) bytes.
  std::function<void(std::size_t r, std::span<std::byte> out)> read;

  [[nodiscard]] std::size_t n_rows() const noexcept;
};

/// A tensor whose type akin does not read: listed with its type's own name, its numbers are never given.
struct UnreadTensor {
  std::string name;
  std::string type;
  std::vector<std::size_t> shape;
};

/// A set of named tensors from one or several mapped files: safetensors (single or sharded) or GGUF.
class TensorFile {
 public:
  virtual ~TensorFile() = default;
  /// nullptr if there is none of that name. Throws Error{unsupported} naming tensor and type if it is there, but of a type that akin
  /// does not read.
  [[nodiscard]] virtual const TensorView* find(std::string_view name) const = 0;
  /// Gives back the memory that reading a tensor's bytes took, where they lie in a mapped file; they may be read again.
  virtual void forget(const TensorView& tensor) const noexcept { static_cast<void>(tensor); }
  /// In the order of the file.
  [[nodiscard]] virtual const std::vector<TensorView>& tensors() const = 0;
  /// Of the files that it is read from; none where it is not read from files.
  [[nodiscard]] virtual std::vector<FileIdentity> identities() const { return {}; }
  /// For messages: the file's or the folder's name.
  [[nodiscard]] virtual const std::filesystem::path& path() const = 0;
};

}  // namespace akin
