#include "akin/base/progress.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace akin {
namespace {

constexpr double kSecondsBetweenReports = 0.1;
constexpr double kMostSeconds = 1e10;  // an estimate beyond 300 years says no more

double now_seconds() noexcept { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

std::string with_commas(std::uint64_t value) {
  std::string digits = std::to_string(value);
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, 1, ',');
  return digits;
}

std::string duration(double seconds) {
  const auto s = static_cast<std::uint64_t>(std::llround(std::clamp(seconds, 0.0, kMostSeconds)));
  if (s < 60) return std::to_string(s) + " s";
  if (s < 3600) return std::to_string(s / 60) + " min " + std::to_string(s % 60) + " s";
  return std::to_string(s / 3600) + " h " + std::to_string(s / 60 % 60) + " min";
}

/// Slow work is not shown as "0/s".
std::string rate_text(double rate) {
  const auto tenths = static_cast<std::uint64_t>(std::llround(std::clamp(rate, 0.0, 1e15) * 10));
  if (tenths == 0 || tenths >= 100) return with_commas((tenths + 5) / 10) + "/s";
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + "/s";
}

}  // namespace

ProgressState Progress::snapshot(double now) const {
  ProgressState copy = state_;
  copy.seconds = now - start_;
  copy.rate = copy.seconds > 0 ? static_cast<double>(copy.done) / copy.seconds : 0;
  if (copy.total > 0 && copy.rate > 0 && copy.done <= copy.total)
    copy.seconds_left = static_cast<double>(copy.total - copy.done) / copy.rate;
  return copy;
}

void Progress::begin(std::string_view label, std::uint64_t total, std::string_view unit) {
  const std::lock_guard lock(mutex_);
  state_ = {};
  state_.label = label;
  state_.unit = unit;
  state_.total = total;
  start_ = now_seconds();
}

void Progress::advance(std::uint64_t amount) {
  const std::lock_guard lock(mutex_);
  state_.done += amount;
  if (!report_) return;
  const double now = now_seconds();
  if (now - last_report_ < kSecondsBetweenReports) return;
  last_report_ = now;
  report_(snapshot(now), false);
}

void Progress::set_total(std::uint64_t total) {
  const std::lock_guard lock(mutex_);
  state_.total = total;
}

void Progress::set_label(std::string_view label) {
  const std::lock_guard lock(mutex_);
  state_.label = label;
}

void Progress::end() {
  const std::lock_guard lock(mutex_);
  if (report_) report_(snapshot(now_seconds()), true);
}

std::string progress_line(const ProgressState& state, int columns) {
  std::string left = state.label;
  std::string right = with_commas(state.done);
  if (state.total > 0) right += "/" + with_commas(state.total);
  right += " " + state.unit + "  " + rate_text(state.rate);
  if (state.seconds_left >= 0) right += "  " + duration(state.seconds_left) + " left";
  if (state.total > 0) {
    const double share = std::min(1.0, static_cast<double>(state.done) / static_cast<double>(state.total));
    const std::string percent = std::to_string(static_cast<int>(share * 100));
    left += std::string(4 - std::min<std::size_t>(4, percent.size()), ' ') + percent + "%";
    const int room = columns - static_cast<int>(left.size() + right.size()) - 6;
    if (room >= 10) {
      const auto width = static_cast<std::size_t>(std::min(room, 40));
      const auto filled = static_cast<std::size_t>(share * static_cast<double>(width));
      std::string bar(width, ' ');
      std::fill_n(bar.begin(), filled, '=');
      if (filled < width) bar[filled] = '>';
      left += " [" + bar + "]";
    }
  }
  std::string line = left + "  " + right;
  if (columns > 0 && line.size() > static_cast<std::size_t>(columns)) line.resize(static_cast<std::size_t>(columns));
  return line;
}

}  // namespace akin
