#include "akin/eval/knn.h"

#include <algorithm>
#include <map>

#include "akin/base/error.h"
#include "akin/embed/nearest_rows.h"

namespace akin {
namespace {

/// Queries that are answered in one pass over the rows.
constexpr std::size_t kQueries = 4096;

/// The label of most of `near`; the first to have as many wins.
const std::string* most_frequent(std::span<const NearRow> near, std::span<const std::string> labels) {
  std::map<std::string_view, std::size_t> counts;
  for (const NearRow& row : near) ++counts[labels[row.row]];
  const std::string* best = nullptr;
  for (const NearRow& row : near) {
    if (best == nullptr || counts[labels[row.row]] > counts[*best]) best = &labels[row.row];
  }
  return best;
}

void check(const LabelledVectors& all) {
  require(all.vectors.rows() > 0, "knn_accuracy: labelled texts are wanted");
  if (all.labels.size() != all.vectors.rows()) throw Error(ErrorCode::mismatch, "knn_accuracy: one label a row is wanted");
}

double accuracy(const LabelledVectors& known, const LabelledVectors& asked, std::size_t k, bool leaves_self_out, Context& context) {
  check(known);
  check(asked);
  require(k > 0, "knn_accuracy: at least one neighbour is wanted");
  NearestOptions options;
  options.k = leaves_self_out ? k + 1 : k;
  std::size_t n_right = 0;
  for (std::size_t first = 0; first < asked.vectors.rows(); first += kQueries) {
    const std::size_t n = std::min(kQueries, asked.vectors.rows() - first);
    auto found = nearest_rows(as_table(known.vectors), asked.vectors.middle_rows(first, n), options, context);
    for (std::size_t i = 0; i < n; ++i) {
      std::vector<NearRow>& near = found[i];
      if (leaves_self_out) {
        std::erase_if(near, [&](const NearRow& row) { return row.row == first + i; });
        if (near.size() > k) near.pop_back();
      }
      const std::string* label = most_frequent(near, known.labels);
      if (label != nullptr && *label == asked.labels[first + i]) ++n_right;
    }
  }
  return static_cast<double>(n_right) / static_cast<double>(asked.vectors.rows());
}

}  // namespace

double knn_accuracy(const LabelledVectors& known, const LabelledVectors& asked, std::size_t k, Context& context) {
  return accuracy(known, asked, k, false, context);
}

double knn_accuracy(const LabelledVectors& all, std::size_t k, Context& context) { return accuracy(all, all, k, true, context); }

}  // namespace akin
