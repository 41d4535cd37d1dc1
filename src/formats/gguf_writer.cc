#include <bit>
#include <cstring>
#include <type_traits>

#include "akin/base/atomic_file.h"
#include "akin/base/error.h"
#include "akin/base/half.h"
#include "akin/formats/gguf.h"
#include "akin/formats/q8_0.h"

namespace akin {
namespace {

constexpr std::size_t kAlignmentOfData = 32;
constexpr std::string_view kZeros("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", kAlignmentOfData);

std::size_t padding_after(std::size_t size) noexcept { return (kAlignmentOfData - size % kAlignmentOfData) % kAlignmentOfData; }

template <class T>
void put(std::string& out, T value) {
  char bytes[sizeof(T)];
  std::memcpy(bytes, &value, sizeof(T));
  out.append(bytes, sizeof(T));
}

void put_string(std::string& out, std::string_view text) {
  put<std::uint64_t>(out, text.size());
  out.append(text);
}

void put_type(std::string& out, GgufType type) { put(out, static_cast<std::uint32_t>(type)); }

template <class T>
constexpr GgufType gguf_type() {
  if constexpr (std::is_same_v<T, bool>) return GgufType::boolean;
  if constexpr (std::is_same_v<T, std::uint32_t>) return GgufType::u32;
  if constexpr (std::is_same_v<T, std::int32_t>) return GgufType::i32;
  if constexpr (std::is_same_v<T, std::uint64_t>) return GgufType::u64;
  if constexpr (std::is_same_v<T, std::int64_t>) return GgufType::i64;
  if constexpr (std::is_same_v<T, float>) return GgufType::f32;
  if constexpr (std::is_same_v<T, double>) return GgufType::f64;
  return GgufType::string;
}

template <class T>
void put_value(std::string& out, const T& value) {
  if constexpr (std::is_same_v<T, std::string>) {
    put_string(out, value);
  } else {
    put(out, value);
  }
}

struct PutTyped {
  std::string& out;

  template <class T>
  void operator()(const T& value) const {
    put_type(out, gguf_type<T>());
    put_value(out, value);
  }
  template <class T>
  void operator()(const std::vector<T>& values) const {
    put_type(out, GgufType::array);
    put_type(out, gguf_type<T>());
    put<std::uint64_t>(out, values.size());
    for (const T& value : values) put_value(out, value);
  }
};

std::uint32_t ggml_id(TensorType type) {
  switch (type) {
    case TensorType::f32:
      return 0;
    case TensorType::f16:
      return 1;
    case TensorType::q8_0:
      return 8;
    default:
      return ~0U;
  }
}

std::size_t cols_of(const std::vector<std::size_t>& shape) { return shape.empty() ? 1 : shape.back(); }

/// One row's floats in the type that is stored.
void convert_row(std::span<const float> floats, TensorType type, std::vector<std::byte>& bytes) {
  switch (type) {
    case TensorType::f16:
      for (std::size_t i = 0; i < floats.size(); ++i) {
        const f16 half = to_f16(floats[i]);
        std::memcpy(bytes.data() + 2 * i, &half.bits, 2);
      }
      return;
    case TensorType::q8_0:
      quantize_q8_0(floats, bytes);
      return;
    default:
      std::memcpy(bytes.data(), floats.data(), bytes.size());
      return;
  }
}

void write_rows(AtomicFile& file, const TensorRows& source, TensorType type) {
  const std::size_t cols = cols_of(source.shape);
  if (cols == 0) return;
  std::vector<std::byte> row(byte_size(source.type, cols)), bytes(byte_size(type, cols));
  std::vector<float> floats(cols);
  for (std::size_t r = 0; r < source.n_rows(); ++r) {
    source.read(r, row);
    if (source.type == type) {
      file.write(row);
      continue;
    }
    TensorView{source.name, source.type, {cols}, row}.row_to_float(0, floats);
    convert_row(floats, type, bytes);
    file.write(bytes);
  }
}

bool is_storable(TensorType type) noexcept {
  return type == TensorType::f32 || type == TensorType::f16 || type == TensorType::bf16 || block_size(type) > 1;
}

std::size_t size_of(const std::vector<std::size_t>& shape) noexcept { return TensorView{{}, {}, shape, {}}.size(); }

}  // namespace

void GgufWriter::add(std::string key, Value value) {
  if (key == "general.alignment")
    throw Error(ErrorCode::invalid_argument, "general.alignment is not to be set: it is always " + std::to_string(kAlignmentOfData));
  for (const Entry& entry : entries_)
    if (entry.key == key) throw Error(ErrorCode::invalid_argument, "GGUF key '" + key + "' is given twice");
  entries_.push_back({std::move(key), std::move(value)});
}

void GgufWriter::add_tensor(TensorView source, TensorType type) {
  if (is_storable(source.type) && source.bytes.size() != byte_size(source.type, source.size())) {
    throw Error(ErrorCode::invalid_argument, "tensor '" + source.name + "' has bytes that disagree with its shape");
  }
  const std::span<const std::byte> bytes = source.bytes;
  const TensorType from = source.type;
  const std::size_t n_row = is_storable(from) ? byte_size(from, cols_of(source.shape)) : 0;
  const auto read = [bytes, n_row](std::size_t r, std::span<std::byte> out) { std::memcpy(out.data(), bytes.data() + r * n_row, n_row); };
  add_tensor(TensorRows{std::move(source.name), from, std::move(source.shape), read}, type);
  if (from == type) tensors_.back().bytes = bytes;
}

void GgufWriter::add_tensor(TensorRows source, TensorType type) {
  const auto refuse = [&](const std::string& what) { throw Error(ErrorCode::invalid_argument, "tensor '" + source.name + "' " + what); };
  if (ggml_id(type) == ~0U) refuse("cannot be stored in GGUF as " + std::string(name_of(type)) + ": F32, F16 and Q8_0 can");
  if (!is_storable(source.type)) {
    refuse("is " + std::string(name_of(source.type)) + ": F32, F16, BF16 and blocks can be stored in GGUF");
  }
  if (source.shape.size() > 4) refuse("has " + std::to_string(source.shape.size()) + " dimensions, GGUF allows 4");
  if (type == TensorType::q8_0 && cols_of(source.shape) % kQ8BlockSize != 0)
    refuse("has rows of " + std::to_string(cols_of(source.shape)) + " numbers, Q8_0 wants a multiple of 32");
  for (const Tensor& other : tensors_)
    if (other.source.name == source.name) refuse("is given twice");
  tensors_.push_back({std::move(source), type, {}});
}

void GgufWriter::write(const std::filesystem::path& path) const {
  std::string header = "GGUF";
  put<std::uint32_t>(header, 3);
  put<std::uint64_t>(header, tensors_.size());
  put<std::uint64_t>(header, entries_.size());
  for (const Entry& entry : entries_) {
    put_string(header, entry.key);
    std::visit(PutTyped{header}, entry.value);
  }
  std::size_t offset = 0;
  for (const Tensor& tensor : tensors_) {
    put_string(header, tensor.source.name);
    put<std::uint32_t>(header, static_cast<std::uint32_t>(tensor.source.shape.size()));
    for (auto d = tensor.source.shape.rbegin(); d != tensor.source.shape.rend(); ++d) put<std::uint64_t>(header, *d);
    put<std::uint32_t>(header, ggml_id(tensor.type));
    put<std::uint64_t>(header, offset);
    const std::size_t n_bytes = byte_size(tensor.type, size_of(tensor.source.shape));
    offset += n_bytes + padding_after(n_bytes);
  }

  AtomicFile file(path);
  file.write(header);
  file.write(kZeros.substr(0, padding_after(header.size())));
  for (const Tensor& tensor : tensors_) {
    try {
      if (tensor.bytes.empty()) {
        write_rows(file, tensor.source, tensor.type);
      } else {
        file.write(tensor.bytes);
      }
      file.write(kZeros.substr(0, padding_after(file.size())));
    } catch (const Error& error) {
      if (error.code() != ErrorCode::invalid_argument) throw;
      throw Error(error.code(), path.string() + ": tensor '" + tensor.source.name + "': " + error.what());
    }
  }
  file.commit();
}

}  // namespace akin
