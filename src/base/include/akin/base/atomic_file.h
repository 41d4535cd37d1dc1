// A file that is either the old one or the whole new one, whatever happens: written beside its place, synced, renamed; each step asks
// akin/base/io_hook.h first.
// Tested by atomic_file_test.cc.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace akin {

/// Writes to a temporary file in the target's folder; commit() makes it the target. Without commit() nothing is left behind.
/// A file that is replaced keeps its permissions; a symbolic link stays, and what it points to is replaced. After a write that threw,
/// all that follow throw as well, commit() too.
class AtomicFile {
 public:
  /// Throws Error{io} if the folder cannot be written or `target` is a folder or device, Error{not_found} if there is no such folder.
  explicit AtomicFile(const std::filesystem::path& target);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  /// Appends. Buffered. Throws Error{io} naming the target (full disk, …).
  void write(std::span<const std::byte> bytes);
  void write(std::string_view text);
  [[nodiscard]] std::size_t size() const noexcept { return written_; }
  /// Overwrites bytes written before, for headers that are known only at the end. offset + bytes.size() ≤ size().
  void write_at(std::size_t offset, std::span<const std::byte> bytes);
  /// Flushes, syncs the file, renames it to the target and syncs the folder.
  void commit();

 private:
  void check_open() const;
  void write_through(std::string_view text);
  void flush();

  std::filesystem::path target_;
  std::filesystem::path temporary_;
  int fd_ = -1;
  std::size_t written_ = 0;  // with what is buffered
  std::size_t in_file_ = 0;
  bool failed_ = false;
  std::string buffer_;
};

}  // namespace akin
