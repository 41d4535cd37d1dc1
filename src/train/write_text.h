// A small file of a model's folder, whole or not at all. Private. Tested by distill_test.cc and word_files_test.cc.
#pragma once

#include <filesystem>
#include <string_view>

#include "akin/base/atomic_file.h"

namespace akin::train {

/// Throws Error{io}, Error{not_found}.
inline void write_text(const std::filesystem::path& path, std::string_view text) {
  AtomicFile file(path);
  file.write(text);
  file.commit();
}

}  // namespace akin::train
