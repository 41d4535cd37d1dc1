#include "unnamed_file.h"

#include <stdlib.h>
#include <unistd.h>

#include <string>

#include "akin/base/error.h"

namespace akin {

int open_unnamed_file(const std::filesystem::path& target) {
  const std::filesystem::path folder = target.has_parent_path() ? target.parent_path() : std::filesystem::path(".");
  std::string name = (folder / ".akin-spool-XXXXXX").string();
  const int fd = ::mkstemp(name.data());
  if (fd < 0) throw_errno(folder.string(), "create a file in it");
  ::unlink(name.c_str());
  return fd;
}

}  // namespace akin
