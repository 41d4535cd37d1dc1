#include "akin/embed/word_pooling.h"

#include <array>
#include <string>
#include <utility>

#include "akin/base/error.h"
#include "akin/embed/backend.h"

namespace akin {
namespace {

constexpr std::array<std::pair<std::string_view, WordPooling>, 3> kPoolings = {{
    {"mean", WordPooling::mean},
    {"sif", WordPooling::sif},
    {"sif-common", WordPooling::sif_common},
}};

}  // namespace

std::string_view name_of(WordPooling pooling) noexcept {
  for (const auto& [name, known] : kPoolings) {
    if (known == pooling) return name;
  }
  return "unknown";
}

WordPooling word_pooling_from(std::string_view name) {
  for (const auto& [known, pooling] : kPoolings) {
    if (known == name) return pooling;
  }
  throw Error(ErrorCode::invalid_argument, "unknown pooling '" + std::string(name) + "' of words; known are mean, sif, sif-common");
}

void check_no_word_pooling(std::string_view model, const EmbedderOptions& options) {
  if (options.word_pooling == WordPooling::mean) return;
  throw Error(ErrorCode::invalid_argument, std::string(model) + ": pooling by " + std::string(name_of(options.word_pooling)) +
                                               " is for files of word vectors; this model has a pooling of its own");
}

}  // namespace akin
