#include <gtest/gtest.h>

#include "golden_model.h"

namespace akin {
namespace {

TEST(Bert, GivesTheReferencesHiddenStatesAfterEveryLayer) { golden::expect_layers("bert", 4e-5); }

TEST(Bert, ReadsShardedBfloat16WeightsAndRelu) { golden::expect_layers("bert-bf16-sharded", 2e-5); }

TEST(Bert, ReadsAMaskedLanguageModelWithPrefixFloat16AndTanhGelu) { golden::expect_layers("bert-mlm-f16", 2e-5); }

}  // namespace
}  // namespace akin
