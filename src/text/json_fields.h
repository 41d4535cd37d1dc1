// Typed access to the fields of a JSON file with errors that say where: "tokenizer.json: model: 'vocab' must be an object".
// Tested by json_fields_test.cc.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>

#include "akin/base/error.h"

namespace akin::text {

using Json = nlohmann::json;

/// The whole of a file. Throws Error{corrupt} naming it.
Json parse_json(std::string_view bytes, const std::string& name);

/// The member `key`, or a null value if it is absent. Throws Error{corrupt} if `object` is not an object.
const Json& member(const Json& object, const char* key, const std::string& where);

/// Members of one type; those with a `fallback` may be absent or null.
bool bool_field(const Json& object, const char* key, bool fallback, const std::string& where);
std::string string_field(const Json& object, const char* key, const std::string& where);
std::string string_field(const Json& object, const char* key, const std::string& fallback, const std::string& where);
/// 0 … `limit`, else Error{corrupt}.
std::uint64_t unsigned_value(const Json& value, std::uint64_t limit, const std::string& where);
const Json& array_field(const Json& object, const char* key, const std::string& where);

/// One row of a table of kinds: the name in a file's "type" field and how to read it.
template <class Part>
struct Kind {
  std::string_view name;
  Part (*read)(const Json& json, const std::string& where, int depth);
};

/// How deep parts (a Sequence in a Sequence …) may be nested.
inline constexpr int kMaxDepth = 16;

/// Reads `json` by its "type" with the row of that name. Throws Error{unsupported} naming the file and the kind.
template <class Part>
Part read_kind(std::span<const Kind<Part>> table, const Json& json, const std::string& where, int depth) {
  if (depth > kMaxDepth) throw Error(ErrorCode::limit, where + ": parts are nested more than " + std::to_string(kMaxDepth) + " deep");
  const std::string type = string_field(json, "type", where);
  for (const Kind<Part>& kind : table) {
    if (kind.name == type) return kind.read(json, where + " " + type, depth);
  }
  throw Error(ErrorCode::unsupported, where + " of kind '" + type + "' is not supported");
}

}  // namespace akin::text
