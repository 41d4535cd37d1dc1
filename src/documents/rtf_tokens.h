// RTF (Rich Text Format 1.9.1) as a stream of groups, control words and text. Tested by rtf_tokens_test.cc.
#pragma once

#include <cstddef>
#include <string_view>

namespace akin::documents {

enum class RtfKind { begin, end, word, symbol, byte, text, finish };

struct RtfToken {
  RtfKind kind = RtfKind::finish;
  std::string_view text;   ///< the word's name, the symbol, or the text
  bool has_value = false;  ///< of a word
  int value = 0;           ///< of a word; of a byte, its code
};

class RtfTokens {
 public:
  explicit RtfTokens(std::string_view bytes) : bytes_(bytes) {}
  RtfToken next();
  /// Passes over raw bytes, as they follow \binN.
  void skip(std::size_t n) noexcept;

 private:
  RtfToken control();
  RtfToken word();

  std::string_view bytes_;
};

}  // namespace akin::documents
