#include <gtest/gtest.h>

#include "akin/documents/document.h"
#include "base/throws.h"
#include "golden_document.h"
#include "outline.h"
#include "tiny_office.h"

namespace akin::documents {
namespace {

using akin::testing::expect_error;
using akin::testing::golden_document;
using akin::testing::meta;
using akin::testing::outline;
using akin::testing::tiny_xlsx;
using akin::testing::TinyZip;

std::string read(const TinyZip& zip, const ReadLimits& limits = {}) { return outline(read_documents(zip.bytes(), "a.xlsx", limits).at(0)); }

TEST(XlsxReader, ReadsWhatOpenpyxlWrote) {
  const auto documents = read_documents(golden_document("tea.xlsx"), "tea.xlsx");
  ASSERT_EQ(documents.size(), 2U);
  EXPECT_EQ(outline(documents[0]),
            "h1 0/1 [] Prices\n"
            "row 2/1 [Prices] kind: green | price: 3 | since: 2021-03-04 | sold: TRUE\n"
            "row 3/1 [Prices] kind: black | price: 0.3 | since: 1999-12-31 23:59:59 | sold: FALSE\n"
            "row 5/1 [Prices] kind: after a gap\n");
  EXPECT_EQ(outline(documents[1]), "h1 0/2 [] Größen & more\nrow 1/2 [Größen & more] 1 | 2\nrow 2/2 [Größen & more] two lines | 茶\n");
  EXPECT_EQ(documents[0].uri, "tea.xlsx#Prices");
  EXPECT_EQ(documents[0].title, "Tea prices");
  EXPECT_EQ(documents[0].format, "xlsx");
  EXPECT_EQ(meta(documents[0], "author"), "A. Lice");
  EXPECT_EQ(meta(documents[0], "created"), "2021-03-04T05:06:07Z");
}

TEST(XlsxReader, TellsCellsAsTheyAreShown) {
  const std::string styles =
      "<x:numFmts><x:numFmt numFmtId='200' formatCode='[Red]\"day\"0.0'/><x:numFmt numFmtId='201' formatCode='dd/mm'/></x:numFmts>"
      "<x:cellStyleXfs><x:xf numFmtId='14'/></x:cellStyleXfs>"
      "<x:cellXfs><x:xf numFmtId='0'/><x:xf numFmtId='14'/><x:xf numFmtId='200'/><x:xf numFmtId='201'/><x:xf numFmtId='20'/></x:cellXfs>";
  const std::string rows =
      "<x:row r='1'><x:c r='A1'><x:v>1e3</x:v></x:c><x:c s='1'><x:v>60</x:v></x:c><x:c s='2'><x:v>61</x:v></x:c>"
      "<x:c s='3'><x:v>61.5</x:v></x:c><x:c s='4'><x:v>0.25</x:v></x:c><x:c s='1'><x:v>-1</x:v></x:c><x:c s='1'><x:v>1</x:v></x:c></x:row>"
      "<x:row><x:c r='C2' t='s'><x:v>1</x:v></x:c><x:c t='s'><x:v>9</x:v></x:c><x:c t='inlineStr'><x:is><x:t>in</x:t></x:is></x:c>"
      "<x:c t='str'><x:f>A1&amp;\"x\"</x:f><x:v>1000x</x:v></x:c><x:c t='e'><x:v>#N/A</x:v></x:c></x:row>";
  const std::string strings =
      "<x:si><x:t>zero</x:t></x:si><x:si><x:r><x:t>o</x:t></x:r><x:r><x:t>ne</x:t></x:r><x:rPh><x:t>no</x:t></x:rPh></x:si>";
  EXPECT_EQ(read(tiny_xlsx(rows, strings, styles)),
            "h1 0/1 [] S\n"
            "row 1/1 [S] 1000 | 1900-02-28 | 61 | 1900-03-01 12:00:00 | 06:00:00 | -1 | 1900-01-01\n"
            "row 2/1 [S] one | in | 1000x | #N/A\n");
}

TEST(XlsxReader, RefusesTooMuch) {
  expect_error(ErrorCode::limit, "a.xlsx: sheet 'S': a cell of more than 1048576 bytes",
               [] { read(tiny_xlsx("<x:row><x:c t='str'><x:v>" + std::string((1 << 20) + 1, 'x') + "</x:v></x:c></x:row>")); });
  expect_error(ErrorCode::limit, "a.xlsx: has more than 2 rows", [] { read(tiny_xlsx("<x:row/><x:row/><x:row/>"), {.max_records = 2}); });
  // One long text that a thousand cells refer to.
  std::string rows;
  for (int i = 0; i < 1000; ++i) rows += "<x:row><x:c t='s'><x:v>0</x:v></x:c></x:row>";
  expect_error(ErrorCode::limit, "a.xlsx: holds more text than the bound of 1000000 bytes",
               [&] { read(tiny_xlsx(rows, "<x:si><x:t>" + std::string(10'000, 'x') + "</x:t></x:si>"), {.max_text_bytes = 1'000'000}); });
  expect_error(ErrorCode::corrupt, "a.xlsx: 'xl/sheet.xml' in it, line 1: broken XML", [] { read(tiny_xlsx("<x:row>")); });
}

}  // namespace
}  // namespace akin::documents
