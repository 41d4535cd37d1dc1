// One chart of a figure, drawn into its box. Tested through figure_test.cc.
#pragma once

#include "akin/plot/figure.h"
#include "canvas.h"

namespace akin::plot {

/// Throws Error{invalid_argument} as svg_of() says.
void check_panel(const Panel& panel);
void draw_panel(Canvas& canvas, const Panel& panel, const Box& box, Theme theme);

}  // namespace akin::plot
