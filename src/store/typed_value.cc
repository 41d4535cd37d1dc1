#include "typed_value.h"

#include <charconv>
#include <chrono>
#include <cmath>

namespace akin::store {
namespace {

namespace chrono = std::chrono;

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kDay = 24 * 60 * kMinute;

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// What is left of a text that is read from its front.
class Front {
 public:
  explicit Front(std::string_view text) noexcept : text_(text) {}
  [[nodiscard]] bool empty() const noexcept { return text_.empty(); }
  bool take(std::string_view any_of) noexcept {
    if (text_.empty() || any_of.find(text_.front()) == std::string_view::npos) return false;
    text_.remove_prefix(1);
    return true;
  }
  /// Exactly `n` digits of a value from `low` to `high`; −1 if that is not what comes.
  int number(std::size_t n, int low, int high) noexcept {
    if (text_.size() < n) return -1;
    int value = 0;
    for (std::size_t i = 0; i < n; ++i) {
      if (!is_digit(text_[i])) return -1;
      value = value * 10 + (text_[i] - '0');
    }
    text_.remove_prefix(n);
    return value >= low && value <= high ? value : -1;
  }
  /// Digits behind a decimal point as microseconds, and what the last of them is worth. False without a digit.
  bool fraction(std::int64_t& microseconds, std::int64_t& unit) noexcept {
    if (text_.empty() || !is_digit(text_.front())) return false;
    for (unit = kSecond; !text_.empty() && is_digit(text_.front()); text_.remove_prefix(1)) {
      if (unit == 1) continue;  // finer than a microsecond: left out
      unit /= 10;
      microseconds += (text_.front() - '0') * unit;
    }
    return true;
  }

 private:
  std::string_view text_;
};

std::int64_t start_of(chrono::year_month_day day) noexcept {
  return chrono::duration_cast<chrono::days>(chrono::sys_days(day).time_since_epoch()).count() * kDay;
}

/// "Z", "+02:00", "-0330", or nothing: what is to be taken off the time. False for anything else.
bool read_zone(Front& text, std::int64_t& offset) noexcept {
  if (text.empty() || (text.take("Zz") && text.empty())) return true;
  const bool east = text.take("+");
  if (!east && !text.take("-")) return false;
  const int hours = text.number(2, 0, 23);
  text.take(":");
  const int minutes = text.number(2, 0, 59);
  if (hours < 0 || minutes < 0 || !text.empty()) return false;
  offset = (east ? 1 : -1) * (hours * 60 + minutes) * kMinute;
  return true;
}

/// "09:30", "09:30:15", "09:30:15.25" and a zone, on the day that begins at `day`.
std::optional<TimeSpan> read_time(Front& text, std::int64_t day) noexcept {
  const int hour = text.number(2, 0, 23);
  if (hour < 0 || !text.take(":")) return std::nullopt;
  const int minute = text.number(2, 0, 59);
  if (minute < 0) return std::nullopt;
  std::int64_t unit = kMinute;
  std::int64_t begin = day + (hour * 60 + minute) * kMinute;
  if (text.take(":")) {
    const int second = text.number(2, 0, 59);
    if (second < 0) return std::nullopt;
    unit = kSecond;
    begin += second * kSecond;
    if (text.take(".,") && !text.fraction(begin, unit)) return std::nullopt;
  }
  std::int64_t offset = 0;
  if (!read_zone(text, offset)) return std::nullopt;
  return TimeSpan{begin - offset, begin - offset + unit};
}

}  // namespace

std::optional<double> number_of(std::string_view text) noexcept {
  // from_chars() also takes "inf" and "nan", and no plus sign.
  std::string_view digits = text;
  if (digits.starts_with('-')) digits.remove_prefix(1);
  if (digits.empty() || (!is_digit(digits.front()) && digits.front() != '.')) return std::nullopt;
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) return std::nullopt;
  return number;
}

std::optional<TimeSpan> time_of(std::string_view text) noexcept {
  Front front(text);
  const int year = front.number(4, 1, 9999);
  if (year < 0 || !front.take("-")) return std::nullopt;
  const int month = front.number(2, 1, 12);
  if (month < 0) return std::nullopt;
  const auto y = chrono::year(year);
  const auto m = chrono::month(static_cast<unsigned>(month));
  if (front.empty()) {
    const auto next = chrono::year_month(y, m) + chrono::months(1);
    return TimeSpan{start_of(y / m / 1), start_of(next / 1)};
  }
  if (!front.take("-")) return std::nullopt;
  const int number = front.number(2, 1, 31);
  if (number < 0) return std::nullopt;
  const auto day = y / m / chrono::day(static_cast<unsigned>(number));
  if (!day.ok()) return std::nullopt;
  if (front.empty()) return TimeSpan{start_of(day), start_of(day) + kDay};
  if (!front.take("Tt ")) return std::nullopt;
  return read_time(front, start_of(day));
}

std::optional<TimeSpan> year_of(std::string_view text) noexcept {
  Front front(text);
  const int year = front.number(4, 1, 9999);
  if (year < 0 || !front.empty()) return std::nullopt;
  return TimeSpan{start_of(chrono::year(year) / 1 / 1), start_of(chrono::year(year + 1) / 1 / 1)};
}

}  // namespace akin::store
