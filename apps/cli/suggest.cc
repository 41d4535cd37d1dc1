#include "suggest.h"

#include <algorithm>
#include <cstddef>

#include "akin/base/edit_distance.h"

namespace akin::cli {

std::string nearest(std::string_view word, std::span<const std::string> known) {
  if (word.size() > 64) return {};
  const std::size_t allowed = std::max<std::size_t>(1, (word.size() + 1) / 3);
  std::string best;
  std::size_t best_distance = allowed + 1;
  for (const std::string& candidate : known) {
    const bool begun = word.size() >= 2 && candidate.starts_with(word);
    const std::size_t d = candidate.size() > 64 ? allowed + 1 : begun ? 1 : edit_distance(word, candidate);
    if (d < best_distance) best = candidate, best_distance = d;
  }
  return best;
}

std::string did_you_mean(std::string_view word, std::span<const std::string> known) {
  const std::string best = nearest(word, known);
  return best.empty() ? std::string() : ", did you mean '" + best + "'?";
}

}  // namespace akin::cli
