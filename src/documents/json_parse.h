// One JSON value within bounds, for the readers of JSON and of notebooks. Tested by json_parse_test.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <string_view>

#include "reading.h"

namespace akin::documents {

/// A parsed value takes up to 20 times its text: longer texts are refused.
inline constexpr std::size_t kMaxJsonBytes = std::size_t{64} << 20;

/// Which keys' values are kept; empty: all.
using JsonKeys = std::function<bool(const std::string& key)>;

/// Parses `text`, which begins at `line` of its file. Throws Error{corrupt} naming line and character, Error{limit}.
nlohmann::json parse_json(std::string_view text, std::uint32_t line, const Reading& reading, const JsonKeys& keep = {});

}  // namespace akin::documents
