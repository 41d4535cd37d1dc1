#include "segment.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <utility>

#include "akin/base/crc32c.h"
#include "akin/base/error.h"
#include "akin/base/io_hook.h"
#include "akin/base/sha256.h"

namespace akin::store {
namespace {

static_assert(std::endian::native == std::endian::little, "segments are written as they lie in memory");

constexpr std::array<char, 8> kMagic = {'A', 'K', 'I', 'N', 'V', 'E', 'C', '\n'};
constexpr std::uint32_t kVersion = 1;
constexpr std::uint32_t kFloat32 = 0;  // element types: only this one so far

/// The first bytes of the file; the rest of the header's page is zero. crc is over all before it.
struct HeaderOnDisk {
  std::array<char, 8> magic;
  std::uint32_t version;
  std::uint32_t header_bytes;
  std::uint64_t id;
  std::uint32_t dim;
  std::uint32_t element_type;
  std::array<std::uint8_t, 32> fingerprint;
  std::uint32_t reserved;
  std::uint32_t crc;
};
static_assert(sizeof(HeaderOnDisk) == 72);

std::uint32_t header_crc(const HeaderOnDisk& header) noexcept {
  return crc32c(0, std::as_bytes(std::span(&header, 1)).first(offsetof(HeaderOnDisk, crc)));
}

std::array<std::uint8_t, 32> hash_of(const std::string& fingerprint) { return Sha256().update(std::string_view(fingerprint)).finish(); }

HeaderOnDisk make_header(const SegmentHeader& header) {
  HeaderOnDisk out{kMagic, kVersion, kSegmentHeaderBytes, header.id, header.dim, kFloat32, hash_of(header.fingerprint), 0, 0};
  out.crc = header_crc(out);
  return out;
}

/// Fails as the hook wants, naming the file.
void ask_hook(const IoEvent& event, std::string_view action) {
  if (const int error = before_io(event); error != 0) {
    errno = error;
    throw_errno(event.path, action);
  }
}

}  // namespace

void sync_folder(const std::filesystem::path& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) throw_errno(folder.string(), "open it to save it");
  const int refused = before_io({IoCall::sync, folder.native(), fd, nullptr, 0, 0});
  if (refused != 0) errno = refused;
  const int rc = refused != 0 ? -1 : ::fsync(fd);
  const int reason = errno;
  ::close(fd);
  errno = reason;
  if (rc != 0) throw_errno(folder.string(), "save it to disk");
}

std::string segment_name(std::uint64_t id) {
  std::string digits = std::to_string(id);
  if (digits.size() < 6) digits.insert(0, 6 - digits.size(), '0');
  return "vectors-" + digits + ".seg";
}

std::uint64_t segment_id(std::string_view name) noexcept {
  constexpr std::string_view prefix = "vectors-";
  constexpr std::string_view suffix = ".seg";
  if (!name.starts_with(prefix) || !name.ends_with(suffix) || name.size() <= prefix.size() + suffix.size()) return 0;
  const std::string_view digits = name.substr(prefix.size(), name.size() - prefix.size() - suffix.size());
  std::uint64_t id = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), id);
  return error == std::errc() && end == digits.data() + digits.size() ? id : 0;
}

RawSegmentHeader parse_segment_header(std::span<const std::byte> bytes, const std::string& name) {
  if (bytes.size() < kSegmentHeaderBytes)
    throw Error(ErrorCode::corrupt, name + ": has " + std::to_string(bytes.size()) + " bytes, its header alone has 4096");
  HeaderOnDisk header{};
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.magic != kMagic) throw Error(ErrorCode::corrupt, name + ": is not a vector segment");
  if (header.crc != header_crc(header)) throw Error(ErrorCode::corrupt, name + ": the header's checksum is wrong");
  if (header.version != kVersion)
    throw Error(ErrorCode::unsupported, name + ": is of version " + std::to_string(header.version) + ", this program reads version 1");
  if (header.element_type != kFloat32)
    throw Error(ErrorCode::unsupported,
                name + ": its numbers are of type " + std::to_string(header.element_type) + ", this program reads type 0 (f32)");
  const auto rest = bytes.first(kSegmentHeaderBytes).subspan(sizeof header);
  const bool is_clean = std::all_of(rest.begin(), rest.end(), [](std::byte b) { return b == std::byte{0}; });
  if (header.dim == 0 || header.header_bytes != kSegmentHeaderBytes || !is_clean)
    throw Error(ErrorCode::corrupt, name + ": the header has impossible sizes or bytes after its end");
  return {header.id, header.dim, std::string(reinterpret_cast<const char*>(header.fingerprint.data()), header.fingerprint.size())};
}

SegmentWriter::SegmentWriter(const std::filesystem::path& path, int fd, const SegmentHeader& header, std::uint64_t n_rows)
    : path_(path), fd_(fd), id_(header.id), row_bytes_(header.dim * sizeof(float)), n_rows_(n_rows) {}

SegmentWriter::~SegmentWriter() {
  if (fd_ >= 0) ::close(fd_);
}

SegmentWriter::SegmentWriter(SegmentWriter&& other) noexcept
    : path_(std::move(other.path_)),
      fd_(std::exchange(other.fd_, -1)),
      id_(other.id_),
      row_bytes_(other.row_bytes_),
      n_rows_(other.n_rows_),
      new_file_(other.new_file_) {}

SegmentWriter& SegmentWriter::operator=(SegmentWriter&& other) noexcept {
  if (this != &other) {
    if (fd_ >= 0) ::close(fd_);
    path_ = std::move(other.path_);
    fd_ = std::exchange(other.fd_, -1);
    id_ = other.id_;
    row_bytes_ = other.row_bytes_;
    n_rows_ = other.n_rows_;
    new_file_ = other.new_file_;
  }
  return *this;
}

SegmentWriter SegmentWriter::create(const std::filesystem::path& folder, const SegmentHeader& header) {
  const std::filesystem::path path = folder / segment_name(header.id);
  ask_hook({IoCall::truncate, path.native(), -1, nullptr, 0, 0}, "create it");
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) throw_errno(path.string(), "create it");
  SegmentWriter writer(path, fd, header, 0);
  writer.new_file_ = true;
  writer.write_header(header);
  return writer;
}

void SegmentWriter::write_header(const SegmentHeader& header) {
  std::array<std::byte, kSegmentHeaderBytes> page{};
  const HeaderOnDisk on_disk = make_header(header);
  std::memcpy(page.data(), &on_disk, sizeof on_disk);
  write_at(0, page);
}

void SegmentWriter::rewrite_header(const std::filesystem::path& folder, const SegmentHeader& header) {
  const std::filesystem::path path = folder / segment_name(header.id);
  const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0) throw_errno(path.string(), "open it for writing");
  SegmentWriter writer(path, fd, header, 0);
  writer.write_header(header);
  writer.sync();
}

SegmentWriter SegmentWriter::append_to(const std::filesystem::path& folder, const SegmentHeader& header, std::uint64_t n_rows) {
  const std::filesystem::path path = folder / segment_name(header.id);
  { const SegmentReader check(folder, header); }
  const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0) throw_errno(path.string(), "open it for writing");
  SegmentWriter writer(path, fd, header, n_rows);
  struct stat info {};
  if (::fstat(fd, &info) != 0) throw_errno(path.string(), "read its size");
  const std::uint64_t committed = kSegmentHeaderBytes + n_rows * writer.row_bytes_;
  const auto size = static_cast<std::uint64_t>(info.st_size);
  if (size < committed)
    throw Error(ErrorCode::corrupt,
                path.string() + ": has " + std::to_string(size) + " bytes, " + std::to_string(committed) + " were committed");
  if (size > committed) {
    ask_hook({IoCall::truncate, path.native(), fd, nullptr, 0, committed}, "cut off what was not committed");
    if (::ftruncate(fd, static_cast<off_t>(committed)) != 0) throw_errno(path.string(), "cut off what was not committed");
  }
  return writer;
}

void SegmentWriter::write_at(std::uint64_t offset, std::span<const std::byte> bytes) {
  ask_hook({IoCall::write, path_.native(), fd_, bytes.data(), bytes.size(), offset}, "write to it");
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) throw_errno(path_.string(), "write to it");
    bytes = bytes.subspan(static_cast<std::size_t>(n));
    offset += static_cast<std::uint64_t>(n);
  }
}

std::uint32_t SegmentWriter::append(MatrixView<const float> rows, std::uint32_t crc) {
  require(rows.cols() * sizeof(float) == row_bytes_, "the vectors' length is not the segment's");
  if (rows.rows() == 0) return crc;
  const std::uint64_t offset = kSegmentHeaderBytes + n_rows_ * row_bytes_;
  if (rows.stride() == rows.cols()) {
    const auto bytes = std::as_bytes(std::span(rows.data(), rows.rows() * rows.cols()));
    write_at(offset, bytes);
    crc = crc32c(crc, bytes);
  } else {
    for (std::size_t r = 0; r < rows.rows(); ++r) {
      write_at(offset + r * row_bytes_, std::as_bytes(rows.row(r)));
      crc = crc32c(crc, std::as_bytes(rows.row(r)));
    }
  }
  n_rows_ += rows.rows();
  return crc;
}

void SegmentWriter::begin_sync() noexcept { ::sync_file_range(fd_, 0, 0, SYNC_FILE_RANGE_WRITE); }

void SegmentWriter::sync() {
  ask_hook({IoCall::sync, path_.native(), fd_, nullptr, 0, 0}, "save it to disk");
  if (::fdatasync(fd_) != 0) throw_errno(path_.string(), "save it to disk");
  if (new_file_) sync_folder(path_.parent_path());
  new_file_ = false;
}

SegmentReader::SegmentReader(const std::filesystem::path& folder, const SegmentHeader& expected)
    : file_(folder / segment_name(expected.id)) {
  const std::string name = file_.path().string();
  const RawSegmentHeader header = parse_segment_header(file_.bytes(), name);
  const auto hash = hash_of(expected.fingerprint);
  if (header.id != expected.id) throw Error(ErrorCode::corrupt, name + ": says it is segment " + std::to_string(header.id));
  if (header.dim != expected.dim)
    throw Error(ErrorCode::corrupt, name + ": holds vectors of " + std::to_string(header.dim) + " numbers, the collection's have " +
                                        std::to_string(expected.dim));
  if (std::memcmp(header.fingerprint_hash.data(), hash.data(), hash.size()) != 0)
    throw Error(ErrorCode::corrupt, name + ": holds vectors of another model than the collection's");
  dim_ = header.dim;
  n_rows_ = (file_.size() - kSegmentHeaderBytes) / (dim_ * sizeof(float));
}

MatrixView<const float> SegmentReader::rows(std::uint64_t first, std::uint64_t count) const noexcept {
  AKIN_DCHECK(first + count <= n_rows_);
  const auto* data = reinterpret_cast<const float*>(file_.bytes().data() + kSegmentHeaderBytes);
  return {data + first * dim_, count, dim_};
}

void SegmentReader::forget(std::uint64_t first, std::uint64_t count) const noexcept {
  const std::size_t row_bytes = dim_ * sizeof(float);
  file_.forget(file_.bytes().subspan(kSegmentHeaderBytes + first * row_bytes, count * row_bytes));
}

std::uint32_t SegmentReader::checksum(std::uint64_t first, std::uint64_t count) const noexcept {
  const std::size_t row_bytes = dim_ * sizeof(float);
  return crc32c(0, file_.bytes().subspan(kSegmentHeaderBytes + first * row_bytes, count * row_bytes));
}

}  // namespace akin::store
