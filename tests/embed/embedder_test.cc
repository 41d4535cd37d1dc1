#include "akin/embed/embedder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numeric>

#include "akin/base/rng.h"
#include "akin/formats/safetensors.h"
#include "golden_files.h"

namespace akin {
namespace {

// Ten times the difference of torch's own float32 run from its float64 run on these models (1e-6).
constexpr double kTolerance = 1e-5;

std::vector<std::string> texts_of(const std::filesystem::path& folder) {
  std::vector<std::string> texts;
  const nlohmann::json file = golden::json(folder / "inputs.json");
  for (const auto& text : file.at("texts")) texts.push_back(text.at("text"));
  return texts;
}

/// What `encode(**args)` of the reference stands for here.
struct Call {
  EmbedderOptions options;
  TextRole role = TextRole::plain;
};

Call call_of(const nlohmann::json& inputs, const nlohmann::json& args) {
  Call call;
  if (inputs.contains("truncate_dim") && !inputs.at("truncate_dim").is_null()) call.options.dims = inputs.at("truncate_dim");
  if (args.contains("truncate_dim")) call.options.dims = args.at("truncate_dim");
  if (args.contains("normalize_embeddings")) call.options.normalize = args.at("normalize_embeddings");
  if (args.contains("prompt")) call.options.prompt = args.at("prompt").get<std::string>();
  if (args.contains("prompt_name")) call.options.prompt_name = args.at("prompt_name").get<std::string>();
  return call;
}

double largest_difference(const Matrix<float>& got, const TensorView& want) {
  std::vector<float> row(got.cols());
  double largest = 0;
  for (std::size_t r = 0; r < got.rows(); ++r) {
    want.row_to_float(r, row);
    for (std::size_t c = 0; c < row.size(); ++c)
      largest = std::max(largest, std::abs(static_cast<double>(got(r, c)) - static_cast<double>(row[c])));
  }
  return largest;
}

class SentenceTransformers : public testing::TestWithParam<const char*> {};

TEST_P(SentenceTransformers, FolderGivesTheReferencesVectorsForEveryCall) {
  const auto folder = golden::path(std::string("sentence-transformers/") + GetParam());
  const auto inputs = golden::json(folder / "inputs.json");
  const auto expected = open_safetensors(folder / "expected.safetensors");
  const std::vector<std::string> texts = texts_of(folder);
  Context context(2);
  std::size_t n_calls = 0;
  for (const auto& entry : inputs.at("calls")) {
    const Call call = call_of(inputs, entry.at("args"));
    const Embedder embedder = Embedder::load(folder, call.options, context);
    const EmbedResult result = embedder.embed(texts, call.role, context);
    const TensorView* want = expected->find(entry.at("key").get<std::string>());
    ASSERT_NE(want, nullptr);
    ASSERT_EQ(result.vectors.cols(), want->shape[1]);
    EXPECT_LE(largest_difference(result.vectors, *want), kTolerance) << GetParam() << " " << entry.at("key");
    ++n_calls;
  }
  EXPECT_GE(n_calls, 1U);
}

TEST_P(SentenceTransformers, FolderGivesTheModelTheReferencesIds) {
  const auto folder = golden::path(std::string("sentence-transformers/") + GetParam());
  Context context(1);
  EmbedderOptions no_prompt;
  no_prompt.prompt = "";
  const Embedder embedder = Embedder::load(folder, no_prompt, context);
  const auto inputs = golden::json(folder / "inputs.json");
  for (const auto& text : inputs.at("texts"))
    EXPECT_EQ(embedder.encode(text.at("text").get<std::string>(), TextRole::plain).ids,
              text.at("input_ids_used").get<std::vector<std::int32_t>>())
        << text.at("text");
}

TEST_P(SentenceTransformers, RolesAreThePromptsOfTheirNames) {
  const auto folder = golden::path(std::string("sentence-transformers/") + GetParam());
  Context context(1);
  const Embedder by_role = Embedder::load(folder, {}, context);
  const std::vector<std::string> texts = texts_of(folder);
  for (const auto& [name, role] : {std::pair{"query", TextRole::query}, std::pair{"document", TextRole::document}}) {
    EmbedderOptions options;
    options.prompt_name = name;
    const auto& prompts = by_role.info().prompts;
    if (std::ranges::find(prompts, name, &std::pair<std::string, std::string>::first) == prompts.end()) continue;
    const Embedder by_name = Embedder::load(folder, options, context);
    const Matrix<float> a = by_role.embed(texts, role, context).vectors, b = by_name.embed(texts, TextRole::plain, context).vectors;
    EXPECT_TRUE(std::equal(a.data(), a.data() + a.size(), b.data())) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(Folders, SentenceTransformers,
                         testing::Values("default-prompt", "dense-identity-nobias", "dense-tanh", "layernorm", "matryoshka", "pool-cls",
                                         "pool-cls-mean", "pool-lasttoken", "pool-max", "pool-mean", "pool-mean-sqrt", "pool-weightedmean",
                                         "prompts", "prompts-excluded", "two-dense"),
                         [](const auto& folder) {
                           std::string name = folder.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

TEST(Embedder, ReportsWhatWasSeenAndWhatWasCut) {
  const auto folder = golden::path("sentence-transformers/pool-mean");
  Context context(1);
  const Embedder embedder = Embedder::load(folder, {}, context);
  const auto inputs = golden::json(folder / "inputs.json");
  const EmbedResult result = embedder.embed(texts_of(folder), TextRole::plain, context);
  bool any_cut = false;
  for (std::size_t i = 0; i < result.reports.size(); ++i) {
    const auto& text = inputs.at("texts").at(i);
    EXPECT_EQ(result.reports[i].n_tokens, text.at("input_ids_used").size());
    EXPECT_EQ(result.reports[i].n_tokens + result.reports[i].n_tokens_dropped, text.at("tokens_full").get<std::size_t>());
    any_cut = any_cut || result.reports[i].n_tokens_dropped > 0;
  }
  EXPECT_TRUE(any_cut);
}

TEST(Embedder, CutsNomicsVectorsBehindALayerNormWithoutWeights) {
  constexpr std::size_t kDims = 12;
  const auto folder = golden::path("models/nomic-bert");
  const auto expected = open_safetensors(folder / "expected.safetensors");
  const auto inputs = golden::json(folder / "inputs.json").at("inputs");
  Context context(1);
  EmbedderOptions options;
  options.dims = kDims;
  const Embedder embedder = Embedder::load(folder, options, context);
  EXPECT_TRUE(embedder.info().normalized);
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    if (inputs.at(k).contains("pair")) continue;
    // The model card's recipe in double: mean of the tokens, layer_norm without weights (eps 1e-5), the first numbers, unit length.
    const TensorView& hidden = *expected->find("in" + std::to_string(k) + ".last_hidden_state");
    const std::size_t n = hidden.shape[0], dim = hidden.shape[1];
    std::vector<float> row(dim);
    std::vector<double> pooled(dim);
    for (std::size_t t = 0; t < n; ++t) {
      hidden.row_to_float(t, row);
      for (std::size_t c = 0; c < dim; ++c) pooled[c] += static_cast<double>(row[c]) / static_cast<double>(n);
    }
    double mean = 0, variance = 0, length = 0;
    for (const double x : pooled) mean += x / static_cast<double>(dim);
    for (const double x : pooled) variance += (x - mean) * (x - mean) / static_cast<double>(dim);
    for (double& x : pooled) x = (x - mean) / std::sqrt(variance + 1e-5);
    for (std::size_t c = 0; c < kDims; ++c) length += pooled[c] * pooled[c];
    const std::vector<float> got = embedder.embed_one(inputs.at(k).at("text").get<std::string>(), TextRole::plain, context);
    ASSERT_EQ(got.size(), kDims);
    for (std::size_t c = 0; c < kDims; ++c)
      EXPECT_NEAR(static_cast<double>(got[c]), pooled[c] / std::sqrt(length), kTolerance) << "input " << k << ", number " << c;
  }
}

Embedder tiny(Context& context) { return Embedder::load(golden::path("sentence-transformers/pool-mean"), {}, context); }

TEST(Embedder, GivesAnEmptyTextAVectorOfItsSpecialTokens) {
  Context context(1);
  const Embedder embedder = tiny(context);
  const EmbedResult result = embedder.embed(std::vector<std::string>{"", "   ", "\n"}, TextRole::plain, context);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(result.reports[i].n_tokens, 2U);
    EXPECT_TRUE(std::ranges::equal(result.vectors.row(i), result.vectors.row(0)));
  }
  EXPECT_TRUE(std::ranges::all_of(result.vectors.row(0), [](float x) { return std::isfinite(x); }));
}

TEST(Embedder, GivesNoVectorsForNoTexts) {
  Context context(2);
  const Embedder embedder = tiny(context);
  const EmbedResult result = embedder.embed(std::vector<std::string>{}, TextRole::plain, context);
  EXPECT_EQ(result.vectors.rows(), 0U);
  EXPECT_TRUE(result.reports.empty());
}

TEST(Embedder, CountsMalformedBytesAndReadsThemAsReplacementCharacters) {
  Context context(1);
  const Embedder embedder = tiny(context);
  const EmbedResult result =
      embedder.embed(std::vector<std::string>{"sea \xff\xc3 house", "sea \ufffd\ufffd house"}, TextRole::plain, context);
  EXPECT_EQ(result.reports[0].n_invalid, 2U);
  EXPECT_EQ(result.reports[1].n_invalid, 0U);
  EXPECT_TRUE(std::ranges::equal(result.vectors.row(0), result.vectors.row(1)));
}

TEST(Embedder, StreamsInInputOrderAndNeverReadsFarAhead) {
  constexpr std::size_t kTexts = 5000;
  Context context(2);
  const Embedder embedder = tiny(context);
  std::size_t n_read = 0, n_given = 0, furthest = 0;
  const auto source = [&](std::string& text) {
    if (n_read == kTexts) return false;
    text = "house " + std::to_string(n_read++);
    furthest = std::max(furthest, n_read - n_given);
    return true;
  };
  const auto sink = [&](std::span<const std::string> texts, const EmbedResult& result) {
    ASSERT_EQ(result.vectors.rows(), texts.size());
    for (const std::string& text : texts) ASSERT_EQ(text, "house " + std::to_string(n_given++));
    const std::vector<float> alone = embedder.embed_one(texts.back(), TextRole::plain, context);
    EXPECT_TRUE(std::ranges::equal(alone, result.vectors.row(texts.size() - 1)));
  };
  embedder.embed_stream(source, sink, TextRole::plain, context);
  EXPECT_EQ(n_given, kTexts);
  EXPECT_LE(furthest, 2048U);  // the window
}

TEST(Embedder, StreamsLongTextsInWindowsOfFewBytes) {
  const std::string text(std::size_t{1} << 20, 'x');
  Context context(1);
  const Embedder embedder = tiny(context);
  std::size_t n_read = 0, n_given = 0, furthest = 0;
  embedder.embed_stream(
      [&](std::string& out) {
        if (n_read == 20) return false;
        out = text;
        furthest = std::max(furthest, ++n_read - n_given);
        return true;
      },
      [&](std::span<const std::string> texts, const EmbedResult&) { n_given += texts.size(); }, TextRole::plain, context);
  EXPECT_EQ(n_given, 20U);
  EXPECT_LE(furthest, 8U);  // 8 MB
}

TEST(Embedder, StopsWhenCancelled) {
  Context context(1);
  const Embedder embedder = tiny(context);
  context.cancel.cancel();
  try {
    (void)embedder.embed(std::vector<std::string>{"a"}, TextRole::plain, context);
    FAIL() << "went on";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::cancelled);
  }
}

TEST(Embedder, RefusesOptionsThatTheModelCannotMeet) {
  Context context(1);
  const auto folder = golden::path("sentence-transformers/pool-mean");
  EmbedderOptions more_dims_than_there_are, no_room_for_text, more_tokens_than_positions;
  more_dims_than_there_are.dims = 33;
  no_room_for_text.max_tokens = 2;
  more_tokens_than_positions.max_tokens = 100000;
  for (const EmbedderOptions& options : {more_dims_than_there_are, no_room_for_text, more_tokens_than_positions})
    EXPECT_THROW((void)Embedder::load(folder, options, context), Error);
}

TEST(Embedder, GivesEveryTokenAVectorAndAPlaceInTheText) {
  Context context(1);
  const Embedder embedder = tiny(context);
  const TokenVectors tokens = embedder.embed_tokens("the old house", context);
  ASSERT_EQ(tokens.hidden.rows(), tokens.encoding.ids.size());
  ASSERT_EQ(tokens.encoding.offsets.size(), tokens.encoding.ids.size());
  EXPECT_EQ(tokens.encoding.offsets[1].begin, 0U);
  const std::vector<float> pooled = embedder.embed_one("the old house", TextRole::plain, context);
  double dot = 0, length = 0;
  for (std::size_t c = 0; c < pooled.size(); ++c) {
    double mean = 0;
    for (std::size_t t = 0; t < tokens.hidden.rows(); ++t) mean += static_cast<double>(tokens.hidden(t, c));
    dot += mean * static_cast<double>(pooled[c]);
    length += mean * mean;
  }
  EXPECT_NEAR(dot / std::sqrt(length), 1, 1e-6);  // the mean of the tokens, scaled: float rounding apart
}

}  // namespace
}  // namespace akin
