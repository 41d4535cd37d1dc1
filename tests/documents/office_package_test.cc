#include "office_package.h"

#include <gtest/gtest.h>

#include "outline.h"
#include "tiny_office.h"

namespace akin::documents {
namespace {

using akin::testing::meta;
using akin::testing::relation;
using akin::testing::relations;
using akin::testing::TinyZip;

constexpr const char* kCore =
    "<c:coreProperties xmlns:c='http://schemas.openxmlformats.org/package/2006/metadata/core-properties' "
    "xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:dcterms='http://purl.org/dc/terms/'><dc:title> Tea </dc:title>"
    "<dc:creator>A. Lice</dc:creator><dcterms:created>2021-03-04T05:06:07Z</dcterms:created><c:keywords>leaf</c:keywords>"
    "<dc:description/></c:coreProperties>";

TEST(OfficePackage, FindsPartsByTheirRelations) {
  const std::string bytes = TinyZip{
      {"_rels/.rels", relations(relation("r1", "officeDocument", "/x/y.xml") +
                                "<Relationship Id='r2' Type='http://a/metadata/core-properties' Target='core.xml'/>")},
      {"x/y.xml", "<a/>"},
      {"x/_rels/y.xml.rels", relations(relation("s", "slide", "slides/1.xml") + relation("lost", "styles", "none.xml") +
                                       "<Relationship Id='w' Type='t/hyperlink' Target='https://x/' TargetMode='External'/>")},
      {"core.xml", kCore}}.bytes();
  Reading reading("a.docx", {});
  OfficePackage package(bytes, reading);
  EXPECT_EQ(package.main_part(), "x/y.xml");
  const auto relationships = package.relationships("x/y.xml");
  EXPECT_EQ(relationships.at("s").target, "x/slides/1.xml");
  EXPECT_EQ(relationships.at("s").type, "slide");
  EXPECT_EQ(relationships.at("w").target, "");
  EXPECT_EQ(package.related("x/y.xml", "styles"), "");
  EXPECT_TRUE(package.relationships("core.xml").empty());

  DocumentBuilder builder(reading, "docx");
  package.properties().apply(builder);
  const Document document = builder.finish();
  EXPECT_EQ(document.title, "Tea");
  EXPECT_EQ(meta(document, "author"), "A. Lice");
  EXPECT_EQ(meta(document, "created"), "2021-03-04T05:06:07Z");
  EXPECT_EQ(meta(document, "date"), "2021-03-04T05:06:07Z");
  EXPECT_EQ(meta(document, "keywords"), "leaf");
  EXPECT_EQ(meta(document, "description"), "(none)");
}

TEST(OfficePackage, FindsTheUsualPartsOfAPackageWithoutRelations) {
  Reading reading("a.docx", {});
  const std::string word = TinyZip{{"word/document.xml", "<a/>"}}.bytes();
  EXPECT_EQ(OfficePackage(word, reading).main_part(), "word/document.xml");
  const std::string other = TinyZip{{"a.xml", "<a/>"}}.bytes();
  EXPECT_EQ(OfficePackage(other, reading).main_part(), "");
}

}  // namespace
}  // namespace akin::documents
