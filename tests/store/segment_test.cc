// Files of vectors: what is written comes back, what is not as it should be is refused with the file's name, and a failed write leaves the
// committed rows as they were.
#include "segment.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>
#include <vector>

#include "akin/base/crc32c.h"
#include "akin/base/io_hook.h"
#include "base/temporary_folder.h"
#include "base/throws.h"

namespace akin::store {
namespace {

using akin::testing::expect_error;
using akin::testing::TemporaryFolder;

const SegmentHeader kHeader{7, 3, "space-of-the-test"};
constexpr std::size_t kRowBytes = 3 * sizeof(float);
constexpr std::size_t kUsedHeaderBytes = 72;

/// Row r is (10 r, 10 r + 1, 10 r + 2).
Matrix<float> numbered_rows(std::size_t first, std::size_t count) {
  Matrix<float> rows(count, 3);
  for (std::size_t r = 0; r < count; ++r) {
    for (std::size_t c = 0; c < 3; ++c) rows(r, c) = static_cast<float>(10 * (first + r) + c);
  }
  return rows;
}

std::uint32_t append(SegmentWriter& writer, std::size_t first, std::size_t count, std::uint32_t crc = 0) {
  const Matrix<float> rows = numbered_rows(first, count);
  return writer.append(rows.view(), crc);
}

void expect_numbered(const SegmentReader& reader, std::size_t count) {
  ASSERT_GE(reader.n_rows(), count);
  const auto rows = reader.rows(0, count);
  for (std::size_t r = 0; r < count; ++r) {
    for (std::size_t c = 0; c < 3; ++c) ASSERT_EQ(rows(r, c), static_cast<float>(10 * r + c)) << "row " << r;
  }
}

int hook_error = 0;
int n_allowed = 0;
IoCall hook_call = IoCall::write;
int fail_after_allowed(const IoEvent& event) { return event.call == hook_call && n_allowed-- <= 0 ? hook_error : 0; }

class SegmentTest : public ::testing::Test {
 protected:
  ~SegmentTest() override { set_io_hook(nullptr); }

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }
  [[nodiscard]] std::filesystem::path file() const { return folder() / segment_name(kHeader.id); }
  [[nodiscard]] std::uintmax_t size() const { return std::filesystem::file_size(file()); }
  void make(std::size_t n_rows) {
    SegmentWriter writer = SegmentWriter::create(folder(), kHeader);
    append(writer, 0, n_rows);
    writer.sync();
  }
  [[nodiscard]] std::vector<char> bytes() const {
    std::ifstream in(file(), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void write(const std::vector<char>& bytes) {
    std::ofstream(file(), std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
  void fail(IoCall call, int error, int after = 0) {
    hook_call = call;
    hook_error = error;
    n_allowed = after;
    set_io_hook(fail_after_allowed);
  }
  /// Changes the header and gives it a right checksum.
  void forge(std::size_t offset, std::uint32_t value) {
    auto content = bytes();
    std::memcpy(content.data() + offset, &value, sizeof value);
    const auto header = std::as_bytes(std::span(content)).first(kUsedHeaderBytes - sizeof(std::uint32_t));
    const std::uint32_t crc = crc32c(0, header);
    std::memcpy(content.data() + header.size(), &crc, sizeof crc);
    write(content);
  }
  void expect_refused(ErrorCode code, std::string_view part, const SegmentHeader& expected = kHeader) {
    expect_error(code, part, [&] { SegmentReader reader(folder(), expected); });
    expect_error(code, segment_name(expected.id), [&] { SegmentReader reader(folder(), expected); });
  }

  TemporaryFolder folder_;
};

TEST(SegmentName, HoldsTheId) {
  EXPECT_EQ(segment_name(42), "vectors-000042.seg");
  for (const std::uint64_t id : {1ULL, 42ULL, 999999ULL, 1000000ULL, 18446744073709551615ULL})
    EXPECT_EQ(segment_id(segment_name(id)), id) << segment_name(id);
}

TEST(SegmentName, IsNotFoundInOtherNames) {
  for (const char* name :
       {"", "akin.db", "lock", "vectors-.seg", "vectors-x.seg", "vectors-1x.seg", "vectors--1.seg", "vectors-000042.seg.tmp",
        "vectors-000042", "xvectors-000042.seg", "vectors-99999999999999999999.seg", "vectors-000000.seg", "vectors-.se"})
    EXPECT_EQ(segment_id(name), 0u) << name;
}

TEST_F(SegmentTest, GivesBackTheRowsThatWereWritten) {
  SegmentWriter writer = SegmentWriter::create(folder(), kHeader);
  EXPECT_EQ(writer.id(), 7u);
  EXPECT_EQ(writer.n_rows(), 0u);
  const std::uint32_t first = append(writer, 0, 5);
  const std::uint32_t both = append(writer, 5, 2, first);
  writer.sync();
  EXPECT_EQ(writer.n_rows(), 7u);
  const SegmentReader reader(folder(), kHeader);
  EXPECT_EQ(reader.n_rows(), 7u);
  EXPECT_EQ(reader.path(), file());
  expect_numbered(reader, 7);
  EXPECT_EQ(reader.checksum(0, 5), first);
  EXPECT_EQ(reader.checksum(0, 7), both);
  EXPECT_NE(reader.checksum(1, 5), first);
}

TEST_F(SegmentTest, TakesRowsThatAreFurtherApartThanLong) {
  SegmentWriter writer = SegmentWriter::create(folder(), kHeader);
  Matrix<float> wide(4, 5);
  for (std::size_t r = 0; r < 4; ++r) {
    for (std::size_t c = 0; c < 5; ++c) wide(r, c) = static_cast<float>(c < 3 ? 10 * r + c : 99);
  }
  const std::uint32_t crc = writer.append(std::as_const(wide).view().middle_cols(0, 3), 0);
  const SegmentReader reader(folder(), kHeader);
  expect_numbered(reader, 4);
  EXPECT_EQ(reader.checksum(0, 4), crc);
}

TEST_F(SegmentTest, TakesNoRowsOfAnotherLength) {
  SegmentWriter writer = SegmentWriter::create(folder(), kHeader);
  const Matrix<float> rows(1, 4);
  expect_error(ErrorCode::invalid_argument, "length", [&] { writer.append(rows.view(), 0); });
  EXPECT_EQ(append(writer, 0, 0, 123), 123u);
  EXPECT_EQ(size(), kSegmentHeaderBytes);
}

TEST_F(SegmentTest, WritesOverRowsThatWereTakenBack) {
  SegmentWriter writer = SegmentWriter::create(folder(), kHeader);
  append(writer, 0, 2);
  append(writer, 90, 3);
  writer.rewind(2);
  EXPECT_EQ(writer.n_rows(), 2u);
  append(writer, 2, 3);
  expect_numbered(SegmentReader(folder(), kHeader), 5);
}

TEST_F(SegmentTest, IsContinuedBehindItsCommittedRows) {
  make(4);
  {
    SegmentWriter writer = SegmentWriter::append_to(folder(), kHeader, 3);
    EXPECT_EQ(size(), kSegmentHeaderBytes + 3 * kRowBytes) << "the fourth row was not committed";
    append(writer, 3, 5);
  }
  expect_numbered(SegmentReader(folder(), kHeader), 8);
}

TEST_F(SegmentTest, GoesOnWhereTheWriterWasMovedTo) {
  SegmentWriter first = SegmentWriter::create(folder(), kHeader);
  append(first, 0, 2);
  SegmentWriter second = std::move(first);
  append(second, 2, 2);
  SegmentWriter third = SegmentWriter::create(folder(), {8, 3, kHeader.fingerprint});
  third = std::move(second);
  append(third, 4, 2);
  EXPECT_EQ(third.id(), 7u);
  expect_numbered(SegmentReader(folder(), kHeader), 6);
}

TEST_F(SegmentTest, TakesTheLeftoverOfAnotherWriterAway) {
  write(std::vector<char>(100'000, 'x'));
  make(1);
  EXPECT_EQ(size(), kSegmentHeaderBytes + kRowBytes);
  expect_numbered(SegmentReader(folder(), kHeader), 1);
}

TEST_F(SegmentTest, IsNotContinuedIfCommittedRowsAreMissing) {
  make(4);
  expect_error(ErrorCode::corrupt, file().string(), [&] { SegmentWriter::append_to(folder(), kHeader, 5); });
  EXPECT_EQ(size(), kSegmentHeaderBytes + 4 * kRowBytes);
}

TEST_F(SegmentTest, CountsWholeRowsOnly) {
  make(3);
  std::filesystem::resize_file(file(), kSegmentHeaderBytes + 3 * kRowBytes - 1);
  EXPECT_EQ(SegmentReader(folder(), kHeader).n_rows(), 2u);
}

TEST_F(SegmentTest, IsNotFoundWhereThereIsNone) {
  expect_refused(ErrorCode::not_found, "vectors-000007.seg");
  expect_error(ErrorCode::not_found, "vectors-000007.seg", [&] { SegmentWriter::append_to(folder(), kHeader, 0); });
}

TEST_F(SegmentTest, OfAnotherIdLengthOrSpaceIsRefused) {
  make(1);
  std::filesystem::copy_file(file(), folder() / segment_name(8));
  expect_refused(ErrorCode::corrupt, "says it is segment 7", {8, 3, kHeader.fingerprint});
  expect_refused(ErrorCode::corrupt, "vectors of 3 numbers, the collection's have 4", {7, 4, kHeader.fingerprint});
  expect_refused(ErrorCode::corrupt, "another model", {7, 3, "space-of-another"});
  expect_error(ErrorCode::corrupt, "another model", [&] { SegmentWriter::append_to(folder(), {7, 3, "space-of-another"}, 1); });
}

TEST_F(SegmentTest, HasNoHeaderByteThatCanChangeUnseen) {
  make(1);
  const auto right = bytes();
  const std::string name = file().string();
  for (std::size_t i = 0; i < kSegmentHeaderBytes; ++i) {
    auto wrong = right;
    for (const char mask : {'\x01', '\x80', '\xFF'}) {
      wrong[i] = static_cast<char>(right[i] ^ mask);
      try {
        parse_segment_header(std::as_bytes(std::span(wrong)), name);
        FAIL() << "byte " << i << " was changed and nobody saw it";
      } catch (const Error& error) {
        ASSERT_EQ(error.code(), ErrorCode::corrupt) << "byte " << i;
      }
    }
  }
}

TEST_F(SegmentTest, IsRefusedWhereItsHeaderIsCutOff) {
  make(1);
  const auto whole = bytes();
  for (std::size_t n = 0; n < kSegmentHeaderBytes; n += n < 80 ? 1 : 67) {
    expect_error(ErrorCode::corrupt, "vectors.seg: has " + std::to_string(n) + " bytes",
                 [&] { parse_segment_header(std::as_bytes(std::span(whole).first(n)), "vectors.seg"); });
  }
  std::filesystem::resize_file(file(), 10);
  expect_refused(ErrorCode::corrupt, "10 bytes");
  std::filesystem::resize_file(file(), 0);
  expect_refused(ErrorCode::corrupt, "vectors-000007.seg");
}

TEST_F(SegmentTest, OfAnotherVersionOrTypeIsUnsupported) {
  make(1);
  const auto right = bytes();
  forge(8, 2);
  expect_refused(ErrorCode::unsupported, "version 2");
  forge(8, 0);
  expect_refused(ErrorCode::unsupported, "version 0");
  write(right);
  forge(28, 5);
  expect_refused(ErrorCode::unsupported, "type 5");
}

TEST_F(SegmentTest, WithARightChecksumOverWrongSizesIsCorrupt) {
  make(1);
  const auto right = bytes();
  forge(12, 8192);
  expect_refused(ErrorCode::corrupt, "impossible sizes");
  write(right);
  forge(24, 0);
  expect_refused(ErrorCode::corrupt, "impossible sizes");
}

TEST_F(SegmentTest, OnAFullDiskKeepsWhatWasCommitted) {
  SegmentWriter writer = SegmentWriter::create(folder(), kHeader);
  append(writer, 0, 2);
  writer.sync();
  fail(IoCall::write, ENOSPC);
  expect_error(ErrorCode::io, "vectors-000007.seg: cannot write to it: No space left", [&] { append(writer, 2, 3); });
  set_io_hook(nullptr);
  EXPECT_EQ(writer.n_rows(), 2u);
  append(writer, 2, 1);
  expect_numbered(SegmentReader(folder(), kHeader), 3);
}

TEST_F(SegmentTest, SaysWhichFileCouldNotBeMadeSavedOrCut) {
  fail(IoCall::truncate, ENOSPC);
  expect_error(ErrorCode::io, "vectors-000007.seg: cannot create it", [&] { SegmentWriter::create(folder(), kHeader); });
  EXPECT_EQ(folder_.n_entries(), 0u);
  fail(IoCall::write, EDQUOT);
  expect_error(ErrorCode::io, "vectors-000007.seg: cannot write", [&] { SegmentWriter::create(folder(), kHeader); });
  set_io_hook(nullptr);
  {
    SegmentWriter writer = SegmentWriter::create(folder(), kHeader);
    append(writer, 0, 2);
    fail(IoCall::sync, EIO);
    expect_error(ErrorCode::io, "vectors-000007.seg: cannot save it", [&] { writer.sync(); });
    fail(IoCall::sync, EIO, 1);  // the file itself is saved, its name in the folder is not
    expect_error(ErrorCode::io, folder().string() + ": cannot save it", [&] { writer.sync(); });
    fail(IoCall::sync, EIO, 2);
    writer.sync();
  }
  fail(IoCall::truncate, EIO);
  expect_error(ErrorCode::io, "vectors-000007.seg: cannot cut off", [&] { SegmentWriter::append_to(folder(), kHeader, 1); });
  EXPECT_EQ(size(), kSegmentHeaderBytes + 2 * kRowBytes);
}

TEST_F(SegmentTest, FolderThatIsNotThereCannotBeSaved) {
  expect_error(ErrorCode::not_found, "nowhere", [&] { sync_folder(folder() / "nowhere"); });
}

}  // namespace
}  // namespace akin::store
