// The two JSON texts of the safetensors format, read into plain structs: the header of a file, and the index of a sharded model.
// Parsed event by event, without a tree, so that neither depth nor width costs more than the text itself.
// Tested by safetensors_header_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "akin/formats/tensor.h"

namespace akin {

/// A type of the format: its name, its bits, and what akin reads it as.
struct SafetensorsType {
  std::string_view name;
  std::size_t bits;
  std::optional<TensorType> read_as;
};

/// nullptr if the format has no such type.
const SafetensorsType* safetensors_type(std::string_view name) noexcept;

struct SafetensorsEntry {
  std::string name;
  const SafetensorsType* type = nullptr;
  std::vector<std::size_t> shape;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

struct SafetensorsHeader {
  std::vector<SafetensorsEntry> tensors;  ///< in the order of the text
  std::map<std::string, std::string, std::less<>> metadata;
};

/// Throws Error{corrupt} naming `file` if the text breaks a rule (offsets are checked against one another by the caller).
SafetensorsHeader parse_safetensors_header(std::string_view json, const std::filesystem::path& file);

struct ShardEntry {
  std::string tensor;
  std::string shard;
};

/// The weight_map of an index, in the order of the text. Throws Error{corrupt} naming `file`.
std::vector<ShardEntry> parse_safetensors_index(std::string_view json, const std::filesystem::path& file);

}  // namespace akin
