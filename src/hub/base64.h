// Base64 (RFC 4648, section 4), as vectors are sent in it. Tested by base64_test.cc.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace akin::hub {

/// The bytes; nothing for another alphabet, missing padding or bits left over.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace akin::hub
