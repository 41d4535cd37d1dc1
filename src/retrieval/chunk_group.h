// Chunks that wait for their vectors: texts and images in the order in which they came, embedded many at a time. Tested by
// index_run_test.cc.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "akin/base/matrix.h"
#include "akin/embed/embedder.h"
#include "prepare.h"

namespace akin::retrieval {

/// What a slice of the work was.
struct EmbeddedSlice {
  std::size_t n_chunks = 0, n_images = 0, n_tokens = 0, n_tokens_dropped = 0, n_bytes = 0;
  std::size_t n_chunks_cut = 0;     ///< of which the model dropped tokens
  std::size_t n_documents_cut = 0;  ///< of which such a chunk is the first
};

class ChunkGroup {
 public:
  /// Takes over what the model is given for a document's chunks.
  void add(PreparedDocument& document);
  [[nodiscard]] std::size_t n_tokens() const noexcept { return n_tokens_; }
  void clear();

  /// One vector a chunk. In slices of about `slice_tokens`, so that a document as large as a book shelf shows progress and can be
  /// cancelled; `done` is told of each. The images are used up.
  Matrix<float> embed(const Embedder& embedder, std::size_t slice_tokens, std::size_t max_chunk_tokens,
                      const std::function<void(const EmbeddedSlice&)>& done, Context& context);

 private:
  EmbeddedSlice embed_texts(std::span<const std::size_t> members, const Embedder& embedder, Matrix<float>& vectors, Context& context);
  EmbeddedSlice embed_images(std::span<const std::size_t> members, const Embedder& embedder, Matrix<float>& vectors, Context& context);

  struct Waiting {
    std::variant<std::string, FittedImage> content;
    std::size_t document = 0;  ///< counted from 1 in the group
  };

  std::vector<Waiting> chunks_;
  std::size_t n_tokens_ = 0, n_documents_ = 0;
  std::size_t last_cut_ = 0;  ///< the last document with a cut chunk
};

}  // namespace akin::retrieval
