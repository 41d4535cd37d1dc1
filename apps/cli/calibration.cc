#include "calibration.h"

#include "akin/akin.h"

namespace akin::cli {

ValueRanges calibrate(const std::string& file, const TextSourceOptions& options, const Embedder& embedder, TextRole role,
                      Context& context) {
  if (is_vector_file(file)) {
    ValueRanges ranges = ValueRanges::of_file(file);
    if (ranges.dim() == embedder.dim()) return ranges;
    throw Error(ErrorCode::mismatch,
                file + ": vectors of " + std::to_string(ranges.dim()) + " dimensions, the model gives " + std::to_string(embedder.dim()));
  }
  if (!std::filesystem::exists(file)) throw Error(ErrorCode::not_found, file + ": no such file of texts or vectors to calibrate with");
  ValueRanges ranges;
  const auto source = open_texts({file}, options);
  embedder.embed_stream([&](std::string& text) { return source->next(text); },
                        [&](std::span<const std::string>, const EmbedResult& result) { ranges.extend(result.vectors.view()); }, role,
                        context);
  if (ranges.empty()) throw Error(ErrorCode::invalid_argument, file + ": holds no texts to calibrate with");
  return ranges;
}

}  // namespace akin::cli
