// Metadata of one architecture in a GGUF file, with errors that name file, key, wanted and found. Private to the model layer. Tested by
// gguf_metadata_test.cc.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "akin/formats/gguf.h"

namespace akin {

class GgufMetadata {
 public:
  /// Keys are looked up as "<architecture>.<key>". Throws Error{not_found} or Error{corrupt} if there is no general.architecture.
  /// `file` must outlive the object.
  explicit GgufMetadata(const GgufFile& file);

  [[nodiscard]] const GgufFile& file() const noexcept { return file_; }
  [[nodiscard]] const std::string& architecture() const noexcept { return architecture_; }
  [[nodiscard]] std::string full(const char* key) const { return architecture_ + "." + key; }
  [[nodiscard]] bool has(const char* key) const { return file_.has(full(key)); }

  /// A whole number in [1, 2^31).
  [[nodiscard]] std::size_t size(const char* key) const;
  [[nodiscard]] std::size_t size(const char* key, std::size_t missing) const { return has(key) ? size(key) : missing; }
  /// A whole number in [0, 2^31).
  [[nodiscard]] std::size_t count(const char* key, std::size_t missing) const;
  /// A finite number; "akin.<key>" goes first, which holds what a float of llama.cpp's key cannot.
  [[nodiscard]] double real(const char* key, double missing) const;
  /// The same, above 0.
  [[nodiscard]] double positive(const char* key, double missing) const;
  [[nodiscard]] bool flag(const char* key, bool missing) const { return file_.boolean(full(key), missing); }
  [[nodiscard]] std::string text(const char* key, std::string_view missing) const { return std::string(file_.string(full(key), missing)); }

  /// Error{corrupt}: "FILE: metadata 'ARCHITECTURE.KEY' must be WANTED, found FOUND".
  [[noreturn]] void fail(const char* key, const std::string& wanted, const std::string& found) const;
  /// Error{unsupported}: "FILE: WHAT".
  [[noreturn]] void unsupported(const std::string& what) const;

 private:
  const GgufFile& file_;
  std::string architecture_;
};

}  // namespace akin
