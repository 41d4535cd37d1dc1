#include "pictures.h"

#include <algorithm>

#include "akin/base/error.h"

namespace akin::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kWindow = 64;

}  // namespace

bool is_picture(const std::string& input) {
  std::error_code ignored;
  return input.size() < 4096 && fs::is_regular_file(input, ignored) && image_format_of(fs::path(input)).has_value();
}

void embed_pictures(const Embedder& embedder, std::span<const std::string> files, const PictureSink& sink, Context& context) {
  for (std::size_t begin = 0; begin < files.size(); begin += kWindow) {
    const std::span<const std::string> window = files.subspan(begin, std::min(kWindow, files.size() - begin));
    std::vector<FittedImage> images(window.size());
    std::vector<PictureSize> sizes(window.size());
    context.parallel_for(window.size(), 1, [&](std::size_t i, std::size_t) {
      const Image image = read_image(window[i]);
      sizes[i] = {image.width(), image.height()};
      images[i] = embedder.fit_image(image, window[i]);
    });
    sink(window, sizes, embedder.embed_images(images, context));
    context.progress.advance(window.size());
  }
}

Matrix<float> embed_mixed(const Embedder& embedder, const std::vector<std::string>& inputs, bool with_pictures, Context& context) {
  Matrix<float> vectors(inputs.size(), embedder.dim());
  std::vector<std::string> pictures, texts;
  std::vector<std::size_t> picture_rows, text_rows;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const bool picture = with_pictures && is_picture(inputs[i]);
    (picture ? pictures : texts).push_back(inputs[i]);
    (picture ? picture_rows : text_rows).push_back(i);
  }
  std::size_t n_done = 0;
  embed_pictures(
      embedder, pictures,
      [&](std::span<const std::string> files, std::span<const PictureSize>, const Matrix<float>& window) {
        for (std::size_t r = 0; r < files.size(); ++r) std::ranges::copy(window.row(r), vectors.row(picture_rows[n_done++]).begin());
      },
      context);
  if (texts.empty()) return vectors;
  const EmbedResult result = embedder.embed(texts, TextRole::plain, context);
  for (std::size_t r = 0; r < texts.size(); ++r) {
    std::ranges::copy(result.vectors.row(r), vectors.row(text_rows[r]).begin());
    if (result.reports[r].n_tokens_dropped > 0) {
      context.warn("text " + std::to_string(text_rows[r] + 1) +
                   (embedder.info().n_layers == 0
                        ? ": " + std::to_string(result.reports[r].n_tokens_dropped) + " words are unknown to the model or over its limit"
                        : " is longer than the model's " + std::to_string(embedder.max_tokens()) + " tokens: the last " +
                              std::to_string(result.reports[r].n_tokens_dropped) + " were left out"));
    }
  }
  return vectors;
}

}  // namespace akin::cli
