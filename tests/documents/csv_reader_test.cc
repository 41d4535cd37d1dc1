#include <gtest/gtest.h>

#include "base/throws.h"
#include "outline.h"
#include "readers.h"

namespace akin::documents {
namespace {

using akin::testing::expect_error;
using akin::testing::meta;
using akin::testing::outline;

std::vector<Document> read(const std::string& bytes, char delimiter = ',', const ReadLimits& limits = {}) {
  Reading reading("table.csv", limits);
  return read_csv(bytes, reading, delimiter);
}

// The cells are what Python's csv.reader gives for the same bytes.
TEST(CsvReader, ReadsQuotedCellsAsPythonsReaderDoes) {
  const auto documents = read("a,b,c\n\"x,1\",\"say \"\"hi\"\"\",\"two\nlines\"\nplain,\"tail\"x,\n");
  ASSERT_EQ(documents.size(), 2U);
  EXPECT_EQ(outline(documents[0]), "row 2 [] a: x,1\\nb: say \"hi\"\\nc: two lines\n");
  EXPECT_EQ(outline(documents[1]), "row 4 [] a: plain\\nb: tailx\n");
  EXPECT_EQ(meta(documents[0], "b"), "say \"hi\"");
  EXPECT_EQ(meta(documents[0], "c"), "(none)") << "a value of two lines is text, not metadata";
}

TEST(CsvReader, NamesRecordsByNumberOrId) {
  EXPECT_EQ(read("a,b\n1,2\n3,4\n")[1].uri, "table.csv#2");
  const auto documents = read("id,title,text\nk7,Tea,Leaves in water.\n");
  EXPECT_EQ(documents[0].uri, "table.csv#k7");
  EXPECT_EQ(documents[0].title, "Tea");
}

TEST(CsvReader, CountsColumnsWithoutAHeader) {
  const auto documents = read("1,2\n3,4\n");
  ASSERT_EQ(documents.size(), 2U);
  EXPECT_EQ(outline(documents[0]), "row 1 [] column 1: 1\\ncolumn 2: 2\n");
}

TEST(CsvReader, FindsSemicolonsAndTabs) {
  EXPECT_EQ(outline(read("a;b\nx;y\n")[0]), "row 2 [] a: x\\nb: y\n");
  EXPECT_EQ(outline(read("a\tb\nx\ty,z\n", '\t')[0]), "row 2 [] a: x\\nb: y,z\n");
}

TEST(CsvReader, TakesRowsOfOtherLengthsAndBlankLines) {
  const auto documents = read("a,b\n\n\n1\nx,y,z\n");
  ASSERT_EQ(documents.size(), 2U);
  EXPECT_EQ(outline(documents[0]), "row 4 [] a: 1\n");
  EXPECT_EQ(outline(documents[1]), "row 5 [] a: x\\nb: y\\ncolumn 3: z\n");
}

TEST(CsvReader, RefusesWhatIsNoTable) {
  expect_error(ErrorCode::corrupt, "table.csv: line 2: a quoted cell is never closed", [] { read("a,b\n1,\"open\n2,3\n"); });
  expect_error(ErrorCode::limit, "line 1: more than 20000 columns", [] { read(std::string(30000, ',')); });
  expect_error(ErrorCode::limit, "records", [] { read("a,b\n1,2\n3,4\n", ',', {.max_records = 1}); });
  EXPECT_TRUE(read("").empty());
  EXPECT_TRUE(read("a,b\n").empty());
}

}  // namespace
}  // namespace akin::documents
