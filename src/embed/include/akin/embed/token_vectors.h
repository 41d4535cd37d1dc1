// One vector a token, for as many texts as there are: the contextual vectors that a model makes of each token, with the place of the text
// that each stands for. The same word has another vector in another sentence. Tested by token_vectors_test.cc.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>

#include "akin/base/context.h"
#include "akin/embed/embedder.h"
#include "akin/embed/embedding_writer.h"
#include "akin/formats/safetensors.h"

namespace akin {

using TokenVectorSink = std::function<void(const std::string& text, const TokenVectors& vectors)>;
/// Endless input in bounded memory: texts from `source`, on all threads, to `sink` in input order. A text's vectors have the same bits
/// alone.
void embed_token_stream(const Embedder& embedder, const Embedder::Source& source, const TokenVectorSink& sink, Context& context);

/// Writes a .safetensors file: text number k, from 0, is the tensors "k.ids" (n) I32, "k.offsets" (n, 2) I32 in bytes of the text, and
/// "k.hidden" (n, dim) F32. The metadata say which model made them. Memory does not grow with the number of texts.
class TokenVectorWriter {
 public:
  /// Throws Error{invalid_argument} for another ending, Error{not_found}, Error{io}.
  TokenVectorWriter(const std::filesystem::path& path, EmbeddingOrigin origin);
  /// Throws Error{io}, Error{limit} (see SafetensorsStreamWriter).
  void append(const TokenVectors& vectors);
  /// Puts the file in its place, whole. Without it nothing is left behind.
  void commit();

 private:
  SafetensorsStreamWriter file_;
  EmbeddingOrigin origin_;
  std::size_t n_texts_ = 0;
};

}  // namespace akin
