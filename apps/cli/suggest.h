// "Did you mean …?": the known word nearest to a mistyped one.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace akin::cli {

/// ", did you mean 'embed'?" or empty.
std::string did_you_mean(std::string_view word, std::span<const std::string> known);

}  // namespace akin::cli
