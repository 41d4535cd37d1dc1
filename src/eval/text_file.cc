#include "text_file.h"

#include <zlib.h>

#include <memory>

#include "akin/base/error.h"
#include "akin/base/mapped_file.h"

namespace akin {
namespace {

// zlib's own reader of .gz files; a file that is not gzip it would pass through, so the caller asks only for those that are.
std::string unpack(const std::filesystem::path& path, std::size_t max_bytes) {
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen(path.c_str(), "rb"), gzclose_r);
  if (file == nullptr) throw_errno(path.string(), "open");
  std::string text;
  std::string block(std::size_t{1} << 20, '\0');
  for (;;) {
    const int n = gzread(file.get(), block.data(), static_cast<unsigned>(block.size()));
    int code = Z_OK;
    const std::string reason = gzerror(file.get(), &code);
    // A file cut short reads as far as it goes and then reports Z_BUF_ERROR.
    if (n < 0 || (code != Z_OK && code != Z_STREAM_END))
      throw Error(ErrorCode::corrupt, path.string() + ": broken gzip file (" + reason + ")");
    if (n == 0) return text;
    if (static_cast<std::size_t>(n) > max_bytes - text.size())
      throw Error(ErrorCode::limit, path.string() + ": more than " + std::to_string(max_bytes) + " bytes of text");
    text.append(block, 0, static_cast<std::size_t>(n));
  }
}

}  // namespace

std::string read_text_file(const std::filesystem::path& path, std::size_t max_bytes) {
  if (path.extension() != ".gz") return read_file(path, max_bytes);
  const MappedFile packed(path);
  const auto bytes = packed.bytes();
  if (bytes.size() < 2 || bytes[0] != std::byte{0x1F} || bytes[1] != std::byte{0x8B})
    throw Error(ErrorCode::corrupt, path.string() + ": not a gzip file");
  return unpack(path, max_bytes);
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
