// The words and signs of a filter's text. A word in the place of a value may hold signs behind its first character (a?b=c).
// Tested by filter_lexer_test.cc.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "akin/store/filter.h"

namespace akin::store {

enum class TokenKind { word, quoted, sign, open, close, comma, end, broken };

struct Token {
  TokenKind kind = TokenKind::end;
  std::string text;                ///< a quoted one without its quotation marks; of a broken one what is wrong
  std::size_t begin = 0, end = 0;  ///< bytes of the filter
};

/// The token that begins at or behind `from`.
Token read_token(std::string_view filter, std::size_t from, bool is_value);
/// Whether a word is this one, capital or small letters.
bool is_word(const Token& token, std::string_view word) noexcept;
/// Whether the text needs no quotation marks in the place of a value, of a field.
bool is_plain_value(std::string_view text);
bool is_plain_field(std::string_view text);

/// "=", "!=", …, "in", "exists".
std::string_view sign_of(FilterOperator op) noexcept;

/// "column 7: …", the filter (the part about `at` of a long one) and a mark below the byte `at`, in three lines.
std::string point_at(std::string_view filter, std::size_t at, const std::string& message);

}  // namespace akin::store
