#include "json_values.h"

#include "akin/base/mapped_file.h"

namespace akin {

Json read_json(const std::filesystem::path& path) {
  try {
    return Json::parse(read_file(path, kMaxConfigBytes));
  } catch (const Json::exception& error) {
    throw Error(ErrorCode::corrupt, path.string() + ": not valid JSON: " + error.what());
  }
}

Json read_optional_json(const std::filesystem::path& path) { return std::filesystem::exists(path) ? read_json(path) : Json::object(); }

}  // namespace akin
