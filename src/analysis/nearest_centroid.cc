#include "akin/analysis/nearest_centroid.h"

#include "akin/analysis/central_rows.h"
#include "akin/analysis/rows.h"

namespace akin {

LinearWeights nearest_centroid(const LabelledRows& data, Context& context) {
  check_rows(data.rows, "nearest centroid", context);
  check_labels(data, "nearest centroid");
  LinearWeights out{cluster_means(data.rows, data.labels, context), {}};
  for (std::size_t c = 0; c < out.weights.rows(); ++c) {
    double square = 0;
    for (const float x : out.weights.row(c)) square += static_cast<double>(x) * static_cast<double>(x);
    out.bias.push_back(static_cast<float>(-0.5 * square));
  }
  return out;
}

}  // namespace akin
