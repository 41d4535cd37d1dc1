#include <gtest/gtest.h>

#include "golden_model.h"

namespace akin {
namespace {

TEST(DistilBert, GivesTheReferencesHiddenStatesAfterEveryLayer) { golden::expect_layers("distilbert", 3e-5); }

}  // namespace
}  // namespace akin
