#include <gtest/gtest.h>

#include <cstring>
#include <deque>
#include <limits>
#include <vector>

#include "akin/formats/word_vectors.h"
#include "base/throws.h"
#include "formats/mangle.h"
#include "word_table.h"

namespace akin {
namespace {

using testing::bytes_of;
using testing::expect_error;

std::string numbers(const std::vector<float>& row) { return {reinterpret_cast<const char*>(row.data()), row.size() * sizeof(float)}; }

/// Of a text that stays, as a table looks into it.
std::unique_ptr<WordVectors> read(const std::string& text) {
  static std::deque<std::string> kept;
  return view_word2vec_binary(bytes_of(kept.emplace_back(text)), "x.bin");
}

std::vector<float> row(const WordVectors& table, std::size_t i) {
  std::vector<float> out(table.dim());
  table.read(i, out);
  return out;
}

TEST(Word2VecBinary, ReadsWordsAndNumbersWithAndWithoutLineEnds) {
  for (const char* end : {"", "\n"}) {
    const std::string text = "2 2\nthe " + numbers({1.5F, -2}) + end + "caf\xC3\xA9 " + numbers({3, 4}) + end;
    const auto table = read(text);
    EXPECT_EQ(table->format(), "word2vec binary");
    EXPECT_EQ(table->size(), 2U);
    EXPECT_EQ(table->word(1), "café");
    EXPECT_EQ(table->find("the"), 0U);
    EXPECT_EQ(row(*table, 1), (std::vector<float>{3, 4}));
    EXPECT_EQ(std::memcmp(table->stored(0), numbers({1.5F, -2}).data(), 8), 0);
  }
}

TEST(Word2VecBinary, IsToldFromTextByItsBytes) {
  Context context(1);
  const std::string text = "1 2\nthe " + numbers({1.5F, -2});
  EXPECT_EQ(view_word_vectors(bytes_of(text), "x", context)->format(), "word2vec binary");
}

TEST(Word2VecBinary, KeepsTheFirstOfEqualWordsAsGensimDoes) {
  const auto table = read("3 1\na " + numbers({1}) + "a " + numbers({2}) + "b " + numbers({3}));
  EXPECT_EQ(table->size(), 2U);
  EXPECT_EQ(table->n_duplicates(), 1U);
  EXPECT_EQ(row(*table, 0), std::vector<float>{1});
  EXPECT_EQ(row(*table, *table->find("b")), std::vector<float>{3});
}

TEST(Word2VecBinary, RefusesFilesThatBreakTheRulesNamingTheByte) {
  const auto refuses = [](const char* message, const std::string& text) { expect_error(ErrorCode::corrupt, message, [&] { read(text); }); };
  const std::string one = "a " + numbers({1, 2});
  refuses("the first line is not 'words dimensions'", "");
  refuses("the first line is not 'words dimensions'", "2 x\n" + one);
  refuses("vectors have 0 dimensions", "1 0\na ");
  refuses("says 5 words of 2 numbers, which cannot fit in the 10 bytes", "5 2\n" + one);
  refuses("says 1 words of 4611686018427387904 numbers", "1 4611686018427387904\n" + one);
  refuses("says 18446744073709551615 words of 1 numbers", "18446744073709551615 1\n" + one);
  refuses("at byte 4: a word and a space are wanted, the file ends", "1 2\nabcdefghijkl");
  refuses("a word is wanted, a space is found", "1 2\n " + numbers({1, 2}) + "xx");
  refuses("a vector takes 8 bytes, 7 are left", "1 2\nab " + numbers({1, 2}).substr(1));
  refuses("the file goes on after the 1 words", "1 2\n" + one + one);
  refuses("number 2 of the word 'a' is not finite", "1 2\na " + numbers({1, std::numeric_limits<float>::infinity()}));
}

TEST(Word2VecBinary, SurvivesEveryTruncationAndBitFlip) {
  const std::string good = "3 2\nthe " + numbers({1.5F, -2}) + "\nof " + numbers({3, 4}) + "\nx " + numbers({5, 6}) + "\n";
  const auto open = [](std::span<const std::byte> bytes) {
    const auto table = view_word2vec_binary(bytes, "x.bin");
    for (std::size_t i = 0; i < table->size(); ++i) row(*table, i);
  };
  EXPECT_TRUE(testing::is_read(good, open));
  EXPECT_EQ(testing::count_read_truncated(good, open), 1U);  // without its last line end
  EXPECT_GT(testing::count_refused_flips(good, open), 20U);
}

}  // namespace
}  // namespace akin
