// The pictures of `akin positions`: which panels show which scheme.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "akin/eval/extrapolation.h"
#include "akin/nn/relative_buckets.h"
#include "akin/nn/rope.h"
#include "akin/plot/figure.h"

namespace akin::cli {

/// The table, the cosines of all pairs of positions, and their mean by distance.
Figure table_figure(const std::string& title, MatrixView<const float> table);
/// Cosines of the angles, and what they make of equal words by distance; where there is a scaling, beside the plain rotation.
Figure rope_figure(const std::string& title, const nn::RopeSpec& spec, std::size_t n);
/// The bias of each head by distance, one head's matrix, and the attention that equal scores get.
Figure alibi_figure(const std::string& title, std::span<const float> slopes, std::size_t n, bool causal);
/// Buckets by distance and as a matrix; with a model's table (n_buckets, n_heads), each head's bias.
Figure bucket_figure(const std::string& title, const nn::RelativeBuckets& buckets, MatrixView<const float> bias, std::size_t n);
/// One panel a model: the loss by position with all tokens in sight and with a training length of them.
Figure extrapolation_figure(const std::string& title, std::span<const std::pair<std::string, ExtrapolationReport>> reports);

/// At most `most` numbers of [0, n), evenly spread, both ends among them.
std::vector<std::size_t> spread(std::size_t n, std::size_t most);

}  // namespace akin::cli
