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

std::size_t cols_of(const TensorView& tensor) { return tensor.shape.empty() ? 1 : tensor.shape.back(); }

/// One row, converted. `floats` and `bytes` are scratch that is kept from row to row.
void convert_row(const TensorView& source, std::size_t r, TensorType type, std::vector<float>& floats, std::vector<std::byte>& bytes) {
  source.row_to_float(r, floats);
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

void write_tensor(AtomicFile& file, const TensorView& source, TensorType type) {
  const std::size_t cols = cols_of(source);
  if (source.type == type) {
    file.write(source.bytes);
  } else if (source.size() > 0) {
    std::vector<float> floats(cols);
    std::vector<std::byte> bytes(byte_size(type, cols));
    for (std::size_t r = 0; r < source.size() / cols; ++r) {
      convert_row(source, r, type, floats, bytes);
      file.write(bytes);
    }
  }
  file.write(kZeros.substr(0, padding_after(file.size())));
}

}  // namespace

void GgufWriter::add(std::string key, Value value) {
  if (key == "general.alignment")
    throw Error(ErrorCode::invalid_argument, "general.alignment is not to be set: it is always " + std::to_string(kAlignmentOfData));
  for (const Entry& entry : entries_)
    if (entry.key == key) throw Error(ErrorCode::invalid_argument, "GGUF key '" + key + "' is given twice");
  entries_.push_back({std::move(key), std::move(value)});
}

void GgufWriter::add_tensor(TensorView source, TensorType type) {
  const auto refuse = [&](const std::string& what) { throw Error(ErrorCode::invalid_argument, "tensor '" + source.name + "' " + what); };
  if (ggml_id(type) == ~0U) refuse("cannot be stored in GGUF as " + std::string(name_of(type)) + ": F32, F16 and Q8_0 can");
  if (source.type != TensorType::f32 && source.type != TensorType::f16 && source.type != TensorType::bf16 &&
      source.type != TensorType::q8_0)
    refuse("is " + std::string(name_of(source.type)) + ": F32, F16, BF16 and Q8_0 can be stored in GGUF");
  if (source.shape.size() > 4) refuse("has " + std::to_string(source.shape.size()) + " dimensions, GGUF allows 4");
  if (type == TensorType::q8_0 && cols_of(source) % kQ8BlockSize != 0)
    refuse("has rows of " + std::to_string(cols_of(source)) + " numbers, Q8_0 wants a multiple of 32");
  if (source.bytes.size() != byte_size(source.type, source.size())) refuse("has bytes that disagree with its shape");
  for (const Tensor& other : tensors_)
    if (other.source.name == source.name) refuse("is given twice");
  tensors_.push_back({std::move(source), type});
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
    const std::size_t n_bytes = byte_size(tensor.type, tensor.source.size());
    offset += n_bytes + padding_after(n_bytes);
  }

  AtomicFile file(path);
  file.write(header);
  file.write(kZeros.substr(0, padding_after(header.size())));
  for (const Tensor& tensor : tensors_) {
    try {
      write_tensor(file, tensor.source, tensor.type);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::invalid_argument) throw;
      throw Error(error.code(), path.string() + ": tensor '" + tensor.source.name + "': " + error.what());
    }
  }
  file.commit();
}

}  // namespace akin
