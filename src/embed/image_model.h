// Model folders with a tower for images, for texts, or for both (CLIP, SigLIP, ViT, DINOv2), read before an Embedder is made of them.
// Tested by image_model_test.cc.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "akin/embed/embedder.h"
#include "akin/formats/tensor.h"
#include "akin/image/image_processor.h"
#include "akin/model/text_tower.h"
#include "akin/model/vision.h"
#include "akin/text/tokenizer.h"

namespace akin {

struct ImageModelFiles {
  std::string name;
  std::unique_ptr<TensorFile> weights;
  std::optional<VisionDescription> vision;
  std::optional<ImageProcessor> processor;  ///< with `vision`
  std::optional<TextTowerDescription> text;
  std::optional<Tokenizer> tokenizer;  ///< with `text`, unless it cannot be read
  std::string no_texts;                ///< why no texts are taken: the model has no such tower, or what reading its tokenizer said
  std::size_t max_tokens = 0;          ///< with `text`
  bool normalize = false;              ///< vectors are scaled to unit length
};

/// Whether a model is of this kind: a folder whose config.json is of such a family, or sentence-transformers' folder of a CLIPModel. False
/// as well where nothing is there.
bool is_image_model(const std::filesystem::path& model);
/// Throws Error naming file, tensor or key. A tokenizer that cannot be read is no error: images are taken all the same.
ImageModelFiles read_image_model(const std::filesystem::path& folder);

/// 64 hexadecimal digits over all that decides a vector: weights, sizes, preparation of images, tokenizer, options.
std::string space_fingerprint(const ImageModelFiles& files, const EmbedderOptions& options);

}  // namespace akin
