// A map of many points: up to a million small translucent marks in the colours of their groups, the groups' names where each is densest,
// and lines around them; or in the colours of a scale, by a number each. There are no axes, one step is as long across as upwards. Tested
// by map_chart_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "akin/base/matrix.h"

namespace akin {

/// What is drawn around each group.
enum class Outline {
  none,
  hull,     ///< the convex hull of all but the loneliest 3 % of its points
  density,  ///< where its points are dense: contours that hold half and nine tenths of them
};

struct MapChart {
  std::string title;
  Matrix<float> points;                   ///< (n, 2); those that are not finite are left out
  std::vector<std::int32_t> groups = {};  ///< one a point: a place in group_names, or negative: of no group, grey. Empty: there are none
  std::vector<std::string> group_names = {};
  std::vector<double> values =
      {};  ///< one a point, in place of groups: the place of its colour on a scale; NaN is grey. Empty: there are none
  std::string value_label = {};     ///< of the scale
  std::string rest_name = "other";  ///< of what is in no group, in the legend
  std::string caption = {};         ///< small, under the map: of what and how it was made
  Outline outline = Outline::none;
  bool name_groups = true;  ///< on the map; names that find no free place are in the legend only
  bool legend = true;       ///< with the sizes of the groups; shown if there are any
};

/// How high a picture of this width should be so that the map fills it: between half of the width and all of it.
double fitting_height(const MapChart& chart, double width);

}  // namespace akin
