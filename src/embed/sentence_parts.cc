#include "akin/embed/sentence_parts.h"

#include <utility>
#include <variant>

#include "akin/base/error.h"
#include "model_files.h"

namespace akin {

SentenceParts read_sentence_parts(const std::filesystem::path& folder) {
  if (std::filesystem::exists(folder) && !std::filesystem::is_directory(folder)) {
    throw Error(ErrorCode::unsupported, folder.string() + ": a model's folder is wanted, to be trained and written as one");
  }
  ModelFiles files = read_model(folder);
  SentenceParts parts;
  for (const StepSpec& step : files.sentence.steps) {
    parts.has_unit_length = std::holds_alternative<NormalizeStep>(step);
    if (parts.has_unit_length) continue;
    const char* what = std::holds_alternative<DenseStep>(step) ? "Dense" : "LayerNorm";
    throw Error(ErrorCode::unsupported, files.name + ": the step '" + what + "' behind pooling cannot be trained");
  }
  parts.name = std::move(files.name);
  parts.folder = folder;
  parts.transformer = read_weights(folder).folder;
  parts.has_modules = std::filesystem::exists(folder / "modules.json");
  parts.model = std::move(files.model);
  parts.weights = std::move(files.weights);
  parts.pooling = std::move(files.sentence.pooling);
  parts.include_prompt = files.sentence.include_prompt;
  return parts;
}

}  // namespace akin
