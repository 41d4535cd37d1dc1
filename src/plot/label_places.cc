#include "label_places.h"

#include <algorithm>

namespace akin::plot {
namespace {

double common(const Box& a, const Box& b) {
  const double width = std::min(a.right(), b.right()) - std::max(a.x, b.x);
  const double height = std::min(a.bottom(), b.bottom()) - std::max(a.y, b.y);
  return width > 0 && height > 0 ? width * height : 0;
}

}  // namespace

double LabelPlaces::covered(const Box& box) const {
  double covered = box.width * box.height - common(box, plot_);
  for (const Box& other : taken_) covered += common(box, other);
  return covered;
}

Box text_box(const TextPlace& place, double width, double size) {
  const double share = place.anchor == Anchor::start ? 0 : place.anchor == Anchor::end ? 1 : 0.5;
  return {place.at.x - share * width, place.at.y - 0.8 * size, width, size};
}

}  // namespace akin::plot
