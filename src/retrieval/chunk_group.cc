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
  ++n_documents_;
  if (document.image) {
    chunks_.push_back({std::move(*document.image), n_documents_});
  } else {
    for (std::string& text : document.embedded) chunks_.push_back({std::move(text), n_documents_});
  }
}

void ChunkGroup::clear() {
  chunks_.clear();
  n_tokens_ = n_documents_ = last_cut_ = 0;
}

Matrix<float> ChunkGroup::embed(const Embedder& embedder, std::size_t slice_tokens, std::size_t max_chunk_tokens,
                                const std::function<void(const EmbeddedSlice&)>& done, Context& context) {
  Matrix<float> vectors = Matrix<float>::uninitialized(chunks_.size(), embedder.dim());
  std::vector<std::size_t> texts, images;
  for (std::size_t i = 0; i < chunks_.size(); ++i) (std::holds_alternative<std::string>(chunks_[i].content) ? texts : images).push_back(i);
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
    texts.emplace_back(std::get<std::string>(chunks_[i].content));
    slice.n_bytes += texts.back().size();
  }
  const EmbedResult result = embedder.embed(std::span(texts), TextRole::document, context);
  for (std::size_t r = 0; r < members.size(); ++r) {
    std::ranges::copy(result.vectors.row(r), vectors.row(members[r]).begin());
    const TextReport& report = result.reports[r];
    slice.n_tokens += report.n_tokens;
    slice.n_tokens_dropped += report.n_tokens_dropped;
    if (report.n_tokens_dropped == 0) continue;
    ++slice.n_chunks_cut;
    const std::size_t document = chunks_[members[r]].document;
    if (std::exchange(last_cut_, document) != document) ++slice.n_documents_cut;
  }
  return slice;
}

EmbeddedSlice ChunkGroup::embed_images(std::span<const std::size_t> members, const Embedder& embedder, Matrix<float>& vectors,
                                       Context& context) {
  EmbeddedSlice slice{.n_chunks = members.size(), .n_images = members.size()};
  std::vector<FittedImage> images;
  for (const std::size_t i : members) {
    images.push_back(std::move(std::get<FittedImage>(chunks_[i].content)));
    slice.n_bytes += images.back().pixels.rows.size();
  }
  const Matrix<float> result = embedder.embed_images(images, context);
  for (std::size_t r = 0; r < members.size(); ++r) std::ranges::copy(result.row(r), vectors.row(members[r]).begin());
  return slice;
}

}  // namespace akin::retrieval
