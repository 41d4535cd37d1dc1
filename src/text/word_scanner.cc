#include "word_scanner.h"

#include <algorithm>
#include <iterator>

namespace akin::text {
namespace {

constexpr KnownWordPattern kKnown[] = {
    {R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)", kGpt2Words},
    {R"('(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)", kGpt2Words},
    {R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
     kLlama3Words},
    {R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)", kQwen2Words},
};

}  // namespace

std::span<const KnownWordPattern> known_word_patterns() noexcept { return kKnown; }

const WordRules* find_word_rules(std::string_view regex) noexcept {
  const auto* const known = std::find_if(std::begin(kKnown), std::end(kKnown), [&](const KnownWordPattern& k) { return k.regex == regex; });
  return known == std::end(kKnown) ? nullptr : &known->rules;
}

}  // namespace akin::text
