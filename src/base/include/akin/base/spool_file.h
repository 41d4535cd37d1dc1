// Bytes that wait on disk until what stands before them in a file is known. The file has no name, so nothing is left behind however the
// program ends; it lies in the target's folder, where there is room for the target too. Tested by spool_file_test.cc.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "akin/base/atomic_file.h"

namespace akin {

class SpoolFile {
 public:
  /// Beside `target`; `content` says in messages what is written (a literal). Throws Error{not_found} if there is no such folder, Error{io}
  /// if it cannot be written.
  explicit SpoolFile(const std::filesystem::path& target, std::string_view content = "what it will hold");
  ~SpoolFile();
  SpoolFile(const SpoolFile&) = delete;
  SpoolFile& operator=(const SpoolFile&) = delete;

  /// Appends. Buffered. Throws Error{io} naming the target (full disk, …).
  void write(std::span<const std::byte> bytes);
  [[nodiscard]] std::size_t size() const noexcept { return written_; }
  /// Writes everything to `file`, block by block.
  void copy_to(AtomicFile& file);

 private:
  friend class MappedSpool;
  void flush();

  std::filesystem::path target_;
  std::string_view content_;
  int fd_ = -1;
  std::size_t written_ = 0;
  std::string buffer_;
};

}  // namespace akin
