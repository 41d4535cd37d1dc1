// GGUF versions 2 and 3, little-endian: typed metadata and tensors in one mapped file (the format of ggml and llama.cpp).
// Opening walks the header once and copies no string and no number: a 30,000-word vocabulary is checked in well under a millisecond.
// The rules that are checked: docs/formats/gguf.md. Tested by gguf_test.cc; the writer by gguf_writer_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "akin/base/mapped_file.h"
#include "akin/formats/tensor.h"

namespace akin {

/// The kinds of metadata values, with the format's own numbers.
enum class GgufType : std::uint32_t {
  u8 = 0,
  i8 = 1,
  u16 = 2,
  i16 = 3,
  u32 = 4,
  i32 = 5,
  f32 = 6,
  boolean = 7,
  string = 8,
  array = 9,
  u64 = 10,
  i64 = 11,
  f64 = 12,
};

/// "u8", …, "string", "array".
std::string_view name_of(GgufType type) noexcept;

/// A metadata value as it lies in the file; its bounds are checked, its bytes are decoded when asked for.
struct GgufValue {
  GgufType type = GgufType::u8;
  GgufType element = GgufType::u8;   ///< of an array
  std::uint64_t count = 0;           ///< elements of an array
  std::span<const std::byte> bytes;  ///< the scalar, the string's characters, or the array's elements one after another

  /// For messages: "u32", "array of 30522 string".
  [[nodiscard]] std::string describe() const;
  /// The elements of an array, of any type; empty for anything else.
  [[nodiscard]] std::vector<GgufValue> elements() const;
  /// std::nullopt if the value is of another kind, or does not fit. Integers of every width are integers; integers are numbers too.
  [[nodiscard]] std::optional<std::int64_t> as_integer() const noexcept;
  [[nodiscard]] std::optional<double> as_number() const noexcept;
  [[nodiscard]] std::optional<bool> as_boolean() const noexcept;
  [[nodiscard]] std::optional<std::string_view> as_string() const noexcept;
};

struct GgufEntry {
  std::string_view key;
  GgufValue value;
};

class GgufFile final : public TensorFile {
 public:
  /// Maps the file, which stays mapped as long as the object lives (moving it keeps views valid).
  /// Throws Error{not_found}, Error{io}, Error{corrupt}, Error{unsupported} (version 1, big-endian).
  explicit GgufFile(const std::filesystem::path& path);
  /// The same for bytes in memory, which must outlive the object. `name` stands for the file in messages.
  GgufFile(std::span<const std::byte> bytes, std::filesystem::path name);
  ~GgufFile() override;
  GgufFile(GgufFile&&) noexcept;
  GgufFile& operator=(GgufFile&&) noexcept;

  [[nodiscard]] const TensorView* find(std::string_view name) const override;
  [[nodiscard]] const std::vector<TensorView>& tensors() const override;
  [[nodiscard]] const std::filesystem::path& path() const override;
  void forget(const TensorView& tensor) const noexcept override;
  [[nodiscard]] std::vector<FileIdentity> identities() const override;
  /// Tensors of types that akin does not read (IQ2_XXS, …).
  [[nodiscard]] const std::vector<UnreadTensor>& unread() const;

  [[nodiscard]] std::uint32_t version() const noexcept;
  /// In the order of the file.
  [[nodiscard]] const std::vector<GgufEntry>& metadata() const noexcept;
  /// nullptr if there is none of that key.
  [[nodiscard]] const GgufValue* value(std::string_view key) const noexcept;
  [[nodiscard]] bool has(std::string_view key) const noexcept { return value(key) != nullptr; }

  // Typed access. A missing key is Error{not_found}, another kind of value Error{corrupt}; both name file, key, wanted and found.
  // Views live as long as the file.
  [[nodiscard]] std::string_view string(std::string_view key) const;
  [[nodiscard]] std::int64_t integer(std::string_view key) const;
  [[nodiscard]] double number(std::string_view key) const;
  [[nodiscard]] bool boolean(std::string_view key) const;
  [[nodiscard]] std::vector<std::string_view> strings(std::string_view key) const;
  [[nodiscard]] std::vector<std::int64_t> integers(std::string_view key) const;
  [[nodiscard]] std::vector<float> numbers(std::string_view key) const;
  // The same with a value for a missing key; another kind of value is still an error.
  [[nodiscard]] std::string_view string(std::string_view key, std::string_view missing) const;
  [[nodiscard]] std::int64_t integer(std::string_view key, std::int64_t missing) const;
  [[nodiscard]] double number(std::string_view key, double missing) const;
  [[nodiscard]] bool boolean(std::string_view key, bool missing) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

/// Builds a GGUF version 3 file: metadata and tensors in the order they are added.
class GgufWriter {
 public:
  using Value = std::variant<bool, std::uint32_t, std::int32_t, std::uint64_t, std::int64_t, float, double, std::string,
                             std::vector<std::string>, std::vector<std::int32_t>, std::vector<std::uint32_t>, std::vector<float>>;

  /// Throws Error{invalid_argument} for a key given twice, or general.alignment (always 32).
  void add(std::string key, Value value);
  /// `source` (F32, F16, BF16 or blocks; its bytes must live until write()) is stored under its name as `type`: F32, F16 or Q8_0 (rows of
  /// a multiple of 32). Converted row by row while writing. Throws Error{invalid_argument} naming the tensor.
  void add_tensor(TensorView source, TensorType type);
  /// The same for rows that are made while writing.
  void add_tensor(TensorRows source, TensorType type);
  /// Whole file or nothing. Throws Error{io}; Error{invalid_argument} if a number to be stored in Q8_0 is not finite.
  void write(const std::filesystem::path& path) const;

 private:
  struct Entry {
    std::string key;
    Value value;
  };
  struct Tensor {
    TensorRows source;
    TensorType type;
    std::span<const std::byte> bytes;  // as they are written; empty where rows are converted or made
  };

  std::vector<Entry> entries_;
  std::vector<Tensor> tensors_;
};

}  // namespace akin
