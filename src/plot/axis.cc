#include "axis.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace akin::plot {
namespace {

constexpr const char* kMinus = "\xE2\x88\x92";      // U+2212
constexpr double kSmallest = 1e-4, kLargest = 1e7;  // beyond them labels are written with a power of ten

std::string grouped(std::string digits) {
  const std::size_t end = std::min(digits.find('.'), digits.size());
  for (std::size_t at = end; at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

double nice_step(double size, std::size_t wanted) {
  const double rough = size / static_cast<double>(std::max<std::size_t>(wanted, 1));
  const double power = std::pow(10, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (rough <= factor * power * 1.0001) return factor * power;
  }
  return 10 * power;
}

}  // namespace

void RangeFinder::add(double value) noexcept {
  if (!std::isfinite(value)) return;
  low_ = any_ ? std::min(low_, value) : value;
  high_ = any_ ? std::max(high_, value) : value;
  any_ = true;
}

Range RangeFinder::range() const noexcept {
  if (!any_) return {0, 1};
  const double size = high_ - low_;
  // All alike, or nearer than a double tells apart: a unit of room.
  const double room = std::max(std::abs(low_), std::abs(high_)) * 1e-9;
  if (size > room) return {low_, high_};
  const double half = std::max(0.5, std::abs(low_) * 0.1);
  return {low_ - half, high_ + half};
}

Range RangeFinder::padded(double part) const noexcept {
  const Range tight = range();
  return {tight.low - part * tight.size(), tight.high + part * tight.size()};
}

Ticks ticks_of(Range range, std::size_t wanted) {
  Ticks ticks;
  const double step = nice_step(range.size(), wanted);
  const double first = std::ceil(range.low / step - 1e-9);
  for (double i = first; i * step <= range.high + 1e-9 * step && ticks.values.size() < 100; i += 1) {
    ticks.values.push_back(i * step);
    ticks.labels.push_back(tick_label(i * step, step));
  }
  if (ticks.values.empty()) {
    ticks.values.push_back(range.low);
    ticks.labels.push_back(tick_label(range.low, range.size()));
  }
  return ticks;
}

std::string tick_label(double value, double step) {
  if (value == 0 || std::abs(value) < step * 1e-9) return "0";
  std::array<char, 64> digits{};
  const double size = std::max(std::abs(value), step);
  const bool powers = size >= kLargest || size < kSmallest;
  const int places = static_cast<int>(std::max(0.0, std::ceil(-std::log10(step) - 1e-9)));
  const auto end = powers ? std::to_chars(digits.data(), digits.data() + digits.size(), std::abs(value), std::chars_format::scientific, 0)
                          : std::to_chars(digits.data(), digits.data() + digits.size(), std::abs(value), std::chars_format::fixed, places);
  std::string text(digits.data(), end.ptr);
  if (const std::size_t at = text.find("e-"); powers && at != std::string::npos) text.replace(at + 1, 1, kMinus);
  return (value < 0 ? kMinus : "") + (powers ? text : grouped(text));
}

}  // namespace akin::plot
