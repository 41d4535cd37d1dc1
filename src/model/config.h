// Keys of config.json with errors that name the file, the key, what was wanted and what was found. Tested by config_test.cc.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "akin/kernels/activation.h"

namespace akin {

/// transformers' name of an activation; empty for none.
std::string_view activation_text(kernels::Activation activation) noexcept;

/// One JSON object and the name of the file it came from.
class Config {
 public:
  /// Throws Error{corrupt} if `text` is not a JSON object.
  Config(std::string_view text, std::string where);

  [[nodiscard]] const std::string& where() const noexcept { return where_; }
  [[nodiscard]] bool has(const char* key) const { return json_.contains(key) && !json_.at(key).is_null(); }
  /// A whole number in [1, 2^31).
  [[nodiscard]] std::size_t size(const char* key) const;
  [[nodiscard]] std::size_t size(const char* key, std::size_t missing) const { return has(key) ? size(key) : missing; }
  /// A whole number in [0, 2^31).
  [[nodiscard]] std::size_t count(const char* key, std::size_t missing) const;
  /// The number of layers: 1 to 4096.
  [[nodiscard]] std::size_t layers(const char* key) const;
  [[nodiscard]] float number(const char* key, float missing) const;
  [[nodiscard]] double real(const char* key, double missing) const;
  [[nodiscard]] bool flag(const char* key, bool missing) const;
  [[nodiscard]] std::string text(const char* key, const std::string& missing) const;
  /// A list of texts; empty if there is none.
  [[nodiscard]] std::vector<std::string> texts(const char* key) const;
  /// The object under `key`, which must be there.
  [[nodiscard]] Config child(const char* key) const;
  [[nodiscard]] bool is_object(const char* key) const { return has(key) && json_.at(key).is_object(); }
  /// transformers' activation names: "gelu", "gelu_new", "relu", …
  [[nodiscard]] kernels::Activation activation(const char* key, const char* missing) const;

  /// Error{corrupt}: "WHERE: key 'KEY' must be WANTED, found …".
  [[noreturn]] void fail(const char* key, const std::string& wanted) const;
  /// Error{unsupported}: "WHERE: WHAT".
  [[noreturn]] void unsupported(const std::string& what) const;

 private:
  Config() = default;

  nlohmann::json json_;
  std::string where_;
};

}  // namespace akin
