// Any bytes as a Hub's answer about a model: refused with an Error, or read into names that stay inside their folder, of which some are
// chosen.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "akin/base/error.h"
#include "cache_layout.h"
#include "file_choice.h"
#include "hub_metadata.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const akin::hub::RepositoryInfo info = akin::hub::parse_repository(text, "fuzz");
    for (const akin::hub::RepositoryFile& file : info.files)
      if (!akin::hub::is_safe_path(file.name)) __builtin_trap();
    (void)akin::hub::choose_files(info, {}, {}, "fuzz");
  } catch (const akin::Error&) {
    return 0;
  }
  return 0;
}
