#include "json_fields.h"

namespace akin::text {
namespace {

[[noreturn]] void wrong(const std::string& where, const char* key, const char* wanted) {
  throw Error(ErrorCode::corrupt, where + ": '" + key + "' must be " + wanted);
}

}  // namespace

Json parse_json(std::string_view bytes, const std::string& name) {
  Json json = Json::parse(bytes, nullptr, false);
  if (json.is_discarded()) throw Error(ErrorCode::corrupt, name + ": is not valid JSON");
  return json;
}

const Json& member(const Json& object, const char* key, const std::string& where) {
  static const Json kNull;
  if (!object.is_object()) throw Error(ErrorCode::corrupt, where + " must be an object");
  const auto it = object.find(key);
  return it == object.end() ? kNull : *it;
}

bool bool_field(const Json& object, const char* key, bool fallback, const std::string& where) {
  const Json& value = member(object, key, where);
  if (value.is_null()) return fallback;
  if (!value.is_boolean()) wrong(where, key, "true or false");
  return value.get<bool>();
}

std::string string_field(const Json& object, const char* key, const std::string& where) {
  const Json& value = member(object, key, where);
  if (!value.is_string()) wrong(where, key, "a string");
  return value.get<std::string>();
}

std::string string_field(const Json& object, const char* key, const std::string& fallback, const std::string& where) {
  return member(object, key, where).is_null() ? fallback : string_field(object, key, where);
}

std::uint64_t unsigned_value(const Json& value, std::uint64_t limit, const std::string& where) {
  const bool whole = value.is_number_unsigned() || (value.is_number_integer() && value.get<std::int64_t>() >= 0);
  if (!whole || value.get<std::uint64_t>() > limit)
    throw Error(ErrorCode::corrupt, where + " must be a whole number from 0 to " + std::to_string(limit));
  return value.get<std::uint64_t>();
}

const Json& array_field(const Json& object, const char* key, const std::string& where) {
  const Json& value = member(object, key, where);
  if (!value.is_array()) wrong(where, key, "an array");
  return value;
}

}  // namespace akin::text
