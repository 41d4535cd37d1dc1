// `embed --long late`: every text goes through the model whole, and its chunks are pooled from the tokens that have seen all of it.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "akin/embed/embedder.h"
#include "text_source.h"

namespace akin::cli {

struct LateText {
  std::size_t index = 0;            ///< of the text
  std::vector<std::string> chunks;  ///< as they stand in the text
  std::vector<TextSpan> spans;      ///< their bytes
  EmbedResult result;               ///< a vector and the number of tokens a chunk
  TextReport report;                ///< of the whole text
};

/// Chunks of at most `chunk_tokens` tokens along sentences. A text without tokens has none, and is given with no chunks.
void embed_late(const Embedder& embedder, TextSource& source, TextRole role, std::size_t chunk_tokens,
                const std::function<void(const LateText& text)>& sink, Context& context);

/// Which chunk of which text each row of FILE is, one JSON object a line: "FILE.chunks.jsonl".
class ChunkPlaces {
 public:
  void add(const LateText& text);
  void write(const std::string& file) const;

 private:
  std::string lines_;
};

}  // namespace akin::cli
