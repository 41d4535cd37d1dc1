#include "akin/base/log.h"

#include <gtest/gtest.h>

namespace akin {
namespace {

TEST(LogLevel, HasNames) {
  EXPECT_EQ(name_of(LogLevel::debug), "debug");
  EXPECT_EQ(name_of(LogLevel::info), "info");
  EXPECT_EQ(name_of(LogLevel::warning), "warning");
}

TEST(LogSink, IsEmptyUntilASurfaceInstallsOne) {
  const LogSink sink;
  EXPECT_FALSE(sink);
}

}  // namespace
}  // namespace akin
