#include "akin/train/pairs_mining.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "akin/base/error.h"
#include "akin/embed/nearest_rows.h"
#include "akin/space/metric.h"

namespace akin {
namespace {

/// Queries that are answered in one pass: what they find is 16 bytes · depth each.
constexpr std::size_t kQueries = 4096;

/// Different texts of one side, their vectors and where each text lies.
struct Side {
  std::vector<std::uint32_t> texts;
  std::vector<std::uint32_t> row_of;  // of each text of all; meant for those in `texts`
  Matrix<float> vectors;

  Side(const TextPairs& pairs, std::uint32_t TuningPair::*which) : row_of(pairs.texts().size(), TuningPair::kNone) {
    for (const TuningPair& pair : pairs.list()) {
      std::uint32_t& row = row_of[pair.*which];
      if (row != TuningPair::kNone) continue;
      row = static_cast<std::uint32_t>(texts.size());
      texts.push_back(pair.*which);
    }
  }
  void embed(const Embedder& embedder, const TextPairs& pairs, TextRole role, Context& context) {
    std::vector<std::string_view> views;
    for (const std::uint32_t text : texts) views.emplace_back(pairs.texts()[text]);
    vectors = embedder.embed(std::span<const std::string_view>(views), role, context).vectors;
  }
};

}  // namespace

std::size_t mine_negatives(const Embedder& embedder, const MiningOptions& options, TextPairs& pairs, Context& context) {
  require(options.depth > 0 && options.depth <= 10000, "mining: 1 to 10,000 texts can be looked at");
  require(options.most_share > 0 && options.most_share <= 1, "mining: the share of the positive's cosine must be above 0 and at most 1");
  Side anchors(pairs, &TuningPair::anchor), positives(pairs, &TuningPair::positive);
  anchors.embed(embedder, pairs, TextRole::query, context);
  positives.embed(embedder, pairs, TextRole::document, context);
  std::set<std::pair<std::uint32_t, std::uint32_t>> marked;
  for (const TuningPair& pair : pairs.list()) marked.emplace(pair.anchor, pair.positive);

  const auto is_negative = [&](const TuningPair& pair, std::uint32_t text) {
    const std::int32_t label = pairs.labels()[pair.anchor];
    return text != pair.anchor && !marked.contains({pair.anchor, text}) && (label < 0 || label != pairs.labels()[text]);
  };
  NearestOptions search;
  search.k = options.depth;
  std::vector<std::vector<NearRow>> near;
  for (std::size_t first = 0; first < anchors.texts.size(); first += kQueries) {
    const std::size_t n = std::min(kQueries, anchors.texts.size() - first);
    auto found =
        nearest_rows(as_table(positives.vectors.view()), std::as_const(anchors.vectors).view().middle_rows(first, n), search, context);
    std::ranges::move(found, std::back_inserter(near));
  }
  std::size_t n_given = 0;
  for (TuningPair& pair : pairs.list()) {
    if (pair.negative != TuningPair::kNone) continue;
    const std::uint32_t anchor = anchors.row_of[pair.anchor];
    const float own =
        1 - distance_between(Metric::cosine, anchors.vectors.row(anchor), positives.vectors.row(positives.row_of[pair.positive]));
    if (own <= 0) continue;  // a share of it says nothing
    for (const NearRow& row : near[anchor]) {
      const std::uint32_t text = positives.texts[row.row];
      if (static_cast<double>(1 - row.distance) > options.most_share * static_cast<double>(own) || !is_negative(pair, text)) continue;
      pair.negative = text;
      ++n_given;
      break;
    }
  }
  return n_given;
}

}  // namespace akin
