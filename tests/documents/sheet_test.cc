#include "sheet.h"

#include <gtest/gtest.h>

#include "base/throws.h"
#include "outline.h"

namespace akin::documents {
namespace {

using akin::testing::expect_error;
using akin::testing::meta;
using akin::testing::outline;

using Rows = std::vector<std::vector<std::string>>;

Document sheet_of(const Rows& rows) {
  Reading reading("b/tea.xlsx", {});
  Sheet sheet(reading, "xlsx", "Prices", 2);
  std::uint32_t number = 0;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) sheet.cell(i, row[i]);
    sheet.end_row(++number);
  }
  return sheet.finish();
}

TEST(Sheet, TellsEachValueWithTheNameOfItsColumn) {
  const Document document = sheet_of({{}, {"kind", "price", "note"}, {"green", "3", ""}, {}, {"black", "", "strong\nand dark"}});
  EXPECT_EQ(outline(document),
            "h1 0/2 [] Prices\n"
            "row 3/2 [Prices] kind: green | price: 3\n"
            "row 5/2 [Prices] kind: black | note: strong and dark\n");
  EXPECT_EQ(document.uri, "b/tea.xlsx#Prices");
  EXPECT_EQ(document.title, "tea.xlsx — Prices");
  EXPECT_EQ(meta(document, "sheet"), "Prices");
}

TEST(Sheet, WithoutNamesIsTheValuesAlone) {
  EXPECT_EQ(outline(sheet_of({{"green", "3"}, {"black", "4"}})),
            "h1 0/2 [] Prices\nrow 1/2 [Prices] green | 3\nrow 2/2 [Prices] black | 4\n");
}

TEST(Sheet, OfNamesAloneKeepsThem) {
  EXPECT_EQ(outline(sheet_of({{"kind", "price"}})), "h1 0/2 [] Prices\nrow 1/2 [Prices] kind | price\n");
  EXPECT_EQ(outline(sheet_of({})), "h1 0/2 [] Prices\n");
}

TEST(Sheet, RefusesAHugeCell) {
  expect_error(ErrorCode::limit, "b/tea.xlsx: sheet 'Prices': a cell of more than 1048576 bytes",
               [] { sheet_of({{std::string((1 << 20) + 1, 'x')}}); });
}

}  // namespace
}  // namespace akin::documents
