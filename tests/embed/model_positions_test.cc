#include "akin/embed/model_positions.h"

#include <gtest/gtest.h>

#include "akin/formats/safetensors.h"
#include "akin/nn/alibi.h"
#include "base/throws.h"
#include "golden_files.h"
#include "model_copy.h"

namespace akin {
namespace {

using akin::testing::expect_error;

ModelPositions of(const std::string& name, std::size_t rows = 4096) { return read_positions(golden::path("models/" + name), rows); }

TEST(ModelPositions, ReadALearnedTableFromTheRowOfTheFirstToken) {
  for (const auto& [name, tensor, first] : {std::tuple{"bert", "embeddings.position_embeddings.weight", 0U},
                                            std::tuple{"roberta", "embeddings.position_embeddings.weight", 2U}}) {
    const ModelPositions positions = of(name);
    const auto file = open_safetensors(golden::path(std::string("models/") + name));
    const TensorView* table = nullptr;
    for (const TensorView& view : file->tensors())
      if (view.name.ends_with(tensor)) table = &view;
    ASSERT_NE(table, nullptr) << name;
    ASSERT_EQ(positions.learned.rows(), table->shape[0] - first);
    std::vector<float> row(table->shape[1]);
    table->row_to_float(first, row);
    EXPECT_TRUE(std::ranges::equal(row, positions.learned.row(0))) << name;
    EXPECT_EQ(positions.kinds(), "learned");
    EXPECT_EQ(of(name, 3).learned.rows(), 3U);
  }
}

TEST(ModelPositions, TellRotationsSlopesAndBuckets) {
  EXPECT_EQ(of("llama").kinds(), "rope");
  EXPECT_EQ(of("llama-yarn").ropes.at(0).scaling.kind, nn::RopeScalingKind::yarn);
  EXPECT_EQ(of("gemma3-text").ropes.size(), 2U) << "one base near, one far";
  EXPECT_EQ(of("bloom").kinds(), "alibi");
  EXPECT_EQ(of("bloom").alibi_slopes, nn::alibi_slopes(6));
  EXPECT_TRUE(of("bloom").causal);
  EXPECT_EQ(of("mpnet").kinds(), "learned and relative buckets");
  const ModelPositions t5 = of("t5-gated-gelu");
  EXPECT_EQ(t5.kinds(), "relative buckets");
  EXPECT_EQ(t5.relative_buckets->n_buckets, 16U);
  EXPECT_EQ(t5.relative_bias.rows(), 16U);
  EXPECT_EQ(t5.relative_bias.cols(), t5.n_heads);
}

TEST(ModelPositions, AreRefusedWhereTheTableHasAnotherShape) {
  const golden::ModelCopy copy("models/bert");
  copy.edit_json("config.json", [](auto& config) { config["max_position_embeddings"] = 9; });
  expect_error(ErrorCode::mismatch, "position_embeddings.weight", [&] { (void)read_positions(copy.path(), 10); });
}

}  // namespace
}  // namespace akin
