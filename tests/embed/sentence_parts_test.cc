#include "akin/embed/sentence_parts.h"

#include <gtest/gtest.h>

#include "base/throws.h"

namespace akin {
namespace {

const std::filesystem::path kModels = std::filesystem::path(AKIN_GOLDEN) / "sentence-transformers";

TEST(SentenceParts, SaysHowAFoldersRowsBecomeAVector) {
  const SentenceParts mean = read_sentence_parts(kModels / "pool-mean");
  EXPECT_EQ(mean.name, "pool-mean");
  EXPECT_EQ(mean.transformer, kModels / "pool-mean");
  EXPECT_TRUE(mean.has_modules && mean.include_prompt && mean.has_unit_length);
  EXPECT_EQ(mean.pooling.modes, std::vector{nn::PoolingMode::mean});
  EXPECT_NE(mean.weights->find(mean.model.names.token_embedding + ".weight"), nullptr);

  const SentenceParts joined = read_sentence_parts(kModels / "pool-cls-mean");
  EXPECT_EQ(joined.pooling.modes, (std::vector{nn::PoolingMode::cls, nn::PoolingMode::mean}));
  EXPECT_FALSE(joined.has_unit_length);
  EXPECT_FALSE(read_sentence_parts(kModels / "prompts-excluded").include_prompt);
}

TEST(SentenceParts, RefusesWhatHasNoBackwardPass) {
  testing::expect_error(ErrorCode::unsupported, "'Dense' behind pooling", [] { read_sentence_parts(kModels / "dense-tanh"); });
  testing::expect_error(ErrorCode::unsupported, "'LayerNorm' behind pooling", [] { read_sentence_parts(kModels / "layernorm"); });
  testing::expect_error(ErrorCode::unsupported, "a model's folder is wanted",
                        [] { read_sentence_parts(kModels / "pool-mean" / "model.safetensors"); });
  testing::expect_error(ErrorCode::not_found, "no such", [] { read_sentence_parts(kModels / "nothing-here"); });
}

}  // namespace
}  // namespace akin
