#include "static_backend.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "akin/formats/safetensors.h"
#include "akin/kernels/norm.h"
#include "model_copy.h"

namespace akin {
namespace {

using golden::loading;
using golden::ModelCopy;

// The reference adds up to 100 rows of numbers near 1 in float32, as akin does: a few units of 2^-24.
constexpr double kTolerance = 1e-6;

struct Golden {
  std::filesystem::path folder;
  std::vector<std::string> texts;
  std::vector<std::vector<std::int32_t>> ids;

  explicit Golden(const std::string& name) : folder(golden::path("sentence-transformers/" + name)) {
    const nlohmann::json inputs = golden::json(folder / "inputs.json");
    for (const auto& text : inputs.at("texts")) {
      texts.push_back(text.at("text"));
      ids.push_back(text.at("ids"));
    }
  }
};

class StaticFolder : public ::testing::TestWithParam<const char*> {};

TEST_P(StaticFolder, GivesTheReferencesVectors) {
  const Golden golden(GetParam());
  const auto expected = open_safetensors(golden.folder / "expected.safetensors");
  Context context(2);
  const Embedder embedder = Embedder::load(golden.folder, {}, context);
  const EmbedResult result = embedder.embed(golden.texts, TextRole::plain, context);
  const TensorView* want = expected->find("default");
  ASSERT_EQ(result.vectors.cols(), want->shape[1]);
  std::vector<float> row(result.vectors.cols());
  for (std::size_t i = 0; i < golden.texts.size(); ++i) {
    want->row_to_float(i, row);
    for (std::size_t c = 0; c < row.size(); ++c)
      ASSERT_NEAR(static_cast<double>(result.vectors(i, c)), static_cast<double>(row[c]), kTolerance) << golden.texts[i];
  }
}

TEST_P(StaticFolder, ReadsTheReferencesTokens) {
  const Golden golden(GetParam());
  Context context(1);
  const Embedder embedder = Embedder::load(golden.folder, {}, context);
  const EmbedResult result = embedder.embed(golden.texts, TextRole::plain, context);
  for (std::size_t i = 0; i < golden.texts.size(); ++i) {
    EXPECT_EQ(embedder.embed_tokens(golden.texts[i], context).encoding.ids, golden.ids[i]) << golden.texts[i];
    EXPECT_EQ(result.reports[i].n_tokens, golden.ids[i].size());
  }
}

TEST_P(StaticFolder, GivesTheSameBitsAloneInAnyBatchAndOnAnyThreads) {
  const Golden golden(GetParam());
  std::vector<std::string> many;
  for (int i = 0; i < 20; ++i) many.insert(many.end(), golden.texts.begin(), golden.texts.end());
  Context one(1), three(3);
  const Embedder embedder = Embedder::load(golden.folder, {}, one);
  const EmbedResult threaded = embedder.embed(many, TextRole::plain, three);
  for (std::size_t i = 0; i < many.size(); ++i) {
    const std::vector<float> alone = embedder.embed_one(many[i], TextRole::plain, one);
    ASSERT_EQ(std::memcmp(alone.data(), threaded.vectors.row(i).data(), alone.size() * sizeof(float)), 0) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Folders, StaticFolder,
                         ::testing::Values("model2vec", "model2vec-weights", "static-embedding", "static-embedding-normalized"),
                         [](const auto& folder) {
                           std::string name = folder.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

Embedder load(const std::filesystem::path& folder, const EmbedderOptions& options = {}) {
  Context context(1);
  return Embedder::load(folder, options, context);
}

EmbedResult embed(const Embedder& embedder, const std::string& text) {
  Context context(1);
  return embedder.embed(std::vector{text}, TextRole::plain, context);
}

TEST(StaticBackend, LeavesOutWhatModel2VecCannotSpellAndSaysSo) {
  const Golden golden("model2vec");
  const EmbedResult result = embed(load(golden.folder), "日本語 text mixed");
  EXPECT_EQ(result.reports[0].n_tokens, 8U);
  EXPECT_EQ(result.reports[0].n_tokens_dropped, 3U);
  const EmbedResult kept = embed(load(golden::path("sentence-transformers/static-embedding")), "日本語 text mixed");
  EXPECT_EQ(kept.reports[0].n_tokens, 11U);
}

TEST(StaticBackend, GivesZerosForATextWithoutTokens) {
  for (const char* name : {"model2vec", "static-embedding-normalized"}) {
    const Embedder embedder = load(Golden(name).folder);
    for (const char* text : {"", "  \n"}) {
      const EmbedResult result = embed(embedder, text);
      EXPECT_EQ(result.reports[0].n_tokens, 0U);
      EXPECT_TRUE(std::ranges::all_of(result.vectors.row(0), [](float x) { return x == 0; })) << name;
    }
  }
}

TEST(StaticBackend, CutsALongTextWhereModel2VecDoesAndCountsWhatIsLost) {
  const Embedder embedder = load(Golden("model2vec").folder);
  EXPECT_EQ(embedder.max_tokens(), 512U);
  std::string text;
  for (int i = 0; i < 2000; ++i) text += "x ";
  const TextReport report = embed(embedder, text).reports[0];
  EXPECT_EQ(report.n_tokens + report.n_tokens_dropped, 2000U);
  EXPECT_EQ(report.n_tokens, 512U);
  // A median token of this vocabulary has 3 characters: 512 · 3 of them are read, then cut to 512 tokens.
  std::string letters;
  for (int i = 0; i < 800; ++i) letters += "x      ";
  const TextReport fewer = embed(embedder, letters).reports[0];
  EXPECT_EQ(fewer.n_tokens + fewer.n_tokens_dropped, 800U);
  EXPECT_LT(fewer.n_tokens, 512U);
}

TEST(StaticBackend, ReadsEveryTokenOfALongTextWithStaticEmbedding) {
  std::string text;
  for (int i = 0; i < 20000; ++i) text += "x ";
  const TextReport report = embed(load(Golden("static-embedding").folder), text).reports[0];
  EXPECT_EQ(report.n_tokens, 20000U);
  EXPECT_EQ(report.n_tokens_dropped, 0U);
  EmbedderOptions five;
  five.max_tokens = 5;
  const TextReport cut = embed(load(Golden("static-embedding").folder, five), text).reports[0];
  EXPECT_EQ(cut.n_tokens, 5U);
  EXPECT_EQ(cut.n_tokens_dropped, 19995U);
}

TEST(StaticBackend, TakesTheLimitsThatAFolderStates) {
  const ModelCopy model("sentence-transformers/model2vec");
  const std::string text = "日 x 本 x 語 x x x";
  model.edit_json("config.json", [](nlohmann::json& config) { config["max_length"] = 4; });
  // From Model2Vec 0.10 on unknown tokens count: four are read, two of them known. Four median tokens are 12 characters.
  TextReport report = embed(load(model.path()), text).reports[0];
  EXPECT_EQ(report.n_tokens, 2U);
  EXPECT_EQ(report.n_tokens_dropped, 6U);
  model.edit_json("config.json", [](nlohmann::json& config) { config["max_length"] = nullptr; });
  report = embed(load(model.path()), text).reports[0];
  EXPECT_EQ(report.n_tokens, 5U);
  EXPECT_EQ(report.n_tokens_dropped, 3U);
  model.edit_json("config.json", [](nlohmann::json& config) { config["max_length"] = 0; });
  EXPECT_NE(loading(model.path()).find("config.json: key 'max_length' must be a whole number above 0, found 0"), std::string::npos);

  const ModelCopy embedding("sentence-transformers/static-embedding");
  EXPECT_GT(load(embedding.path()).max_tokens(), 1000000U);
  embedding.edit_json("tokenizer.json", [](nlohmann::json& tokenizer) {
    tokenizer["truncation"] = {{"direction", "Right"}, {"max_length", 3}, {"strategy", "LongestFirst"}, {"stride", 0}};
  });
  EXPECT_EQ(load(embedding.path()).max_tokens(), 3U);
  report = embed(load(embedding.path()), "x x x x x").reports[0];
  EXPECT_EQ(report.n_tokens, 3U);
  EXPECT_EQ(report.n_tokens_dropped, 2U);
}

TEST(StaticBackend, CutsDimensionsAndMakesUnitLengthWhereAsked) {
  EmbedderOptions options;
  options.dims = 8;
  options.normalize = true;
  const Golden golden("static-embedding");
  const EmbedResult cut = embed(load(golden.folder, options), golden.texts[1]);
  const EmbedResult whole = embed(load(golden.folder), golden.texts[1]);
  ASSERT_EQ(cut.vectors.cols(), 8U);
  std::vector<float> wanted(whole.vectors.row(0).begin(), whole.vectors.row(0).begin() + 8);
  kernels::l2_normalize(wanted);
  EXPECT_TRUE(std::ranges::equal(cut.vectors.row(0), wanted));
  options.dims = 33;
  EXPECT_NE(loading(golden.folder, options).find("33 dimensions are asked for, the model gives 32"), std::string::npos);
}

TEST(StaticBackend, GivesOneVectorATokenWhoseMeanIsTheTexts) {
  Context context(1);
  const Golden golden("model2vec-weights");
  const Embedder embedder = load(golden.folder);
  const std::string& text = golden.texts[1];
  const TokenVectors tokens = embedder.embed_tokens(text, context);
  ASSERT_EQ(tokens.hidden.rows(), golden.ids[1].size());
  EXPECT_EQ(text.substr(tokens.encoding.offsets[1].begin, tokens.encoding.offsets[1].end - tokens.encoding.offsets[1].begin), "whale");
  const EmbedResult result = embed(embedder, text);
  for (std::size_t c = 0; c < embedder.dim(); ++c) {
    double sum = 0;
    for (std::size_t t = 0; t < tokens.hidden.rows(); ++t) sum += static_cast<double>(tokens.hidden(t, c));
    EXPECT_NEAR(static_cast<double>(result.vectors(0, c)), sum / static_cast<double>(tokens.hidden.rows()), 1e-6);  // float sums
  }
}

TEST(StaticBackend, DescribesItself) {
  const ModelInfo quantised = load(Golden("model2vec-weights").folder).info();
  EXPECT_EQ(quantised.family, "model2vec");
  EXPECT_EQ(quantised.n_layers, 0U);
  EXPECT_EQ(quantised.vocabulary_size, 300U);
  EXPECT_EQ(quantised.n_parameters, 60U * 24 + 300);
  EXPECT_FALSE(quantised.normalized);
  const ModelInfo unit = load(Golden("static-embedding-normalized").folder).info();
  EXPECT_EQ(unit.family, "static-embedding");
  EXPECT_TRUE(unit.normalized);
}

TEST(StaticBackend, HasAFingerprintOfAllThatDecidesItsVectors) {
  const ModelCopy model("sentence-transformers/model2vec");
  const std::string first = load(model.path()).fingerprint();
  EXPECT_EQ(first, load(golden::path("sentence-transformers/model2vec")).fingerprint());
  EXPECT_NE(first, load(golden::path("sentence-transformers/static-embedding")).fingerprint());
  std::string bytes = model.read("model.safetensors");
  bytes.back() ^= 1;
  model.write("model.safetensors", bytes);
  EXPECT_NE(load(model.path()).fingerprint(), first);
}

TEST(StaticBackend, IsFoundInAFolderOfItsOwnAndWithoutModules) {
  const ModelCopy model("sentence-transformers/static-embedding-normalized");
  std::filesystem::create_directory(model.path() / "0_StaticEmbedding");
  for (const char* file : {"model.safetensors", "tokenizer.json"})
    std::filesystem::rename(model.path() / file, model.path() / "0_StaticEmbedding" / file);
  model.edit_json("modules.json", [](nlohmann::json& list) {
    list[0]["path"] = "0_StaticEmbedding";
    list[0]["type"] = "sentence_transformers.sentence_transformer.modules.static_embedding.StaticEmbedding";
  });
  EXPECT_EQ(loading(model.path()), "loaded");

  const ModelCopy plain("sentence-transformers/model2vec");
  std::filesystem::remove(plain.path() / "modules.json");
  plain.edit_json("config.json", [](nlohmann::json& config) { config["model_type"] = "model2vec"; });
  const Embedder embedder = load(plain.path());
  EXPECT_TRUE(embedder.info().normalized);
  EXPECT_EQ(embedder.fingerprint(), load(golden::path("sentence-transformers/model2vec")).fingerprint());
}

TEST(StaticBackend, RefusesAnotherPrecisionAndSpoiledFolders) {
  EmbedderOptions options;
  options.precision = Precision::bf16;
  EXPECT_NE(loading(Golden("model2vec").folder, options).find("a static model computes in f32 alone (its table is stored as F32)"),
            std::string::npos);
  const ModelCopy model("sentence-transformers/static-embedding");
  std::filesystem::remove(model.path() / "tokenizer.json");
  EXPECT_NE(loading(model.path()).find("tokenizer.json"), std::string::npos);
  const ModelCopy cut("sentence-transformers/model2vec");
  cut.write("model.safetensors", cut.read("model.safetensors").substr(0, 9000));
  EXPECT_NE(loading(cut.path()).find("model.safetensors"), std::string::npos);
}

}  // namespace
}  // namespace akin
