// A file as bytes in memory, read on demand by the operating system. Read-only. A file that another program makes shorter while it is
// mapped ends this one (SIGBUS): map what is replaced by renaming, as AtomicFile does, not what is rewritten in place. Tested by
// mapped_file_test.cc.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

namespace akin {

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
};

/// The whole file as a string. Throws Error{not_found}, Error{io}, Error{limit} if it is larger than `max_bytes`.
std::string read_file(const std::filesystem::path& path, std::size_t max_bytes);

}  // namespace akin
