#include "word_checkpoint.h"

#include <algorithm>
#include <cstring>

#include "akin/base/mapped_file.h"
#include "base/temporary_folder.h"
#include "base/throws.h"

namespace akin {
namespace {

using testing::expect_error;
using testing::TemporaryFolder;

const Identity kIdentity = {{"model", "cbow"}, {"dimension", "3"}, {"seed", "42"}};

Matrix<float> table_of(float first) {
  Matrix<float> table(4, 16);
  for (std::size_t i = 0; i < table.size(); ++i) table.data()[i] = first + static_cast<float>(i);
  return table;
}

std::string written() {
  const TemporaryFolder folder;
  write_word_checkpoint(folder.path() / "c", kIdentity, {.next_block = 48, .loss = 1.5, .n_scored = 7}, table_of(1));
  return read_file(folder.path() / "c", 1 << 20);
}

WordProgress parse(const std::string& bytes, const Identity& identity, Matrix<float>& table) {
  return parse_word_checkpoint(std::as_bytes(std::span(bytes)), "c", identity, table);
}

TEST(WordCheckpoint, GivesBackWhatWasWritten) {
  const TemporaryFolder folder;
  write_word_checkpoint(folder.path() / "c", kIdentity, {.next_block = 48, .loss = 1.5, .n_scored = 7}, table_of(1));
  Matrix<float> table(4, 16);
  const WordProgress progress = read_word_checkpoint(folder.path() / "c", kIdentity, table);
  EXPECT_EQ(progress.next_block, 48U);
  EXPECT_EQ(progress.loss, 1.5);
  EXPECT_EQ(progress.n_scored, 7U);
  const Matrix<float> wanted = table_of(1);
  EXPECT_EQ(std::memcmp(table.data(), wanted.data(), table.size() * sizeof(float)), 0);
  expect_error(ErrorCode::not_found, "nowhere", [&] { read_word_checkpoint(folder.path() / "nowhere", kIdentity, table); });
}

TEST(WordCheckpoint, NamesWhatIsOfAnotherTraining) {
  const std::string bytes = written();
  Matrix<float> table(4, 16);
  Identity other = kIdentity;
  other[1].second = "5";
  expect_error(ErrorCode::mismatch, "its dimension is 3, wanted is 5", [&] { parse(bytes, other, table); });
  other = kIdentity;
  other.emplace_back("buckets", "9");
  expect_error(ErrorCode::mismatch, "its buckets is none, wanted is 9", [&] { parse(bytes, other, table); });
  other = {kIdentity[0], kIdentity[1]};
  expect_error(ErrorCode::mismatch, "of another training", [&] { parse(bytes, other, table); });
}

TEST(WordCheckpoint, ATableOfAnotherShapeIsRefused) {
  Matrix<float> table(5, 16);
  expect_error(ErrorCode::corrupt, "a table of (4, 16), wanted is (5, 16)", [&] { parse(written(), kIdentity, table); });
}

TEST(WordCheckpoint, EveryFlippedBitAndEveryCutIsFound) {
  const std::string good = written();
  Matrix<float> table(4, 16);
  for (std::size_t n = 0; n < good.size(); ++n) {
    EXPECT_THROW(parse(good.substr(0, n), kIdentity, table), Error) << n;
    std::string bad = good;
    bad[n] = static_cast<char>(bad[n] ^ (1 << (n % 8)));
    EXPECT_THROW(parse(bad, kIdentity, table), Error) << n;
  }
  EXPECT_THROW(parse(good + "x", kIdentity, table), Error);
  EXPECT_TRUE(std::all_of(table.data(), table.data() + table.size(), [](float x) { return x == 0; })) << "a bad file was taken over";
}

}  // namespace
}  // namespace akin
