// Words of rows → groups in an order that pictures and pages share, so that a group has one colour in all of them. Tested by
// value_groups_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace akin {

struct ValueGroups {
  std::vector<std::string> names;    ///< the largest group first, equal ones in the order of their names; numbers in their own order
  std::vector<std::int32_t> groups;  ///< one a value: a place in names; −1 for an empty value and for groups beyond the `most` largest
};

/// Rows of one value are a group.
ValueGroups group_by_value(std::span<const std::string> values, std::size_t most);

/// The numbers of texts that tell amounts and not kinds: all but empty ones are finite numbers that a float holds, and more than twelve of
/// them differ (ratings and the years of a decade are groups). NaN for an empty text. Empty: they are groups.
std::vector<double> amounts_in(std::span<const std::string> values);

/// The number that all of a text is ("12", "-3.5e2"); NaN for an empty text and for all else.
double number_in(const std::string& text) noexcept;

}  // namespace akin
