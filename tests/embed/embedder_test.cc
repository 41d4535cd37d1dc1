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
  if (args.contains("prompt_name")) call.role = args.at("prompt_name") == "query" ? TextRole::query : TextRole::document;
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

INSTANTIATE_TEST_SUITE_P(Folders, SentenceTransformers,
                         testing::Values("default-prompt", "dense-identity-nobias", "dense-tanh", "layernorm", "matryoshka", "pool-cls",
                                         "pool-cls-mean", "pool-mean", "pool-mean-sqrt", "prompts", "prompts-excluded"),
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

}  // namespace
}  // namespace akin
