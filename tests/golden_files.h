// Where golden files lie and how tests read them.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "akin/base/mapped_file.h"

namespace akin::golden {

inline std::filesystem::path path(const std::string& relative) { return std::filesystem::path(AKIN_GOLDEN) / relative; }

inline nlohmann::json json(const std::filesystem::path& file) { return nlohmann::json::parse(read_file(file, std::size_t{64} << 20)); }

}  // namespace akin::golden
