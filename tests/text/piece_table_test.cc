#include "piece_table.h"

#include <gtest/gtest.h>

namespace akin::text {
namespace {

TEST(PieceTable, FindsEachPieceByItsBytes) {
  std::vector<std::string> pieces = {"", "a", "ab", "abcdefgh", "abcdefghi", std::string("a\0", 2), std::string(100, 'x')};
  for (int i = 0; i < 5000; ++i) pieces.push_back("piece " + std::to_string(i));
  const PieceTable table(pieces);
  for (std::size_t i = 1; i < pieces.size(); ++i) EXPECT_EQ(table.find(pieces[i]), static_cast<std::int32_t>(i));
  EXPECT_EQ(table.find("piece"), -1);
  EXPECT_EQ(table.find(std::string(101, 'x')), -1);
}

TEST(PieceTable, LeavesOutTheEmptyPieceAndKeepsTheLaterOfEqualOnes) {
  const std::vector<std::string> pieces = {"", "a", "b", "a"};
  const PieceTable table(pieces);
  EXPECT_EQ(table.find(""), -1);
  EXPECT_EQ(table.find("a"), 3);
  EXPECT_EQ(PieceTable().find("a"), -1);
}

}  // namespace
}  // namespace akin::text
