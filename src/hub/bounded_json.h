// JSON from a server: untrusted, so that its depth is bounded too (its size is, by HttpRequest::max_bytes). Tested by bounded_json_test.cc.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace akin::hub {

using Json = nlohmann::json;

/// The whole text. Throws Error{corrupt} naming `where` for what is no JSON or is nested more than 16 deep.
Json parse_bounded(std::string_view text, const std::string& where);

/// The member `key` of an object; null where there is none or `json` is no object.
const Json& member(const Json& json, const char* key);

/// A string member on one line, at most `max_bytes` long, without control characters; empty where there is none.
std::string text_member(const Json& json, const char* key, std::size_t max_bytes);

/// Foreign text for a message: one line, without control characters, cut at `max_bytes`.
std::string quotable(std::string_view text, std::size_t max_bytes);

}  // namespace akin::hub
