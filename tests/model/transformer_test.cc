#include "akin/model/transformer.h"

#include <gtest/gtest.h>

#include <numeric>

#include "golden_model.h"

namespace akin {
namespace {

struct Loaded {
  std::unique_ptr<SafetensorsFile> weights = open_safetensors(golden::path("models/bert"));
  ModelDescription model = describe_config(read_file(golden::path("models/bert/config.json"), 1 << 20), "config.json", *weights);
  Context context{2};
  Transformer transform(kernels::GemmType type) { return Transformer(*weights, model, type, context); }
};

TEST(Transformer, GivesASequenceTheSameBitsAloneAndInAnyBatch) {
  Loaded loaded;
  const auto list = golden::inputs(golden::path("models/bert"));
  for (const auto type : {kernels::GemmType::f32, kernels::GemmType::bf16, kernels::GemmType::int8}) {
    const Transformer transformer = loaded.transform(type);
    TransformerBuffers buffers;
    std::vector<std::int32_t> ids;
    std::vector<std::size_t> starts = {0};
    for (const auto& input : list) {
      ids.insert(ids.end(), input.ids.begin(), input.ids.end());
      starts.push_back(ids.size());
    }
    Matrix<float> together(ids.size(), loaded.model.spec.dim);
    transformer.forward({ids, {}, starts}, buffers, together.view());
    for (std::size_t k = 0; k < list.size(); ++k) {
      const std::vector<std::size_t> own = {0, list[k].ids.size()};
      Matrix<float> alone(own[1], loaded.model.spec.dim);
      transformer.forward({list[k].ids, {}, own}, buffers, alone.view());
      for (std::size_t r = 0; r < own[1]; ++r) {
        for (std::size_t c = 0; c < alone.cols(); ++c) ASSERT_EQ(alone(r, c), together(starts[k] + r, c)) << kernels::name_of(type);
      }
    }
  }
}

TEST(Transformer, GivesTheSameBitsOnACrew) {
  Loaded loaded;
  const auto list = golden::inputs(golden::path("models/bert"));
  for (const auto type : {kernels::GemmType::f32, kernels::GemmType::bf16, kernels::GemmType::int8}) {
    const Transformer transformer = loaded.transform(type);
    for (const auto& input : list) {
      const std::vector<std::size_t> starts = {0, input.ids.size()};
      Matrix<float> alone(input.ids.size(), loaded.model.spec.dim), together(input.ids.size(), loaded.model.spec.dim);
      TransformerBuffers buffers;
      transformer.forward({input.ids, {}, starts}, buffers, alone.view());
      Crew crew;
      loaded.context.parallel_for(2, 1, [&](std::size_t, std::size_t) {
        crew.join([&] { transformer.forward({input.ids, {}, starts}, buffers, together.view(), crew); });
      });
      for (std::size_t i = 0; i < alone.size(); ++i) ASSERT_EQ(alone.data()[i], together.data()[i]) << kernels::name_of(type);
    }
  }
}

TEST(Transformer, RefusesATokenOutsideTheVocabulary) {
  Loaded loaded;
  const Transformer transformer = loaded.transform(kernels::GemmType::f32);
  TransformerBuffers buffers;
  const std::vector<std::int32_t> ids = {2, 400};
  const std::vector<std::size_t> starts = {0, 2};
  Matrix<float> hidden(2, loaded.model.spec.dim);
  EXPECT_THROW(transformer.forward({ids, {}, starts}, buffers, hidden.view()), Error);
  const std::vector<std::int32_t> negative = {2, -1};
  EXPECT_THROW(transformer.forward({negative, {}, starts}, buffers, hidden.view()), Error);
}

TEST(Transformer, RefusesASequenceLongerThanThePositions) {
  Loaded loaded;
  const Transformer transformer = loaded.transform(kernels::GemmType::f32);
  TransformerBuffers buffers;
  const std::vector<std::int32_t> ids(129, 5);
  const std::vector<std::size_t> starts = {0, 129};
  Matrix<float> hidden(129, loaded.model.spec.dim);
  EXPECT_THROW(transformer.forward({ids, {}, starts}, buffers, hidden.view()), Error);
}

TEST(Transformer, NamesTheTensorThatIsMissingOrHasAnotherShape) {
  Loaded loaded;
  loaded.model.spec.mlp.dim = 100;
  try {
    loaded.transform(kernels::GemmType::f32);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("has shape (48, 96), the config asks for (48, 100)"), std::string::npos) << error.what();
  }
  loaded.model.spec.mlp.dim = 96;
  loaded.model.spec.n_layers = 3;
  try {
    loaded.transform(kernels::GemmType::f32);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("encoder.layer.2."), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("is missing"), std::string::npos) << error.what();
  }
}

TEST(Transformer, AcceptsAnEmptyBatch) {
  Loaded loaded;
  const Transformer transformer = loaded.transform(kernels::GemmType::f32);
  TransformerBuffers buffers;
  const std::vector<std::size_t> starts = {0};
  Matrix<float> hidden(0, loaded.model.spec.dim);
  EXPECT_NO_THROW(transformer.forward({{}, {}, starts}, buffers, hidden.view()));
}

}  // namespace
}  // namespace akin
