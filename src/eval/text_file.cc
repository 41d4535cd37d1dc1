#include "text_file.h"

#include "akin/base/error.h"
#include "akin/base/mapped_file.h"
#include "akin/base/unpacker.h"

namespace akin {
std::string read_text_file(const std::filesystem::path& path, std::size_t max_bytes) {
  const bool says_packed = path.extension() == ".gz" || path.extension() == ".zst";
  if (!says_packed) return read_file(path, max_bytes);
  const MappedFile file(path);
  const std::string_view bytes(reinterpret_cast<const char*>(file.bytes().data()), file.size());
  const Packing packing = packing_of(bytes);
  if (packing == Packing::none) throw Error(ErrorCode::corrupt, path.string() + ": neither gzip nor Zstandard, as its name says");
  return unpack(bytes, packing, max_bytes, path.string());
}

std::vector<std::string_view> lines_of(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

}  // namespace akin
