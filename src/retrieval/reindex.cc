#include "reindex.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "akin/base/error.h"
#include "akin/base/mapped_file.h"
#include "akin/base/sha256.h"
#include "akin/documents/chunker.h"
#include "akin/documents/document.h"
#include "akin/image/image.h"
#include "prepare.h"

namespace akin::retrieval {
namespace {

using Clock = std::chrono::steady_clock;

// Chunks of one commit: some seconds of a small model's work, as of indexing.
constexpr std::size_t kChunksOfACommit = 256;
constexpr std::size_t kImagesOfACommit = 32;
constexpr std::size_t kNoLimit = std::size_t{1} << 30;

/// From settings_text(): "…, chunks of 256 tokens, …"; 0 if it does not say.
std::size_t chunk_tokens_of(std::string_view settings) {
  constexpr std::string_view before = "chunks of ";
  const std::size_t at = settings.find(before);
  if (at == std::string_view::npos) return 0;
  std::size_t tokens = 0;
  std::from_chars(settings.data() + at + before.size(), settings.data() + settings.size(), tokens);
  return tokens;
}

class Reindex {
 public:
  Reindex(Store& store, const StoreSpace& space, const Embedder& embedder, Context& context)
      : store_(store), space_(space), embedder_(embedder), context_(context) {
    if (embedder.has_tokenizer()) {
      counter_.emplace(embedder.tokenizer());
    } else if (embedder.info().takes_texts) {
      counter_ = TokenCounter::estimate();
    }
  }

  ReindexReport run() {
    const Clock::time_point start = Clock::now();
    report_.n_chunks = store_.snapshot().counts().n_chunks;
    if (store_.space().fingerprint == space_.fingerprint) return report_;  // it is in that space already
    std::uint64_t done = store_.begin_space(space_);
    if (const auto next = store_.snapshot().next_space()) report_.n_kept = next->n_vectors;
    context_.progress.begin("embedding", report_.n_chunks, "chunks");
    context_.progress.advance(std::min(report_.n_kept, report_.n_chunks));
    while (const std::optional<std::uint64_t> last = add_some(done)) done = *last;
    context_.progress.end();
    store_.switch_space();
    if (!space_.stamp.empty()) store_.keep_stamp(space_.stamp);
    report_.switched = true;
    report_.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    return report_;
  }

 private:
  /// The chunks behind `done` that one commit takes: texts or pictures. Returns the last; nothing if there are none.
  std::optional<std::uint64_t> add_some(std::uint64_t done) {
    context_.cancel.check();
    const Snapshot snapshot = store_.snapshot();
    std::vector<ChunkRecord> chunks = snapshot.chunks_after(done, kChunksOfACommit);
    if (chunks.empty()) return std::nullopt;
    const bool pictures = is_picture(chunks.front());
    std::size_t n = 0;
    while (n < chunks.size() && is_picture(chunks[n]) == pictures && (!pictures || n < kImagesOfACommit)) ++n;
    chunks.resize(n);
    const Matrix<float> vectors = pictures ? embed_pictures(snapshot, chunks) : embed_texts(snapshot, chunks);
    std::vector<std::uint64_t> ids;
    for (const ChunkRecord& chunk : chunks) ids.push_back(chunk.chunk_id);
    store_.add_to_next_space(ids, vectors.view());
    report_.n_embedded += ids.size();
    context_.progress.advance(ids.size());
    return ids.back();
  }

  static bool is_picture(const ChunkRecord& chunk) { return chunk.format == "image"; }

  Matrix<float> embed_texts(const Snapshot& snapshot, const std::vector<ChunkRecord>& chunks) {
    if (!counter_)
      throw Error(ErrorCode::unsupported,
                  chunks.front().uri + ": is no picture; the model '" + embedder_.info().name + "' takes images only");
    std::vector<std::string> texts;
    for (const ChunkRecord& chunk : chunks) {
      texts.push_back(embedded_text_of(chunk.chunk.text, chunk.chunk.headings, *counter_, options_of(snapshot, chunk.source)));
    }
    EmbedResult result = embedder_.embed(texts, TextRole::document, context_);
    for (const TextReport& text : result.reports) {
      report_.n_tokens += text.n_tokens;
      report_.n_tokens_dropped += text.n_tokens_dropped;
      report_.n_chunks_cut += text.n_tokens_dropped > 0 ? 1 : 0;
    }
    return std::move(result.vectors);
  }

  /// As its file was indexed, which the source's settings tell, within what the model reads.
  const ChunkOptions& options_of(const Snapshot& snapshot, const std::string& path) {
    if (path == last_path_ && options_.max_tokens > 0) return options_;
    last_path_ = path;
    options_ = {std::min(embedder_.max_tokens(), kNoLimit), 0, true};
    const std::optional<SourceState> source = path.empty() ? std::nullopt : snapshot.source(path);
    if (!source) return options_;
    options_.with_headings = source->settings.find(", no headings") == std::string::npos;
    if (const std::size_t tokens = chunk_tokens_of(source->settings); tokens > counter_->n_special_tokens())
      options_.max_tokens = std::min(options_.max_tokens, tokens);
    return options_;
  }

  Matrix<float> embed_pictures(const Snapshot& snapshot, const std::vector<ChunkRecord>& chunks) {
    if (!embedder_.info().takes_images)
      throw Error(ErrorCode::unsupported, chunks.front().uri + ": is a picture; the model '" + embedder_.info().name + "' takes no images");
    std::vector<FittedImage> images;
    for (const ChunkRecord& chunk : chunks) {
      const std::string bytes = read_file(chunk.source, ReadLimits().max_file_bytes);
      const std::optional<SourceState> source = snapshot.source(chunk.source);
      if (source && !source->content_hash.empty() && sha256_hex(bytes) != source->content_hash)
        throw Error(ErrorCode::mismatch, chunk.source + ": has changed since it was indexed; index it first");
      images.push_back(embedder_.fit_image(decode_image(std::as_bytes(std::span(bytes)), chunk.source), chunk.source));
    }
    report_.n_images += images.size();
    return embedder_.embed_images(images, context_);
  }

  Store& store_;
  const StoreSpace& space_;
  const Embedder& embedder_;
  Context& context_;
  std::optional<TokenCounter> counter_;
  ReindexReport report_;
  std::string last_path_;
  ChunkOptions options_;
};

}  // namespace

ReindexReport run_reindex(Store& store, const StoreSpace& space, const Embedder& embedder, Context& context) {
  return Reindex(store, space, embedder, context).run();
}

}  // namespace akin::retrieval
