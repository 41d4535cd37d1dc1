// Bytes in some encoding → UTF-8. Tested by charset_test.cc.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace akin::documents {

struct Decoded {
  std::string text;           ///< valid UTF-8; line ends are "\n"; other controls are spaces
  std::string encoding;       ///< "utf-8", "utf-16", "windows-1252", or as declared
  std::size_t n_invalid = 0;  ///< malformed parts replaced by U+FFFD
};

/// Decodes by byte order mark, else by `declared` (a name as HTML gives it, may be empty or unknown), else as UTF-8 if that is valid, else
/// as Windows-1252 if the bytes clearly are (no UTF-8 at all, letters and quotes where that encoding has them), else as UTF-8 with
/// replacements.
Decoded decode_text(std::string_view bytes, std::string_view declared = {});
/// The same with line ends and controls left as they are, for formats with rules of their own about them.
Decoded decode_verbatim(std::string_view bytes);

/// Decodes in exactly this encoding (a name as iconv knows it, lower case); as Windows-1252 if it is unknown. Controls stay.
Decoded decode_as(std::string_view bytes, const std::string& encoding);

/// The character set that an HTML page declares in its first 4096 bytes, lower case; empty if none.
std::string declared_charset(std::string_view html);

}  // namespace akin::documents
