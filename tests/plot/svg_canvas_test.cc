#include "svg_canvas.h"

#include <gtest/gtest.h>

#include <clocale>

namespace akin::plot {
namespace {

constexpr Color kWhite = {255, 255, 255}, kBlue = {0, 114, 178};

TEST(SvgCanvas, WritesShapesAsTheyAre) {
  SvgCanvas canvas(100, 50, kWhite, "A title");
  const Point points[] = {{1, 2}, {3.456, 4}, {-0.001, 7.5}};
  canvas.line(points, {kBlue, 1.5, true});
  canvas.text({5, 6}, "word", {9, kBlue, Anchor::end, true, true});
  const std::string svg = canvas.finish();
  EXPECT_TRUE(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
  EXPECT_TRUE(svg.ends_with("</svg>\n"));
  EXPECT_NE(svg.find("<title>A title</title>"), std::string::npos);
  EXPECT_NE(svg.find("<rect x=\"0\" y=\"0\" width=\"100\" height=\"50\" fill=\"#ffffff\"/>"), std::string::npos);
  EXPECT_NE(svg.find("points=\"1,2 3.46,4 0,7.5\" fill=\"none\" stroke=\"#0072b2\" stroke-width=\"1.5\""), std::string::npos);
  EXPECT_NE(svg.find("stroke-dasharray"), std::string::npos);
  EXPECT_NE(svg.find("<text transform=\"translate(5 6) rotate(-90)\" font-size=\"9\" text-anchor=\"end\" font-weight=\"bold\""),
            std::string::npos);
}

TEST(SvgCanvas, EscapesWhatWouldBeMarkup) {
  EXPECT_EQ(xml_escaped("a < b & \"c\" > d"), "a &lt; b &amp; &quot;c&quot; &gt; d");
  EXPECT_EQ(xml_escaped(std::string_view("x\0\x1By", 4)), "x\xEF\xBF\xBD\xEF\xBF\xBDy");
  EXPECT_EQ(xml_escaped("caf\xC3\xA9 \xFF"), "caf\xC3\xA9 \xEF\xBF\xBD");
  EXPECT_NE(SvgCanvas(1, 1, kWhite, "</title><script>").finish().find("&lt;/title&gt;&lt;script&gt;"), std::string::npos);
}

TEST(SvgCanvas, DrawsMarksAsOnePathAColourAndARound) {
  SvgCanvas canvas(100, 50, kWhite, "");
  canvas.marks({0, 0, 100, 50}, {{{1, 2}, {3.04, 4.26}}, {kBlue, kWhite}, 1.5, 0.5});
  const std::string svg = canvas.finish();
  EXPECT_NE(svg.find("<g fill=\"none\" stroke-linecap=\"round\" stroke-width=\"3\" stroke-opacity=\"0.5\">"), std::string::npos);
  EXPECT_NE(svg.find("<path stroke=\"#0072b2\" d=\"M1 2h0\"/>"), std::string::npos);
  EXPECT_NE(svg.find("<path stroke=\"#ffffff\" d=\"M3 4.3h0\"/>"), std::string::npos);
}

TEST(SvgCanvas, DrawsAreasAndHaloes) {
  SvgCanvas canvas(100, 50, kWhite, "");
  const Point corners[] = {{1, 2}, {3, 4}, {5, 2}};
  canvas.area(corners, kBlue, 0.25);
  canvas.text({5, 6}, "word", {9, kBlue, Anchor::middle, false, false, kWhite});
  const std::string svg = canvas.finish();
  EXPECT_NE(svg.find("<polygon points=\"1,2 3,4 5,2\" fill=\"#0072b2\" fill-opacity=\"0.25\""), std::string::npos);
  EXPECT_NE(svg.find("stroke=\"#ffffff\" stroke-width=\"3.2\" stroke-linejoin=\"round\" paint-order=\"stroke\""), std::string::npos);
}

TEST(SvgCanvas, PutsAGridInsideAsOnePicture) {
  SvgCanvas canvas(100, 50, kWhite, "");
  canvas.grid({1, 2, 30, 40}, {1, 2, {kWhite, kBlue}});
  EXPECT_NE(canvas.finish().find("<image x=\"1\" y=\"2\" width=\"30\" height=\"40\" preserveAspectRatio=\"none\""), std::string::npos);
  EXPECT_NE(canvas.finish().find("data:image/png;base64,iVBORw0KGgo"), std::string::npos);
}

TEST(Base64, IsThatOfTheStandard) {
  // The test vectors of RFC 4648, section 10.
  const std::pair<const char*, const char*> cases[] = {
      {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [text, want] : cases) EXPECT_EQ(base64(text), want);
  EXPECT_EQ(base64("\xFF\xFE\xFD"), "//79");
}

}  // namespace
}  // namespace akin::plot
