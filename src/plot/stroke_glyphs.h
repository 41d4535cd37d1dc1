// The shapes of stroke_font.cc's letters: Latin with the marks of European languages, Greek, Cyrillic, and signs. Private. Tested by
// stroke_font_test.cc.
//
// A capital is 70 units high, a small letter 50; the baseline is 0 and y goes up. Commands: m x y (move), l x y (line), q cx cy x y (curve
// by one control point), o cx cy rx ry (ellipse), a cx cy rx ry from to (its part between two angles, from the right, counter-clockwise
// where `to` is larger; joined to what came before).
#pragma once

#include <span>
#include <string_view>

namespace akin::plot {

struct GlyphText {
  char32_t code;
  double width;  ///< of the ink
  const char* path;
};

/// A mark on letters: its path begins at the middle of the letter, over it or on the baseline. `letters`: the letter with the mark, the
/// letter without, and so on.
struct Mark {
  const char* path;
  bool is_above;
  std::string_view letters;
};

inline constexpr double kCapitalHeight = 70, kSmallHeight = 50, kMarkGap = 8;

extern const std::span<const GlyphText> kGlyphs;
extern const std::span<const Mark> kMarks;
extern const GlyphText kUnknown;
/// A letter, and the one that looks the same; a letter, and the capital that it is a small one of.
extern const std::string_view kSameShapes, kSmallCapitals;

}  // namespace akin::plot
