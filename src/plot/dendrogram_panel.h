// A tree drawn into its box. Tested by dendrogram_test.cc.
#pragma once

#include "akin/plot/color.h"
#include "akin/plot/dendrogram.h"
#include "canvas.h"

namespace akin::plot {

/// Throws Error{invalid_argument} unless the joins are a tree.
void check_dendrogram(const Dendrogram& tree);
void draw_dendrogram(Canvas& canvas, const Dendrogram& tree, const Box& box, Theme theme);

}  // namespace akin::plot
