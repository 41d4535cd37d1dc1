#include "xml_stream.h"

#include <gtest/gtest.h>

#include <array>

#include "base/throws.h"

namespace akin::documents {
namespace {

using akin::testing::expect_error;

const Reading kReading("a.docx", {});

/// Writes down what it is told: "<name attribute>text</name>".
class Recorder : public XmlHandler {
 public:
  bool start(const XmlElement& element) override {
    out += "<" + std::string(element.name());
    if (const std::string_view value = element.attribute("w:val"); !value.empty()) out += " " + std::string(value);
    out += ">";
    return element.name() != "w:skipped";
  }
  void end(std::string_view name) override { out += "</" + std::string(name) + ">"; }
  void text(std::string_view text) override { out += text; }

  std::string out;
};

std::string recorded(const std::string& xml) {
  Recorder recorder;
  read_xml(xml, "part.xml", kReading, recorder);
  return recorder.out;
}

constexpr const char* kSpace = "xmlns:q='http://schemas.openxmlformats.org/wordprocessingml/2006/main'";
constexpr const char* kStrict = "xmlns:q='http://purl.oclc.org/ooxml/wordprocessingml/main'";

TEST(XmlStream, NamesElementsByTheirNameSpace) {
  for (const std::string space : {kSpace, kStrict})
    EXPECT_EQ(recorded("<q:p " + space + " q:val='1' val='2'>a &amp; &#x416;<q:r/></q:p>"), "<w:p 1>a & Ж<w:r></w:r></w:p>");
  EXPECT_EQ(recorded("<p xmlns='urn:unknown'><x xmlns=''/></p>"), "<?:p><x></x></?:p>");
  EXPECT_EQ(recorded("<?xml version='1.0' encoding='ISO-8859-1'?><a>\xE4</a>"), "<a>ä</a>");
  EXPECT_EQ(recorded("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a>x</a>"), "<a>x</a>");
}

TEST(XmlStream, LeavesOutWhatIsNotWanted) {
  EXPECT_EQ(recorded("<q:p " + std::string(kSpace) + ">a<q:skipped>b<q:p>c</q:p></q:skipped>d</q:p>"), "<w:p>a<w:skipped>d</w:p>");
}

TEST(XmlStream, RefusesWhatIsBrokenOrExpands) {
  const std::array<std::pair<const char*, const char*>, 8> broken = {{
      {"", "a.docx: 'part.xml' in it, line 1: broken XML: no element found"},
      {"<a>", "line 1: broken XML: no element found"},
      {"<a>\n<b></a>", "line 2: broken XML: mismatched tag"},
      {"<a>\x01</a>", "broken XML: not well-formed (invalid token)"},
      {"<a>\xFF</a>", "broken XML: not well-formed (invalid token)"},
      {"<a>&lol;</a>", "broken XML: undefined entity"},
      {"<!DOCTYPE a [<!ENTITY b 'ha'><!ENTITY c '&b;&b;&b;'>]><a>&c;</a>", "broken XML: it declares entities, which akin does not expand"},
      {"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>", "broken XML: it declares entities"},
  }};
  for (const auto& [xml, message] : broken) {
    SCOPED_TRACE(xml);
    expect_error(ErrorCode::corrupt, message, [&, bytes = std::string(xml)] { recorded(bytes); });
  }
}

TEST(XmlStream, BoundsDepthAndNames) {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "<a>";
  expect_error(ErrorCode::limit, "a.docx: is nested deeper than the bound of 400", [&] { recorded(deep); });
  std::string wide = "<a>";
  for (int i = 0; i < 20'000; ++i) wide += "<b" + std::to_string(i) + " xmlns='urn:" + std::to_string(i) + "'/>";
  EXPECT_NE(recorded(wide + "</a>").find("<?:b19999>"), std::string::npos);
}

}  // namespace
}  // namespace akin::documents
