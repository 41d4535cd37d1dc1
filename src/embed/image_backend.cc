#include "image_backend.h"

#include <algorithm>
#include <utility>

#include "akin/base/error.h"
#include "akin/base/scratch_pool.h"
#include "akin/nn/weights.h"
#include "micro_batch.h"
#include "sentence_steps.h"
#include "transformer_backend.h"

namespace akin {
namespace {

constexpr std::size_t kTokenizeGrain = 16;

std::vector<StepSpec> steps_of(const ImageModelFiles& files) {
  return files.normalize ? std::vector<StepSpec>{NormalizeStep{}} : std::vector<StepSpec>{};
}

std::string pooling_text(const ImageModelFiles& files) {
  std::string text;
  if (files.vision) {
    const bool attention = files.vision->spec.pooling == ImagePooling::attention, pooler = !files.vision->vision.pooler.empty();
    text = std::string("image ") + (attention ? "attention" : pooler ? "class token through the pooler" : "class token");
  }
  if (files.text) {
    const TextPooling pooling = files.text->pooling;
    text += std::string(text.empty() ? "" : ", ") + (pooling == TextPooling::last  ? "text last token"
                                                     : pooling == TextPooling::end ? "text end token"
                                                                                   : "text highest id");
  }
  return text;
}

class ImageBackend final : public EmbedderBackend {
 public:
  ImageBackend(ImageModelFiles files, const EmbedderOptions& options, Context& context)
      : files_(std::move(files)), options_(options), steps_(steps_of(files_), options.dims, options.normalize) {
    const kernels::GemmType type = gemm_type(options.precision);
    if (files_.vision) vision_.emplace(*files_.weights, *files_.vision, type, context);
    if (files_.text) text_.emplace(*files_.weights, *files_.text, type, context);
    check();
    describe();
    if (options.prompt) prompt_ = *options.prompt;
  }

  [[nodiscard]] const ModelInfo& info() const noexcept override { return info_; }
  [[nodiscard]] std::string fingerprint() const override { return space_fingerprint(files_, options_); }
  [[nodiscard]] const Tokenizer* tokenizer() const noexcept override { return files_.tokenizer ? &*files_.tokenizer : nullptr; }
  [[nodiscard]] const std::string& prompt(TextRole) const override { return prompt_; }
  [[nodiscard]] EmbedResult embed(std::span<const std::string_view> texts, TextRole role, Context& context) const override;
  [[nodiscard]] TokenVectors embed_tokens(std::string_view text, Context& context) const override;
  [[nodiscard]] Encoding encode(std::string_view text, TextRole role) const override {
    return info_.takes_texts ? read_text(text, false) : EmbedderBackend::encode(text, role);
  }
  [[nodiscard]] FittedImage fit_image(const Image& image) const override;
  [[nodiscard]] Matrix<float> embed_images(std::span<const FittedImage> images, Context& context) const override;

 private:
  void check() const;
  void describe();
  void require_texts() const {
    if (!info_.takes_texts) throw Error(ErrorCode::unsupported, files_.name + ": takes no texts: " + files_.no_texts);
  }
  void require_images() const {
    if (!vision_) throw Error(ErrorCode::unsupported, files_.name + ": takes no images: the model has no tower for them");
  }
  [[nodiscard]] std::size_t full_dim() const { return vision_ ? vision_->dim() : text_->dim(); }
  [[nodiscard]] Encoding read_text(std::string_view text, bool offsets) const;
  /// Fills a text up as the model wants it.
  void pad(std::vector<std::int32_t>& ids) const {
    if (ids.size() < files_.text->pad_to) ids.resize(files_.text->pad_to, files_.text->pad_id);
  }
  [[nodiscard]] Matrix<float> run_texts(std::span<const std::vector<std::int32_t>* const> texts, Crew* crew) const;

  ImageModelFiles files_;
  EmbedderOptions options_;
  std::optional<VisionTower> vision_;
  std::optional<TextTower> text_;
  SentenceSteps steps_;
  ModelInfo info_;
  std::string prompt_;
  mutable ScratchPool<TransformerBuffers> scratch_;
};

void ImageBackend::check() const {
  const auto fail = [&](ErrorCode code, const std::string& what) { throw Error(code, files_.name + ": " + what); };
  if (vision_ && text_ && vision_->dim() != text_->dim()) {
    fail(ErrorCode::mismatch,
         "the image tower gives " + std::to_string(vision_->dim()) + " dimensions, the text tower " + std::to_string(text_->dim()));
  }
  if (options_.dims > full_dim()) {
    fail(ErrorCode::invalid_argument,
         std::to_string(options_.dims) + " dimensions are asked for, the model gives " + std::to_string(full_dim()));
  }
  const std::size_t special = files_.tokenizer ? files_.tokenizer->n_special_tokens() : 0;
  if (files_.text && options_.max_tokens != 0 && (options_.max_tokens > files_.max_tokens || options_.max_tokens <= special)) {
    fail(ErrorCode::invalid_argument, "max_tokens must be " + std::to_string(special + 1) + " to " + std::to_string(files_.max_tokens) +
                                          ", " + std::to_string(options_.max_tokens) + " is asked for");
  }
}

void ImageBackend::describe() {
  const TransformerSpec& spec = files_.vision ? files_.vision->spec.transformer : files_.text->model.spec;
  info_.name = files_.name;
  info_.family = files_.vision ? files_.vision->family : files_.text->model.family;
  info_.n_layers = spec.n_layers;
  info_.dim_model = spec.dim;
  info_.n_heads = spec.attention.n_heads;
  info_.vocabulary_size = files_.text ? files_.text->model.spec.vocabulary_size : 0;
  for (const TensorView& tensor : files_.weights->tensors()) {
    info_.n_parameters += tensor.name.ends_with("position_ids") ? 0 : tensor.size();
  }
  info_.dim = options_.dims == 0 ? full_dim() : options_.dims;
  info_.max_tokens = options_.max_tokens == 0 ? files_.max_tokens : options_.max_tokens;
  info_.pooling = pooling_text(files_);
  info_.normalized = options_.normalize || (files_.normalize && info_.dim == full_dim());
  info_.similarity = "cosine";
  info_.precision = options_.precision;
  const TensorView* weight =
      files_.weights->find(layer_name(files_.vision ? files_.vision->names.down : files_.text->model.names.down, 0) + ".weight");
  info_.weight_type = weight == nullptr ? "" : name_of(weight->type);
  info_.takes_texts = files_.text && files_.tokenizer;
  info_.takes_images = vision_.has_value();
  if (vision_) {
    const FittedImage image = fit_image(Image{Matrix<std::uint8_t>(1, 3)});  // a model that cannot cut even this one is refused
    info_.image_width = image.pixels.width();
    info_.image_height = image.pixels.height();
  }
  if (!vision_ || !text_) return;
  if (const auto scale = read_logit_scale(*files_.text, *files_.weights)) info_.match = {scale->scale, scale->bias, scale->sigmoid};
}

Encoding ImageBackend::read_text(std::string_view text, bool offsets) const {
  const EncodeOptions options{.special_tokens = true, .max_tokens = info_.max_tokens, .offsets = offsets};
  return files_.tokenizer->encode(prompt_.empty() ? std::string(text) : prompt_ + std::string(text), options);
}

Matrix<float> ImageBackend::run_texts(std::span<const std::vector<std::int32_t>* const> texts, Crew* crew) const {
  std::vector<std::int32_t> ids;
  std::vector<std::size_t> starts = {0};
  for (const auto* text : texts) {
    ids.insert(ids.end(), text->begin(), text->end());
    starts.push_back(ids.size());
  }
  Matrix<float> vectors = Matrix<float>::uninitialized(texts.size(), text_->dim());
  const ScratchPool<TransformerBuffers>::Lease buffers(scratch_);
  text_->forward({ids, {}, starts}, buffers.get(), vectors.view(), crew);
  return steps_.forward(std::move(vectors));
}

EmbedResult ImageBackend::embed(std::span<const std::string_view> texts, TextRole, Context& context) const {
  require_texts();
  std::vector<std::vector<std::int32_t>> ids(texts.size());
  std::vector<std::size_t> lengths(texts.size());
  EmbedResult result{Matrix<float>::uninitialized(texts.size(), info_.dim), std::vector<TextReport>(texts.size())};
  context.parallel_for(texts.size(), kTokenizeGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      Encoding encoding = read_text(texts[i], false);
      result.reports[i] = {static_cast<std::uint32_t>(encoding.ids.size()), static_cast<std::uint32_t>(encoding.n_tokens_dropped),
                           static_cast<std::uint32_t>(encoding.n_invalid)};
      ids[i] = std::move(encoding.ids);
      pad(ids[i]);
      lengths[i] = ids[i].size();
    }
  });
  const std::vector<MicroBatch> batches = cut_micro_batches(lengths, kMicroBatchTokens);
  run_micro_batches(batches.size(), context, [&](std::size_t b, Crew* crew) {
    std::vector<const std::vector<std::int32_t>*> members;
    for (const std::size_t i : batches[b]) members.push_back(&ids[i]);
    const Matrix<float> vectors = run_texts(members, crew);
    for (std::size_t s = 0; s < members.size(); ++s) std::ranges::copy(vectors.row(s), result.vectors.row(batches[b][s]).begin());
  });
  return result;
}

TokenVectors ImageBackend::embed_tokens(std::string_view text, Context&) const {
  require_texts();
  TokenVectors result{read_text(text, true), {}};
  std::vector<std::int32_t> ids = result.encoding.ids;
  pad(ids);
  const std::vector<std::size_t> starts = {0, ids.size()};
  Matrix<float> hidden = Matrix<float>::uninitialized(ids.size(), files_.text->model.spec.dim);
  const ScratchPool<TransformerBuffers>::Lease buffers(scratch_);
  text_->hidden({ids, {}, starts}, buffers.get(), hidden.view());
  result.hidden = Matrix<float>::uninitialized(result.encoding.ids.size(), hidden.cols());
  std::copy_n(hidden.data(), result.hidden.size(), result.hidden.data());
  return result;
}

FittedImage ImageBackend::fit_image(const Image& image) const {
  require_images();
  FittedImage fitted = files_.processor->fit(image);
  const std::size_t patch = files_.vision->spec.patch_size, width = fitted.pixels.width(), height = fitted.pixels.height();
  if (width % patch == 0 && height % patch == 0) return fitted;
  throw Error(ErrorCode::unsupported, files_.name + ": a picture of " + std::to_string(image.width()) + " × " +
                                          std::to_string(image.height()) + " pixels is prepared to " + std::to_string(width) + " × " +
                                          std::to_string(height) + ", which are not whole patches of " + std::to_string(patch));
}

Matrix<float> ImageBackend::embed_images(std::span<const FittedImage> images, Context& context) const {
  require_images();
  std::vector<std::size_t> lengths;
  for (const FittedImage& image : images) lengths.push_back(vision_->n_tokens(image.pixels.height(), image.pixels.width()));
  Matrix<float> result = Matrix<float>::uninitialized(images.size(), info_.dim);
  const std::vector<MicroBatch> batches = cut_micro_batches(lengths, kMicroBatchTokens);
  run_micro_batches(batches.size(), context, [&](std::size_t b, Crew* crew) {
    std::vector<PixelValues> pixels;
    for (const std::size_t i : batches[b]) {
      ImageNumbers numbers = files_.processor->numbers(images[i]);
      pixels.push_back({std::move(numbers.values), numbers.height, numbers.width});
    }
    Matrix<float> vectors = Matrix<float>::uninitialized(pixels.size(), vision_->dim());
    const ScratchPool<TransformerBuffers>::Lease buffers(scratch_);
    vision_->forward(pixels, buffers.get(), vectors.view(), crew);
    vectors = steps_.forward(std::move(vectors));
    for (std::size_t s = 0; s < pixels.size(); ++s) std::ranges::copy(vectors.row(s), result.row(batches[b][s]).begin());
  });
  return result;
}

}  // namespace

std::unique_ptr<EmbedderBackend> make_image_backend(ImageModelFiles files, const EmbedderOptions& options, Context& context) {
  return std::make_unique<ImageBackend>(std::move(files), options, context);
}

}  // namespace akin
