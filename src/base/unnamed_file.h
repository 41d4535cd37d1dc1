// A file that nobody can open by a name. Private. Tested by spool_file_test.cc and mapped_spool_test.cc.
#pragma once

#include <filesystem>

namespace akin {

/// Its descriptor, for reading and writing; it lies in the folder of `target` and is gone when it is closed. Throws Error{not_found} if
/// there is no such folder, Error{io}.
int open_unnamed_file(const std::filesystem::path& target);

}  // namespace akin
