#include "suggest.h"

#include "akin/base/edit_distance.h"

namespace akin::cli {

std::string did_you_mean(std::string_view word, std::span<const std::string> known) {
  const std::string best = nearest_word(word, known);
  return best.empty() ? std::string() : ", did you mean '" + best + "'?";
}

}  // namespace akin::cli
