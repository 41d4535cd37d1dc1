// What an Error said, for tests that look at its code and message.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "akin/base/error.h"

namespace akin::testing {

/// The Error that `action` throws; a test failure and nothing if it throws none.
template <class Action>
std::optional<Error> error_of(Action&& action) {
  try {
    action();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "an akin::Error was expected";
  return std::nullopt;
}

template <class Action>
void expect_error(ErrorCode code, std::string_view part_of_message, Action&& action) {
  const auto error = error_of(std::forward<Action>(action));
  if (!error) return;
  EXPECT_EQ(name_of(error->code()), name_of(code)) << error->what();
  EXPECT_NE(std::string(error->what()).find(part_of_message), std::string::npos) << error->what();
}

}  // namespace akin::testing
