// The small JSON files of a model folder: values with errors that name file and key. Tested by folder_model_test.cc.
#pragma once

#include <cstddef>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "akin/base/error.h"

namespace akin {

using Json = nlohmann::json;

inline constexpr std::size_t kMaxConfigBytes = std::size_t{16} << 20;

/// Throws Error{not_found}, Error{corrupt} naming the file.
Json read_json(const std::filesystem::path& path);
/// An empty object if there is no such file.
Json read_optional_json(const std::filesystem::path& path);

/// `json[key]` as T, or `missing`; another type is an error that names file and key.
template <class T>
T value_of(const Json& json, const char* key, T missing, const std::filesystem::path& where) {
  if (!json.is_object()) throw Error(ErrorCode::corrupt, where.string() + ": a JSON object is wanted, found " + json.type_name());
  const auto at = json.find(key);
  if (at == json.end() || at->is_null()) return missing;
  try {
    return at->get<T>();
  } catch (const Json::exception&) {
    throw Error(ErrorCode::corrupt, where.string() + ": key '" + key + "' has a value of the wrong kind (" + at->type_name() + ")");
  }
}

}  // namespace akin
