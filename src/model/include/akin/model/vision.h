// Image towers: CLIP (Radford et al., 2021), SigLIP (Zhai et al., 2023), ViT (Dosovitskiy et al., 2021), DINOv2 (Oquab et al., 2023).
// Pixels are cut into square patches, each patch becomes a token by one product, and the one transformer runs over them. Tested by
// vision_test.cc.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "akin/model/families.h"
#include "akin/model/transformer.h"

namespace akin {

/// How the patch tokens become one vector.
enum class ImagePooling {
  first,      ///< the class token
  attention,  ///< a learned query that attends to all patches, then an MLP (SigLIP)
};

struct VisionSpec {
  TransformerSpec transformer;
  std::size_t image_size = 0;  ///< that the table of positions was made for
  std::size_t patch_size = 0;
  bool class_token = true;
  bool patch_bias = true;
  ImagePooling pooling = ImagePooling::first;
  std::size_t dim_pooled = 0;  ///< of the projection; 0: the pooled vector as it is
};

/// Full names of what stands before and after the layers; empty: the family has no such part.
struct VisionNames {
  std::string patch;  ///< without ".weight"
  std::string class_token, positions;
  std::string pooler;       ///< a linear map with tanh after the first token (ViT)
  std::string pooled_norm;  ///< of the pooled vector (CLIP)
  std::string projection;
  std::string probe, head;  ///< SigLIP's pooling
};

struct VisionDescription {
  std::string family;
  VisionSpec spec;
  TensorNames names;
  VisionNames vision;
};

/// config.json of an image model, or of a model of texts and images. Throws Error{unsupported} for a family that akin does not run.
VisionDescription describe_vision(std::string_view json, const std::string& where, const TensorFile& weights);
/// Whether config.json (any model's) describes an image tower.
bool is_vision_config(std::string_view json);

/// An image ready for the model: (3, height, width) numbers, channel by channel, row by row.
struct PixelValues {
  std::vector<float> values;
  std::size_t height = 0, width = 0;
};

class VisionTower {
 public:
  VisionTower(const TensorFile& file, const VisionDescription& model, kernels::GemmType type, Context& context);
  VisionTower(VisionTower&&) noexcept;
  VisionTower& operator=(VisionTower&&) noexcept;
  ~VisionTower();

  [[nodiscard]] std::size_t dim() const noexcept;  ///< of the image vector
  /// The image vector: pooled, and projected where the model projects; not normalised. Height and width must be multiples of the patch
  /// size; another size than the table's has its positions interpolated. `hidden` (if not null) gets the last hidden states (n_tokens, dim
  /// of the transformer), `observer` sees what Transformer::Observer sees.
  std::vector<float> forward(const PixelValues& pixels, TransformerBuffers& buffers, Matrix<float>* hidden = nullptr,
                             const Transformer::Observer& observer = {}) const;
  /// The same vectors, bit for bit, for several images at once: `vectors` (n_images, dim()). On the threads of `crew`, inside its lead, if
  /// there is one.
  void forward(std::span<const PixelValues> images, TransformerBuffers& buffers, MatrixView<float> vectors, Crew* crew = nullptr) const;
  /// Tokens that an image of that size becomes.
  [[nodiscard]] std::size_t n_tokens(std::size_t height, std::size_t width) const noexcept;
  /// One vector from last hidden states, before any projection: what the reference calls pooler_output; the class token where there is
  /// none.
  [[nodiscard]] std::vector<float> pool(MatrixView<const float> hidden) const;

 private:
  struct Impl;
  std::unique_ptr<const Impl> impl_;
};

/// A table of positions (from.height · from.width, dim) for another grid: bicubic with a = −0.75 and the edge repeated, no antialiasing, as
/// torch's interpolate(mode="bicubic", align_corners=False).
struct Grid {
  std::size_t height = 0, width = 0;
};
Matrix<float> interpolate_positions(MatrixView<const float> table, Grid from, Grid to);

}  // namespace akin
