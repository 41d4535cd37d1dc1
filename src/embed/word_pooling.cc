#include "akin/embed/word_pooling.h"

#include <array>
#include <string>
#include <utility>

#include "akin/base/error.h"
#include "akin/formats/word_vectors.h"
#include "akin/kernels/target.h"
#include "word_backend.h"

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

Embedder load_embedder(const std::filesystem::path& model, const EmbedderOptions& options, WordPooling pooling, Context& context) {
  kernels::use_target_from_environment();
  if (is_word_vector_file(model)) return Embedder(make_word_backend(open_word_vectors(model, context), options, pooling));
  if (pooling != WordPooling::mean)
    throw Error(ErrorCode::invalid_argument, model.string() + ": pooling by " + std::string(name_of(pooling)) +
                                                 " is for files of word vectors; this model has a pooling of its own");
  return Embedder::load(model, options, context);
}

}  // namespace akin
