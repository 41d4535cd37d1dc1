// Bytes that are written once and read many times, and would fill the memory: they lie on disk in a file without a name, so nothing is left
// behind however the program ends, and are looked at as if they were in memory. Tested by mapped_spool_test.cc.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

#include "akin/base/spool_file.h"

namespace akin {

class MappedSpool {
 public:
  /// In the folder of `target`. Throws Error{not_found} if there is no such folder, Error{io} if it cannot be written.
  explicit MappedSpool(const std::filesystem::path& target);
  ~MappedSpool();
  MappedSpool(const MappedSpool&) = delete;
  MappedSpool& operator=(const MappedSpool&) = delete;

  /// Appends. Buffered. Not after finish(). Throws Error{io} naming the target (full disk, …).
  void write(std::span<const std::byte> bytes);
  /// Ends the writing; from now on bytes() has all of it. Throws Error{io}.
  void finish();
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return mapped_; }
  /// Gives back the memory of the whole pages inside `part` of bytes(); they are read again when they are next looked at.
  void forget(std::span<const std::byte> part) const noexcept;

 private:
  SpoolFile file_;
  std::span<std::byte> mapped_;
};

}  // namespace akin
