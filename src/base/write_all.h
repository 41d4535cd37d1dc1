// All of the bytes, however few the system takes at a time. Private; tested by atomic_file_test.cc and spool_file_test.cc.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>

namespace akin {

/// Throws Error{io}: `target` and what was tried, `action`.
void write_all(int fd, const char* data, std::size_t size, const std::filesystem::path& target, std::string_view action);

}  // namespace akin
