#include <gtest/gtest.h>

#include <algorithm>

#include "akin/embed/verify.h"
#include "golden_files.h"
#include "model_copy.h"

namespace akin {
namespace {

using golden::ModelCopy;
using nlohmann::json;

constexpr char kTiny[] = "sentence-transformers/pool-mean";

VerifyReport verified(const std::filesystem::path& folder, Context& context) {
  const std::optional<Reference> reference = find_reference(folder);
  EXPECT_TRUE(reference.has_value());
  const Embedder embedder = load_to_verify(folder, {}, &*reference, context);
  return verify(embedder, &*reference, context);
}

class VerifiedFolder : public ::testing::TestWithParam<const char*> {};

TEST_P(VerifiedFolder, GivesItsReferencesIdsAndNumbers) {
  Context context(1);
  const VerifyReport report = verified(golden::path(GetParam()), context);
  EXPECT_TRUE(report.ids_equal()) << report.first_difference;
  EXPECT_TRUE(report.vectors_near()) << report.max_abs_difference << " of " << report.allowed_difference << ", cosine "
                                     << report.cosine_least << " of " << report.allowed_cosine;
  EXPECT_TRUE(report.passed());
  EXPECT_GT(report.n_texts, 1U);
}

std::string test_name(const ::testing::TestParamInfo<const char*>& folder) {
  std::string name = folder.param;
  name = name.substr(name.find('/') + 1);
  std::ranges::replace(name, '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Families, VerifiedFolder,
                         ::testing::Values("models/bert", "models/bert-bf16-sharded", "models/bert-mlm-f16", "models/distilbert",
                                           "models/roberta", "models/xlm-roberta", "models/mpnet", "models/nomic-bert",
                                           "models/jina-bert-v2", "models/gte-new", "models/gte-new-ntk", "models/modernbert",
                                           "models/t5-relu", "models/t5-gated-gelu", "models/gpt2", "models/gpt-neox", "models/bloom",
                                           "models/mpt", "models/opt", "models/falcon", "models/llama", "models/llama3",
                                           "models/llama-linear", "models/llama-dynamic", "models/llama-yarn", "models/mistral",
                                           "models/qwen2", "models/qwen3", "models/gemma", "models/gemma3-text",
                                           "models/gemma3-bidirectional"),
                         test_name);
INSTANTIATE_TEST_SUITE_P(SentenceTransformers, VerifiedFolder,
                         ::testing::Values("sentence-transformers/default-prompt", "sentence-transformers/dense-identity-nobias",
                                           "sentence-transformers/dense-tanh", "sentence-transformers/layernorm",
                                           "sentence-transformers/matryoshka", "sentence-transformers/pool-cls-mean",
                                           "sentence-transformers/pool-lasttoken", "sentence-transformers/pool-max",
                                           "sentence-transformers/pool-mean", "sentence-transformers/pool-weightedmean",
                                           "sentence-transformers/prompts-excluded", "sentence-transformers/two-dense"),
                         test_name);

TEST(FolderReference, IsOurOwnFileWhereBothAreThere) {
  const ModelCopy copy(kTiny);
  const auto shipped = std::filesystem::path(AKIN_ROOT) / "models/all-MiniLM-L6-v2.reference.safetensors";
  std::filesystem::copy_file(shipped, copy.path() / "reference.safetensors");
  EXPECT_EQ(find_reference(copy.path())->vectors.cols(), 384U);
  std::filesystem::remove(copy.path() / "reference.safetensors");
  EXPECT_EQ(find_reference(copy.path())->vectors.cols(), 32U);
}

TEST(FolderReference, IsNoneWhereNothingIs) {
  const ModelCopy copy(kTiny);
  std::filesystem::remove(copy.path() / "expected.safetensors");
  EXPECT_FALSE(find_reference(copy.path()).has_value());
  EXPECT_FALSE(find_reference(copy.path() / "nowhere").has_value());
}

TEST(FolderReference, OfTokensLeavesPairsOut) {
  const Reference reference = *find_reference(golden::path("models/bert"));
  EXPECT_EQ(reference.states.size(), reference.texts.size());
  EXPECT_EQ(reference.vectors.rows(), 0U);
  const auto inputs = golden::json(golden::path("models/bert") / "inputs.json").at("inputs");
  const auto n_pairs = std::ranges::count_if(inputs, [](const json& input) { return input.contains("pair"); });
  EXPECT_GT(n_pairs, 0);
  EXPECT_EQ(reference.texts.size() + static_cast<std::size_t>(n_pairs), inputs.size());
}

TEST(FolderReference, SeesAStateThatIsOffByAThousandthOfTheLargest) {
  Context context(1);
  const auto folder = golden::path("models/bert");
  Reference reference = *find_reference(folder);
  const Embedder embedder = load_to_verify(folder, {}, &reference, context);
  EXPECT_TRUE(verify(embedder, &reference, context).passed());
  reference.states[1](2, 3) += 1e-3F;
  EXPECT_FALSE(verify(embedder, &reference, context).vectors_near());
  reference.ids[0][1] += 1;
  EXPECT_FALSE(verify(embedder, &reference, context).ids_equal());
}

struct Spoiled {
  const char* what;
  std::function<void(json&)> spoil;
  const char* wanted;
};

TEST(FolderReference, ThatIsBrokenIsRefusedInOneLine) {
  const Spoiled kCases[] = {
      {"a text less", [](json& j) { j["texts"].erase(0); }, "12 vectors for 11 texts"},
      {"texts that are none", [](json& j) { j["texts"] = "all"; }, "'texts' is no list of texts"},
      {"a text that is a number", [](json& j) { j["texts"][0]["text"] = 3; }, "key 'text' has a value of the wrong kind"},
      {"ids that are texts", [](json& j) { j["texts"][0]["input_ids_used"] = {"a"}; }, "key 'input_ids_used'"},
      {"a list", [](json& j) { j = json::array(); }, "a JSON object is wanted"},
      {"a dimension below 0", [](json& j) { j["truncate_dim"] = "x"; }, "key 'truncate_dim'"},
  };
  for (const Spoiled& one : kCases) {
    const ModelCopy copy(kTiny);
    copy.edit_json("inputs.json", one.spoil);
    try {
      (void)find_reference(copy.path());
      ADD_FAILURE() << one.what << ": was read";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::corrupt) << one.what;
      EXPECT_NE(std::string(error.what()).find(one.wanted), std::string::npos) << one.what << ": " << error.what();
    }
  }
}

}  // namespace
}  // namespace akin
