// A benchmark's text file as one string, unpacked if its name ends in .gz or .zst. Tested by text_file_test.cc.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace akin {

/// More text than any benchmark read here has; a larger file is refused.
inline constexpr std::size_t kMaxBenchmarkBytes = std::size_t{4} << 30;

/// Throws Error{not_found}, Error{io}, Error{corrupt} for broken packing, Error{limit} for more than `max_bytes` unpacked.
std::string read_text_file(const std::filesystem::path& path, std::size_t max_bytes = kMaxBenchmarkBytes);

/// Lines without their ends (\n or \r\n); no empty line after the last end. A byte order mark at the start is left out.
std::vector<std::string_view> lines_of(std::string_view text);

}  // namespace akin
