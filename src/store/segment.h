// A segment: one append-only file of vectors. A fixed header, then rows of f32, little-endian, one after the other. How many rows count,
// whose they are and what their checksums are stands in the database, in the transaction that commits them; bytes after the committed rows
// are not there for a reader and are cut off by the next writer. Format: docs/formats/collection.md. Tested by segment_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "akin/base/mapped_file.h"
#include "akin/base/matrix.h"

namespace akin::store {

/// One page, so that rows begin at a page.
inline constexpr std::size_t kSegmentHeaderBytes = 4096;

/// What a segment's header says, and what the collection expects it to say.
struct SegmentHeader {
  std::uint64_t id = 0;
  std::uint32_t dim = 0;
  std::string fingerprint;  ///< of the vector space; the file holds its SHA-256
};

/// "vectors-000042.seg"
std::string segment_name(std::uint64_t id);
/// The id in such a name, 0 for any other name.
std::uint64_t segment_id(std::string_view name) noexcept;

/// On return the names of new and removed files in `folder` survive a loss of power. Throws Error{io}.
void sync_folder(const std::filesystem::path& folder);

/// Appends rows. Nothing is safe before sync().
class SegmentWriter {
 public:
  /// A new file, header written; one that is in the way (left by a writer that did not commit) is overwritten.
  static SegmentWriter create(const std::filesystem::path& folder, const SegmentHeader& header);
  /// An existing file behind its `n_rows` committed rows; bytes after them are cut off. Throws Error{corrupt} if it is shorter.
  static SegmentWriter append_to(const std::filesystem::path& folder, const SegmentHeader& header, std::uint64_t n_rows);
  /// Writes a damaged header anew; the rows stay. On return it survives a loss of power.
  static void rewrite_header(const std::filesystem::path& folder, const SegmentHeader& header);
  ~SegmentWriter();
  SegmentWriter(SegmentWriter&& other) noexcept;
  SegmentWriter& operator=(SegmentWriter&& other) noexcept;

  /// `crc` continued over the new rows. Throws Error{io} naming the file (full disk, …); then the file is cut back by rewind().
  std::uint32_t append(MatrixView<const float> rows, std::uint32_t crc);
  /// Forgets rows after the first `n_rows`.
  void rewind(std::uint64_t n_rows) noexcept { n_rows_ = n_rows; }
  /// Asks the system to begin with what sync() waits for.
  void begin_sync() noexcept;
  /// On return the rows survive a loss of power.
  void sync();
  [[nodiscard]] std::uint64_t n_rows() const noexcept { return n_rows_; }
  [[nodiscard]] std::uint64_t id() const noexcept { return id_; }

 private:
  SegmentWriter(const std::filesystem::path& path, int fd, const SegmentHeader& header, std::uint64_t n_rows);
  void write_header(const SegmentHeader& header);
  void write_at(std::uint64_t offset, std::span<const std::byte> bytes);

  std::filesystem::path path_;
  int fd_ = -1;
  std::uint64_t id_ = 0;
  std::size_t row_bytes_ = 0;
  std::uint64_t n_rows_ = 0;
  bool new_file_ = false;
};

/// A mapped segment. Rows that the file is too short for are not there.
class SegmentReader {
 public:
  /// Throws Error{not_found}, Error{io}, Error{corrupt} for a header that is not what `expected` says.
  SegmentReader(const std::filesystem::path& folder, const SegmentHeader& expected);

  /// Whole rows in the file, committed or not.
  [[nodiscard]] std::uint64_t n_rows() const noexcept { return n_rows_; }
  /// first + count ≤ n_rows().
  [[nodiscard]] MatrixView<const float> rows(std::uint64_t first, std::uint64_t count) const noexcept;
  [[nodiscard]] std::uint32_t checksum(std::uint64_t first, std::uint64_t count) const noexcept;
  /// Gives back the memory that reading these rows took; they may be read again. first + count ≤ n_rows().
  void forget(std::uint64_t first, std::uint64_t count) const noexcept;
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return file_.path(); }

 private:
  MappedFile file_;
  std::size_t dim_ = 0;
  std::uint64_t n_rows_ = 0;
};

/// Reads a header. Throws Error{corrupt}, Error{unsupported} (a newer version) naming `name`. For the reader above and for its tests.
struct RawSegmentHeader {
  std::uint64_t id = 0;
  std::uint32_t dim = 0;
  std::string fingerprint_hash;  ///< 32 raw bytes
};
RawSegmentHeader parse_segment_header(std::span<const std::byte> bytes, const std::string& name);

}  // namespace akin::store
