// How a text falls apart into words, whatever the chunks in which it is read.
#include "word_chunks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace akin {
namespace {

/// Gives the bytes in pieces as they are asked for.
class Bytes final : public TextInput {
 public:
  explicit Bytes(std::string text) : text_(std::move(text)) {}
  std::size_t read(std::span<char> out) override {
    const std::size_t n = std::min(out.size(), text_.size() - at_);
    std::copy_n(text_.data() + at_, n, out.data());
    at_ += n;
    return n;
  }

 private:
  std::string text_;
  std::size_t at_ = 0;
};

struct Result {
  std::string text;  // words with spaces between, "|" at ends of sentences
  CorpusReport report;
};

Result words_of(const std::string& text, int n_threads = 1) {
  Context context(n_threads);
  Bytes input(text);
  WordCounter words;
  Result result;
  number_words(
      input, words, result.report,
      [&](std::span<const std::uint32_t> numbers) {
        for (const std::uint32_t n : numbers) result.text += n == WordCorpus::kSentenceEnd ? "| " : std::string(words.word(n)) + " ";
      },
      context);
  return result;
}

TEST(WordChunks, CutsAtWhiteSpaceAndLines) {
  EXPECT_EQ(words_of("the  king\tand\r\nthe\vqueen\n\n \nreign").text, "the king and | the queen | reign ");
  EXPECT_EQ(words_of(std::string("a\0b", 3)).text, "a b ");
  EXPECT_EQ(words_of("").text, "");
  EXPECT_EQ(words_of(" \n\n ").report.n_words, 0U);
}

TEST(WordChunks, LeavesOutAndCountsWhatIsNoUtf8) {
  const Result result = words_of(
      "good b\xFF"
      "d caf\xC3\xA9 \xC3 good\n");
  EXPECT_EQ(result.text, "good café good | ");
  EXPECT_EQ(result.report.n_invalid, 2U);
  EXPECT_EQ(result.report.n_words, 5U);
}

TEST(WordChunks, LeavesOutWordsThatAreTooLong) {
  const std::string longest(kMaxWordBytes, 'x');
  const Result result = words_of("a " + longest + " b " + longest + "x c");
  EXPECT_EQ(result.text, "a " + longest + " b c ");
  EXPECT_EQ(result.report.n_too_long, 1U);
}

TEST(WordChunks, AWordOfManyChunksIsOneWordThatIsTooLong) {
  const Result result = words_of("before " + std::string(std::size_t{9} << 20, 'x') + " after\nlast");
  EXPECT_EQ(result.text, "before after | last ");
  EXPECT_EQ(result.report.n_too_long, 1U);
  EXPECT_EQ(result.report.n_words, 4U);
}

TEST(WordChunks, WordsAcrossChunksStayWhole) {
  // 9 MB of words of one to eleven letters: chunk ends fall inside words.
  std::string text, wanted;
  for (std::uint32_t i = 0; text.size() < (std::size_t{9} << 20); ++i) {
    const std::string word = std::to_string(i * 2654435761U % 100003) + std::string(i % 7, 'w');
    text += word + (i % 50 == 49 ? "\n" : " ");
    wanted += word + (i % 50 == 49 ? " | " : " ");
  }
  for (const int threads : {1, 2}) EXPECT_TRUE(words_of(text, threads).text == wanted) << threads;
}

}  // namespace
}  // namespace akin
