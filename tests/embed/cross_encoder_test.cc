#include "akin/embed/cross_encoder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <fstream>

#include "akin/formats/safetensors.h"
#include "base/temporary_folder.h"
#include "golden_files.h"
#include "model_copy.h"

namespace akin {
namespace {

using golden::ModelCopy;
using nlohmann::json;

// Ten times the difference of torch's own float32 run from its float64 run on these models (5e-7).
constexpr double kTolerance = 1e-5;

struct Pairs {
  std::vector<std::string> texts;  // first, second, first, …
  [[nodiscard]] std::vector<TextPair> views() const {
    std::vector<TextPair> list;
    for (std::size_t i = 0; i < texts.size(); i += 2) list.push_back({texts[i], texts[i + 1]});
    return list;
  }
};

Pairs pairs_of(const json& inputs) {
  Pairs pairs;
  for (const auto& pair : inputs.at("pairs")) {
    pairs.texts.push_back(pair.at("a"));
    pairs.texts.push_back(pair.at("b"));
  }
  return pairs;
}

CrossEncoder load(const std::string& name, Context& context, const CrossEncoderOptions& options = {}) {
  return CrossEncoder::load(golden::path("sentence-transformers/" + name), options, context);
}

double largest_difference(const Matrix<float>& got, const TensorView& want) {
  std::vector<float> numbers(want.size());
  std::memcpy(numbers.data(), want.bytes.data(), want.bytes.size());
  double largest = numbers.size() == got.size() ? 0 : HUGE_VAL;
  for (std::size_t i = 0; i < std::min(numbers.size(), got.size()); ++i)
    largest = std::max(largest, std::abs(static_cast<double>(got.data()[i]) - static_cast<double>(numbers[i])));
  return largest;
}

class GoldenCrossEncoders : public ::testing::TestWithParam<const char*> {};

TEST_P(GoldenCrossEncoders, GiveTheReferencesIdsLogitsAndScores) {
  const auto folder = golden::path(std::string("sentence-transformers/") + GetParam());
  const json inputs = golden::json(folder / "inputs.json");
  const auto expected = open_safetensors(folder / "expected.safetensors");
  Context context(2);
  const CrossEncoder model = load(GetParam(), context);
  const Pairs pairs = pairs_of(inputs);
  const std::vector<TextPair> views = pairs.views();
  EXPECT_EQ(model.info().max_tokens, inputs.at("max_length").get<std::size_t>());
  for (std::size_t i = 0; i < views.size(); ++i)
    EXPECT_EQ(model.encode(views[i]).ids, inputs.at("pairs").at(i).at("input_ids").get<std::vector<std::int32_t>>()) << "pair " << i;
  EXPECT_LE(largest_difference(model.logits(views, context).scores, *expected->find("logits")), kTolerance);
  EXPECT_LE(largest_difference(model.score(views, context).scores, *expected->find("scores")), kTolerance);
}

TEST_P(GoldenCrossEncoders, GiveAPairTheSameBitsAloneInAnyOrderAndOnAnyNumberOfThreads) {
  Context alone(1), many(3);
  const CrossEncoder model = load(GetParam(), alone);
  const Pairs pairs = pairs_of(golden::json(golden::path(std::string("sentence-transformers/") + GetParam()) / "inputs.json"));
  std::vector<TextPair> views = pairs.views();
  const Matrix<float> together = model.score(views, many).scores;
  std::vector<TextPair> backwards(views.rbegin(), views.rend());
  const Matrix<float> reversed = model.score(backwards, alone).scores;
  for (std::size_t i = 0; i < views.size(); ++i) {
    const Matrix<float> one = model.score(std::span(&views[i], 1), many).scores;
    EXPECT_TRUE(std::ranges::equal(one.row(0), together.row(i)));
    EXPECT_TRUE(std::ranges::equal(reversed.row(views.size() - 1 - i), together.row(i)));
  }
}

INSTANTIATE_TEST_SUITE_P(Folders, GoldenCrossEncoders, ::testing::Values("cross-encoder", "cross-encoder-3", "cross-encoder-identity"),
                         [](const auto& folder) {
                           std::string name = folder.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

TEST(CrossEncoder, ReportsWhatItCut) {
  Context context(1);
  const CrossEncoder model = load("cross-encoder", context);
  const std::string long_text = [] {
    std::string text;
    for (int i = 0; i < 100; ++i) text += "house ";
    return text;
  }();
  const TextPair pair{"sea", long_text};
  const PairScores scores = model.score(std::span(&pair, 1), context);
  EXPECT_EQ(scores.reports[0].n_tokens, model.info().max_tokens);
  EXPECT_GT(scores.reports[0].n_tokens_dropped, 0U);
}

TEST(CrossEncoder, RanksBestFirstAndKeepsTheOrderOfEqualScores) {
  Context context(2);
  const CrossEncoder model = load("cross-encoder", context);
  const std::vector<std::string_view> texts = {"ships at sea", "a house", "ships at sea", "the whale swam away", "a house"};
  const std::vector<RankedText> ranked = model.rank("where is the whale", texts, 0, "", context);
  ASSERT_EQ(ranked.size(), texts.size());
  for (std::size_t i = 1; i < ranked.size(); ++i) {
    EXPECT_GE(ranked[i - 1].score, ranked[i].score);
    if (ranked[i - 1].score == ranked[i].score) {
      EXPECT_LT(ranked[i - 1].index, ranked[i].index);
    }
  }
  const std::vector<RankedText> best = model.rank("where is the whale", texts, 2, "", context);
  ASSERT_EQ(best.size(), 2U);
  EXPECT_EQ(best[0].index, ranked[0].index);
  EXPECT_TRUE(model.rank("q", {}, 3, "", context).empty());
}

TEST(CrossEncoder, OfSeveralLabelsWantsOneByName) {
  Context context(1);
  const CrossEncoder model = load("cross-encoder-3", context);
  const std::vector<std::string_view> texts = {"a house", "ships"};
  EXPECT_EQ(model.rank("q", texts, 0, "LABEL_1", context).size(), 2U);
  for (const auto& [label, wanted] : {std::pair{"", "name the one to rank by of LABEL_0, LABEL_1, LABEL_2"},
                                      std::pair{"entailment", "no label 'entailment'; there are LABEL_0"}}) {
    try {
      (void)model.rank("q", texts, 0, label, context);
      FAIL() << "ranked by nothing";
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(wanted), std::string::npos) << error.what();
    }
  }
}

std::string loading(const std::filesystem::path& folder, const CrossEncoderOptions& options = {}) {
  Context context(1);
  try {
    (void)CrossEncoder::load(folder, options, context);
  } catch (const Error& error) {
    return error.what();
  }
  return "loaded";
}

struct Activations {
  json sentence_transformers, older;
  std::size_t n_labels;
  const char* wanted;
};

TEST(CrossEncoder, TakesItsActivationFromTheFolder) {
  const Activations kCases[] = {
      {{{"activation_fn", "torch.nn.modules.linear.Identity"}}, nullptr, 1, "identity"},
      {{{"activation_fn", "torch.nn.modules.activation.Softmax"}}, "torch.nn.modules.linear.Identity", 1, "softmax"},
      {nullptr, "torch.nn.modules.activation.Tanh", 1, "tanh"},
      {{{"activation_fn", nullptr}}, nullptr, 1, "sigmoid"},
      {nullptr, nullptr, 1, "sigmoid"},
      {nullptr, nullptr, 3, "identity"},
  };
  for (const Activations& one : kCases) {
    const ModelCopy copy(one.n_labels == 3 ? "sentence-transformers/cross-encoder-3" : "sentence-transformers/cross-encoder");
    copy.edit_json("config.json", [&](json& config) {
      config.erase("sentence_transformers");
      if (!one.sentence_transformers.is_null()) config["sentence_transformers"] = one.sentence_transformers;
      if (!one.older.is_null()) config["sbert_ce_default_activation_function"] = one.older;
    });
    Context context(1);
    EXPECT_EQ(name_of(CrossEncoder::load(copy.path(), {}, context).info().activation), one.wanted);
  }
}

TEST(CrossEncoder, AppliesEachActivationByItsDefinition) {
  Context context(1);
  const TextPair pair{"the whale", "swam away"};
  const Matrix<float> logits = load("cross-encoder-3", context).logits(std::span(&pair, 1), context).scores;
  double sum = 0;
  for (std::size_t c = 0; c < 3; ++c) sum += std::exp(static_cast<double>(logits(0, c)));
  for (const auto activation : {ScoreActivation::identity, ScoreActivation::sigmoid, ScoreActivation::softmax, ScoreActivation::tanh}) {
    CrossEncoderOptions options;
    options.activation = score_activation_from(name_of(activation));
    const Matrix<float> scores = load("cross-encoder-3", context, options).score(std::span(&pair, 1), context).scores;
    for (std::size_t c = 0; c < 3; ++c) {
      const double x = logits(0, c);
      const double want = activation == ScoreActivation::identity  ? x
                          : activation == ScoreActivation::sigmoid ? 1 / (1 + std::exp(-x))
                          : activation == ScoreActivation::softmax ? std::exp(x) / sum
                                                                   : std::tanh(x);
      EXPECT_NEAR(scores(0, c), want, 1e-6);  // float rounding of a number below 1
    }
  }
}

struct Spoiled {
  const char* what;
  std::function<void(const ModelCopy&)> spoil;
  const char* wanted;
};

TEST(CrossEncoder, RefusesABrokenFolderInOneLine) {
  const Spoiled kCases[] = {
      {"unknown activation",
       [](const ModelCopy& m) {
         m.edit_json("config.json", [](json& c) { c["sentence_transformers"]["activation_fn"] = "my.code.Squash"; });
       },
       "activation 'my.code.Squash' is not known; known are Identity"},
      {"activation of another kind",
       [](const ModelCopy& m) { m.edit_json("config.json", [](json& c) { c["sentence_transformers"] = 3; }); }, "a JSON object is wanted"},
      {"labels that are not there",
       [](const ModelCopy& m) { m.edit_json("config.json", [](json& c) {
                                  c["id2label"] = {{"0", "a"}, {"1", "b"}};
                                }); },
       "'id2label' names 2 labels, the weights score 1"},
      {"labels of another kind", [](const ModelCopy& m) { m.edit_json("config.json", [](json& c) {
                                                            c["id2label"] = {{"0", 7}};
                                                          }); },
       "key 'id2label' has a value of the wrong kind"},
      {"no configuration", [](const ModelCopy& m) { std::filesystem::remove(m.path() / "config.json"); }, "no config.json in it"},
  };
  for (const Spoiled& one : kCases) {
    const ModelCopy copy("sentence-transformers/cross-encoder");
    one.spoil(copy);
    const std::string line = loading(copy.path());
    EXPECT_NE(line.find(one.wanted), std::string::npos) << one.what << ": " << line;
    EXPECT_EQ(line.find('\n'), std::string::npos) << one.what;
  }
}

TEST(CrossEncoder, RefusesModelsThatScoreNothingAndLimitsThatCannotBeMet) {
  EXPECT_NE(loading(golden::path("sentence-transformers/pool-mean")).find("this model scores no labels"), std::string::npos);
  EXPECT_NE(loading(golden::path("sentence-transformers/nowhere")).find("there is no such folder"), std::string::npos);
  CrossEncoderOptions too_few, too_many;
  too_few.max_tokens = 3;
  too_many.max_tokens = 100000;
  for (const CrossEncoderOptions& options : {too_few, too_many})
    EXPECT_NE(loading(golden::path("sentence-transformers/cross-encoder"), options).find("max_tokens must be 4 to 96"), std::string::npos);
}

TEST(CrossEncoder, IsToldFromAnEmbedderByItsArchitecture) {
  EXPECT_TRUE(is_cross_encoder(golden::path("sentence-transformers/cross-encoder-identity")));
  EXPECT_FALSE(is_cross_encoder(golden::path("sentence-transformers/pool-mean")));
  EXPECT_FALSE(is_cross_encoder(golden::path("sentence-transformers")));
}

}  // namespace
}  // namespace akin
