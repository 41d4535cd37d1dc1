#include "chunk_group.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace akin::retrieval {
namespace {

// Images of one slice: a second or two of a base model's work.
constexpr std::size_t kImagesAtOnce = 32;

}  // namespace

void ChunkGroup::add(PreparedDocument& document) {
  n_tokens_ += document.n_tokens;
  if (document.image) {
    chunks_.emplace_back(std::move(*document.image));
  } else {
    for (std::string& text : document.embedded) chunks_.emplace_back(std::move(text));
  }
}

void ChunkGroup::clear() {
  chunks_.clear();
  n_tokens_ = 0;
}

Matrix<float> ChunkGroup::embed(const Embedder& embedder, std::size_t slice_tokens, std::size_t max_chunk_tokens,
                                const std::function<void(const EmbeddedSlice&)>& done, Context& context) {
  Matrix<float> vectors = Matrix<float>::uninitialized(chunks_.size(), embedder.dim());
  std::vector<std::size_t> texts, images;
  for (std::size_t i = 0; i < chunks_.size(); ++i) (std::holds_alternative<std::string>(chunks_[i]) ? texts : images).push_back(i);
  const std::size_t n_texts = std::max<std::size_t>(1, slice_tokens / std::max<std::size_t>(1, max_chunk_tokens) * 4);
  for (std::size_t begin = 0; begin < texts.size(); begin += n_texts)
    done(embed_texts(std::span(texts).subspan(begin, std::min(n_texts, texts.size() - begin)), embedder, vectors, context));
  for (std::size_t begin = 0; begin < images.size(); begin += kImagesAtOnce)
    done(embed_images(std::span(images).subspan(begin, std::min(kImagesAtOnce, images.size() - begin)), embedder, vectors, context));
  return vectors;
}

EmbeddedSlice ChunkGroup::embed_texts(std::span<const std::size_t> members, const Embedder& embedder, Matrix<float>& vectors,
                                      Context& context) {
  EmbeddedSlice slice{.n_chunks = members.size()};
  std::vector<std::string_view> texts;
  for (const std::size_t i : members) {
    texts.emplace_back(std::get<std::string>(chunks_[i]));
    slice.n_bytes += texts.back().size();
  }
  const EmbedResult result = embedder.embed(std::span(texts), TextRole::document, context);
  for (std::size_t r = 0; r < members.size(); ++r) std::ranges::copy(result.vectors.row(r), vectors.row(members[r]).begin());
  for (const TextReport& report : result.reports) {
    slice.n_tokens += report.n_tokens;
    slice.n_tokens_dropped += report.n_tokens_dropped;
  }
  return slice;
}

EmbeddedSlice ChunkGroup::embed_images(std::span<const std::size_t> members, const Embedder& embedder, Matrix<float>& vectors,
                                       Context& context) {
  EmbeddedSlice slice{.n_chunks = members.size(), .n_images = members.size()};
  std::vector<FittedImage> images;
  for (const std::size_t i : members) {
    images.push_back(std::move(std::get<FittedImage>(chunks_[i])));
    slice.n_bytes += images.back().pixels.rows.size();
  }
  const Matrix<float> result = embedder.embed_images(images, context);
  for (std::size_t r = 0; r < members.size(); ++r) std::ranges::copy(result.row(r), vectors.row(members[r]).begin());
  return slice;
}

}  // namespace akin::retrieval
