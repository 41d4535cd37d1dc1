#include "akin/embed/embedder.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "akin/embed/backend.h"
#include "akin/formats/word_vectors.h"
#include "akin/kernels/target.h"
#include "image_backend.h"
#include "model_files.h"
#include "static_backend.h"
#include "transformer_backend.h"
#include "word_backend.h"

namespace akin {
namespace {

// A window of the endless input: enough texts to sort by length, little enough memory.
constexpr std::size_t kWindowTexts = 2048;
constexpr std::size_t kWindowBytes = std::size_t{8} << 20;
// Images that are decoded at once: what a model sees of one has about 150 KB.
constexpr std::size_t kWindowImages = 64;

}  // namespace

struct Embedder::Impl {
  std::unique_ptr<const EmbedderBackend> backend;
  mutable std::once_flag hashed;
  mutable std::string fingerprint;
};

Embedder::Embedder(std::unique_ptr<const EmbedderBackend> backend) : impl_(std::make_unique<Impl>()) {
  impl_->backend = std::move(backend);
}
Embedder::Embedder(Embedder&&) noexcept = default;
Embedder& Embedder::operator=(Embedder&&) noexcept = default;
Embedder::~Embedder() = default;

Embedder Embedder::load(const std::filesystem::path& model, const EmbedderOptions& options, Context& context) {
  kernels::use_target_from_environment();
  if (is_word_vector_file(model)) return Embedder(make_word_backend(open_word_vectors(model, context), options));
  check_no_word_pooling(model.string(), options);
  if (is_image_model(model)) return Embedder(make_image_backend(read_image_model(model), options, context));
  if (is_static_folder(model)) return Embedder(make_static_backend(read_static_folder(model), options));
  return Embedder(make_transformer_backend(model, options, context));
}

std::size_t Embedder::dim() const noexcept { return info().dim; }
std::size_t Embedder::max_tokens() const noexcept { return info().max_tokens; }
const ModelInfo& Embedder::info() const noexcept { return impl_->backend->info(); }
const std::string& Embedder::prompt(TextRole role) const { return impl_->backend->prompt(role); }
bool Embedder::has_tokenizer() const noexcept { return impl_->backend->tokenizer() != nullptr; }

const Tokenizer& Embedder::tokenizer() const {
  if (const Tokenizer* tokenizer = impl_->backend->tokenizer()) return *tokenizer;
  throw Error(ErrorCode::unsupported, info().name + ": the model's tokenizer is not known here");
}

const std::string& Embedder::fingerprint() const {
  std::call_once(impl_->hashed, [&] { impl_->fingerprint = impl_->backend->fingerprint(); });
  return impl_->fingerprint;
}

std::string Embedder::fingerprint_stamp(const std::string& fingerprint) const { return impl_->backend->fingerprint_stamp(fingerprint); }

EmbedResult Embedder::embed(std::span<const std::string_view> texts, TextRole role, Context& context) const {
  return impl_->backend->embed(texts, role, context);
}

EmbedResult Embedder::embed(const std::vector<std::string>& texts, TextRole role, Context& context) const {
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  return embed(std::span(views), role, context);
}

std::vector<float> Embedder::embed_one(std::string_view text, TextRole role, Context& context) const {
  const EmbedResult result = embed(std::span(&text, 1), role, context);
  const auto row = result.vectors.row(0);
  return {row.begin(), row.end()};
}

void Embedder::embed_stream(const Source& source, const Sink& sink, TextRole role, Context& context) const {
  std::vector<std::string> window;
  for (bool more = true; more;) {
    window.clear();
    std::string text;
    for (std::size_t bytes = 0; window.size() < kWindowTexts && bytes < kWindowBytes && (more = source(text));) {
      bytes += text.size();
      window.push_back(std::move(text));
      text.clear();
    }
    if (window.empty()) return;
    const EmbedResult result = embed(window, role, context);
    sink(window, result);
    context.progress.advance(window.size());
  }
}

TokenVectors Embedder::embed_tokens(std::string_view text, Context& context) const {
  context.cancel.check();
  return impl_->backend->embed_tokens(text, context);
}

FittedImage Embedder::fit_image(const Image& image, const std::string& name) const {
  if (name.empty()) return impl_->backend->fit_image(image);
  try {
    return impl_->backend->fit_image(image);
  } catch (const Error& error) {
    throw Error(error.code(), name + ": " + error.what());
  }
}

Matrix<float> Embedder::embed_images(std::span<const FittedImage> images, Context& context) const {
  context.cancel.check();
  return impl_->backend->embed_images(images, context);
}

Matrix<float> Embedder::embed_image_files(std::span<const std::filesystem::path> files, Context& context) const {
  Matrix<float> vectors(files.size(), dim());
  for (std::size_t begin = 0; begin < files.size(); begin += kWindowImages) {
    std::vector<FittedImage> images(std::min(kWindowImages, files.size() - begin));
    context.parallel_for(images.size(), 1, [&](std::size_t i, std::size_t) {
      images[i] = fit_image(read_image(files[begin + i]), files[begin + i].string());
    });
    const Matrix<float> window = embed_images(images, context);
    std::copy_n(window.data(), window.size(), vectors.row(begin).data());
    context.progress.advance(images.size());
  }
  return vectors;
}

std::string EmbedderBackend::fingerprint_stamp(std::string_view) const { return {}; }

FittedImage EmbedderBackend::fit_image(const Image&) const {
  throw Error(ErrorCode::unsupported, info().name + ": takes no images: it is a model of texts");
}

Matrix<float> EmbedderBackend::embed_images(std::span<const FittedImage>, Context&) const {
  throw Error(ErrorCode::unsupported, info().name + ": takes no images: it is a model of texts");
}

LateChunks Embedder::embed_late(std::string_view text, std::span<const TextSpan> spans, TextRole role, Context& context) const {
  context.cancel.check();
  require(!spans.empty(), "Embedder::embed_late: at least one span is wanted");
  return impl_->backend->embed_late(text, spans, role, context);
}

LateChunks EmbedderBackend::embed_late(std::string_view, std::span<const TextSpan>, TextRole, Context&) const {
  throw Error(ErrorCode::unsupported, info().name + ": late chunks need a model that gives a vector a token");
}

Matrix<float> Embedder::embed_encodings(std::span<const Encoding> encodings, VectorLength length, Context& context) const {
  for (const Encoding& encoding : encodings) {
    require(encoding.ids.size() <= max_tokens() && encoding.type_ids.size() == encoding.ids.size(),
            "Embedder::embed_encodings: a sequence must be within the model's limit, with a type for each token");
    for (const std::int32_t id : encoding.ids)
      require(id >= 0 && static_cast<std::size_t>(id) < info().vocabulary_size,
              "Embedder::embed_encodings: an id is outside the vocabulary");
  }
  return impl_->backend->embed_encodings(encodings, length, context);
}

Matrix<float> EmbedderBackend::embed_encodings(std::span<const Encoding>, VectorLength, Context&) const {
  throw Error(ErrorCode::unsupported, info().name + ": takes texts, not tokens");
}

Encoding Embedder::encode(std::string_view text, TextRole role) const { return impl_->backend->encode(text, role); }

Encoding EmbedderBackend::encode(std::string_view, TextRole) const {
  throw Error(ErrorCode::unsupported, info().name + ": the model's tokens are not known here");
}

TokenVectors EmbedderBackend::embed_tokens(std::string_view, Context&) const {
  throw Error(ErrorCode::unsupported, info().name + ": gives one vector a text and none a token");
}

}  // namespace akin
