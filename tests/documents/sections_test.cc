#include "sections.h"

#include <gtest/gtest.h>

#include "reading.h"

namespace akin::documents {
namespace {

Document document_of(const std::vector<std::pair<int, std::string>>& blocks) {
  Reading reading("a.txt", {});
  DocumentBuilder builder(reading, "text");
  for (const auto& [level, text] : blocks) {
    if (level > 0) {
      builder.heading(level, {text, 1, {}});
    } else {
      builder.add(level == 0 ? BlockKind::paragraph : BlockKind::list_item, {text, 1, {}});
    }
  }
  return builder.finish();
}

using Strings = std::vector<std::string>;

TEST(Sections, PutAHeadingWithWhatStandsUnderIt) {
  const Document document = document_of({{0, "before"}, {1, "A"}, {0, "x"}, {0, "y"}, {2, "B"}, {-1, "i"}, {-1, "j"}});
  const auto sections = sections_of(document);
  ASSERT_EQ(sections.size(), 3U);
  EXPECT_EQ(sections[0].text, "before");
  EXPECT_TRUE(sections[0].headings.empty());
  EXPECT_EQ(sections[1].text, "A\nx\n\ny");
  EXPECT_EQ(sections[1].headings, Strings{"A"});
  EXPECT_EQ(sections[1].n_outer, 0U);
  EXPECT_EQ(sections[1].body, 2U);
  EXPECT_EQ(sections[2].text, "B\ni\nj");
  EXPECT_EQ(sections[2].headings, (Strings{"A", "B"}));
  EXPECT_EQ(sections[2].n_outer, 1U);
}

TEST(Sections, JoinHeadingsWithoutTextToTheDeeperOneThatFollows) {
  const Document document = document_of({{1, "A"}, {2, "B"}, {0, "x"}});
  const auto sections = sections_of(document);
  ASSERT_EQ(sections.size(), 1U);
  EXPECT_EQ(sections[0].text, "A\nB\nx");
  EXPECT_EQ(sections[0].n_outer, 0U);
  ASSERT_EQ(sections[0].parts.size(), 3U);
  EXPECT_EQ(sections[0].parts[2].begin, 4U);
  EXPECT_EQ(sections[0].parts[2].end, 5U);
}

TEST(Sections, GatherARunOfHeadingsWithoutText) {
  const Document document = document_of({{1, "Contents"}, {2, "I"}, {2, "II"}, {0, "x"}, {1, "End"}});
  const auto sections = sections_of(document);
  ASSERT_EQ(sections.size(), 3U);
  EXPECT_EQ(sections[0].text, "Contents\nI");
  EXPECT_EQ(sections[1].text, "II\nx");
  EXPECT_EQ(sections[2].text, "End");
}

}  // namespace
}  // namespace akin::documents
