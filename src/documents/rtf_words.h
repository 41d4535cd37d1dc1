// What RTF's control words and numbers mean. Tested by rtf_reader_test.cc.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace akin::documents {

/// What the text of a group is.
enum class RtfRole { body, dropped, fonts, styles, info, info_field, item_mark };

/// The role of a group that begins with this word; `body` for words that open none of its own.
RtfRole rtf_role(std::string_view word) noexcept;
/// Of the starred groups ("pass over what you do not know") those that hold text.
bool is_known_starred(std::string_view word) noexcept;
/// The text that a word stands for ("emdash" → "—"); none if it stands for none.
std::optional<std::string_view> rtf_character(std::string_view word) noexcept;

/// The name of a Windows code page, for decode_as().
std::string page_name(int page);
/// The code page of a font's character set (\fcharset); 0: the document's.
int page_of_charset(int charset) noexcept;

}  // namespace akin::documents
