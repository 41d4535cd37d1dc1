#include "akin/embed/word_space.h"

#include <gtest/gtest.h>

#include <algorithm>

#include <cmath>

#include "akin/base/error.h"
#include "akin/embed/token_table.h"
#include "base/temporary_folder.h"
#include "base/throws.h"
#include "golden_files.h"

namespace akin {
namespace {

using testing::expect_error;

// gensim multiplies float32 as akin does, in another order: a few units of 2^-24.
constexpr double kTolerance = 2e-6;

WordSpace plain(Context& context) { return WordSpace::open(golden::path("static/words.vec.bin"), context); }

std::vector<AskedWord> ask(const WordSpace& space, const std::vector<const char*>& words) {
  std::vector<AskedWord> asked;
  for (const char* word : words) asked.push_back(*space.find(word));
  return asked;
}

/// `wanted`: a list of [word, similarity].
void expect_hits(const std::vector<WordHit>& hits, const nlohmann::json& wanted) {
  ASSERT_EQ(hits.size(), wanted.size());
  for (std::size_t i = 0; i < hits.size(); ++i) {
    EXPECT_EQ(hits[i].word, wanted[i][0].get<std::string>());
    EXPECT_NEAR(static_cast<double>(hits[i].similarity), wanted[i][1].get<double>(), kTolerance);
  }
}

TEST(WordSpace, FindsTheNeighboursThatGensimFinds) {
  Context context(2);
  const WordSpace space = plain(context);
  const nlohmann::json want = golden::json(golden::path("static/expected.json")).at("plain");
  for (const auto& [word, near] : want.at("near").items()) {
    const std::optional<AskedWord> asked = space.find(word);
    ASSERT_TRUE(asked && asked->place);
    const std::size_t own = *asked->place;
    expect_hits(space.nearest(asked->vector, 5, std::span(&own, 1), context), near);
  }
}

TEST(WordSpace, SolvesAnalogiesAsGensimDoes) {
  Context context(2);
  const WordSpace space = plain(context);
  const nlohmann::json want = golden::json(golden::path("static/expected.json")).at("plain");
  const auto positive = ask(space, {"king", "woman"}), negative = ask(space, {"man"});
  expect_hits(space.analogy(positive, negative, AnalogyRule::cos_add, 5, context), want.at("cos_add"));
  expect_hits(space.analogy(positive, negative, AnalogyRule::cos_mul, 5, context), want.at("cos_mul"));
  EXPECT_EQ(want.at("cos_add")[0][0], "queen");
}

TEST(WordSpace, NeverAnswersWithAWordOfTheQuestionAndGivesAllOthersIfAsked) {
  Context context(1);
  const WordSpace space = plain(context);
  const auto positive = ask(space, {"king", "woman"}), negative = ask(space, {"man"});
  for (const AnalogyRule rule : {AnalogyRule::cos_add, AnalogyRule::cos_mul}) {
    const auto hits = space.analogy(positive, negative, rule, 1000, context);
    EXPECT_EQ(hits.size(), space.size() - 3);
    for (const WordHit& hit : hits) EXPECT_TRUE(hit.word != "king" && hit.word != "woman" && hit.word != "man");
  }
}

TEST(WordSpace, LooksAWordUpInOtherFormsAndMakesWhatFastTextNeverSaw) {
  Context context(1);
  const WordSpace space = plain(context);
  EXPECT_EQ(space.find("King,")->word, "king");
  EXPECT_EQ(space.find("The")->word, "The");
  EXPECT_FALSE(space.find("riverbank"));
  const WordSpace subwords = WordSpace::open(golden::path("static/skipgram.bin"), context);
  const std::optional<AskedWord> made = subwords.find("riverbank");
  ASSERT_TRUE(made);
  EXPECT_FALSE(made->place);
  const auto want = golden::json(golden::path("static/expected.json")).at("skipgram.bin").at("vectors").at("riverbank");
  for (std::size_t c = 0; c < made->vector.size(); ++c) EXPECT_NEAR(static_cast<double>(made->vector[c]), want[c].get<double>(), 1e-6);
  EXPECT_EQ(subwords.nearest(made->vector, 3, {}, context).size(), 3U);
}

TEST(WordSpace, TakesTheTokensOfAModel) {
  Context context(1);
  for (const char* model : {"sentence-transformers/model2vec-weights", "sentence-transformers/pool-mean"}) {
    const WordSpace space = WordSpace::open(golden::path(model), context);
    const std::optional<AskedWord> asked = space.find("the");
    ASSERT_TRUE(asked) << model;
    EXPECT_EQ(asked->word, "the");
    // Tokens of a model2vec folder may share a row: then they are equally near.
    const auto hits = space.nearest(asked->vector, 20, {}, context);
    const auto same = std::ranges::find_if(hits, [](const auto& hit) { return hit.word == "the"; });
    ASSERT_NE(same, hits.end()) << model;
    EXPECT_NEAR(static_cast<double>(same->similarity), 1, 1e-6);  // rounding of a product of unit vectors
    EXPECT_FALSE(space.find("\u65E5\u672C\u8A9E"));
  }
}

TEST(WordSpace, AgreesWithTheTokenTableOnATransformersNeighbours) {
  Context context(2);
  const auto model = golden::path("sentence-transformers/pool-mean");
  const WordSpace space = WordSpace::open(model, context);
  const TokenTable table = TokenTable::open(model);
  const std::vector<float> row = table.row(120);
  const auto hits = space.nearest(row, 8, {}, context);
  const auto near = table.nearest(row, {.k = 8}, context);
  for (std::size_t i = 0; i < hits.size(); ++i) EXPECT_EQ(hits[i].place, near[i].row);
}

TEST(WordSpace, RefusesQuestionsThatMakeNoSense) {
  Context context(1);
  const WordSpace space = plain(context);
  const std::vector<float> five(5);
  expect_error(ErrorCode::mismatch, "a vector of 5 numbers is compared with words of 6",
               [&] { static_cast<void>(space.nearest(five, 1, {}, context)); });
  const auto asked = ask(space, {"king"});
  expect_error(ErrorCode::invalid_argument, "k must be above 0",
               [&] { static_cast<void>(space.analogy(asked, {}, AnalogyRule::cos_add, 0, context)); });
  expect_error(ErrorCode::invalid_argument, "in favour is wanted",
               [&] { static_cast<void>(space.analogy({}, asked, AnalogyRule::cos_add, 1, context)); });
}

}  // namespace
}  // namespace akin
