#include "akin/embed/language_model.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "akin/formats/safetensors.h"
#include "base/throws.h"
#include "golden_files.h"

namespace akin {
namespace {

using akin::testing::expect_error;

struct Golden {
  std::filesystem::path folder;
  nlohmann::json inputs;
  std::unique_ptr<SafetensorsFile> expected;

  explicit Golden(const std::string& name)
      : folder(golden::path("models/" + name)),
        inputs(golden::json(folder / "inputs.json").at("inputs")),
        expected(open_safetensors(folder / "expected.safetensors")) {}

  [[nodiscard]] std::vector<std::int32_t> ids(std::size_t i) const { return inputs.at(i).at("input_ids"); }
  /// The reference's scores of the token after (causal) or at (masked) the last place.
  [[nodiscard]] std::vector<float> last_scores(std::size_t i) const {
    const TensorView* tensor = expected->find("in" + std::to_string(i) + ".logits_last");
    std::vector<float> scores(tensor->size());
    tensor->row_to_float(0, scores);
    return scores;
  }
};

class EveryLanguageModel : public ::testing::TestWithParam<const char*> {};

TEST_P(EveryLanguageModel, PredictsTheReferencesLikeliestTokensFromIds) {
  const Golden golden(GetParam());
  Context context(2);
  const LanguageModel model = LanguageModel::load(golden.folder, Precision::f32, context);
  for (std::size_t i = 0; i < golden.inputs.size(); ++i) {
    const std::vector<std::int32_t> ids = golden.ids(i);
    const std::vector<float> want = golden.last_scores(i);
    const std::size_t place = model.is_masked() ? ids.size() - 1 : ids.size();
    const Prediction prediction = model.predict(ids, place, 5, context);
    ASSERT_EQ(prediction.top.size(), 5U);
    double sum = 0;
    for (const float score : want) sum += std::exp(static_cast<double>(score));
    std::vector<float> sorted = want;
    std::ranges::sort(sorted, std::greater<>());
    for (std::size_t t = 0; t < 5; ++t) {
      const TokenScore& token = prediction.top[t];
      // The tolerance of scores: see head_test.cc. Two tokens nearer than that may change places.
      EXPECT_NEAR(token.score, want[static_cast<std::size_t>(token.id)], 5e-4);
      EXPECT_NEAR(token.score, sorted[t], 5e-4);
      EXPECT_NEAR(token.probability, std::exp(static_cast<double>(sorted[t])) / sum, 5e-4 * token.probability + 1e-12);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Golden, EveryLanguageModel,
                         ::testing::Values("bert-mlm-f16", "bloom", "gpt2", "gpt-neox", "llama", "gemma", "mpt"), [](const auto& test) {
                           std::string name = test.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

TEST(LanguageModel, SaysWhetherItIsTiedAndWhetherItIsMasked) {
  Context context(1);
  const auto load = [&](const char* name) {
    return LanguageModel::load(golden::path(std::string("models/") + name), Precision::f32, context);
  };
  EXPECT_TRUE(load("gpt2").is_tied());
  EXPECT_FALSE(load("gpt2").is_masked());
  EXPECT_FALSE(load("llama").is_tied());
  EXPECT_TRUE(load("bert-mlm-f16").is_masked());
  EXPECT_EQ(load("bloom").positions(), "alibi");
  EXPECT_EQ(load("llama").positions(), "rope");
  EXPECT_EQ(load("gpt2").positions(), "learned");
}

TEST(LanguageModel, GivesATiedScoreThatIsTheProductWithTheTokensOwnRow) {
  // GPT-2's head has neither bias nor transform: the score is the last hidden state times the token's row, and nothing else.
  const Golden golden("gpt2");
  Context context(1);
  const LanguageModel model = LanguageModel::load(golden.folder, Precision::f32, context);
  const auto file = open_safetensors(golden.folder);
  const TensorView* table = file->find("transformer.wte.weight");
  const TensorView* last = golden.expected->find("in0.last_hidden_state");
  ASSERT_TRUE(table != nullptr && last != nullptr);
  const std::vector<std::int32_t> ids = golden.ids(0);
  const std::vector<float> scores = model.scores(ids, ids.size(), context);
  std::vector<float> hidden(model.dim()), row(model.dim());
  last->row_to_float(ids.size() - 1, hidden);
  for (std::size_t id = 0; id < scores.size(); ++id) {
    table->row_to_float(id, row);
    EXPECT_NEAR(scores[id], std::inner_product(row.begin(), row.end(), hidden.begin(), 0.0), 5e-4) << id;
  }
}

TEST(LanguageModel, LossesAreTheLogProbabilitiesOfTheTokensThatCame) {
  const Golden golden("gpt2");
  Context context(2);
  const LanguageModel model = LanguageModel::load(golden.folder, Precision::f32, context);
  const std::vector<std::int32_t> ids = golden.ids(0);
  const std::vector<double> losses = model.losses(ids, context);
  ASSERT_EQ(losses.size(), ids.size() - 1);
  for (std::size_t i = 0; i < losses.size(); ++i) {
    const Prediction all = model.predict(ids, i + 1, model.vocabulary_size(), context);
    const auto came = std::ranges::find(all.top, ids[i + 1], &TokenScore::id);
    ASSERT_NE(came, all.top.end());
    EXPECT_NEAR(losses[i], -std::log(came->probability), 1e-6);  // the same sums in double; texts of other lengths have the same bits
  }
}

TEST(LanguageModel, FillsEveryMaskOfAText) {
  Context context(1);
  const LanguageModel model = LanguageModel::load(golden::path("models/bert-mlm-f16"), Precision::f32, context);
  const auto predictions = model.predict("The [MASK] by the [MASK]", 3, context);
  ASSERT_EQ(predictions.size(), 2U);
  EXPECT_LT(predictions[0].position, predictions[1].position);
  const std::vector<std::int32_t> ids = model.tokenizer().encode("The [MASK] by the [MASK]").ids;
  EXPECT_EQ(ids[predictions[0].position], mask_token_of(model.tokenizer()));
  const Prediction same = model.predict(ids, predictions[1].position, 3, context);
  EXPECT_EQ(same.top[0].id, predictions[1].top[0].id);
  expect_error(ErrorCode::invalid_argument, "fills gaps and does not continue a text: put [MASK] where",
               [&] { (void)model.predict("no gap here", 3, context); });
}

TEST(LanguageModel, RefusesWhatHasNoAnswer) {
  Context context(1);
  expect_error(ErrorCode::unsupported, "mpnet model has no head",
               [&] { (void)LanguageModel::load(golden::path("models/mpnet"), Precision::f32, context); });
  const LanguageModel model = LanguageModel::load(golden::path("models/gpt2"), Precision::f32, context);
  const std::vector<std::int32_t> ids = {1, 2, 3}, wrong = {1, 1 << 20};
  expect_error(ErrorCode::invalid_argument, "at least one token must be asked for", [&] { (void)model.predict(ids, 3, 0, context); });
  expect_error(ErrorCode::invalid_argument, "a place inside the text", [&] { (void)model.predict(ids, 4, 1, context); });
  expect_error(ErrorCode::invalid_argument, "a place inside the text", [&] { (void)model.predict(ids, 0, 1, context); });
  expect_error(ErrorCode::invalid_argument, "outside the vocabulary", [&] { (void)model.losses(wrong, context); });
  EXPECT_TRUE(model.losses(std::vector<std::int32_t>{5}, context).empty());
  const LanguageModel masked = LanguageModel::load(golden::path("models/bert-mlm-f16"), Precision::f32, context);
  expect_error(ErrorCode::unsupported, "a masked model gives no probability", [&] { (void)masked.losses(ids, context); });
}

}  // namespace
}  // namespace akin
