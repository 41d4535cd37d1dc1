// Base64 (RFC 4648): bytes in 64 letters, as vectors, tables and mail are sent in it. Tested by base64_test.cc.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace akin {

/// The bytes; nothing for a character that is not of section 4's alphabet, missing padding, or bits left over.
std::optional<std::string> decode_base64(std::string_view text);

/// As mail is read (RFC 2045, section 6.8): of both alphabets, '-' and '_' too; what else stands between (line ends, padding) is passed
/// over, and so are bits left over at the end.
std::string decode_base64_loosely(std::string_view text);

}  // namespace akin
