// What is learnt once and kept in a safetensors file: heads, maps. Each number and tensor is checked as it is read, so that a broken file
// is refused with what is wrong. Tested by head_test.cc and saved_map_test.cc.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "akin/base/error.h"
#include "akin/base/matrix.h"
#include "akin/formats/safetensors.h"

namespace akin::analysis {

template <class T>
TensorView tensor_of(std::string name, TensorType type, std::vector<std::size_t> shape, std::span<const T> numbers) {
  return {std::move(name), type, std::move(shape), std::as_bytes(numbers)};
}
TensorView tensor_of(std::string name, const Matrix<float>& matrix);
TensorView tensor_of(std::string name, const std::vector<float>& numbers);

/// The shortest text that is read as the same number.
std::string exact_text(double number);

/// Reads from a file, which must outlive it. All throw Error{corrupt} naming file and tensor or key.
class KeptTensors {
 public:
  struct Format {
    std::string_view name, what;  ///< "akin-head", "head"
    int version;
  };
  explicit KeptTensors(const SafetensorsFile& file) : file_(file) {}

  [[noreturn]] void fail(const std::string& what) const;
  /// Also Error{unsupported} for another version.
  void check_format(const Format& format) const;

  /// Of the metadata: "" where there is none.
  [[nodiscard]] std::string text(std::string_view key) const;
  template <class T>
  [[nodiscard]] T number(std::string_view key) const {
    const std::string digits = text(key);
    T out{};
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
    if (error != std::errc() || end != digits.data() + digits.size())
      fail("metadata '" + std::string(key) + "' is no number: '" + digits + "'");
    return out;
  }
  /// What `parse` makes of a name in the metadata.
  template <class Parse>
  [[nodiscard]] std::invoke_result_t<Parse, std::string_view> known(std::string_view key, const Parse& parse) const {
    try {
      return parse(text(key));
    } catch (const Error& error) {
      fail("metadata '" + std::string(key) + "': " + error.what());
    }
  }

  [[nodiscard]] const TensorView& tensor(const std::string& name, TensorType type, std::size_t n_dims) const;
  template <class T>
  [[nodiscard]] static std::vector<T> copied(const TensorView& from) {
    std::vector<T> out(from.bytes.size() / sizeof(T));
    if (!out.empty()) std::memcpy(out.data(), from.bytes.data(), out.size() * sizeof(T));
    return out;
  }
  void check_finite(const std::string& name, std::span<const float> values) const;
  [[nodiscard]] std::vector<float> numbers(const std::string& name, std::size_t count) const;
  [[nodiscard]] Matrix<float> matrix(const std::string& name) const;

 private:
  const SafetensorsFile& file_;
};

}  // namespace akin::analysis
