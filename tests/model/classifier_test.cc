#include "akin/model/classifier.h"

#include <gtest/gtest.h>

#include <cstring>

#include "akin/base/mapped_file.h"
#include "golden_model.h"

namespace akin {
namespace {

struct Loaded {
  std::filesystem::path folder;
  std::unique_ptr<SafetensorsFile> weights, expected;
  std::string config;
  ModelDescription model;
  explicit Loaded(const std::string& name)
      : folder(golden::path("sentence-transformers/" + name)),
        weights(open_safetensors(folder)),
        expected(open_safetensors(folder / "expected.safetensors")),
        config(read_file(folder / "config.json", 1 << 20)),
        model(describe_config(config, "config.json", *weights)) {}
  [[nodiscard]] SequenceClassifier classifier() const {
    return {*weights, model, describe_classifier(config, "config.json", model, *weights)};
  }
};

class GoldenHeads : public testing::TestWithParam<const char*> {};

TEST_P(GoldenHeads, GiveTheReferencesLogitsFromTheReferencesIds) {
  const Loaded golden(GetParam());
  Context context(1);
  const Transformer transformer(*golden.weights, golden.model, kernels::GemmType::f32, context);
  const SequenceClassifier classifier = golden.classifier();
  const TensorView& want = *golden.expected->find("logits");
  const std::size_t n_labels = want.shape.size() == 2 ? want.shape[1] : 1;
  ASSERT_EQ(classifier.n_labels(), n_labels);
  std::vector<float> logits(want.size());
  std::memcpy(logits.data(), want.bytes.data(), want.bytes.size());
  const auto pairs = golden::json(golden.folder / "inputs.json").at("pairs");
  TransformerBuffers buffers;
  for (std::size_t k = 0; k < pairs.size(); ++k) {
    const auto ids = pairs[k].at("input_ids").get<std::vector<std::int32_t>>();
    const auto types = pairs[k].value("token_type_ids", std::vector<std::int32_t>());
    const std::vector<std::size_t> starts = {0, ids.size()};
    Matrix<float> hidden(ids.size(), golden.model.spec.dim), pooled(1, golden.model.spec.dim);
    transformer.forward({ids, types, starts}, buffers, hidden.view());
    classifier.pool(hidden.view(), ids, pooled.row(0));
    const Matrix<float> got = classifier.forward(pooled);
    // Ten times the largest difference of torch's own float32 run from float64 on these models (5e-7), for logits of about 1.
    for (std::size_t c = 0; c < n_labels; ++c) EXPECT_NEAR(got(0, c), logits[k * n_labels + c], 1e-5) << "pair " << k << ", label " << c;
  }
}

INSTANTIATE_TEST_SUITE_P(Folders, GoldenHeads,
                         testing::Values("cross-encoder", "cross-encoder-3", "cross-encoder-identity", "head-distilbert", "head-gpt2",
                                         "head-modernbert", "head-mpnet", "head-qwen3"),
                         [](const auto& folder) {
                           std::string name = folder.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

TEST(Classifier, OfAModelWithoutAHeadIsRefusedNamingTheTensor) {
  const Loaded golden("pool-mean");
  try {
    (void)golden.classifier();
    FAIL() << "found one";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::not_found);
    EXPECT_NE(std::string(error.what()).find("no tensor 'classifier.weight'"), std::string::npos) << error.what();
  }
}

TEST(Classifier, OfAFamilyWithoutOneIsRefusedWithTheFamiliesThatHaveOne) {
  Loaded golden("cross-encoder");
  golden.model.family = "t5";
  try {
    (void)golden.classifier();
    FAIL() << "found one";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::unsupported);
    EXPECT_NE(std::string(error.what()).find("for t5 models; it is for bert, "), std::string::npos) << error.what();
  }
}

TEST(Classifier, OfModernBertPoolsAsItsConfigurationSays) {
  const Loaded golden("cross-encoder");
  ModelDescription model = golden.model;
  model.family = "modernbert";
  EXPECT_EQ(describe_classifier(R"({"classifier_pooling": "mean"})", "c", model, *golden.weights).pooling, nn::PoolingMode::mean);
  EXPECT_EQ(describe_classifier("{}", "c", model, *golden.weights).pooling, nn::PoolingMode::cls);
  EXPECT_THROW((void)describe_classifier(R"({"classifier_pooling": "max"})", "c", model, *golden.weights), Error);
}

}  // namespace
}  // namespace akin
