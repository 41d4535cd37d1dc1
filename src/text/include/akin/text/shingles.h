// The shingles of a text (Broder, 1997): every run of so many characters, or of so many words, each known by a number. Texts are alike as
// far as their sets of shingles are the same. Runs of characters bear a typing error or a changed word in a title, and know scripts that
// are written without spaces; runs of words are fewer, and tell long texts apart more sharply. Tested by shingles_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "akin/base/context.h"

namespace akin {

enum class ShingleUnit { characters, words };

/// "characters", "words".
std::string_view name_of(ShingleUnit unit) noexcept;

struct ShingleOptions {
  ShingleUnit unit = ShingleUnit::characters;
  std::size_t size = 5;  ///< characters or words of a shingle, 1–64
};

/// The shingles of the folded text (fold.h), rising, each once: 32 bits of a hash. Words stand between white space; punctuation around them
/// does not count. A text shorter than a shingle is one shingle; a blank one has none. Two sets of m shingles have about m² / 2³² in common
/// by accident, which changes their likeness by no more than m / 2³². O(text · log), and 4 bytes a character while it works, at most.
/// Throws Error{invalid_argument} for a size out of range.
std::vector<std::uint32_t> shingles(std::string_view text, const ShingleOptions& options);

/// Sets that lie one behind the other.
struct ShingleSets {
  std::vector<std::uint32_t> keys;
  std::vector<std::size_t> begins = {0};  ///< set i is keys [begins[i], begins[i + 1])
  [[nodiscard]] std::size_t size() const noexcept { return begins.size() - 1; }
  [[nodiscard]] std::span<const std::uint32_t> of(std::size_t i) const noexcept {
    return std::span(keys).subspan(begins[i], begins[i + 1] - begins[i]);
  }
};

/// shingles() of every text, on all threads. Throws Error{cancelled} too.
ShingleSets shingle_sets(std::span<const std::string_view> texts, const ShingleOptions& options, Context& context);

}  // namespace akin
