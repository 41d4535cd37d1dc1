// What a metadata value is besides a text: a number, a date, a moment. Filters compare numbers with numbers and dates with dates; a value
// that is neither is a text alone. Tested by typed_value_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace akin::store {

/// A moment or a whole day, month or year: from `begin` up to but not with `end`, microseconds since 1970-01-01T00:00Z.
struct TimeSpan {
  std::int64_t begin = 0, end = 0;
  friend bool operator==(const TimeSpan&, const TimeSpan&) = default;
};

/// "-12", "3.5", ".5", "6e23": all of the text, decimal, finite. Nothing for a text that is no number.
std::optional<double> number_of(std::string_view text) noexcept;
/// ISO 8601: "2026-01", "2026-01-31", "2026-01-31T09:30", "2026-01-31 09:30:15.25", with "Z", "+02:00" or "+0200" behind a time; without
/// one it is UTC. Years 0001 to 9999. Nothing for a text that is no date, or a day that no month has.
std::optional<TimeSpan> time_of(std::string_view text) noexcept;
/// "2026": a number, and where it is compared with dates the whole year. Four digits, from 0001.
std::optional<TimeSpan> year_of(std::string_view text) noexcept;

}  // namespace akin::store
