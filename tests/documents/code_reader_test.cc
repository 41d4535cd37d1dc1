#include <gtest/gtest.h>

#include "outline.h"
#include "readers.h"

namespace akin::documents {
namespace {

using akin::testing::meta;
using akin::testing::outline;

Document read(const std::string& bytes, const std::string& name) {
  Reading reading(name, {});
  return read_code(bytes, reading).at(0);
}

TEST(CodeReader, CutsBetweenDefinitionsNotInsideThem) {
  const Document document = read(
      "import os\n"
      "\n"
      "def first():\n"
      "    a = 1\n"
      "\n"
      "    return a\n"
      "\n"
      "\n"
      "def second():\n"
      "    pass\n",
      "tool.py");
  EXPECT_EQ(outline(document),
            "code 1 [] import os\n"
            "code 3 [] def first():\\n    a = 1\\n\\n    return a\n"
            "code 9 [] def second():\\n    pass\n");
  EXPECT_EQ(meta(document, "language"), "python");
  EXPECT_EQ(document.title, "tool.py");
  EXPECT_EQ(document.format, "code");
}

TEST(CodeReader, KeepsAClosingBraceWithItsFunction) {
  const Document document = read("int f() {\n  g();\n\n}\n\nint h();\n", "a.cc");
  EXPECT_EQ(outline(document), "code 1 [] int f() {\\n  g();\\n\\n}\ncode 6 [] int h();\n");
}

TEST(CodeReader, CutsALongFunctionAtABlankLine) {
  std::string text = "def long():\n";
  for (int i = 0; i < 130; ++i) text += "    step()\n";
  text += "\n    tail()\n";
  const Document document = read(text, "long.py");
  ASSERT_EQ(document.blocks.size(), 2U);
  EXPECT_EQ(document.blocks[1].line, 133U);
  EXPECT_EQ(document.blocks[1].text, "    tail()");
}

TEST(CodeReader, CountsLinesInsideABlock) {
  const Document document = read("\n\nint a;\nint b;\n", "a.h");
  ASSERT_EQ(document.blocks.size(), 1U);
  EXPECT_EQ(line_at(document.blocks[0], 0), 3U);
  EXPECT_EQ(line_at(document.blocks[0], document.blocks[0].text.find("int b")), 4U);
}

TEST(CodeReader, ReadsAnEmptyFileAndOneLongLine) {
  EXPECT_TRUE(read("", "a.c").blocks.empty());
  const std::string line(10'000'000, 'x');
  EXPECT_EQ(read(line, "a.js").blocks.at(0).text, line);
}

}  // namespace
}  // namespace akin::documents
