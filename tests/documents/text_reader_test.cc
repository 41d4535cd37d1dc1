#include <gtest/gtest.h>

#include "outline.h"
#include "readers.h"

namespace akin::documents {
namespace {

using akin::testing::meta;
using akin::testing::outline;

Document read(const std::string& bytes) {
  Reading reading("book.txt", {});
  return read_text(bytes, reading).at(0);
}

TEST(TextReader, JoinsTheLinesOfAParagraph) {
  const Document document = read("One line\r\nand the next.\r\n\r\n\r\nAnother.\r\n");
  EXPECT_EQ(outline(document), "p 1 [] One line and the next.\np 5 [] Another.\n");
  EXPECT_EQ(line_at(document.blocks[0], 9), 2U);
  EXPECT_EQ(document.title, "book.txt");
}

TEST(TextReader, FindsChaptersAndParts) {
  EXPECT_EQ(outline(read("PART ONE\n\nCHAPTER IV. Pig and Pepper\n\ntext\n\nChapter 2\nThe Pool of Tears\n\nmore\n")),
            "h1 1 [] PART ONE\n"
            "h2 3 [PART ONE] CHAPTER IV. Pig and Pepper\n"
            "p 5 [PART ONE > CHAPTER IV. Pig and Pepper] text\n"
            "h2 7 [PART ONE] Chapter 2 The Pool of Tears\n"
            "p 10 [PART ONE > Chapter 2 The Pool of Tears] more\n");
}

TEST(TextReader, TakesRunningTextForText) {
  for (const char* text : {"Chapter 4 tells us how it went.", "chapter IV.", "Part of it was lost.", "BOOK", "Act now!"})
    EXPECT_EQ(read(text).blocks.at(0).kind, BlockKind::paragraph) << text;
}

TEST(TextReader, ReadsAGutenbergHeader) {
  const Document document =
      read("The Project Gutenberg eBook of Alice\n\nTitle: Alice\nAuthor: Lewis Carroll\n\n*** START OF THE BOOK ***\n\nTitle: no\n");
  EXPECT_EQ(document.title, "Alice");
  EXPECT_EQ(meta(document, "author"), "Lewis Carroll");
}

TEST(TextReader, ReadsAnythingThatIsText) {
  EXPECT_TRUE(read("").blocks.empty());
  EXPECT_TRUE(read(" \n\t\n").blocks.empty());
  EXPECT_EQ(read(std::string(10'000'000, 'x')).blocks.at(0).text.size(), 10'000'000U);
  EXPECT_EQ(outline(read(std::string("a\0b", 3))), "p 1 [] a b\n");
  const Document broken = read("ok \xFF\xC3\xA9");
  EXPECT_EQ(broken.blocks.at(0).text, "ok \uFFFDé");
  EXPECT_EQ(broken.n_invalid, 1U);
}

}  // namespace
}  // namespace akin::documents
