#include "stroke_font.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "akin/base/utf8.h"

namespace akin::plot {
namespace {

struct Extent {
  double left = 1e9, right = -1e9, top = 1e9, bottom = -1e9;
};

Extent extent_of(const Strokes& strokes) {
  Extent e;
  for (const auto& stroke : strokes)
    for (const Point& p : stroke) {
      e.left = std::min(e.left, p.x), e.right = std::max(e.right, p.x);
      e.top = std::min(e.top, p.y), e.bottom = std::max(e.bottom, p.y);
    }
  return e;
}

TEST(StrokeFont, HasEveryPrintableCharacterOfAscii) {
  const Strokes unknown = text_strokes("\xE2\x98\x83", 100);  // a snowman
  for (char c = '!'; c <= '~'; ++c) {
    const Strokes strokes = text_strokes(std::string(1, c), 100);
    ASSERT_FALSE(strokes.empty()) << c;
    const bool same = strokes.size() == 1 &&
                      std::ranges::equal(strokes[0], unknown[0], [](const Point& a, const Point& b) { return a.x == b.x && a.y == b.y; });
    EXPECT_FALSE(same) << c << " is drawn as an unknown character";
    for (const auto& stroke : strokes) EXPECT_GE(stroke.size(), 2U) << c;
  }
  EXPECT_TRUE(text_strokes(" ", 100).empty());
}

TEST(StrokeFont, KeepsLettersInTheirPlace) {
  for (char c = '!'; c <= '~'; ++c) {
    const std::string text(1, c);
    const Extent e = extent_of(text_strokes(text, 100));
    // Inside the advance, above the descender line, below the line above. 'j' hangs a little to the left, as it does in print.
    EXPECT_GE(e.left, 0) << c;
    EXPECT_LE(e.right, text_width(text, 100)) << c;
    EXPECT_GE(e.top, -80) << c;
    EXPECT_LE(e.bottom, 22) << c;
  }
  EXPECT_NEAR(extent_of(text_strokes("H", 100)).top, -70, 1e-9);
  EXPECT_NEAR(extent_of(text_strokes("x", 100)).top, -50, 1e-9);
}

TEST(StrokeFont, AddsWidthsUpAndScalesThem) {
  EXPECT_NEAR(text_width("ab", 10), text_width("a", 10) + text_width("b", 10), 1e-9);
  EXPECT_NEAR(text_width("width", 20), 2 * text_width("width", 10), 1e-9);
  EXPECT_EQ(text_width("", 10), 0);
  // As wide as Helvetica's within a fifth: layouts made for one hold for the other (its widths, in thousandths of an em, from its metrics).
  EXPECT_NEAR(text_width("distance", 1000), 556 + 222 + 500 + 278 + 556 + 556 + 500 + 556, 750);
}

TEST(StrokeFont, HasTheLettersOfEuropeanLanguages) {
  const std::size_t unknown = text_strokes("\xE2\x98\x83", 100)[0].size();
  for (const std::string_view text :
       {"Zażółć gęślą jaźń", "Příliš žluťoučký kůň", "Fix, Schwyz! quäkt Jürgen blöd vom Paß", "Voix ambiguë d’un cœur",
        "Pijamalı hasta yağız şoföre çabucak güvendi", "Árvíztűrő tükörfúrógép", "Съешь ещё этих мягких французских булок", "Її Єґипет",
        "Ξεσκεπάζω τὴν ψυχοφθόρα βδελυγμία", "¿Qué? “Sí” — €5"}) {
    std::size_t n_boxes = 0;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t length = decode_utf8(text, at).length;
      const Strokes strokes = text_strokes(text.substr(at, length), 100);
      n_boxes += strokes.size() == 1 && strokes[0].size() == unknown && strokes[0].back().x == strokes[0].front().x &&
                         strokes[0].back().y == strokes[0].front().y && strokes[0][1].y == -70
                     ? 1
                     : 0;
      at += length;
    }
    EXPECT_EQ(n_boxes, text.find("τὴν") != std::string_view::npos ? 1U : 0U) << text;  // the grave of old Greek has no shape
  }
  const double plain = extent_of(text_strokes("e", 100)).top;
  EXPECT_LT(extent_of(text_strokes("é", 100)).top, plain - 10) << "the mark stands over the letter";
  EXPECT_EQ(text_width("é", 100), text_width("e", 100));
  EXPECT_NEAR(extent_of(text_strokes("и", 100)).top, -50, 1e-9) << "a small letter";
}

TEST(StrokeFont, ShowsABoxForWhatItDoesNotHaveAndForBrokenBytes) {
  EXPECT_EQ(text_strokes("\xE7\x8C\xAB", 100).size(), 1U);
  EXPECT_EQ(text_strokes("\xFF\xFE", 100).size(), 2U);
}

TEST(FittedText, IsCutToItsWidth) {
  EXPECT_EQ(fitted_text("short", 10, 200), "short");
  const std::string cut = fitted_text("a rather long line of words", 10, 60);
  EXPECT_TRUE(cut.ends_with("…"));
  EXPECT_LE(text_width(cut, 10), 60);
  EXPECT_GT(text_width(cut, 10), 40);
  EXPECT_EQ(fitted_text("ééé", 10, 1), "…") << "no half of a letter";
}

}  // namespace
}  // namespace akin::plot
