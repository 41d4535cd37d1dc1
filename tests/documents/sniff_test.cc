#include "sniff.h"

#include <gtest/gtest.h>

#include <array>

namespace akin::documents {
namespace {

using namespace std::string_literals;

TEST(Sniff, NamesBinaryFormatsByTheirFirstBytes) {
  EXPECT_EQ(describe_binary("\x89PNG\r\n\x1A\n...."), "a PNG image");
  EXPECT_EQ(describe_binary(std::string(257, '\0') + "ustar"), "a tar archive");
  EXPECT_EQ(describe_binary("plain text"), "");
  EXPECT_EQ(describe_binary(""), "");
}

TEST(Sniff, FindsPdf) {
  EXPECT_TRUE(is_pdf("%PDF-1.7"));
  EXPECT_TRUE(is_pdf(std::string(1000, ' ') + "%PDF-1.7"));
  EXPECT_FALSE(is_pdf(std::string(2000, ' ') + "%PDF-1.7"));
}

TEST(Sniff, TakesManyControlsForBinary) {
  EXPECT_TRUE(is_binary(std::string(100, '\0')));
  EXPECT_FALSE(is_binary("text with one \0 in a hundred characters, which some editors leave at the end of a file"s));
  EXPECT_FALSE(is_binary("\xFF\xFEh\0i\0"s));
  EXPECT_FALSE(is_binary(""));
}

TEST(Sniff, ChoosesTheFormatByNameThenByContent) {
  EXPECT_EQ(format_of("x", "a.md", "md"), Format::markdown);
  EXPECT_EQ(format_of("x", "a.tsv", "tsv"), Format::tsv);
  EXPECT_EQ(format_of("x", "a.rs", "rs"), Format::code);
  EXPECT_EQ(format_of("x", "CMakeLists.txt", "txt"), Format::code);
  EXPECT_EQ(format_of("\xEF\xBB\xBF <!DOCTYPE HTML>", "page", ""), Format::html);
  EXPECT_EQ(format_of("#!/bin/sh\n", "run", ""), Format::code);
  EXPECT_EQ(format_of("word", "README", ""), Format::text);
}

TEST(Sniff, NamesLanguages) {
  EXPECT_EQ(language_of("a.py", "py"), "python");
  EXPECT_EQ(language_of("Makefile", ""), "make");
  EXPECT_EQ(language_of("a.xyz", "xyz"), "");
}

}  // namespace
}  // namespace akin::documents
