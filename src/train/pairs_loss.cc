#include "akin/train/pairs_loss.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "akin/base/error.h"
#include "akin/kernels/distance.h"
#include "akin/kernels/matmul.h"
#include "akin/kernels/norm.h"
#include "akin/nn/pooling_training.h"

namespace akin {
namespace {

struct NamedLoss {
  PairLoss loss;
  std::string_view name;
};
constexpr NamedLoss kLosses[] = {{PairLoss::ranking, "ranking"}, {PairLoss::cosent, "cosent"}, {PairLoss::cosine, "cosine"}};

/// Rows of unit length and the gradient of the loss on them.
struct Units {
  Matrix<float> rows, d_rows;
  std::vector<float> lengths;

  Units(MatrixView<const float> vectors, std::size_t dims) : rows(vectors.rows(), dims), d_rows(vectors.rows(), dims) {
    for (std::size_t r = 0; r < vectors.rows(); ++r) {
      std::ranges::copy(vectors.row(r).first(dims), rows.row(r).begin());
      lengths.push_back(kernels::l2_normalize(rows.row(r)));
    }
  }
  void add_gradient_to(MatrixView<float> d_vectors) {
    for (std::size_t r = 0; r < rows.rows(); ++r) {
      nn::unit_length_backward(rows.row(r), lengths[r], d_rows.row(r));
      for (std::size_t c = 0; c < rows.cols(); ++c) d_vectors(r, c) += d_rows(r, c);
    }
  }
};

/// Whether row `other`, of another pair than `anchor`, must not stand against it.
bool is_no_negative(const PairRows& rows, std::size_t anchor, std::size_t other) {
  const std::uint32_t id = rows.text_ids[other];
  if (id == rows.text_ids[anchor] || id == rows.text_ids[rows.n_pairs + anchor]) return true;
  return !rows.labels.empty() && rows.labels[anchor] >= 0 && rows.labels[anchor] == rows.labels[other];
}

/// One line of scores, of which number `own` is to win: returns −ln of its share and adds the gradient of that times `weight` to `d`.
/// Those at −infinity take no part. Lines may lie across a matrix: `stride` apart.
double softmax_loss(const float* scores, std::size_t n, std::size_t stride, std::size_t own, float weight, float* d) {
  float top = -std::numeric_limits<float>::infinity();
  for (std::size_t j = 0; j < n; ++j) top = std::max(top, scores[j * stride]);
  double sum = 0;
  for (std::size_t j = 0; j < n; ++j) sum += static_cast<double>(std::exp(scores[j * stride] - top));
  for (std::size_t j = 0; j < n; ++j) {
    d[j * stride] += weight * static_cast<float>(static_cast<double>(std::exp(scores[j * stride] - top)) / sum);
  }
  d[own * stride] -= weight;
  return std::log(sum) + static_cast<double>(top - scores[own * stride]);
}

double ranking_loss(Units& units, const PairRows& rows, const PairLossOptions& options) {
  const std::size_t n = rows.n_pairs, m = n + rows.n_negatives;
  const MatrixView<const float> anchors = units.rows.view().middle_rows(0, n), candidates = units.rows.view().middle_rows(n, m);
  const auto scale = static_cast<float>(options.scale);
  Matrix<float> scores(n, m), d_scores(n, m);
  kernels::matmul(kernels::plain(anchors), kernels::transposed(candidates), kernels::Sum::replace, scores.view(), scale);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < m; ++j) {
      if (j != i && is_no_negative(rows, i, n + j)) scores(i, j) = -std::numeric_limits<float>::infinity();
    }
  }
  const float weight = (options.both_directions ? 0.5F : 1.0F) / static_cast<float>(n);
  double loss = 0;
  for (std::size_t i = 0; i < n; ++i) loss += softmax_loss(&scores(i, 0), m, 1, i, weight, &d_scores(i, 0));
  if (options.both_directions) {
    for (std::size_t i = 0; i < n; ++i) loss += softmax_loss(&scores(0, i), n, m, i, weight, &d_scores(0, i));
  }
  const MatrixView<float> d_rows = units.d_rows.view();
  kernels::matmul(kernels::plain(d_scores.view()), kernels::plain(candidates), kernels::Sum::replace, d_rows.middle_rows(0, n), scale);
  kernels::matmul(kernels::transposed(d_scores.view()), kernels::plain(anchors), kernels::Sum::replace, d_rows.middle_rows(n, m), scale);
  return loss * static_cast<double>(weight);
}

/// Adds the gradient of a pair's cosine times `weight`.
void add_cosine_gradient(Units& units, std::size_t pair, std::size_t n_pairs, float weight) {
  for (std::size_t c = 0; c < units.rows.cols(); ++c) {
    units.d_rows(pair, c) += weight * units.rows(n_pairs + pair, c);
    units.d_rows(n_pairs + pair, c) += weight * units.rows(pair, c);
  }
}

std::vector<double> cosines_of(const Units& units, std::size_t n_pairs) {
  std::vector<double> cosines(n_pairs);
  for (std::size_t i = 0; i < n_pairs; ++i) {
    cosines[i] = static_cast<double>(kernels::dot(units.rows.row(i), units.rows.row(n_pairs + i)));
  }
  return cosines;
}

double cosine_loss(Units& units, const PairRows& rows) {
  const std::vector<double> cosines = cosines_of(units, rows.n_pairs);
  const double n = static_cast<double>(rows.n_pairs);
  double loss = 0;
  for (std::size_t i = 0; i < rows.n_pairs; ++i) {
    const double off = cosines[i] - static_cast<double>(rows.scores[i]);
    loss += off * off / n;
    add_cosine_gradient(units, i, rows.n_pairs, static_cast<float>(2 * off / n));
  }
  return loss;
}

/// Calls body(i, j) for all pairs of which the first has the lower score, in order.
template <class Body>
void for_each_order(std::span<const float> scores, const Body& body) {
  for (std::size_t i = 0; i < scores.size(); ++i) {
    for (std::size_t j = 0; j < scores.size(); ++j) {
      if (scores[i] < scores[j]) body(i, j);
    }
  }
}

double cosent_loss(Units& units, const PairRows& rows, double scale) {
  const std::vector<double> cosines = cosines_of(units, rows.n_pairs);
  double top = 0;  // of the 1 in ln(1 + …)
  for_each_order(rows.scores, [&](std::size_t i, std::size_t j) { top = std::max(top, scale * (cosines[i] - cosines[j])); });
  double sum = std::exp(-top);
  for_each_order(rows.scores, [&](std::size_t i, std::size_t j) { sum += std::exp(scale * (cosines[i] - cosines[j]) - top); });
  std::vector<double> d(rows.n_pairs);
  for_each_order(rows.scores, [&](std::size_t i, std::size_t j) {
    const double share = std::exp(scale * (cosines[i] - cosines[j]) - top) / sum;
    d[i] += scale * share;
    d[j] -= scale * share;
  });
  for (std::size_t i = 0; i < rows.n_pairs; ++i) add_cosine_gradient(units, i, rows.n_pairs, static_cast<float>(d[i]));
  return std::log(sum) + top;
}

double loss_of(Units& units, const PairRows& rows, const PairLossOptions& options) {
  switch (options.loss) {
    case PairLoss::ranking:
      return ranking_loss(units, rows, options);
    case PairLoss::cosent:
      return cosent_loss(units, rows, options.scale);
    case PairLoss::cosine:
      return cosine_loss(units, rows);
  }
  return 0;
}

}  // namespace

std::string_view name_of(PairLoss loss) noexcept {
  for (const NamedLoss& row : kLosses) {
    if (row.loss == loss) return row.name;
  }
  return "?";
}

PairLoss pair_loss_from(std::string_view name) {
  std::string known;
  for (const NamedLoss& row : kLosses) {
    if (row.name == name) return row.loss;
    known += (known.empty() ? "" : ", ") + std::string(row.name);
  }
  throw Error(ErrorCode::invalid_argument, "the loss '" + std::string(name) + "' is not known; known are " + known);
}

void check(const PairLossOptions& o, std::size_t dim) {
  const auto want = [](bool good, const std::string& what) {
    if (!good) throw Error(ErrorCode::invalid_argument, "the loss: " + what);
  };
  want(std::isfinite(o.scale) && o.scale > 0 && o.scale <= 1000, "the scale must be above 0 and at most 1,000");
  want(!o.both_directions || o.loss == PairLoss::ranking, "only ranking has two directions");
  for (const std::size_t d : o.dims) {
    want(d > 0 && d <= dim, "a vector cannot be cut to " + std::to_string(d) + " dimensions: the model gives " + std::to_string(dim));
  }
}

double pair_loss(MatrixView<const float> vectors, const PairRows& rows, const PairLossOptions& options, MatrixView<float> d_vectors) {
  require(rows.n_pairs > 0 && vectors.rows() == rows.n_rows(), "pair_loss: one vector a row of the batch is wanted");
  require(options.loss != PairLoss::ranking || rows.text_ids.size() == rows.n_rows(), "pair_loss: ranking wants a text id a row");
  require(rows.labels.empty() || rows.labels.size() == rows.n_rows(), "pair_loss: labels must be one a row");
  require(options.loss == PairLoss::ranking || rows.scores.size() == rows.n_pairs, "pair_loss: a score a pair is wanted");
  for (std::size_t r = 0; r < d_vectors.rows(); ++r) std::ranges::fill(d_vectors.row(r), 0.0F);
  const std::vector<std::size_t> whole = {vectors.cols()};
  double loss = 0;
  for (const std::size_t dims : options.dims.empty() ? whole : options.dims) {
    Units units(vectors, dims);
    loss += loss_of(units, rows, options);
    units.add_gradient_to(d_vectors);
  }
  return loss;
}

}  // namespace akin
