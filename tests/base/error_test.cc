#include "akin/base/error.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <set>

#include "base/throws.h"

namespace akin {
namespace {

using testing::expect_error;

TEST(Error, CarriesItsCodeAndMessage) {
  const Error error(ErrorCode::corrupt, "model.gguf: cut off at byte 12");
  EXPECT_EQ(error.code(), ErrorCode::corrupt);
  EXPECT_STREQ(error.what(), "model.gguf: cut off at byte 12");
}

TEST(Error, CodesHaveTheirOwnNames) {
  std::set<std::string_view> names;
  for (int code = 0; code <= static_cast<int>(ErrorCode::cancelled); ++code) names.insert(name_of(static_cast<ErrorCode>(code)));
  EXPECT_EQ(names, (std::set<std::string_view>{"invalid_argument", "not_found", "corrupt", "unsupported", "io", "mismatch", "busy", "limit",
                                               "cancelled"}));
}

TEST(Error, OfASystemCallNamesThePathTheActionAndTheReason) {
  errno = EACCES;
  expect_error(ErrorCode::io, "a/b.txt: cannot read it: Permission denied", [] { throw_errno("a/b.txt", "read it"); });
}

TEST(Error, OfAMissingFileIsNotFound) {
  for (const int code : {ENOENT, ENOTDIR}) {
    errno = code;
    expect_error(ErrorCode::not_found, "x: cannot open it", [] { throw_errno("x", "open it"); });
  }
}

TEST(Require, ThrowsOnlyWhenTheConditionFails) {
  EXPECT_NO_THROW(require(true, "k must be positive"));
  expect_error(ErrorCode::invalid_argument, "k must be positive", [] { require(false, "k must be positive"); });
}

TEST(CheckFailed, NamesTheExpressionAndThePlaceBeforeItEndsTheProgram) {
  EXPECT_DEATH(detail::check_failed("row < rows", "matrix.h", 7), "matrix.h:7: check failed: row < rows");
}

}  // namespace
}  // namespace akin
