#include "zip_archive.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <vector>

#include "akin/base/utf8.h"

namespace akin::documents {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kLocal = "PK\x03\x04"sv;
constexpr std::string_view kCentral = "PK\x01\x02"sv;
constexpr std::string_view kEnd = "PK\x05\x06"sv;
constexpr std::string_view kEnd64 = "PK\x06\x06"sv;
constexpr std::string_view kLocator64 = "PK\x06\x07"sv;
constexpr std::size_t kEndSize = 22;
constexpr std::size_t kLocatorSize = 20;
constexpr std::size_t kEnd64Size = 56;
constexpr std::size_t kCentralSize = 46;
constexpr std::size_t kLocalSize = 30;

// Books with a picture a page have some thousands.
constexpr std::size_t kMaxEntries = 50'000;
// The XML of a sheet full of one number shrinks to a two-hundredth; deflate's own bound is 1032.
constexpr std::uint64_t kMaxRatio = 400;
constexpr std::uint64_t kSmall = std::uint64_t{16} << 20;  // below this a high ratio does no harm

/// Little-endian, `at + n` within the bytes.
std::uint64_t number(std::string_view bytes, std::size_t at, std::size_t n) {
  std::uint64_t value = 0;
  for (std::size_t i = n; i > 0; --i) value = value << 8 | static_cast<unsigned char>(bytes[at + i - 1]);
  return value;
}
std::uint16_t u16(std::string_view bytes, std::size_t at) { return static_cast<std::uint16_t>(number(bytes, at, 2)); }
std::uint32_t u32(std::string_view bytes, std::size_t at) { return static_cast<std::uint32_t>(number(bytes, at, 4)); }

std::string printable(std::string_view name) {
  std::size_t n_replaced = 0;
  std::string text = replace_invalid_utf8(name.substr(0, 200), n_replaced);
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, '?');
  return text;
}

/// A name that, taken as a path, could lead out of a folder the archive is unpacked to.
bool leads_outside(std::string_view name) {
  if (name.empty() || name[0] == '/' || (name.size() > 1 && name[1] == ':')) return true;
  if (std::any_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; })) return true;
  return name == ".." || name.starts_with("../") || name.ends_with("/..") || name.find("/../") != name.npos;
}

class RawInflater {
 public:
  explicit RawInflater(const Reading& reading) {
    if (inflateInit2(&stream_, -MAX_WBITS) != Z_OK) reading.fail(ErrorCode::limit, "not enough memory to unpack it");
  }
  ~RawInflater() { inflateEnd(&stream_); }
  RawInflater(const RawInflater&) = delete;
  RawInflater& operator=(const RawInflater&) = delete;

  /// Unpacks `packed` (under 4 GB) to `size` bytes. False if it is anything else.
  bool run(std::string_view packed, std::size_t size, const Reading& reading, std::string& out) {
    // zlib's interface lacks const; it does not write to its input.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream_.avail_in = static_cast<uInt>(packed.size());
    std::vector<char> buffer(std::size_t{1} << 16);
    for (;;) {
      stream_.next_out = reinterpret_cast<Bytef*>(buffer.data());
      stream_.avail_out = static_cast<uInt>(buffer.size());
      const int status = inflate(&stream_, Z_NO_FLUSH);
      const std::size_t n = buffer.size() - stream_.avail_out;
      if (n > size - out.size()) return false;
      out.append(buffer.data(), n);
      if (status == Z_STREAM_END) return out.size() == size;
      if (status != Z_OK || (n == 0 && stream_.avail_in == 0)) return false;
      reading.check_time();
    }
  }

 private:
  z_stream stream_{};
};

std::uint32_t crc_of(std::string_view bytes) {
  uLong crc = crc32(0, nullptr, 0);
  return static_cast<std::uint32_t>(crc32_z(crc, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

}  // namespace

bool is_zip(std::string_view bytes) noexcept { return bytes.starts_with(kLocal) || bytes.starts_with(kEnd); }

ZipArchive::ZipArchive(std::string_view bytes, const Reading& reading) : bytes_(bytes), reading_(reading) {
  read_directory(find_directory());
}

void ZipArchive::broken(const std::string& what) const { reading_.fail(ErrorCode::corrupt, "is a broken ZIP archive: " + what); }

ZipArchive::Directory ZipArchive::find_directory() const {
  constexpr std::size_t kLongestComment = 65'535;
  const std::size_t first = bytes_.size() > kEndSize + kLongestComment ? bytes_.size() - kEndSize - kLongestComment : 0;
  for (std::size_t at = bytes_.rfind(kEnd); at != bytes_.npos && at >= first; at = at == 0 ? bytes_.npos : bytes_.rfind(kEnd, at - 1)) {
    if (bytes_.size() - at < kEndSize || bytes_.size() - at - kEndSize < u16(bytes_, at + 20)) continue;
    if (u16(bytes_, at + 4) != 0 && u16(bytes_, at + 4) != 0xFFFF) broken("it is one part of several");
    Directory directory{u32(bytes_, at + 16), u32(bytes_, at + 12), u16(bytes_, at + 10)};
    const bool wide = directory.offset == 0xFFFFFFFF || directory.size == 0xFFFFFFFF || directory.n_entries == 0xFFFF;
    if (wide && at >= kLocatorSize && bytes_.substr(at - kLocatorSize).starts_with(kLocator64)) directory = zip64_directory(at);
    if (directory.offset > at || directory.size > at - directory.offset) broken("its directory lies outside of it");
    return directory;
  }
  broken("it has no directory at its end, it may be cut short");
}

ZipArchive::Directory ZipArchive::zip64_directory(std::size_t end_record) const {
  const std::uint64_t at = number(bytes_, end_record - kLocatorSize + 8, 8);
  if (at > end_record || end_record - at < kEnd64Size || !bytes_.substr(at).starts_with(kEnd64)) broken("its ZIP64 directory is missing");
  return {number(bytes_, at + 48, 8), number(bytes_, at + 40, 8), number(bytes_, at + 32, 8)};
}

void ZipArchive::read_directory(const Directory& directory) {
  if (directory.n_entries > kMaxEntries)
    reading_.fail(ErrorCode::limit, "has " + std::to_string(directory.n_entries) + " entries, the bound is " + std::to_string(kMaxEntries));
  std::string_view rest = bytes_.substr(directory.offset, directory.size);
  for (std::uint64_t i = 0; i < directory.n_entries; ++i) rest.remove_prefix(read_entry(rest));
}

/// Reads the directory's first row in `rest`. Returns its length.
std::size_t ZipArchive::read_entry(std::string_view rest) {
  if (rest.size() < kCentralSize || !rest.starts_with(kCentral)) broken("its directory ends too early");
  const std::size_t n_name = u16(rest, 28), n_extra = u16(rest, 30), n_comment = u16(rest, 32);
  if (rest.size() - kCentralSize < n_name + n_extra + n_comment) broken("its directory ends too early");
  Entry entry{u16(rest, 8), u16(rest, 10), u32(rest, 16), u32(rest, 20), u32(rest, 24), u32(rest, 42)};
  widen(entry, rest.substr(kCentralSize + n_name, n_extra));
  add(std::string(rest.substr(kCentralSize, n_name)), entry);
  return kCentralSize + n_name + n_extra + n_comment;
}

/// Sizes that do not fit 32 bits stand in an extra field, in this order, only those that do not fit.
void ZipArchive::widen(Entry& entry, std::string_view extra) const {
  while (extra.size() >= 4) {
    const std::size_t n = u16(extra, 2);
    if (extra.size() - 4 < n) return;
    if (u16(extra, 0) == 1) {
      std::string_view values = extra.substr(4, n);
      for (std::uint64_t* value : {&entry.size, &entry.packed, &entry.offset}) {
        if (*value != 0xFFFFFFFF) continue;
        if (values.size() < 8) broken("its directory lacks a size");
        *value = number(values, 0, 8);
        values.remove_prefix(8);
      }
      return;
    }
    extra.remove_prefix(4 + n);
  }
}

void ZipArchive::add(std::string name, const Entry& entry) {
  std::replace(name.begin(), name.end(), '\\', '/');  // as some writers of Windows give them
  if (leads_outside(name)) broken("its entry '" + printable(name) + "' has a name that leads outside");
  const auto [at, is_new] = entries_.emplace(std::move(name), entry);
  if (!is_new) broken("two of its entries are called '" + printable(at->first) + "'");
}

bool ZipArchive::has_folder(std::string_view folder) const {
  const auto at = entries_.lower_bound(folder);
  return at != entries_.end() && at->first.starts_with(folder);
}

std::string_view ZipArchive::packed_bytes(const std::string& name, const Entry& entry) const {
  if (entry.offset > bytes_.size() || bytes_.size() - entry.offset < kLocalSize || !bytes_.substr(entry.offset).starts_with(kLocal))
    broken("its entry '" + printable(name) + "' is not where the directory says");
  const std::size_t begin = entry.offset + kLocalSize + u16(bytes_, entry.offset + 26) + u16(bytes_, entry.offset + 28);
  if (begin > bytes_.size() || bytes_.size() - begin < entry.packed) broken("its entry '" + printable(name) + "' is cut short");
  return bytes_.substr(begin, entry.packed);
}

void ZipArchive::check_size(const std::string& name, const Entry& entry) const {
  const std::uint64_t bound = reading_.limits().max_file_bytes;
  if (entry.size > bound - std::min(bound, unpacked_))
    reading_.fail(ErrorCode::limit, "unpacks to more than the bound of " + std::to_string(bound) + " bytes");
  if (entry.size > kSmall && entry.size / kMaxRatio > entry.packed)
    reading_.fail(ErrorCode::limit,
                  "its entry '" + printable(name) + "' unpacks to more than " + std::to_string(kMaxRatio) + " times its size: a ZIP bomb");
}

std::string ZipArchive::read(std::string_view name) {
  const auto at = entries_.find(name);
  if (at == entries_.end()) reading_.fail(ErrorCode::corrupt, "lacks '" + printable(name) + "'");
  const auto& [key, entry] = *at;
  if ((entry.flags & 1U) != 0) reading_.fail(ErrorCode::unsupported, "is an encrypted ZIP archive, which needs a password");
  if (entry.method != 0 && entry.method != Z_DEFLATED)
    reading_.fail(ErrorCode::unsupported, "its entry '" + printable(key) + "' is packed by method " + std::to_string(entry.method) +
                                              ", akin knows stored (0) and deflated (8)");
  check_size(key, entry);
  const std::string_view packed = packed_bytes(key, entry);
  std::string out;
  bool whole = true;
  if (entry.method == 0) {
    out = packed;
    whole = entry.packed == entry.size;
  } else {
    if (packed.size() > 0xFFFFFFFF) broken("its entry '" + printable(key) + "' is too large");
    whole = RawInflater(reading_).run(packed, entry.size, reading_, out);
  }
  unpacked_ += out.size();
  if (!whole || crc_of(out) != entry.crc) broken("the data of its entry '" + printable(key) + "' are not what the directory says");
  return out;
}

std::string resolve_entry(std::string_view from, std::string_view target) {
  target = target.substr(0, std::min(target.find_first_of("#?"), target.size()));
  std::string path;
  if (!target.starts_with('/') && from.rfind('/') != from.npos) path = from.substr(0, from.rfind('/') + 1);
  for (std::size_t i = 0; i < target.size(); ++i) {
    const auto digit = [&](std::size_t at) {
      const std::size_t value = std::string_view("0123456789abcdef").find(to_lower_ascii(target.substr(at, 1)));
      return at < target.size() ? value : std::string_view::npos;
    };
    const bool coded = target[i] == '%' && digit(i + 1) != target.npos && digit(i + 2) != target.npos;
    path += coded ? static_cast<char>(digit(i + 1) * 16 + digit(i + 2)) : target[i];
    if (coded) i += 2;
  }
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string part = path.substr(begin, end - begin);
    begin = end + 1;
    if (part == ".." && !parts.empty()) parts.pop_back();
    if (!part.empty() && part != "." && part != "..") parts.push_back(part);
  }
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : "/") + part;
  return out;
}

}  // namespace akin::documents
