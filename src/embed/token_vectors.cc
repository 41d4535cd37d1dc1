#include "akin/embed/token_vectors.h"

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "akin/base/error.h"

namespace akin {
namespace {

// Texts that are worked on together: enough for any number of threads, few enough that their vectors (512 tokens of 1,024 floats a text)
// stay under 64 MB.
constexpr std::size_t kWindowTexts = 32;
constexpr std::size_t kWindowBytes = std::size_t{256} << 10;

const std::filesystem::path& checked(const std::filesystem::path& path) {
  if (path.extension() != ".safetensors")
    throw Error(ErrorCode::invalid_argument, "'" + path.string() + "': vectors of tokens are written to .safetensors only");
  return path;
}

}  // namespace

void embed_token_stream(const Embedder& embedder, const Embedder::Source& source, const TokenVectorSink& sink, Context& context) {
  std::vector<std::string> texts;
  std::string text;
  for (bool more = true; more;) {
    texts.clear();
    for (std::size_t bytes = 0; texts.size() < kWindowTexts && bytes < kWindowBytes && (more = source(text));) {
      bytes += text.size();
      texts.push_back(std::move(text));
      text.clear();
    }
    std::vector<TokenVectors> vectors(texts.size());
    context.parallel_for(texts.size(), 1, [&](std::size_t i, std::size_t) { vectors[i] = embedder.embed_tokens(texts[i], context); });
    for (std::size_t i = 0; i < texts.size(); ++i) sink(texts[i], vectors[i]);
    context.progress.advance(texts.size());
  }
}

TokenVectorWriter::TokenVectorWriter(const std::filesystem::path& path, EmbeddingOrigin origin)
    : file_(checked(path)), origin_(std::move(origin)) {}

void TokenVectorWriter::append(const TokenVectors& vectors) {
  const Encoding& encoding = vectors.encoding;
  const std::size_t n = encoding.ids.size();
  require(encoding.offsets.size() == n && vectors.hidden.rows() == n, "vectors of tokens want an id, an offset and a row for each");
  const std::string k = std::to_string(n_texts_++);
  std::vector<std::int32_t> offsets;
  for (const TextSpan& span : encoding.offsets) {
    offsets.push_back(static_cast<std::int32_t>(span.begin));
    offsets.push_back(static_cast<std::int32_t>(span.end));
  }
  const std::span<const float> hidden(vectors.hidden.data(), n * vectors.hidden.cols());
  file_.append({k + ".ids", TensorType::i32, {n}, std::as_bytes(std::span(encoding.ids))});
  file_.append({k + ".offsets", TensorType::i32, {n, 2}, std::as_bytes(std::span(offsets))});
  file_.append({k + ".hidden", TensorType::f32, {n, vectors.hidden.cols()}, std::as_bytes(hidden)});
}

void TokenVectorWriter::commit() {
  file_.commit({{"content", "vectors of tokens"},
                {"model", origin_.model},
                {"fingerprint", origin_.fingerprint},
                {"dim", std::to_string(origin_.dim)},
                {"n_texts", std::to_string(n_texts_)}});
}

}  // namespace akin
