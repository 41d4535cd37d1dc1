#include "regex_program.h"

#include <gtest/gtest.h>

#include "akin/base/error.h"

namespace akin::text {
namespace {

ErrorCode code_of(const std::string& pattern) {
  try {
    (void)compile_regex(pattern, "t.json");
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode::cancelled;
}

TEST(CompileRegex, RefusesAMalformedPattern) {
  for (const char* pattern :
       {"(", ")", "(?:a", "[a", "[b-a]", "*a", "a|+", "\\", "\\p{L", "\\x{110000}", "\\xg", "(?", "a(?i", "\xff", "[\\"})
    EXPECT_EQ(code_of(pattern), ErrorCode::corrupt) << pattern;
}

TEST(CompileRegex, NamesWhatIsNotSupported) {
  for (const char* pattern :
       {"(a)\\1", "\\p{Klingon}", "[[:alpha:]]", "[a&&b]", "(?<name>a)", "(?x: a)", "(?<=a+)b", "\\R", "\\k<a>", "a{3,2}", "\\G"})
    EXPECT_EQ(code_of(pattern), ErrorCode::unsupported) << pattern;
  try {
    (void)compile_regex("\\p{Klingon}", "t.json: pre_tokenizer Split");
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "t.json: pre_tokenizer Split: the pattern \\p{Klingon}: \\p{klingon} is not supported");
  }
}

TEST(CompileRegex, BoundsThePattern) {
  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += "(";
  EXPECT_EQ(code_of(deep), ErrorCode::limit);
  deep.assign(1000, '[');
  EXPECT_EQ(code_of(deep), ErrorCode::limit);
  EXPECT_EQ(code_of("a{1001}"), ErrorCode::limit);
  EXPECT_EQ(code_of("a{99999999999999999999}"), ErrorCode::limit);
  EXPECT_EQ(code_of("(?:(?:a{1000}){1000}){1000}"), ErrorCode::limit);
  EXPECT_EQ(code_of("(?:a{0,1000}){0,1000}"), ErrorCode::limit);
  EXPECT_EQ(code_of(std::string(20'000, 'a')), ErrorCode::limit);
}

}  // namespace
}  // namespace akin::text
