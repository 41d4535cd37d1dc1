#include "akin/eval/word_tests.h"

#include "base/throws.h"
#include "temporary_files.h"

namespace akin {
namespace {

using testing::expect_error;

// Two directions: royal and male; queen − woman + man is king whatever else is near.
constexpr const char* kWords = "6 3\nking 1 1 0.1\nqueen 1 -1 0.1\nman 0 1 0.2\nwoman 0 -1 0.2\nriver 0.1 0 1\nbank 0.3 0.1 1\n";

WordSpace space_of(const TemporaryFiles& files) {
  Context context(1);
  return WordSpace::open(files.write("words.vec", kWords), context);
}

TEST(WordTests, CountsAnalogiesBySection) {
  const TemporaryFiles files;
  const WordSpace space = space_of(files);
  const auto path = files.write("questions.txt",
                                ": family\nman king woman queen\nWoman Queen Man King\nman king woman river\nman king aunt queen\n\n"
                                ": gram1-plural\nking man queen woman\n");
  for (const int threads : {1, 2}) {
    Context context(threads);
    const AnalogyScores scores = evaluate_analogies(space, path, 0, context);
    ASSERT_EQ(scores.sections.size(), 2U);
    EXPECT_EQ(scores.sections[0].name, "family");
    EXPECT_EQ(scores.sections[0].n_questions, 4U);
    EXPECT_EQ(scores.sections[0].n_asked, 3U);  // no aunt
    EXPECT_EQ(scores.sections[0].n_right, 2U);  // a queen is no river
    EXPECT_EQ(scores.sum("syntactic").n_right, 1U);
    EXPECT_EQ(scores.sum("semantic").n_asked, 3U);
    EXPECT_EQ(scores.sum("total").n_questions, 5U);
  }
}

TEST(WordTests, RareWordsNeitherAskNorAnswer) {
  const TemporaryFiles files;
  Context context(1);
  const auto path = files.write("questions.txt", "man king woman queen\nman king river bank\n");
  const AnalogyScores scores = evaluate_analogies(space_of(files), path, 4, context);
  EXPECT_EQ(scores.sections[0].n_asked, 1U);
  EXPECT_EQ(scores.sections[0].n_right, 1U);
}

TEST(WordTests, NamesTheLineThatIsNoQuestion) {
  const TemporaryFiles files;
  const WordSpace space = space_of(files);
  Context context(1);
  expect_error(ErrorCode::corrupt, "q.txt:2: four words",
               [&] { evaluate_analogies(space, files.write("q.txt", ": a\nman king woman\n"), 0, context); });
  expect_error(ErrorCode::corrupt, "no questions", [&] { evaluate_analogies(space, files.write("empty.txt", "\n"), 0, context); });
}

TEST(WordTests, CorrelatesCosinesWithPeoplesScores) {
  const TemporaryFiles files;
  const WordSpace space = space_of(files);
  for (const char* text : {"king\tqueen\t3\nriver\tbank\t9\nman\twoman\t1\nman\tghost\t4\n",
                           "Word 1,Word 2,Human\nking,queen,3\nriver,bank,9\nman,woman,1\nman,ghost,4\n"}) {
    const WordSimilarityScores scores = evaluate_word_similarity(space, files.write("pairs.txt", text));
    EXPECT_EQ(scores.n_pairs, 4U);
    EXPECT_EQ(scores.n_scored, 3U);
    EXPECT_DOUBLE_EQ(scores.spearman, 1);  // cosines: river-bank 0.96, king-queen 0.005, man-woman −0.92
  }
  expect_error(ErrorCode::corrupt, "pairs.txt:2: two words and a number",
               [&] { evaluate_word_similarity(space, files.write("pairs.txt", "king queen 3\nking queen\n")); });
}

}  // namespace
}  // namespace akin
