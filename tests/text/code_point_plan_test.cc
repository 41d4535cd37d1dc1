#include "code_point_plan.h"

#include <gtest/gtest.h>

namespace akin::text {
namespace {

using Kind = CodePointPlan::Kind;

TEST(CodePointPlan, SaysWhatBecomesOfACodePoint) {
  const CodePointPlan plan(BertNormalizerOptions{});
  EXPECT_EQ(plan.at(U'\0').kind, Kind::dropped);
  EXPECT_EQ(plan.at(U'\u0301').kind, Kind::dropped);
  EXPECT_EQ(plan.at(U'\u3000').kind, Kind::space);
  EXPECT_EQ(plan.at(U'É').kind, Kind::word);
  EXPECT_EQ(plan.at(U'É').to, U'e');
  EXPECT_EQ(plan.at(U'…').kind, Kind::alone);
  EXPECT_EQ(plan.at(U'\uF900').kind, Kind::alone);
  EXPECT_EQ(plan.at(U'\uF900').to, U'\u8C48');
  EXPECT_EQ(plan.at(U'각').kind, Kind::several);
  EXPECT_EQ(plan.at(U'각').several->n, 3U);
  EXPECT_EQ(plan.at(U'\u302E').kind, Kind::ordered);
  EXPECT_EQ(plan.at(U'\U0010FFFF').kind, Kind::word);
}

TEST(CodePointPlan, FollowsItsOptions) {
  const CodePointPlan plan({.clean_text = false, .handle_chinese_chars = false, .strip_accents = false, .lowercase = false});
  EXPECT_EQ(plan.at(U'\0').kind, Kind::word);
  EXPECT_EQ(plan.at(U'É').to, U'É');
  EXPECT_EQ(plan.at(U'中').kind, Kind::word);
  EXPECT_EQ(plan.at(U'\u302E').kind, Kind::word);
}

}  // namespace
}  // namespace akin::text
