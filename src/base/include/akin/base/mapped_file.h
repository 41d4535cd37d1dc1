// A file as bytes in memory, read on demand by the operating system. Read-only. A file that another program makes shorter while it is
// mapped ends this one (SIGBUS): map what is replaced by renaming, as AtomicFile does, not what is rewritten in place. Tested by
// mapped_file_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace akin {

/// Which file it is and when it was last touched, as the system tells. Equal later: nothing was written to it since (the time of change
/// cannot be set by programs), but for what was written within the same tick of the clock.
struct FileIdentity {
  std::uint64_t device = 0, inode = 0, size = 0;
  std::int64_t modified_ns = 0, changed_ns = 0;  ///< since 1970
  friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

class MappedFile {
 public:
  MappedFile() = default;
  /// Maps the whole file. An empty file gives an empty span. Throws Error{not_found}, Error{io} (a folder, no permission).
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;

  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return {data_, size_}; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  /// As it was when it was mapped.
  [[nodiscard]] const FileIdentity& identity() const noexcept { return identity_; }
  /// Asks the system to read the whole file ahead.
  void will_need() const noexcept;
  /// Gives back the memory of the whole pages inside `part`; its bytes are read from the file again when they are next looked at. What of
  /// `part` is not of this file is left alone.
  void forget(std::span<const std::byte> part) const noexcept;

 private:
  void release() noexcept;

  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
  std::filesystem::path path_;
  FileIdentity identity_;
};

/// The whole file as a string. Throws Error{not_found}, Error{io}, Error{limit} if it is larger than `max_bytes`.
std::string read_file(const std::filesystem::path& path, std::size_t max_bytes);

}  // namespace akin
