// The backward pass, layer by layer from the last: first what rows hand down, whole sequences at a time; then what weights get, each piece
// of a weight summed over all rows by one thread. Tested by trainable_transformer_test.cc.
#include <algorithm>
#include <optional>

#include "activation_tape.h"
#include "akin/base/error.h"

namespace akin {
namespace {

using Tape = ActivationTape::Impl;

/// A weight's gradient: from the rows it read and the gradient of the rows it gave.
struct WeightWork {
  MatrixView<const float> x, d_out;
  nn::LinearGradients gradients;
};

/// Columns of an embedding table that a thread sums at a time: two cache lines of each row.
constexpr std::size_t kTableColumns = 32;

class Backward {
 public:
  Backward(const TrainableTransformer::Impl& impl, const TokenBatch& batch, std::span<const float> values, Tape& tape,
           std::span<float> gradients, Context& context)
      : impl_(impl), batch_(batch), values_(values), tape_(tape), back_(tape.back), gradients_(gradients), context_(context) {}

  void run(MatrixView<const float> d_hidden) {
    prepare();
    run_final_norm(d_hidden);
    for (std::size_t layer = spec().n_layers; layer-- > 0;) run_layer(layer);
    run_embeddings();
  }

 private:
  [[nodiscard]] const TransformerSpec& spec() const { return impl_.model.spec; }

  void prepare() {
    const std::size_t n = batch_.ids.size(), dim = spec().dim;
    for (RowBuffer* buffer : {&back_.stream, &back_.d_down, &back_.d_attention, &back_.d_normed}) buffer->shape(n, dim);
    back_.d_context.shape(n, spec().attention.dim());
    back_.d_inner.shape(n, impl_.slots.layers.front().up.n_out());
    back_.d_qkv.shape(n, impl_.slots.layers.front().qkv.n_out());
  }

  template <class Body>
  void for_each_piece(const Body& body) {
    context_.parallel_for(tape_.pieces.size(), 1, [&](std::size_t p, std::size_t) {
      if (tape_.pieces[p].n_rows > 0) body(p, tape_.pieces[p]);
    });
  }

  /// The sums of gamma's and beta's gradients of one norm, a piece at a time, added up in order by take().
  class NormSums {
   public:
    NormSums(std::size_t n_pieces, std::size_t dim) : sums_(n_pieces, 2 * dim) {}
    kernels::NormGradients to(std::size_t piece, MatrixView<float> d_x, bool adds) {
      const std::span<float> row = sums_.row(piece);
      return {d_x, adds, row.first(row.size() / 2), row.last(row.size() / 2)};
    }
    void take(const NormSlot& slot, std::span<float> gradients) const {
      for (std::size_t p = 0; p < sums_.rows(); ++p) {
        for (std::size_t i = 0; i < slot.dim; ++i) gradients[slot.gamma + i] += sums_(p, i);
        for (std::size_t i = 0; slot.beta && i < slot.dim; ++i) gradients[*slot.beta + i] += sums_(p, slot.dim + i);
      }
    }

   private:
    Matrix<float> sums_;
  };

  [[nodiscard]] NormSums sums() const { return {tape_.pieces.size(), spec().dim}; }

  void run_final_norm(MatrixView<const float> d_hidden) {
    const std::optional<NormSlot>& norm = impl_.slots.final_norm;
    NormSums norm_sums = sums();
    for_each_piece([&](std::size_t p, const RowPiece& piece) {
      const MatrixView<float> stream = back_.stream.rows(piece);
      copy_rows(d_hidden.middle_rows(piece.first_row, piece.n_rows), stream);
      if (norm) nn::norm_backward(tape_.inputs.back().rows(piece), norm->weights(values_), stream, norm_sums.to(p, stream, false));
    });
    if (norm) norm_sums.take(*norm, gradients_);
  }

  void run_layer(std::size_t layer) {
    const LayerSlots& slot = impl_.slots.layers[layer];
    NormSums attention_sums = sums(), mlp_sums = sums();
    for_each_piece([&](std::size_t p, const RowPiece&) {
      if (impl_.is_pre_norm()) {
        run_rows_before(layer, p, attention_sums, mlp_sums);
      } else {
        run_rows_after(layer, p, attention_sums, mlp_sums);
      }
    });
    if (slot.attention_norm) attention_sums.take(*slot.attention_norm, gradients_);
    mlp_sums.take(slot.mlp_norm, gradients_);
    run_weights(layer);
  }

  /// Of x = x + attention(norm(x)), x = x + mlp(norm'(x)): the stream comes as the gradient of the second x and leaves as that of the
  /// first.
  void run_rows_before(std::size_t layer, std::size_t p, NormSums& attention_sums, NormSums& mlp_sums) {
    const RowPiece& piece = tape_.pieces[p];
    const LayerSlots& slot = impl_.slots.layers[layer];
    const MatrixView<float> stream = back_.stream.rows(piece), d_normed = back_.d_normed.rows(piece);
    mlp_rows(layer, piece);
    nn::norm_backward(tape_.layers[layer].middle.rows(piece), slot.mlp_norm.weights(values_), d_normed, mlp_sums.to(p, stream, true));
    attention_rows(layer, p);
    if (!slot.attention_norm) return nn::add_rows(stream, d_normed);
    nn::norm_backward(tape_.inputs[layer].rows(piece), slot.attention_norm->weights(values_), d_normed, attention_sums.to(p, stream, true));
  }

  /// Of x = norm(x + attention(x)), x = norm'(x + mlp(x)).
  void run_rows_after(std::size_t layer, std::size_t p, NormSums& attention_sums, NormSums& mlp_sums) {
    const RowPiece& piece = tape_.pieces[p];
    const LayerSlots& slot = impl_.slots.layers[layer];
    LayerTape& kept = tape_.layers[layer];
    const MatrixView<float> stream = back_.stream.rows(piece), d_normed = back_.d_normed.rows(piece);
    nn::norm_backward(kept.sum.rows(piece), slot.mlp_norm.weights(values_), stream, mlp_sums.to(p, stream, false));
    mlp_rows(layer, piece);
    nn::add_rows(stream, d_normed);
    nn::norm_backward(kept.middle.rows(piece), slot.attention_norm->weights(values_), stream, attention_sums.to(p, stream, false));
    attention_rows(layer, p);
    nn::add_rows(stream, d_normed);
  }

  /// d_down = the stream, dropped as the forward pass did; d_normed = the gradient of what the MLP read.
  void mlp_rows(std::size_t layer, const RowPiece& piece) {
    LayerTape& kept = tape_.layers[layer];
    const MatrixView<float> d_down = back_.d_down.rows(piece);
    copy_rows(back_.stream.rows(piece), d_down);
    drop_rows(hidden_dropout(tape_.dropout, layer, DropoutPlace::mlp_output), piece.first_row, d_down);
    nn::mlp_backward(d_down, impl_.mlp_weights(layer, values_), {kept.inner.rows(piece), kept.activated.rows(piece)},
                     back_.d_inner.rows(piece), back_.d_normed.rows(piece));
  }

  void attention_rows(std::size_t layer, std::size_t p) {
    const RowPiece& piece = tape_.pieces[p];
    LayerTape& kept = tape_.layers[layer];
    const MatrixView<float> d_attention = back_.d_attention.rows(piece);
    copy_rows(back_.stream.rows(piece), d_attention);
    drop_rows(hidden_dropout(tape_.dropout, layer, DropoutPlace::attention_output), piece.first_row, d_attention);
    nn::attention_backward(d_attention, impl_.attention_weights(layer, values_), impl_.attention_batch(layer, piece, tape_),
                           tape_.scratch[p], {kept.qkv.rows(piece), kept.context.rows(piece)},
                           {back_.d_context.rows(piece), back_.d_qkv.rows(piece), back_.d_normed.rows(piece)});
  }

  void run_weights(std::size_t layer) {
    const LayerSlots& slot = impl_.slots.layers[layer];
    LayerTape& kept = tape_.layers[layer];
    RowBuffer& attention_in = impl_.is_pre_norm() && slot.attention_norm ? kept.normed : tape_.inputs[layer];
    const WeightWork work[] = {
        {kept.mlp_in.view(), back_.d_inner.view(), slot.up.gradients(gradients_)},
        {kept.activated.view(), back_.d_down.view(), slot.down.gradients(gradients_)},
        {attention_in.view(), back_.d_qkv.view(), slot.qkv.gradients(gradients_)},
        {kept.context.view(), back_.d_attention.view(), slot.output.gradients(gradients_)},
    };
    std::vector<std::pair<const WeightWork*, std::size_t>> pieces;
    for (const WeightWork& one : work) {
      for (std::size_t i = 0; i < nn::linear_pieces(one.gradients); ++i) pieces.emplace_back(&one, i);
    }
    context_.parallel_for(pieces.size(), 1, [&](std::size_t i, std::size_t) {
      const auto& [one, piece] = pieces[i];
      nn::add_linear_piece(piece, one->x, one->d_out, one->gradients);
    });
  }

  void run_embeddings() {
    const std::optional<NormSlot>& norm = impl_.slots.embedding_norm;
    NormSums norm_sums = sums();
    for_each_piece([&](std::size_t p, const RowPiece& piece) {
      const MatrixView<float> stream = back_.stream.rows(piece);
      drop_rows(hidden_dropout(tape_.dropout, 0, DropoutPlace::embeddings), piece.first_row, stream);
      if (norm) nn::norm_backward(tape_.embedded.rows(piece), norm->weights(values_), stream, norm_sums.to(p, stream, false));
    });
    if (norm) norm_sums.take(*norm, gradients_);
    // A thread has some columns of every table: rows of one token are added up in the order of the text.
    context_.parallel_for(spec().dim, kTableColumns, [&](std::size_t begin, std::size_t end) { add_to_tables(begin, end - begin); });
  }

  void add_to_tables(std::size_t column, std::size_t count) {
    const auto columns = [&](const TableSlot& slot) { return slot.view(gradients_).middle_cols(column, count); };
    const MatrixView<float> tokens = columns(impl_.slots.tokens);
    for (std::size_t s = 0; s + 1 < batch_.starts.size(); ++s) {
      for (std::size_t t = batch_.starts[s]; t < batch_.starts[s + 1]; ++t) {
        const std::span<const float> row = std::span<const float>(back_.stream.view().row(t)).subspan(column, count);
        add(row, spec().embedding_scale, tokens.row(static_cast<std::size_t>(batch_.ids[t])));
        if (impl_.slots.positions) {
          add(row, 1, columns(*impl_.slots.positions).row(spec().learned_positions->first + t - batch_.starts[s]));
        }
        if (impl_.slots.token_types) {
          add(row, 1, columns(*impl_.slots.token_types).row(batch_.type_ids.empty() ? 0 : static_cast<std::size_t>(batch_.type_ids[t])));
        }
      }
    }
  }

  static void add(std::span<const float> row, float factor, std::span<float> to) {
    for (std::size_t c = 0; c < row.size(); ++c) to[c] += factor * row[c];
  }

  const TrainableTransformer::Impl& impl_;
  const TokenBatch& batch_;
  std::span<const float> values_;
  Tape& tape_;
  BackwardBuffers& back_;
  std::span<float> gradients_;
  Context& context_;
};

}  // namespace

void TrainableTransformer::backward(const TokenBatch& batch, std::span<const float> values, MatrixView<const float> d_hidden,
                                    ActivationTape& tape, std::span<float> gradients, Context& context) const {
  require(d_hidden.rows() == batch.ids.size() && d_hidden.cols() == impl_->model.spec.dim, "a gradient needs one row of `dim` a token");
  require(gradients.size() == values.size(), "gradients need the layout of the parameters");
  if (!batch.ids.empty()) Backward(*impl_, batch, values, tape.impl(), gradients, context).run(d_hidden);
}

}  // namespace akin
