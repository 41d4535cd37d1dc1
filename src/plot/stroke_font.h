// Letters as strokes, drawn for akin: PNG text that is the same on every machine, whatever fonts it has. One plain upright face: Latin with
// the marks of European languages, Greek, Cyrillic, some signs; another character is an empty box. Tested by stroke_font_test.cc.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "canvas.h"

namespace akin::plot {

/// Polylines in points, y downwards from the baseline, x from the start of the text.
using Strokes = std::vector<std::vector<Point>>;

/// `size` is the em: capitals are 0.7 of it high.
Strokes text_strokes(std::string_view text, double size);
/// How wide the text is, in points. Near enough to what a common sans-serif face takes that layouts hold for both.
double text_width(std::string_view text, double size);
/// A text so wide at most: with "…" for what was cut.
std::string fitted_text(std::string_view text, double size, double width);
/// How thick its strokes are.
double stroke_width(double size, bool bold) noexcept;

}  // namespace akin::plot
