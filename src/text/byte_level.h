// GPT-2's way to write any bytes as printable characters: those that are printable in Latin-1 stand for themselves, the other 68 are
// numbered from U+0100 (a space becomes U+0120, "Ġ"). Tested by byte_level_test.cc.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "code_point_classes.h"
#include "normalized_text.h"
#include "pre_tokenizer.h"

namespace akin::text {

/// The character that stands for a byte: one or two bytes of UTF-8.
std::string_view byte_character(unsigned char byte) noexcept;
/// The byte that a character stands for, −1 if it stands for none.
int byte_of_character(char32_t c) noexcept;
/// Every byte of `text` as its character; all bytes of a character share its origin.
void to_byte_characters(NormalizedText& text);
/// The inverse for a token, appended; a token with any other character is taken as it is.
void append_bytes(std::string& out, std::string_view token);

struct ByteLevelOptions {
  bool add_prefix_space = true;  ///< a word that does not begin with a space gets one
  bool use_regex = true;         ///< words are cut as GPT-2 does, else left whole
};

/// Words, then every byte of them as a character.
class ByteLevelPreTokenizer final : public PreTokenizer {
 public:
  explicit ByteLevelPreTokenizer(const ByteLevelOptions& options) : options_(options) {}
  void split(NormalizedText& text, std::vector<WordRange>& words) const override;
  [[nodiscard]] std::string describe() const override;
  [[nodiscard]] const ByteLevelOptions& options() const noexcept { return options_; }

 private:
  ByteLevelOptions options_;
  CodePointClasses classes_;
};

}  // namespace akin::text
