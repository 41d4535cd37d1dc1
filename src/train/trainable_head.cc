#include "akin/train/trainable_head.h"

#include <algorithm>
#include <array>
#include <vector>

#include "akin/base/error.h"
#include "akin/kernels/activation_backward.h"
#include "akin/kernels/cross_entropy.h"
#include "transformer_slots.h"

namespace akin {
namespace {

/// Scores that are there at a time: 64 MB.
constexpr std::size_t kMostScores = std::size_t{1} << 24;
/// Rows that a thread takes through the head at a time.
constexpr std::size_t kBlockRows = 64;

/// What the rows of a chunk were and became.
struct HeadRows {
  Matrix<float> picked, inner, activated, state, scores, d_state;
};

}  // namespace

struct TrainableHead::Impl {
  std::size_t dim = 0, vocabulary_size = 0;
  LinearSlot output;
  std::optional<LinearSlot> transform;
  std::optional<NormSlot> transform_norm;
  kernels::Activation activation = kernels::Activation::none;
  HeadRows rows;
  std::vector<double> losses;

  Impl(const ModelDescription& model, const HasTensor& has, Parameters& parameters);

  struct Chunk {
    MatrixView<const float> hidden;
    std::span<const std::size_t> rows;
    std::span<const std::int32_t> ids;
    std::span<const float> values;
    const Gradients* to;  ///< nullptr: the loss alone
  };
  double run(const Chunk& all, Context& context);
  void run_block(const Chunk& chunk, std::size_t first, std::size_t count);
  void make_states(const Chunk& chunk, std::size_t first, std::size_t count);
  void hand_down(const Chunk& chunk, std::size_t first, std::size_t count);
  void add_weights(const Chunk& chunk, Context& context);
  void check(const Chunk& chunk) const;

  [[nodiscard]] static MatrixView<float> block(Matrix<float>& buffer, std::size_t first, std::size_t count) {
    return buffer.view().middle_rows(first, count);
  }
};

TrainableHead::Impl::Impl(const ModelDescription& model, const HasTensor& has, Parameters& parameters)
    : dim(model.spec.dim), vocabulary_size(model.spec.vocabulary_size) {
  if (!model.head) throw Error(ErrorCode::unsupported, "this " + model.family + " model has no head that scores tokens");
  const HeadSpec& head = *model.head;
  activation = head.activation;
  if (!head.transform.empty()) {
    const std::array<LinearPartShape, 1> part = {LinearPartShape{head.transform, dim}};
    transform = add_linear(part, dim, nn::WeightOrder::rows_are_outputs, has, parameters);
    transform_norm = add_norm(head.transform_norm, dim, model.spec.norm, parameters);
  }
  if (head.tied) {
    const Parameter* table = parameters.find(model.names.token_embedding + ".weight");
    require(table != nullptr, "a tied head wants the token embeddings among the parameters");
    output = {.weight = table->offset, .rows = vocabulary_size, .cols = dim, .bias = std::nullopt};
  } else {
    const std::array<LinearPartShape, 1> part = {LinearPartShape{head.output, vocabulary_size}};
    output = add_linear(part, dim, nn::WeightOrder::rows_are_outputs, has, parameters);
  }
  if (!head.bias.empty() && has(head.bias) && !output.bias) {
    parameters.align();
    output.bias = parameters.add(head.bias, {vocabulary_size});
  }
}

void TrainableHead::Impl::check(const Chunk& chunk) const {
  require(chunk.rows.size() == chunk.ids.size(), "one target a row is wanted");
  require(chunk.hidden.cols() == dim, "hidden states need one row of `dim` a token");
  for (const std::size_t row : chunk.rows) require(row < chunk.hidden.rows(), "a target lies outside the hidden states");
  for (const std::int32_t id : chunk.ids) {
    require(id >= 0 && static_cast<std::size_t>(id) < vocabulary_size, "a target is outside the vocabulary");
  }
}

/// The rows that the product with the vocabulary reads.
void TrainableHead::Impl::make_states(const Chunk& chunk, std::size_t first, std::size_t count) {
  Matrix<float>& to = transform ? rows.picked : rows.state;
  for (std::size_t i = first; i < first + count; ++i) std::ranges::copy(chunk.hidden.row(chunk.rows[i]), to.row(i).begin());
  if (!transform) return;
  nn::linear_forward(block(rows.picked, first, count), transform->weights(chunk.values), block(rows.inner, first, count));
  for (std::size_t i = first; i < first + count; ++i) {
    kernels::activate(activation, std::as_const(rows.inner).row(i), rows.activated.row(i));
  }
  nn::norm_forward(block(rows.activated, first, count), transform_norm->weights(chunk.values), block(rows.state, first, count));
}

void TrainableHead::Impl::run_block(const Chunk& chunk, std::size_t first, std::size_t count) {
  make_states(chunk, first, count);
  const nn::LinearWeights weights = output.weights(chunk.values);
  const MatrixView<float> scores = block(rows.scores, first, count);
  nn::linear_forward(block(rows.state, first, count), weights, scores);
  for (std::size_t i = 0; i < count; ++i) {
    const auto target = static_cast<std::size_t>(chunk.ids[first + i]);
    const std::span<float> row = scores.row(i);
    losses[first + i] = chunk.to == nullptr ? kernels::cross_entropy(std::span<const float>(row), target)
                                            : kernels::cross_entropy(row, target, chunk.to->weight);
  }
  if (chunk.to == nullptr) return;
  nn::linear_backward(scores, weights, kernels::Sum::replace, block(rows.d_state, first, count));
  hand_down(chunk, first, count);
}

/// From the gradients of the states to those of the hidden states. d_state becomes the gradient of the transform's outputs.
void TrainableHead::Impl::hand_down(const Chunk& chunk, std::size_t first, std::size_t count) {
  const MatrixView<float> d = block(rows.d_state, first, count);
  if (!transform) {
    for (std::size_t i = 0; i < count; ++i) std::ranges::copy(d.row(i), chunk.to->d_hidden.row(chunk.rows[first + i]).begin());
    return;
  }
  nn::norm_backward(block(rows.activated, first, count), transform_norm->weights(chunk.values), d, {d, false});
  for (std::size_t i = 0; i < count; ++i) {
    kernels::activate_backward(activation, std::as_const(rows.inner).row(first + i), d.row(i), d.row(i));
  }
  Matrix<float> d_picked = Matrix<float>::uninitialized(count, dim);
  nn::linear_backward(d, transform->weights(chunk.values), kernels::Sum::replace, d_picked.view());
  for (std::size_t i = 0; i < count; ++i) std::ranges::copy(d_picked.row(i), chunk.to->d_hidden.row(chunk.rows[first + i]).begin());
}

void TrainableHead::Impl::add_weights(const Chunk& chunk, Context& context) {
  const std::size_t n = chunk.rows.size();
  const std::span<float> gradients = chunk.to->gradients;
  const nn::LinearGradients table = output.gradients(gradients);
  const MatrixView<const float> state = block(rows.state, 0, n), scores = block(rows.scores, 0, n);
  context.parallel_for(nn::linear_pieces(table), 1,
                       [&](std::size_t piece, std::size_t) { nn::add_linear_piece(piece, state, scores, table); });
  if (!transform) return;
  const nn::LinearGradients map = transform->gradients(gradients);
  const MatrixView<const float> d = block(rows.d_state, 0, n), picked = block(rows.picked, 0, n);
  context.parallel_for(nn::linear_pieces(map), 1, [&](std::size_t piece, std::size_t) { nn::add_linear_piece(piece, picked, d, map); });
  // The norm's factors from the gradient of its outputs, which is made again: one product for a part that few models have.
  Matrix<float> d_state = Matrix<float>::uninitialized(n, dim), unused = Matrix<float>::uninitialized(n, dim);
  const nn::LinearWeights weights = output.weights(chunk.values);
  context.parallel_for(n, kBlockRows, [&](std::size_t begin, std::size_t end) {
    nn::linear_backward(scores.middle_rows(begin, end - begin), weights, kernels::Sum::replace,
                        d_state.view().middle_rows(begin, end - begin));
  });
  const std::span<float> beta = transform_norm->beta ? gradients.subspan(*transform_norm->beta, dim) : std::span<float>();
  nn::norm_backward(block(rows.activated, 0, n), transform_norm->weights(chunk.values), d_state.view(),
                    {unused.view(), false, gradients.subspan(transform_norm->gamma, dim), beta});
}

double TrainableHead::Impl::run(const Chunk& all, Context& context) {
  check(all);
  const std::size_t most = std::max(kBlockRows, kMostScores / vocabulary_size / kBlockRows * kBlockRows);
  const std::size_t height = std::min(most, all.rows.size());
  if (rows.scores.rows() < height) {
    rows.scores = Matrix<float>::uninitialized(height, vocabulary_size);
    for (Matrix<float>* buffer : {&rows.state, &rows.d_state}) *buffer = Matrix<float>::uninitialized(height, dim);
    for (Matrix<float>* buffer : {&rows.picked, &rows.inner, &rows.activated}) {
      *buffer = Matrix<float>::uninitialized(transform ? height : 0, dim);
    }
  }
  losses.resize(std::max(losses.size(), height));
  double total = 0;
  for (std::size_t first = 0; first < all.rows.size(); first += most) {
    const std::size_t count = std::min(most, all.rows.size() - first);
    const Chunk chunk{all.hidden, all.rows.subspan(first, count), all.ids.subspan(first, count), all.values, all.to};
    context.parallel_for(count, kBlockRows, [&](std::size_t begin, std::size_t end) { run_block(chunk, begin, end - begin); });
    for (std::size_t i = 0; i < count; ++i) total += losses[i];
    if (chunk.to != nullptr) add_weights(chunk, context);
  }
  return total;
}

TrainableHead::TrainableHead(const ModelDescription& model, const std::function<bool(const std::string& name)>& has, Parameters& parameters)
    : impl_(std::make_unique<Impl>(model, has, parameters)) {}
TrainableHead::TrainableHead(TrainableHead&&) noexcept = default;
TrainableHead& TrainableHead::operator=(TrainableHead&&) noexcept = default;
TrainableHead::~TrainableHead() = default;

double TrainableHead::loss(MatrixView<const float> hidden, const TokenTargets& targets, std::span<const float> values, Context& context) {
  return impl_->run({hidden, targets.rows, targets.ids, values, nullptr}, context);
}

double TrainableHead::backward(MatrixView<const float> hidden, const TokenTargets& targets, std::span<const float> values,
                               const Gradients& to, Context& context) {
  require(to.d_hidden.rows() == hidden.rows() && to.d_hidden.cols() == hidden.cols(), "a gradient needs one row of `dim` a token");
  require(to.gradients.size() == values.size(), "gradients need the layout of the parameters");
  for (std::size_t r = 0; r < to.d_hidden.rows(); ++r) std::ranges::fill(to.d_hidden.row(r), 0.0F);
  return impl_->run({hidden, targets.rows, targets.ids, values, &to}, context);
}

}  // namespace akin
