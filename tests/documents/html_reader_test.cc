#include <gtest/gtest.h>

#include "base/throws.h"
#include "outline.h"
#include "readers.h"

namespace akin::documents {
namespace {

using akin::testing::expect_error;
using akin::testing::meta;
using akin::testing::outline;

Document read(const std::string& bytes, const ReadLimits& limits = {}) {
  Reading reading("page.html", limits);
  return read_html(bytes, reading).at(0);
}

constexpr const char* kPage = R"(<!doctype html>
<html lang="en"><head><title>Tea &amp;
 Time</title><meta name="Author" content=" A. Lice "><style>p { color: red }</style>
<script>var hidden = "<p>no</p>";</script></head>
<body><nav><a href="/">Home</a></nav>
<h1>Tea</h1>
<p>A <b>warm</b> drink,<br>made of&nbsp;leaves
 and water.</p>
<h2>Kinds</h2>
<ul><li>green</li><li>black <ul><li>Assam</li></ul></li></ul>
<table><tr><th>kind</th><th>price</th></tr><tr><td>green</td><td><p>3</p></td></tr></table>
<pre>
  boil()
  pour()
</pre>
<blockquote>Drink me.</blockquote>
<div hidden>secret</div><div role="navigation">menu</div><template>t</template><noscript>on</noscript>
<h1>End</h1>tail<script>1</script> text
</body></html>
)";

TEST(HtmlReader, FollowsTheStructureAndLeavesOutWhatNobodySees) {
  const Document document = read(kPage);
  EXPECT_EQ(outline(document),
            "h1 6 [] Tea\n"
            "p 7 [Tea] A warm drink,\\nmade of leaves and water.\n"
            "h2 9 [Tea] Kinds\n"
            "item 10 [Tea > Kinds] green\n"
            "item 10 [Tea > Kinds] black\n"
            "item 10 [Tea > Kinds] Assam\n"
            "row 11 [Tea > Kinds] kind | price\n"
            "row 11 [Tea > Kinds] green | 3\n"
            "code 13 [Tea > Kinds]   boil()\\n  pour()\n"
            "quote 16 [Tea > Kinds] Drink me.\n"
            "h1 18 [] End\n"
            "p 18 [End] tail text\n");
  EXPECT_EQ(document.title, "Tea & Time");
  EXPECT_EQ(meta(document, "author"), "A. Lice");
  EXPECT_EQ(meta(document, "language"), "en");
  EXPECT_EQ(document.format, "html");
}

TEST(HtmlReader, KnowsTheSourceLineOfEachWord) {
  const Document document = read("<p>one\ntwo\n\nthree</p>");
  ASSERT_EQ(document.blocks.size(), 1U);
  const Block& block = document.blocks[0];
  EXPECT_EQ(block.text, "one two three");
  EXPECT_EQ(line_at(block, 0), 1U);
  EXPECT_EQ(line_at(block, 4), 2U);
  EXPECT_EQ(line_at(block, 8), 4U);
}

TEST(HtmlReader, DoesNotGlueOrSplitWords) {
  EXPECT_EQ(outline(read("<p>un<b>believ</b>able <i>one</i><i> two</i></p><div>a</div><div>b</div>")),
            "p 1 [] unbelievable one two\np 1 [] a\np 1 [] b\n");
}

TEST(HtmlReader, DecodesTheDeclaredCharset) {
  const Document document = read("<meta charset=koi8-r><p>\xf0\xd2\xc9\xd7\xc5\xd4");
  EXPECT_EQ(outline(document), "p 1 [] Привет\n");
  EXPECT_EQ(meta(document, "encoding"), "koi8-r");
}

TEST(HtmlReader, ReadsEveryTruncationOfAPage) {
  const std::string page = kPage;
  for (std::size_t n = 0; n < page.size(); n += 7) EXPECT_EQ(read(page.substr(0, n)).format, "html");
}

TEST(HtmlReader, RefusesDeepNesting) {
  std::string page;
  for (int i = 0; i < 1000; ++i) page += "<div>";
  expect_error(ErrorCode::limit, "page.html: is nested deeper than the bound of 400", [&] { read(page + "x"); });
}

TEST(HtmlReader, TakesEntitiesAndNulsAsTheyCome) {
  EXPECT_EQ(outline(read(std::string("<p>a\0b &lol9; &#x41; &AMP</p>", 29))), "p 1 [] a b &lol9; A &\n");
  EXPECT_TRUE(read("").blocks.empty());
  std::string bomb = "<!DOCTYPE html [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">]><p>&b;&b;</p>";
  EXPECT_LT(outline(read(bomb)).size(), 200U);
}

}  // namespace
}  // namespace akin::documents
