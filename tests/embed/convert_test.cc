#include <gtest/gtest.h>

#include <cstring>

#include "akin/formats/gguf.h"
#include "akin/formats/npy.h"
#include "minilm.h"
#include "model_copy.h"
#include "model_files.h"

namespace akin {
namespace {

using akin::testing::TemporaryFolder;

const std::vector<std::string> kTexts = {"", "The old house by the sea.", "Ünïcödé naïve 中文 [MASK] text",
                                         "a b c d e f g h i j k l m n o p q r s t u v"};

std::filesystem::path convert(const TemporaryFolder& folder, const std::filesystem::path& model, std::string_view type) {
  Context context(1);
  const auto out = folder.path() / (std::string(type) + ".gguf");
  convert_to_gguf(model, out, type, context);
  return out;
}

Matrix<float> vectors_of(const Embedder& embedder, const std::vector<std::string>& texts, TextRole role = TextRole::plain) {
  Context context(1);
  return embedder.embed(texts, role, context).vectors;
}

Embedder load(const std::filesystem::path& model) {
  Context context(1);
  return Embedder::load(model, {}, context);
}

void expect_same_bits(const Matrix<float>& a, const Matrix<float>& b) {
  ASSERT_EQ(a.rows(), b.rows());
  ASSERT_EQ(a.cols(), b.cols());
  EXPECT_EQ(std::memcmp(a.data(), b.data(), a.size() * sizeof(float)), 0);
}

class ConvertedFolder : public ::testing::TestWithParam<const char*> {};

TEST_P(ConvertedFolder, ToF32IsTheSameSpaceWithTheSameBits) {
  const auto model = golden::path(GetParam());
  const TemporaryFolder folder;
  const Embedder before = load(model);
  const Embedder after = load(convert(folder, model, "f32"));
  for (const TextRole role : {TextRole::plain, TextRole::query, TextRole::document}) {
    EXPECT_EQ(after.prompt(role), before.prompt(role));
    expect_same_bits(vectors_of(after, kTexts, role), vectors_of(before, kTexts, role));
  }
  for (const std::string& text : kTexts) EXPECT_EQ(after.tokenizer().encode(text).ids, before.tokenizer().encode(text).ids) << text;
  EXPECT_EQ(after.max_tokens(), before.max_tokens());
  EXPECT_EQ(after.info().pooling, before.info().pooling);
  EXPECT_EQ(after.info().family, before.info().family);
  EXPECT_EQ(after.info().similarity, before.info().similarity);
  EXPECT_EQ(after.fingerprint(), before.fingerprint());
}

INSTANTIATE_TEST_SUITE_P(Folders, ConvertedFolder,
                         ::testing::Values("sentence-transformers/default-prompt", "sentence-transformers/dense-identity-nobias",
                                           "sentence-transformers/dense-tanh", "sentence-transformers/layernorm",
                                           "sentence-transformers/pool-cls-mean", "sentence-transformers/pool-mean-sqrt",
                                           "sentence-transformers/prompts-excluded", "models/bert", "models/distilbert", "models/roberta",
                                           "models/gpt2", "models/llama", "models/qwen3", "models/gemma3-text", "models/nomic-bert",
                                           "models/t5-gated-gelu"),
                         [](const auto& folder) {
                           std::string name = folder.param;
                           for (char& c : name) c = c == '-' || c == '/' ? '_' : c;
                           return name;
                         });

TEST(Convert, ToFewerBitsStaysNearAndIsAnotherSpace) {
  const auto model = golden::path("sentence-transformers/pool-mean");
  const TemporaryFolder folder;
  const Embedder before = load(model);
  const Matrix<float> want = vectors_of(before, kTexts);
  // Half floats keep 11 bits; eight bits with a scale for 32 numbers keep about 7. The tiny model's wild weights are the hard case.
  for (const auto& [type, least] : {std::pair{"f16", 0.99999}, std::pair{"q8_0", 0.998}}) {
    const Embedder after = load(convert(folder, model, type));
    EXPECT_GE(golden::nearness(vectors_of(after, kTexts), want).cosine_least, least) << type;
    EXPECT_NE(after.fingerprint(), before.fingerprint()) << type;
  }
}

TEST(Convert, OfAConvertedFileChangesNothing) {
  const TemporaryFolder folder;
  const auto once = convert(folder, golden::path("sentence-transformers/dense-tanh"), "q8_0");
  const auto twice = folder.path() / "twice.gguf";
  Context context(1);
  convert_to_gguf(once, twice, "q8_0", context);
  EXPECT_EQ(load(twice).fingerprint(), load(once).fingerprint());
  expect_same_bits(vectors_of(load(twice), kTexts), vectors_of(load(once), kTexts));
}

TEST(Convert, KeepsVectorsInF32AndMatricesInTheTypeAskedFor) {
  const TemporaryFolder folder;
  const GgufFile file(convert(folder, golden::path("sentence-transformers/pool-mean"), "q8_0"));
  EXPECT_EQ(file.find("blk.0.attn_q.weight")->type, TensorType::q8_0);
  EXPECT_EQ(file.find("blk.0.attn_q.bias")->type, TensorType::f32);
  EXPECT_EQ(file.find("token_embd_norm.weight")->type, TensorType::f32);
  EXPECT_EQ(file.string("tokenizer.ggml.model"), "bert");
}

TEST(Convert, TakesHalfFloatsWhereRowsAreNoWholeBlocks) {
  const TemporaryFolder folder;
  const GgufFile file(convert(folder, golden::path("models/bert"), "q8_0"));  // 48 columns
  EXPECT_EQ(file.find("blk.0.attn_q.weight")->type, TensorType::f16);
  EXPECT_EQ(file.find("blk.0.ffn_down.weight")->type, TensorType::q8_0);  // 96 columns
}

TEST(Convert, RefusesAnUnknownTypeAndLeavesNothingBehind) {
  const TemporaryFolder folder;
  Context context(1);
  try {
    convert_to_gguf(golden::path("models/bert"), folder.path() / "out.gguf", "q4_k", context);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "unknown weight type 'q4_k'; known are f32, f16, q8_0");
  }
  context.cancel.cancel();
  EXPECT_THROW(convert_to_gguf(golden::path("models/bert"), folder.path() / "out.gguf", "f32", context), Error);
  EXPECT_EQ(folder.n_entries(), 0U);
}

TEST(Convert, KeepsNormsThatAreNamedGammaAndBeta) {
  const golden::ModelCopy model("sentence-transformers/pool-mean");
  std::string bytes = model.read("model.safetensors");
  // The names grow shorter; spaces inside the JSON header make up for it.
  for (const auto& [now, old] :
       {std::pair{"LayerNorm.weight\":", "LayerNorm.gamma\": "}, std::pair{"LayerNorm.bias\":", "LayerNorm.beta\":"}}) {
    for (std::size_t at = bytes.find(now); at != std::string::npos; at = bytes.find(now))
      bytes.replace(at, std::string_view(now).size(), old);
  }
  model.write("model.safetensors", bytes);
  const TemporaryFolder folder;
  const Embedder before = load(golden::path("sentence-transformers/pool-mean"));
  EXPECT_EQ(load(model.path()).fingerprint(), before.fingerprint());
  expect_same_bits(vectors_of(load(convert(folder, model.path(), "f32")), kTexts), vectors_of(before, kTexts));
}

TEST(Convert, NamesATensorThatIsMissing) {
  const golden::ModelCopy model("sentence-transformers/pool-mean");
  std::string bytes = model.read("model.safetensors");
  const std::string name = "layer.1.output.dense.weight";
  bytes.replace(bytes.find(name), name.size(), "layer.1.output.dense.weighs");
  model.write("model.safetensors", bytes);
  const TemporaryFolder folder;
  try {
    convert(folder, model.path(), "f32");
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("tensor 'encoder.layer.1.output.dense.weight'"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("is missing"), std::string::npos) << error.what();
  }
  EXPECT_EQ(folder.n_entries(), 0U);
}

TEST(Convert, OfMiniLmKeepsIdsAndTheEightBitFileStaysNear) {
  AKIN_NEED_MINILM();
  const TemporaryFolder folder;
  const std::vector<std::string> texts = golden::minilm_strings();
  const Embedder before = load(golden::minilm_folder());
  const Embedder after = load(convert(folder, golden::minilm_folder(), "q8_0"));
  for (const std::string& text : texts) ASSERT_EQ(after.tokenizer().encode(text).ids, before.tokenizer().encode(text).ids) << text;
  const golden::Nearness near = golden::nearness(vectors_of(after, texts), golden::expected_minilm());
  EXPECT_GE(near.cosine_mean, 0.9997);  // the promise of the embedded model: 0.9998 mean, 0.9994 least
  EXPECT_GE(near.cosine_least, 0.999);
}

}  // namespace
}  // namespace akin
