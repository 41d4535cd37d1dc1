// A ZIP archive in memory (APPNOTE.TXT 6.3, with ZIP64), read by the directory at its end and kept within bounds: what an entry unpacks to
// is never more than the directory says, all of them together never more than max_file_bytes, and no name leads out of the archive.
// Encrypted entries and methods other than "stored" and "deflated" are refused when they are read. Tested by zip_archive_test.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "reading.h"

namespace akin::documents {

class ZipArchive {
 public:
  /// `bytes` and `reading` must outlive the archive. Throws Error{corrupt} for a broken directory, two entries of one name or a name that
  /// leads outside, Error{limit} for too many entries.
  ZipArchive(std::string_view bytes, const Reading& reading);

  [[nodiscard]] bool has(std::string_view name) const { return entries_.find(name) != entries_.end(); }
  [[nodiscard]] bool has_folder(std::string_view folder) const;
  /// Unpacks an entry. Throws Error{corrupt} if there is none or its data are broken, Error{limit} for a bomb, Error{unsupported}.
  std::string read(std::string_view name);

 private:
  struct Entry {
    std::uint16_t flags = 0;
    std::uint16_t method = 0;
    std::uint32_t crc = 0;
    std::uint64_t packed = 0;
    std::uint64_t size = 0;
    std::uint64_t offset = 0;  // of the local header
  };
  struct Directory {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    std::uint64_t n_entries = 0;
  };

  [[nodiscard]] Directory find_directory() const;
  [[nodiscard]] Directory zip64_directory(std::size_t end_record) const;
  void read_directory(const Directory& directory);
  std::size_t read_entry(std::string_view rest);
  void widen(Entry& entry, std::string_view extra) const;
  void add(std::string name, const Entry& entry);
  [[nodiscard]] std::string_view packed_bytes(const std::string& name, const Entry& entry) const;
  void check_size(const std::string& name, const Entry& entry) const;
  [[noreturn]] void broken(const std::string& what) const;

  std::string_view bytes_;
  const Reading& reading_;
  std::map<std::string, Entry, std::less<>> entries_;
  std::uint64_t unpacked_ = 0;
};

/// True for bytes that begin as ZIP archives do.
bool is_zip(std::string_view bytes) noexcept;

/// The name of the entry that `target`, as written in the entry `from`, points to: "../a%20b.xml" in "x/y/z.xml" is "x/a b.xml". A target
/// that begins with '/' counts from the root; what follows '#' or '?' is left out.
std::string resolve_entry(std::string_view from, std::string_view target);

}  // namespace akin::documents
