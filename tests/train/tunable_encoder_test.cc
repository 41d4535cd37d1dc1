#include "akin/train/tunable_encoder.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "akin/base/rng.h"
#include "akin/formats/safetensors.h"
#include "base/temporary_folder.h"
#include "base/throws.h"
#include "nn/gradient_check.h"

namespace akin {
namespace {

namespace fs = std::filesystem;

const fs::path kModels = fs::path(AKIN_GOLDEN) / "sentence-transformers";
const std::vector<std::string> kTexts = {"Hello", "The whale swam away from the ship.", "", "It is a truth universally acknowledged",
                                         "call me Ishmael, some years ago"};

/// A copy of pool-mean that pools by the largest.
void write_max(const fs::path& folder) {
  fs::copy(kModels / "pool-mean", folder, fs::copy_options::recursive);
  std::ofstream(folder / "1_Pooling" / "config.json") << R"({"pooling_mode_max_tokens": true})";
}

/// Folders of every way to pool that the tiny BERT models have.
struct Folders {
  testing::TemporaryFolder made;
  std::vector<fs::path> all;

  explicit Folders(const std::vector<const char*>& names) {
    for (const char* name : names) all.push_back(kModels / name);
    write_max(made.path() / "max");
    all.push_back(made.path() / "max");
  }
};

Matrix<float> vectors_of(const TunableEncoder& encoder, Context& context) {
  return encoder.embedder().embed(kTexts, TextRole::plain, context).vectors;
}

void expect_near(const Matrix<float>& got, const Matrix<float>& want, float room) {
  ASSERT_EQ(got.rows(), want.rows());
  ASSERT_EQ(got.cols(), want.cols());
  for (std::size_t i = 0; i < got.size(); ++i) ASSERT_NEAR(got.data()[i], want.data()[i], room) << "number " << i;
}

TEST(TunableEncoder, GivesTheVectorsOfEmbedder) {
  Context context(2);
  const Folders folders({"pool-mean", "pool-cls", "pool-cls-mean", "pool-mean-sqrt", "pool-weightedmean", "prompts-excluded"});
  for (const fs::path& name : folders.all) {
    const TunableEncoder encoder = TunableEncoder::load(name, 0, context);
    const Embedder embedder = Embedder::load(name, {}, context);
    for (const TextRole role : {TextRole::plain, TextRole::query}) {
      const EmbedResult got = encoder.embedder().embed(kTexts, role, context), want = embedder.embed(kTexts, role, context);
      expect_near(got.vectors, want.vectors, 1e-5F);  // f32 sums in another order
      for (std::size_t i = 0; i < kTexts.size(); ++i) {
        EXPECT_EQ(got.reports[i].n_tokens, want.reports[i].n_tokens) << name;
        EXPECT_EQ(got.reports[i].n_tokens_dropped, want.reports[i].n_tokens_dropped) << name;
      }
    }
  }
}

TEST(TunableEncoder, GivesTheVectorsOfEmbedderOnTheRealModel) {
  const char* minilm = std::getenv("AKIN_TEST_MINILM");
  if (minilm == nullptr) GTEST_SKIP() << "AKIN_TEST_MINILM names no model";
  Context context(2);
  const TunableEncoder encoder = TunableEncoder::load(minilm, 0, context);
  expect_near(vectors_of(encoder, context), Embedder::load(minilm, {}, context).embed(kTexts, TextRole::plain, context).vectors, 1e-5F);
}

/// Gradients of the weighted sum of the vectors of some texts.
struct Gradients {
  std::vector<TunableText> texts;
  std::vector<const TunableText*> list;
  Matrix<float> weights, out;

  explicit Gradients(const TunableEncoder& encoder) : weights(kTexts.size(), encoder.dim()), out(kTexts.size(), encoder.dim()) {
    for (const std::string& text : kTexts) texts.push_back(encoder.encode(text, TextRole::query));
    for (const TunableText& text : texts) list.push_back(&text);
    Rng rng(5);
    for (std::size_t i = 0; i < weights.size(); ++i) weights.data()[i] = rng.normal();
  }
  std::vector<float> get(TunableEncoder& encoder, int threads) {
    Context context(threads);
    TunableTape tape;
    std::vector<float> gradients(encoder.parameters().size());
    encoder.forward(list, {}, tape, out.view(), context);
    encoder.backward(weights.view(), tape, gradients, context);
    return gradients;
  }
};

TEST(TunableEncoder, GradientsAreThoseOfDifferences) {
  Context context(1);
  const Folders folders({"pool-mean", "pool-cls-mean", "prompts-excluded"});
  for (const fs::path& name : folders.all) {
    TunableEncoder encoder = TunableEncoder::load(name, 0, context);
    Gradients pass(encoder);
    const std::vector<float> gradients = pass.get(encoder, 1);
    const auto value = [&] {
      TunableTape tape;
      encoder.forward(pass.list, {}, tape, pass.out.view(), context);
      return nn::weighted_sum(pass.out.view(), pass.weights.view());
    };
    // A norm, a bias and a matrix of the last layer, which reach the vectors through everything that is added here.
    for (const char* part :
         {"encoder.layer.1.output.LayerNorm.weight", "encoder.layer.1.output.dense.bias", "encoder.layer.1.attention.self.value.weight"}) {
      const Parameter* p = encoder.parameters().find(part);
      ASSERT_NE(p, nullptr) << part;
      const std::span<float> values = encoder.parameters().values_of(*p);
      // Outputs sum to about 30 with rounding of 1e-6 over 1/16; the third derivative of what is behind (a norm, unit length) is of
      // order 10.
      nn::expect_gradient(values, std::span(gradients).subspan(p->offset, p->size()), value, 2e-3, p->size() / 16);
    }
  }
}

TEST(TunableEncoder, GradientsHaveTheSameBitsOnAnyNumberOfThreads) {
  Context context(1);
  TunableEncoder encoder = TunableEncoder::load(kModels / "pool-mean", 0, context);
  Gradients pass(encoder);
  EXPECT_EQ(pass.get(encoder, 1), pass.get(encoder, 3));
}

TEST(TunableEncoder, WritesAFolderThatGivesItsVectors) {
  Context context(1);
  const Folders folders({"pool-mean", "pool-cls", "prompts-excluded"});
  for (const fs::path& name : folders.all) {
    TunableEncoder encoder = TunableEncoder::load(name, 0, context);
    Rng rng(7);
    for (float& x : encoder.parameters().values()) x += 0.01F * rng.normal();
    const testing::TemporaryFolder folder;
    encoder.write(folder.path() / "tuned");
    const Embedder embedder = Embedder::load(folder.path() / "tuned", {}, context);
    const Embedder before = Embedder::load(name, {}, context);
    EXPECT_EQ(embedder.info().pooling, before.info().pooling);
    EXPECT_EQ(embedder.info().prompts, before.info().prompts);
    EXPECT_EQ(embedder.max_tokens(), before.max_tokens());
    expect_near(embedder.embed(kTexts, TextRole::query, context).vectors,
                encoder.embedder().embed(kTexts, TextRole::query, context).vectors, 1e-5F);
    // What training has no use for is there too.
    const auto old_file = open_safetensors(name), new_file = open_safetensors(folder.path() / "tuned");
    EXPECT_EQ(new_file->tensors().size(), old_file->tensors().size());
    for (const TensorView& tensor : old_file->tensors()) EXPECT_NE(new_file->find(tensor.name), nullptr) << tensor.name;
  }
}

TEST(TunableEncoder, SaysHowAPlainFolderIsPooled) {
  Context context(1);
  const testing::TemporaryFolder folder;
  const fs::path plain = folder.path() / "plain";
  fs::create_directory(plain);
  for (const char* file : {"config.json", "model.safetensors", "tokenizer.json"}) fs::copy_file(kModels / "pool-mean" / file, plain / file);
  std::ofstream(plain / "README.md") << "a model card";
  TunableEncoder::load(plain, 0, context).write(folder.path() / "tuned");
  EXPECT_TRUE(fs::exists(folder.path() / "tuned" / "modules.json"));
  EXPECT_FALSE(fs::exists(folder.path() / "tuned" / "README.md"));
  const Embedder before = Embedder::load(plain, {}, context), after = Embedder::load(folder.path() / "tuned", {}, context);
  EXPECT_EQ(after.info().pooling, "mean");
  expect_near(after.embed(kTexts, TextRole::plain, context).vectors, before.embed(kTexts, TextRole::plain, context).vectors, 0);
}

TEST(TunableEncoder, RefusesWhatItCannotTrainAndToWriteOverItsSource) {
  Context context(1);
  testing::expect_error(ErrorCode::unsupported, "cannot be trained", [&] { TunableEncoder::load(kModels / "two-dense", 0, context); });
  const TunableEncoder encoder = TunableEncoder::load(kModels / "pool-mean", 0, context);
  testing::expect_error(ErrorCode::invalid_argument, "name another folder", [&] { encoder.write(kModels / "pool-mean"); });
}

}  // namespace
}  // namespace akin
