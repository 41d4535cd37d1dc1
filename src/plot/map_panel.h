// A map drawn into its box. Tested by map_chart_test.cc.
#pragma once

#include "akin/plot/color.h"
#include "akin/plot/map_chart.h"
#include "canvas.h"

namespace akin::plot {

/// Throws Error{invalid_argument} unless groups and points agree.
void check_map(const MapChart& chart);
void draw_map(Canvas& canvas, const MapChart& chart, const Box& box, Theme theme);

}  // namespace akin::plot
