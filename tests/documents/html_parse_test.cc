#include "html_parse.h"

#include <gtest/gtest.h>

#include <ctime>

#include "base/throws.h"

namespace akin::documents {
namespace {

using akin::testing::expect_error;

std::string repeated(std::string_view text, std::size_t n) {
  std::string out;
  out.reserve(text.size() * n);
  for (std::size_t i = 0; i < n; ++i) out += text;
  return out;
}

TEST(HtmlParse, GivesTheTreeOfAPage) {
  const Reading reading("a.html", {});
  const std::string page = "<p>hi";
  const HtmlTree tree(page, reading);
  ASSERT_NE(tree.root(), nullptr);
  EXPECT_EQ(tree.root()->type, GUMBO_NODE_DOCUMENT);
}

TEST(HtmlParse, SurvivesAMillionNestedTagsWithoutUsingTheStack) {
  const Reading reading("deep.html", {});
  const std::string page = repeated("<b>", 1'000'000);
  try {
    const HtmlTree tree(page, reading);
    EXPECT_NE(tree.root(), nullptr);
  } catch (const Error& error) {
    EXPECT_EQ(name_of(error.code()), name_of(ErrorCode::limit)) << error.what();
  }
}

TEST(HtmlParse, GivesUpOnTagsThatMakeItQuadratic) {
  const Reading reading("slow.html", {});
  const std::string page = repeated("<a><div><p><font><table>", 60'000);
  const std::clock_t begin = std::clock();
  try {
    const HtmlTree tree(page, reading);
    EXPECT_NE(tree.root(), nullptr);
  } catch (const Error& error) {
    EXPECT_EQ(name_of(error.code()), name_of(ErrorCode::limit)) << error.what();
  }
  // The bound is 2 s and half a second a megabyte; sanitizers and releasing the memory take their share.
  EXPECT_LT(static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC, 30.0);
}

TEST(HtmlParse, StopsWhenTheFilesTimeIsUp) {
  const Reading reading("late.html", {.max_seconds = 0});
  const std::string page = repeated("<p>x", 10'000);
  expect_error(ErrorCode::limit, "late.html: ", [&] { const HtmlTree tree(page, reading); });
}

}  // namespace
}  // namespace akin::documents
