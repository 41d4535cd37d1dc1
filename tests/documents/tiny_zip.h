// A ZIP archive written by hand: each field of the directory can be made a lie before it is written.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace akin::testing {

struct ZipEntry {
  std::string name;
  std::string packed;
  std::uint16_t flags = 0, method = 0;
  std::uint32_t crc = 0, packed_size = 0, size = 0;
};

inline std::string deflated(std::string text) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 9, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(text.data());
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

struct TinyZip {
  std::vector<ZipEntry> entries;

  TinyZip() = default;
  TinyZip(std::initializer_list<std::pair<std::string, std::string>> files) {
    for (const auto& [name, text] : files) add(name, text);
  }

  ZipEntry& add(const std::string& name, const std::string& text, bool deflate = true) {
    ZipEntry entry{name, deflate ? deflated(text) : text, 0, static_cast<std::uint16_t>(deflate ? 8 : 0)};
    entry.crc = static_cast<std::uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(text.data()), text.size()));
    entry.packed_size = static_cast<std::uint32_t>(entry.packed.size());
    entry.size = static_cast<std::uint32_t>(text.size());
    entries.push_back(std::move(entry));
    return entries.back();
  }

  [[nodiscard]] std::string bytes() const {
    std::string out, directory;
    for (const ZipEntry& entry : entries) {
      const std::string common = number(20, 2) + number(entry.flags, 2) + number(entry.method, 2) + number(0, 4) + number(entry.crc, 4) +
                                 number(entry.packed_size, 4) + number(entry.size, 4) + number(entry.name.size(), 2) + number(0, 2);
      directory += "PK\x01\x02" + number(20, 2) + common + number(0, 2) + number(0, 4) + number(0, 4) + number(out.size(), 4) + entry.name;
      out += "PK\x03\x04" + common + entry.name + entry.packed;
    }
    const std::string count = number(entries.size(), 2);
    return out + directory + "PK\x05\x06" + number(0, 4) + count + count + number(directory.size(), 4) + number(out.size(), 4) +
           number(0, 2);
  }

  static std::string number(std::uint64_t value, std::size_t n) {
    std::string out;
    for (std::size_t i = 0; i < n; ++i) out += static_cast<char>(value >> 8 * i & 0xFF);
    return out;
  }
};

}  // namespace akin::testing
