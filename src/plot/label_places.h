// Where words stand on a picture so that they cover little: what is taken already, and what a new box would cover of it. Tested through
// figure_test.cc and map_chart_test.cc.
#pragma once

#include <vector>

#include "canvas.h"

namespace akin::plot {

class LabelPlaces {
 public:
  /// Nothing stands outside of `plot`.
  explicit LabelPlaces(const Box& plot) : plot_(plot) {}

  void take(const Box& box) { taken_.push_back(box); }
  /// The area of what is taken under `box`, with what of `box` is outside.
  [[nodiscard]] double covered(const Box& box) const;

 private:
  Box plot_;
  std::vector<Box> taken_;
};

/// A place for a line of writing.
struct TextPlace {
  Point at;  ///< on the baseline
  Anchor anchor = Anchor::start;
};
/// The box of a text so wide, of letters so high.
Box text_box(const TextPlace& place, double width, double size);

}  // namespace akin::plot
