#include "akin/model/vision.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "akin/base/error.h"
#include "akin/kernels/distance.h"
#include "akin/kernels/softmax.h"
#include "akin/nn/dense.h"
#include "akin/nn/weights.h"

namespace akin {
namespace {

/// The convolution that cuts patches, as one product: rows (dim) of 3 · p · p numbers, channel by channel.
kernels::PackedMatrix pack_patches(const TensorFile& file, const std::string& name, const VisionSpec& spec, kernels::GemmType type) {
  const std::size_t p = spec.patch_size, dim = spec.transformer.dim;
  const TensorView& weight = nn::require_tensor(file, name + ".weight", {dim, 3, p, p});
  const std::vector<float> bias = spec.patch_bias ? nn::read_vector(file, name + ".bias", dim) : std::vector<float>();
  const auto fill = [&](std::size_t row, std::span<float> out) {
    for (std::size_t r = 0; r < 3 * p; ++r) weight.row_to_float(row * 3 * p + r, out.subspan(r * p, p));
  };
  return kernels::PackedMatrix::pack(dim, 3 * p * p, fill, bias, type);
}

/// A tensor of `rows` rows, whatever leading dimensions of 1 it has.
Matrix<float> read_rows(const TensorFile& file, const std::string& name, std::size_t rows, std::size_t dim) {
  const TensorView* tensor = file.find(name);
  if (tensor == nullptr) throw Error(ErrorCode::not_found, file.path().string() + ": tensor '" + name + "' is missing");
  if (tensor->shape.empty() || tensor->shape.back() != dim || tensor->size() != rows * dim) {
    throw Error(ErrorCode::mismatch, file.path().string() + ": tensor '" + name + "' has " + std::to_string(tensor->size()) +
                                         " numbers, the config asks for " + std::to_string(rows) + " rows of " + std::to_string(dim));
  }
  Matrix<float> table(rows, dim);
  for (std::size_t r = 0; r < rows; ++r) tensor->row_to_float(r, table.row(r));
  return table;
}

/// SigLIP's pooling: one learned query attends to all tokens, then x + mlp(norm(x)).
class AttentionPool {
 public:
  AttentionPool(const TensorFile& file, const VisionNames& names, const TransformerSpec& spec)
      : n_heads_(spec.attention.n_heads),
        head_dim_(spec.attention.head_dim),
        norm_(file, names.head + ".layernorm", spec.dim, spec.norm),
        up_(file, names.head + ".mlp.fc1", spec.dim, spec.mlp.dim, spec.mlp.activation),
        down_(file, names.head + ".mlp.fc2", spec.mlp.dim, spec.dim, kernels::Activation::none),
        out_(file, names.head + ".attention.out_proj", spec.dim, spec.dim, kernels::Activation::none) {
    const std::string in = names.head + ".attention.in_proj";
    std::array<nn::LinearPart, 1> query = {nn::LinearPart{in, 3 * spec.dim, {}}}, keys = query;
    for (std::size_t r = 0; r < 3 * spec.dim; ++r) (r < spec.dim ? query[0].rows : keys[0].rows).push_back(r);
    key_value_ = nn::pack_linear(file, keys, spec.dim, kernels::GemmType::f32);
    const kernels::PackedMatrix weight = nn::pack_linear(file, query, spec.dim, kernels::GemmType::f32);
    query_ = Matrix<float>(1, spec.dim);
    product(read_rows(file, names.probe, 1, spec.dim).view(), weight, query_.view());
  }

  [[nodiscard]] std::vector<float> forward(MatrixView<const float> hidden) const {
    const std::size_t dim = hidden.cols(), n = hidden.rows();
    Matrix<float> key_value(n, 2 * dim), context(1, dim);
    product(hidden, key_value_, key_value.view());
    std::vector<float> scores(n);
    for (std::size_t head = 0; head < n_heads_; ++head) attend(key_value.view(), head * head_dim_, scores, context.row(0));
    Matrix<float> pooled = out_.forward(context.view());
    Matrix<float> normed(1, dim);
    norm_.forward(pooled.view(), normed.view());
    nn::add_rows(pooled.view(), down_.forward(up_.forward(normed.view()).view()).view());
    return {pooled.row(0).begin(), pooled.row(0).end()};
  }

 private:
  static void product(MatrixView<const float> x, const kernels::PackedMatrix& w, MatrixView<float> out) {
    kernels::GemmRows rows;
    kernels::prepare_rows(x, kernels::GemmType::f32, rows);
    kernels::gemm(rows, w, kernels::Activation::none, out);
  }

  void attend(MatrixView<const float> key_value, std::size_t column, std::span<float> scores, std::span<float> context) const {
    const std::span<const float> query = query_.view().row(0).subspan(column, head_dim_);
    const float scale = 1 / std::sqrt(static_cast<float>(head_dim_));
    for (std::size_t r = 0; r < scores.size(); ++r) scores[r] = scale * kernels::dot(query, key_value.row(r).subspan(column, head_dim_));
    kernels::softmax(scores);
    for (std::size_t r = 0; r < scores.size(); ++r) {
      const float* value = key_value.row(r).data() + context.size() + column;
      for (std::size_t i = 0; i < head_dim_; ++i) context[column + i] += scores[r] * value[i];
    }
  }

  std::size_t n_heads_, head_dim_;
  nn::Norm norm_;
  nn::Dense up_, down_, out_;
  kernels::PackedMatrix key_value_;
  Matrix<float> query_;
};

/// The four weights of a cubic at `at` between the second and third point (Keys, 1981, with a = −0.75).
std::array<float, 4> cubic_weights(double at) {
  constexpr double kA = -0.75;
  const auto near = [](double x) { return ((kA + 2) * x - (kA + 3)) * x * x + 1; };
  const auto far = [](double x) { return ((kA * x - 5 * kA) * x + 8 * kA) * x - 4 * kA; };
  return {static_cast<float>(far(at + 1)), static_cast<float>(near(at)), static_cast<float>(near(1 - at)), static_cast<float>(far(2 - at))};
}

struct CubicTaps {
  std::array<std::size_t, 4> index;
  std::array<float, 4> weight;
};

CubicTaps taps(std::size_t to, std::size_t n_from, std::size_t n_to) {
  const double at = (static_cast<double>(to) + 0.5) * static_cast<double>(n_from) / static_cast<double>(n_to) - 0.5;
  const double floor = std::floor(at);
  CubicTaps result{{}, cubic_weights(at - floor)};
  for (std::size_t i = 0; i < 4; ++i) {
    result.index[i] = static_cast<std::size_t>(std::clamp(floor - 1 + static_cast<double>(i), 0.0, static_cast<double>(n_from - 1)));
  }
  return result;
}

}  // namespace

Matrix<float> interpolate_positions(MatrixView<const float> table, Grid from, Grid to) {
  require(from.height * from.width == table.rows() && table.rows() > 0 && to.height > 0 && to.width > 0,
          "a table of positions must have one row a place of its grid");
  Matrix<float> out(to.height * to.width, table.cols());
  for (std::size_t y = 0; y < to.height; ++y) {
    const CubicTaps rows = taps(y, from.height, to.height);
    for (std::size_t x = 0; x < to.width; ++x) {
      const CubicTaps columns = taps(x, from.width, to.width);
      const std::span<float> place = out.row(y * to.width + x);
      for (std::size_t i = 0; i < 16; ++i) {
        const std::span<const float> source = table.row(rows.index[i / 4] * from.width + columns.index[i % 4]);
        const float weight = rows.weight[i / 4] * columns.weight[i % 4];
        for (std::size_t c = 0; c < place.size(); ++c) place[c] += weight * source[c];
      }
    }
  }
  return out;
}

struct VisionTower::Impl {
  VisionSpec spec;
  kernels::GemmType type;
  Transformer transformer;
  kernels::PackedMatrix patches;
  Matrix<float> class_token, positions;
  std::optional<nn::Norm> pooled_norm;
  std::optional<nn::Dense> pooler, projection;
  std::optional<AttentionPool> attention_pool;

  Impl(const TensorFile& file, const VisionDescription& model, kernels::GemmType gemm_type, Context& context)
      : spec(model.spec),
        type(gemm_type),
        transformer(file, {model.family, spec.transformer, model.names}, type, context),
        patches(pack_patches(file, model.vision.patch, spec, type)) {
    const VisionNames& names = model.vision;
    const std::size_t dim = spec.transformer.dim, side = spec.image_size / spec.patch_size;
    if (spec.class_token) class_token = read_rows(file, names.class_token, 1, dim);
    positions = read_rows(file, names.positions, side * side + (spec.class_token ? 1 : 0), dim);
    if (!names.pooled_norm.empty()) pooled_norm.emplace(file, names.pooled_norm, dim, spec.transformer.norm);
    if (!names.pooler.empty()) pooler.emplace(file, names.pooler, dim, dim, kernels::Activation::tanh);
    if (!names.projection.empty()) projection.emplace(file, names.projection, dim, spec.dim_pooled, kernels::Activation::none);
    if (spec.pooling == ImagePooling::attention) attention_pool.emplace(file, names, spec.transformer);
  }

  void check(const PixelValues& pixels) const {
    const std::size_t p = spec.patch_size;
    require(pixels.height > 0 && pixels.width > 0 && pixels.height % p == 0 && pixels.width % p == 0 &&
                pixels.values.size() == 3 * pixels.height * pixels.width,
            "an image must have 3 channels, and sides that are multiples of the model's patch size");
  }

  [[nodiscard]] std::size_t n_tokens(std::size_t height, std::size_t width) const noexcept {
    return (height / spec.patch_size) * (width / spec.patch_size) + (spec.class_token ? 1 : 0);
  }

  /// Patch tokens with their positions, to `tokens` (n_tokens, dim).
  void embed(const PixelValues& pixels, MatrixView<float> tokens) const {
    const std::size_t p = spec.patch_size;
    const Grid grid{pixels.height / p, pixels.width / p};
    Matrix<float> cut(grid.height * grid.width, 3 * p * p);
    for (std::size_t i = 0; i < cut.rows(); ++i) {
      for (std::size_t line = 0; line < 3 * p; ++line) {
        const std::size_t y = i / grid.width * p + line % p, x = i % grid.width * p;
        const float* from = pixels.values.data() + (line / p * pixels.height + y) * pixels.width + x;
        std::copy_n(from, p, cut.row(i).data() + line * p);
      }
    }
    const std::size_t first = spec.class_token ? 1 : 0;
    kernels::GemmRows rows;
    kernels::prepare_rows(cut.view(), type, rows);
    kernels::gemm(rows, patches, kernels::Activation::none, tokens.middle_rows(first, cut.rows()));
    if (spec.class_token) std::ranges::copy(class_token.row(0), tokens.row(0).begin());
    const std::size_t side = spec.image_size / p;
    const MatrixView<const float> table = positions.view();
    if (grid.height == side && grid.width == side) {
      nn::add_rows(tokens, table);
    } else {
      if (first == 1) nn::add_rows(tokens.middle_rows(0, 1), table.middle_rows(0, 1));
      const Matrix<float> other = interpolate_positions(table.middle_rows(first, side * side), {side, side}, grid);
      nn::add_rows(tokens.middle_rows(first, cut.rows()), other.view());
    }
  }

  /// Vectors of pooled states (n_images, dim of the transformer) in the space that the model projects to.
  [[nodiscard]] Matrix<float> project(Matrix<float> pooled) const {
    return projection ? projection->forward(pooled.view()) : std::move(pooled);
  }
};

VisionTower::VisionTower(const TensorFile& file, const VisionDescription& model, kernels::GemmType type, Context& context)
    : impl_(std::make_unique<Impl>(file, model, type, context)) {}
VisionTower::VisionTower(VisionTower&&) noexcept = default;
VisionTower& VisionTower::operator=(VisionTower&&) noexcept = default;
VisionTower::~VisionTower() = default;

std::size_t VisionTower::dim() const noexcept { return impl_->projection ? impl_->spec.dim_pooled : impl_->spec.transformer.dim; }

std::vector<float> VisionTower::pool(MatrixView<const float> hidden) const {
  if (impl_->attention_pool) return impl_->attention_pool->forward(hidden);
  Matrix<float> first(1, hidden.cols());
  std::ranges::copy(hidden.row(0), first.row(0).begin());
  if (impl_->pooled_norm) impl_->pooled_norm->forward(first.view(), first.view());
  if (impl_->pooler) first = impl_->pooler->forward(first.view());
  return {first.row(0).begin(), first.row(0).end()};
}

std::size_t VisionTower::n_tokens(std::size_t height, std::size_t width) const noexcept { return impl_->n_tokens(height, width); }

std::vector<float> VisionTower::forward(const PixelValues& pixels, TransformerBuffers& buffers, Matrix<float>* hidden,
                                        const Transformer::Observer& observer) const {
  impl_->check(pixels);
  Matrix<float> tokens(impl_->n_tokens(pixels.height, pixels.width), impl_->spec.transformer.dim);
  impl_->embed(pixels, tokens.view());
  const std::array<std::size_t, 2> starts = {0, tokens.rows()};
  impl_->transformer.forward_embedded(starts, buffers, tokens.view(), observer);
  Matrix<float> pooled(1, tokens.cols());
  std::ranges::copy(pool(tokens.view()), pooled.row(0).begin());
  pooled = impl_->project(std::move(pooled));
  if (hidden != nullptr) *hidden = std::move(tokens);
  return {pooled.row(0).begin(), pooled.row(0).end()};
}

void VisionTower::forward(std::span<const PixelValues> images, TransformerBuffers& buffers, MatrixView<float> vectors, Crew* crew) const {
  require(vectors.rows() == images.size() && vectors.cols() == dim(), "an image tower needs one row of `dim` an image");
  if (images.empty()) return;
  std::vector<std::size_t> starts = {0};
  for (const PixelValues& image : images) {
    impl_->check(image);
    starts.push_back(starts.back() + impl_->n_tokens(image.height, image.width));
  }
  Matrix<float> tokens(starts.back(), impl_->spec.transformer.dim);
  for (std::size_t i = 0; i < images.size(); ++i) {
    impl_->embed(images[i], tokens.view().middle_rows(starts[i], starts[i + 1] - starts[i]));
  }
  if (crew == nullptr) {
    impl_->transformer.forward_embedded(starts, buffers, tokens.view());
  } else {
    impl_->transformer.forward_embedded(starts, buffers, tokens.view(), *crew);
  }
  Matrix<float> pooled(images.size(), tokens.cols());
  for (std::size_t i = 0; i < images.size(); ++i) {
    std::ranges::copy(pool(tokens.view().middle_rows(starts[i], starts[i + 1] - starts[i])), pooled.row(i).begin());
  }
  pooled = impl_->project(std::move(pooled));
  for (std::size_t i = 0; i < images.size(); ++i) std::ranges::copy(pooled.row(i), vectors.row(i).begin());
}

}  // namespace akin
