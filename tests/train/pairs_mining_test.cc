#include "akin/train/pairs_mining.h"

#include <gtest/gtest.h>

#include <cmath>

#include "akin/embed/backend.h"
#include "base/throws.h"

namespace akin {
namespace {

/// Texts are angles in degrees.
class Angles final : public EmbedderBackend {
 public:
  Angles() { info_.dim = 2; }
  [[nodiscard]] const ModelInfo& info() const noexcept override { return info_; }
  [[nodiscard]] std::string fingerprint() const override { return {}; }
  [[nodiscard]] const Tokenizer* tokenizer() const noexcept override { return nullptr; }
  [[nodiscard]] const std::string& prompt(TextRole) const override { return none_; }
  [[nodiscard]] EmbedResult embed(std::span<const std::string_view> texts, TextRole, Context&) const override {
    EmbedResult result{Matrix<float>(texts.size(), 2), std::vector<TextReport>(texts.size())};
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const float angle = std::stof(std::string(texts[i])) * 3.14159265F / 180;
      result.vectors(i, 0) = std::cos(angle);
      result.vectors(i, 1) = std::sin(angle);
    }
    return result;
  }

 private:
  ModelInfo info_;
  std::string none_;
};

const std::string& negative_of(const TextPairs& pairs, std::size_t i) { return pairs.texts().at(pairs.list()[i].negative); }

TEST(PairsMining, GivesTheNearestTextThatIsNotAsNearAsThePositive) {
  const Embedder embedder(std::make_unique<Angles>());
  Context context(2);
  TextPairs pairs;
  pairs.add("0", "20");   // cosine 0.94: up to 0.893 is a negative
  pairs.add("90", "22");  // 22 is nearly as near to 0 as 20
  pairs.add("180", "40");
  pairs.add("270", "100");
  EXPECT_EQ(mine_negatives(embedder, {}, pairs, context), 2U);
  EXPECT_EQ(negative_of(pairs, 0), "40");
  // Of the second, whose positive has cosine 0.37, all others but 20 are nearer than 95 % of that.
  EXPECT_EQ(negative_of(pairs, 1), "20");
  // Of the third and fourth, nothing is further away than a positive with a cosine below 0.
  EXPECT_EQ(pairs.list()[2].negative, TuningPair::kNone);
}

TEST(PairsMining, LeavesOtherPositivesTheSameLabelAndGivenNegativesAlone) {
  const Embedder embedder(std::make_unique<Angles>());
  Context context(1);
  TextPairs pairs;
  const auto a = pairs.add_text("0", 1), b = pairs.add_text("10", 1), c = pairs.add_text("40", 1), d = pairs.add_text("50", 2),
             e = pairs.add_text("60", 2);
  pairs.add({a, b});
  pairs.add({c, d, e});  // has one already
  pairs.add({d, c});
  EXPECT_GE(mine_negatives(embedder, {}, pairs, context), 1U);
  EXPECT_EQ(negative_of(pairs, 0), "50");  // 40 has the anchor's label
  EXPECT_EQ(negative_of(pairs, 1), "60");

  TextPairs marked;
  marked.add("0", "10");
  marked.add("0", "40");
  marked.add("200", "55");
  mine_negatives(embedder, {}, marked, context);
  EXPECT_EQ(negative_of(marked, 0), "55");  // 40 is marked as an answer to 0
}

TEST(PairsMining, SaysWhatIsOutOfRange) {
  const Embedder embedder(std::make_unique<Angles>());
  Context context(1);
  TextPairs pairs;
  pairs.add("0", "10");
  testing::expect_error(ErrorCode::invalid_argument, "1 to 10,000", [&] { mine_negatives(embedder, {.depth = 0}, pairs, context); });
  testing::expect_error(ErrorCode::invalid_argument, "share", [&] { mine_negatives(embedder, {.most_share = 0}, pairs, context); });
}

}  // namespace
}  // namespace akin
