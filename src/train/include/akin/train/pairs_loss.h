// What pairs of texts say about their vectors: losses and their gradients, as sentence-transformers has them. Cosines are taken here, so
// vectors of any length do. All on one thread, the same bits always. Tested by pairs_loss_test.cc; against torch: pairs_golden_test.cc.
//
//   ranking   −ln softmax over the batch of scale · cosine(anchor, every positive and negative) at the anchor's own positive (multiple
//             negatives ranking: Henderson et al., 2017). A text of the anchor's own label, or the same text, is no negative.
//   cosent    ln(1 + Σ e^(scale · (cosine i − cosine j))) over all i, j of the batch with score i < score j (CoSENT: Su, 2022)
//   cosine    mean of (cosine − score)²
//
// Matryoshka (Kusupati et al., 2022): the sum of the loss over vectors cut to each of `dims`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "akin/base/matrix.h"

namespace akin {

enum class PairLoss { ranking, cosent, cosine };
std::string_view name_of(PairLoss loss) noexcept;
/// Throws Error{invalid_argument} naming those that there are.
PairLoss pair_loss_from(std::string_view name);

struct PairLossOptions {
  PairLoss loss = PairLoss::ranking;
  double scale = 20;              ///< of cosines: 1 / temperature
  bool both_directions = false;   ///< ranking: the mean of that and of each positive among the anchors
  std::vector<std::size_t> dims;  ///< Matryoshka; empty: the whole vector
};

/// Throws Error{invalid_argument} naming what is out of range for vectors of `dim`.
void check(const PairLossOptions& options, std::size_t dim);

/// The rows of a batch's vectors: anchors, then as many positives (scored pairs: the other text), then negatives.
struct PairRows {
  std::size_t n_pairs = 0, n_negatives = 0;
  std::span<const std::uint32_t> text_ids;  ///< ranking: equal ones are the same text; one a row
  std::span<const std::int32_t> labels;     ///< ranking: equal ones from 0 on are never negatives of each other; one a row, or empty
  std::span<const float> scores;            ///< cosent, cosine: one a pair

  [[nodiscard]] std::size_t n_rows() const noexcept { return 2 * n_pairs + n_negatives; }
};

/// The loss of a batch; its gradient is written to `d_vectors`, of the vectors' shape.
double pair_loss(MatrixView<const float> vectors, const PairRows& rows, const PairLossOptions& options, MatrixView<float> d_vectors);

}  // namespace akin
