#include "akin/formats/tensor.h"

#include <array>
#include <bit>
#include <cstring>
#include <limits>

#include "akin/base/error.h"
#include "akin/base/half.h"
#include "akin/formats/q8_0.h"
#include "ggml_blocks.h"

namespace akin {
namespace {

struct TypeRow {
  std::string_view name;
  std::size_t bytes;  // of one number; of a block's types see block_format()
};

// In the order of TensorType.
constexpr std::array<TypeRow, 25> kTypes = {
    {{"F32", 4},  {"F16", 2},  {"BF16", 2},   {"F64", 8},    {"I64", 8},   {"I32", 4},   {"I16", 2},  {"I8", 1},   {"U8", 1},
     {"BOOL", 1}, {"Q8_0", 0}, {"Q4_0", 0},   {"Q4_1", 0},   {"Q5_0", 0},  {"Q5_1", 0},  {"Q2_K", 0}, {"Q3_K", 0}, {"Q4_K", 0},
     {"Q5_K", 0}, {"Q6_K", 0}, {"IQ4_NL", 0}, {"IQ4_XS", 0}, {"TQ1_0", 0}, {"TQ2_0", 0}, {"MXFP4", 0}}};

const TypeRow& row_of(TensorType type) noexcept { return kTypes[static_cast<std::size_t>(type)]; }

/// binary16 → float without a branch, so that the loop is vectorised: the exponent is moved by a product with 2^112, which is exact
/// for subnormals too; infinities and NaN then lack only the float's largest exponent.
float branchless_float(std::uint16_t half) noexcept {
  const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000U) << 16;
  const float magnitude = std::bit_cast<float>(static_cast<std::uint32_t>(half & 0x7FFFU) << 13) * 0x1p112F;
  const std::uint32_t special = magnitude >= 65536.0F ? 0x7F800000U : 0U;
  return std::bit_cast<float>(std::bit_cast<std::uint32_t>(magnitude) | special | sign);
}

template <class Stored, class Convert>
void convert_row(const std::byte* bytes, std::span<float> out, Convert convert) {
  for (std::size_t i = 0; i < out.size(); ++i) {
    Stored stored;
    std::memcpy(&stored, bytes + i * sizeof(Stored), sizeof(Stored));
    out[i] = convert(stored);
  }
}

template <class Stored>
void cast_row(const std::byte* bytes, std::span<float> out) {
  convert_row<Stored>(bytes, out, [](Stored x) { return static_cast<float>(x); });
}

void decode_blocks(const BlockFormat& format, const std::byte* bytes, std::span<float> out) noexcept {
  for (std::size_t i = 0; i < out.size(); i += format.numbers, bytes += format.bytes) format.decode(bytes, out.data() + i);
}

}  // namespace

std::string_view name_of(TensorType type) noexcept { return row_of(type).name; }

std::size_t block_size(TensorType type) noexcept {
  const BlockFormat* format = block_format(type);
  return format == nullptr ? 1 : format->numbers;
}

std::size_t byte_size(TensorType type, std::size_t n) {
  std::size_t bytes = row_of(type).bytes;
  if (const BlockFormat* format = block_format(type)) {
    if (n % format->numbers != 0) {
      throw Error(ErrorCode::invalid_argument,
                  std::string(name_of(type)) + ": the number of elements is not a multiple of " + std::to_string(format->numbers));
    }
    n /= format->numbers;
    bytes = format->bytes;
  }
  if (n > std::numeric_limits<std::size_t>::max() / bytes)
    throw Error(ErrorCode::limit, "a tensor of that many numbers does not fit in memory");
  return n * bytes;
}

std::size_t TensorView::size() const noexcept {
  std::size_t n = 1;
  for (const std::size_t d : shape) n *= d;
  return n;
}

std::size_t TensorRows::n_rows() const noexcept {
  std::size_t n = 1;
  for (std::size_t i = 0; i + 1 < shape.size(); ++i) n *= shape[i];
  return n;
}

void TensorView::row_to_float(std::size_t r, std::span<float> out) const {
  const std::size_t cols = shape.empty() ? 1 : shape.back();
  if (out.size() != cols)
    throw Error(ErrorCode::invalid_argument, "tensor '" + name + "': room for " + std::to_string(out.size()) +
                                                 " numbers was given for a row of " + std::to_string(cols));
  if (cols == 0) return;
  const std::size_t row_bytes = byte_size(type, cols);
  if (r >= bytes.size() / row_bytes)
    throw Error(ErrorCode::invalid_argument, "tensor '" + name + "' has " + std::to_string(bytes.size() / row_bytes) + " rows, row " +
                                                 std::to_string(r) + " was asked for");
  const std::byte* row = bytes.data() + r * row_bytes;
  switch (type) {
    case TensorType::q8_0:
      return dequantize_q8_0({row, row_bytes}, out);
    case TensorType::f32:
      std::memcpy(out.data(), row, row_bytes);
      return;
    case TensorType::f16:
      convert_row<std::uint16_t>(row, out, branchless_float);
      return;
    case TensorType::bf16:
      convert_row<std::uint16_t>(row, out, [](std::uint16_t x) { return to_float(bf16{x}); });
      return;
    case TensorType::f64:
      cast_row<double>(row, out);
      return;
    case TensorType::i64:
      cast_row<std::int64_t>(row, out);
      return;
    case TensorType::i32:
      cast_row<std::int32_t>(row, out);
      return;
    case TensorType::i16:
      cast_row<std::int16_t>(row, out);
      return;
    case TensorType::i8:
      cast_row<std::int8_t>(row, out);
      return;
    case TensorType::u8:
      cast_row<std::uint8_t>(row, out);
      return;
    case TensorType::boolean:
      convert_row<std::uint8_t>(row, out, [](std::uint8_t x) { return x != 0 ? 1.0F : 0.0F; });
      return;
    default:
      return decode_blocks(*block_format(type), row, out);
  }
}

}  // namespace akin
