#include <gtest/gtest.h>

#include <deque>
#include <vector>

#include "akin/formats/word_vectors.h"
#include "base/throws.h"
#include "formats/mangle.h"

namespace akin {
namespace {

using testing::bytes_of;
using testing::expect_error;

/// Of a text that stays, as a table looks into it.
std::unique_ptr<WordVectors> read(const std::string& text) {
  static Context context(2);
  static std::deque<std::string> kept;
  return view_word_vectors(bytes_of(kept.emplace_back(text)), "x.vec", context);
}

std::vector<float> row(const WordVectors& table, std::size_t i) {
  std::vector<float> out(table.dim());
  table.read(i, out);
  return out;
}

TEST(WordVectorsText, ReadsAFileWithAFirstLineAndOneWithout) {
  const std::string with = "2 3\nthe 1 -2.5 3e-1\nof .5 +4 -0\n", without = with.substr(4);
  const auto table = read(with);
  EXPECT_EQ(table->format(), "word2vec text");
  EXPECT_EQ(table->size(), 2U);
  EXPECT_EQ(table->dim(), 3U);
  EXPECT_EQ(table->word(1), "of");
  EXPECT_EQ(row(*table, 0), (std::vector<float>{1, -2.5F, 0.3F}));
  EXPECT_EQ(row(*table, 1), (std::vector<float>{0.5F, 4, 0}));
  EXPECT_EQ(table->find("of"), 1U);
  EXPECT_EQ(table->find("by"), std::nullopt);
  const auto glove = read(without);
  EXPECT_EQ(glove->format(), "GloVe text");
  EXPECT_EQ(glove->size(), 2U);
  EXPECT_EQ(row(*glove, 0), row(*table, 0));
}

TEST(WordVectorsText, TakesSpacesAtTheEndTabsBlankLinesAndWindowsLines) {
  const auto table = read("2 2\r\na 1 2 \r\n\r\nb\t3\t 4\r\n\n");
  EXPECT_EQ(table->size(), 2U);
  EXPECT_EQ(row(*table, 1), (std::vector<float>{3, 4}));
}

TEST(WordVectorsText, TakesALastLineWithoutItsEnd) { EXPECT_EQ(row(*read("a 1 2\nb 3 4"), 1), (std::vector<float>{3, 4})); }

TEST(WordVectorsText, TakesTheLastFieldsForTheVectorSoThatAWordMayHoldSpaces) {
  const auto table = read("3 2\nNew York 1 2\n. . . 3 4\nat name@domain.com 5 6\n");
  EXPECT_EQ(table->word(0), "New York");
  EXPECT_EQ(table->word(1), ". . .");
  EXPECT_EQ(row(*table, 2), (std::vector<float>{5, 6}));
}

TEST(WordVectorsText, KeepsTheFirstOfEqualWordsAsGensimDoes) {
  const auto table = read("4 1\na 1\nb 2\na 3\nc 4\n");
  EXPECT_EQ(table->size(), 3U);
  EXPECT_EQ(table->n_duplicates(), 1U);
  EXPECT_EQ(row(*table, *table->find("a")), std::vector<float>{1});
  EXPECT_EQ(row(*table, *table->find("c")), std::vector<float>{4});
}

TEST(WordVectorsText, KeepsTheBytesOfAWordThatIsNoUtf8) {
  const auto table = read("caf\xE9 1 2\nb 3 4\n");
  EXPECT_EQ(table->word(0), "caf\xE9");
  EXPECT_EQ(table->find("caf\xE9"), 0U);
}

TEST(WordVectorsText, ReadsNumbersTooSmallForAFloatAsZero) { EXPECT_EQ(row(*read("a 1e-60 -1e-400\n"), 0), (std::vector<float>{0, 0})); }

struct Broken {
  const char* message;
  const char* text;
};

constexpr Broken kBroken[] = {
    {"x.vec: a file of word vectors is wanted, this one is empty", ""},
    {"x.vec: line 1: a word and its numbers are wanted, found 'hello'", "hello\n"},
    {"x.vec: the first line says 3 words, the file has 2; it may be cut off", "3 2\na 1 2\nb 3 4\n"},
    {"x.vec: the first line says 1 words, the file has 2", "1 2\na 1 2\nb 3 4\n"},
    {"x.vec: the first line says 99999999999999 words, the file has 1", "99999999999999 2\na 1 2\n"},
    {"x.vec: line 1: the file says that vectors have 0 dimensions", "1 0\na\n"},
    {"x.vec: line 3: a word and 2 numbers are wanted, found 2 fields", "2 2\na 1 2\nb 3\n"},
    {"x.vec: line 2: a word and 4000000000 numbers are wanted, found 3 fields", "1 4000000000\na 1 2\n"},
    {"x.vec: line 2: a word and 18446744073709551615 numbers are wanted, found 3 fields", "1 18446744073709551615\na 1 2\n"},
    {"x.vec: line 2: 2 numbers are wanted, found 3 or more", "a 1 2\nb 3 4 5\n"},
    {"x.vec: line 2: 'x4' is not a finite number", "a 1 2\nb 3 x4\n"},
    {"x.vec: line 2: '0x1' is not a finite number", "a 1 2\nb 3 0x1\n"},
    {"x.vec: line 1: 'nan' is not a finite number", "a 1 nan\n"},
    {"x.vec: line 1: '1e99' is not a finite number", "a 1e99 1\n"},
    {"x.vec: line 1: '-1e999' is not a finite number", "a -1e999 1\n"},
    {"x.vec: line 2: no word stands before the 2 numbers", "a 1 2\n 3 4\n"},
};

TEST(WordVectorsText, RefusesFilesThatBreakTheRulesNamingTheLine) {
  for (const Broken& broken : kBroken) expect_error(ErrorCode::corrupt, broken.message, [&] { read(broken.text); });
}

TEST(WordVectorsText, SurvivesEveryTruncationAndBitFlip) {
  static Context context(1);
  const auto open = [](std::span<const std::byte> bytes) {
    const auto table = view_word_vectors(bytes, "x.vec", context);
    for (std::size_t i = 0; i < table->size(); ++i) row(*table, i);
  };
  const std::string good = "3 2\nthe 1.5 -2\nof 3 4e2\nand 0 1\n";
  EXPECT_TRUE(testing::is_read(good, open));
  // Only what lacks no more than the last line's end, or digits of its last number, is whole.
  EXPECT_LE(testing::count_read_truncated(good, open), 2U);
  EXPECT_GT(testing::count_refused_flips(good, open), 100U);
}

}  // namespace
}  // namespace akin
