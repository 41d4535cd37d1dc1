// Where an axis has its ticks and what stands beside them. Tested by axis_test.cc.
#pragma once

#include <string>
#include <vector>

namespace akin::plot {

/// From low to high, low < high.
struct Range {
  double low = 0, high = 1;
  [[nodiscard]] double size() const noexcept { return high - low; }
};

/// The range of numbers, those that are not finite left out; [0, 1] for none, and widened where all are the same.
class RangeFinder {
 public:
  void add(double value) noexcept;
  [[nodiscard]] Range range() const noexcept;
  /// With a margin on each side.
  [[nodiscard]] Range padded(double part) const noexcept;

 private:
  bool any_ = false;
  double low_ = 0, high_ = 0;
};

struct Ticks {
  std::vector<double> values;
  std::vector<std::string> labels;
};

/// About `wanted` ticks at multiples of 1, 2 or 5 times a power of ten, all inside the range. At least one.
Ticks ticks_of(Range range, std::size_t wanted);

/// `value` with as many decimals as a step needs: "0.25", "1,000", "−3", "2e−06".
std::string tick_label(double value, double step);

}  // namespace akin::plot
