#include "akin/kernels/target.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "akin/base/error.h"

namespace akin::kernels {
namespace {

TEST(Target, UsesTheBestOneUnlessTold) {
  const auto targets = supported_targets();
  ASSERT_FALSE(targets.empty());
  const std::string before = current_target();
  use_target(targets.back());
  EXPECT_EQ(current_target(), targets.back());
  use_target("");
  EXPECT_EQ(current_target(), targets.front());
  use_target(before);
}

TEST(Target, RefusesAnUnknownNameAndListsTheKnownOnes) {
  try {
    use_target("avx9000");
    FAIL() << "an unknown target was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
    EXPECT_NE(std::string(error.what()).find("avx9000"), std::string::npos);
    for (const std::string& name : supported_targets()) EXPECT_NE(std::string(error.what()).find(name), std::string::npos);
  }
}

TEST(Target, RunsEachOnceAndGoesBack) {
  const std::string before = current_target();
  std::vector<std::string> seen;
  for_each_target([&](std::string_view name) {
    EXPECT_EQ(current_target(), name);
    seen.emplace_back(name);
  });
  EXPECT_EQ(seen, supported_targets());
  EXPECT_EQ(current_target(), before);
}

}  // namespace
}  // namespace akin::kernels
