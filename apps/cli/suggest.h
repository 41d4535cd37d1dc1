// "Did you mean …?": the known word nearest to a mistyped one.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace akin::cli {

/// The nearest word of `known` by edits (insert, delete, replace, swap neighbours), or empty if none is near: at most a third of the
/// word's length away, and always at least one edit is allowed. A word that is only begun ("q8" of "q8_0") is one edit away.
std::string nearest(std::string_view word, std::span<const std::string> known);

/// ", did you mean 'embed'?" or empty.
std::string did_you_mean(std::string_view word, std::span<const std::string> known);

}  // namespace akin::cli
