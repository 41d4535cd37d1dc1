#include "akin/analysis/knn_classifier.h"

#include <span>
#include <vector>

#include "akin/analysis/knn_graph.h"
#include "akin/base/error.h"

namespace akin {
namespace {

constexpr std::size_t kRowsAtOnce = 1024;

/// Of a neighbour; the nearest stand first.
double vote_of(float distance, float nearest, KnnVote vote) {
  if (vote == KnnVote::uniform) return 1;
  if (!(nearest > 0)) return distance > 0 ? 0 : 1;
  return 1 / static_cast<double>(distance);
}

void count_votes(std::span<const std::uint32_t> ids, std::span<const float> distances, std::span<const std::int32_t> labels, KnnVote vote,
                 std::span<float> out) {
  std::vector<double> votes(out.size());
  double sum = 0;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const double weight = vote_of(distances[i], distances[0], vote);
    votes[static_cast<std::size_t>(labels[ids[i]])] += weight;
    sum += weight;
  }
  for (std::size_t c = 0; c < out.size(); ++c) out[c] = static_cast<float>(votes[c] / sum);
}

}  // namespace

std::string_view name_of(KnnVote vote) noexcept { return vote == KnnVote::uniform ? "uniform" : "distance"; }

Matrix<float> knn_shares(MatrixView<const float> queries, const LabelledRows& known, const KnnVoteOptions& options, Context& context) {
  require(options.metric != Metric::dot, "k-NN classifier: dot products are no distances: cosine, euclidean or manhattan is wanted");
  check_labels(known, "k-NN classifier");
  const KnnOptions how{.k = options.k, .metric = options.metric, .exact = true};
  const KnnGraph graph = knn_of(queries, known.rows, how, context);
  Matrix<float> shares(queries.rows(), known.n_classes);
  context.parallel_for(queries.rows(), kRowsAtOnce, [&](std::size_t begin, std::size_t end) {
    for (std::size_t r = begin; r < end; ++r)
      count_votes(graph.ids.row(r), graph.distances.row(r), known.labels, options.vote, shares.row(r));
  });
  return shares;
}

}  // namespace akin
