#include "akin/analysis/outliers.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "akin/analysis/ecod.h"
#include "akin/analysis/mahalanobis.h"
#include "akin/analysis/neighbour_outliers.h"
#include "akin/base/error.h"

namespace akin {
namespace {

constexpr std::array<std::pair<OutlierMethod, std::string_view>, 5> kMethods = {{{OutlierMethod::knn, "knn"},
                                                                                 {OutlierMethod::lof, "lof"},
                                                                                 {OutlierMethod::iforest, "iforest"},
                                                                                 {OutlierMethod::mahalanobis, "mahalanobis"},
                                                                                 {OutlierMethod::ecod, "ecod"}}};

}  // namespace

std::string_view name_of(OutlierMethod method) noexcept {
  for (const auto& [known, name] : kMethods)
    if (known == method) return name;
  return "";
}

OutlierMethod outlier_method_from(std::string_view name) {
  for (const auto& [method, known] : kMethods)
    if (known == name) return method;
  throw Error(ErrorCode::invalid_argument, "'" + std::string(name) + "' is no method: knn, lof, iforest, mahalanobis or ecod is wanted");
}

struct OutlierDetector::Impl {
  MatrixView<const float> rows;
  OutlierOptions options;
  std::vector<double> known;
  LocalDensity density;
  std::optional<IsolationForest> forest;
  std::optional<Mahalanobis> distances;
  std::optional<Ecod> tails;

  [[nodiscard]] KnnOptions neighbours() const { return {.k = options.k, .metric = options.metric}; }

  void fit(Context& context) {
    switch (options.method) {
      case OutlierMethod::knn:
        known = kth_distances(knn_graph(rows, neighbours(), context));
        return;
      case OutlierMethod::lof: {
        const KnnGraph graph = knn_graph(rows, neighbours(), context);
        density = local_density(graph);
        known = local_outlier_factors(graph, density);
        return;
      }
      case OutlierMethod::iforest:
        known = forest.emplace(rows, options.forest, context).scores(rows, context);
        return;
      case OutlierMethod::mahalanobis:
        known = distances.emplace(rows, context).squares(rows, context);
        return;
      case OutlierMethod::ecod:
        known = tails.emplace(rows, context).known();
        return;
    }
  }
};

OutlierDetector::OutlierDetector(MatrixView<const float> rows, const OutlierOptions& options, Context& context)
    : impl_(std::make_unique<Impl>()) {
  require(options.metric != Metric::dot, "outliers: dot products are no distances: cosine, euclidean or manhattan is wanted");
  require(options.k > 0, "outliers: k must be at least 1");
  impl_->rows = rows;
  impl_->options = options;
  impl_->fit(context);
}
OutlierDetector::~OutlierDetector() = default;
OutlierDetector::OutlierDetector(OutlierDetector&&) noexcept = default;
OutlierDetector& OutlierDetector::operator=(OutlierDetector&&) noexcept = default;

const std::vector<double>& OutlierDetector::known() const noexcept { return impl_->known; }

std::vector<double> OutlierDetector::scores(MatrixView<const float> rows, Context& context) const {
  if (impl_->forest) return impl_->forest->scores(rows, context);
  if (impl_->distances) return impl_->distances->squares(rows, context);
  if (impl_->tails) return impl_->tails->scores(rows, context);
  const KnnGraph graph = knn_of(rows, impl_->rows, impl_->neighbours(), context);
  return impl_->options.method == OutlierMethod::knn ? kth_distances(graph) : local_outlier_factors(graph, impl_->density);
}

std::vector<double> p_values(std::span<const double> scores, std::span<const double> calm, bool are_the_same) {
  std::vector<double> sorted(calm.begin(), calm.end());
  std::ranges::sort(sorted);
  const auto n = static_cast<double>(calm.size());
  std::vector<double> out;
  out.reserve(scores.size());
  for (const double score : scores) {
    const auto as_odd = static_cast<double>(sorted.end() - std::ranges::lower_bound(sorted, score));
    out.push_back(are_the_same ? as_odd / n : (1 + as_odd) / (1 + n));
  }
  return out;
}

double score_threshold(std::span<const double> scores, double contamination) {
  require(contamination > 0 && contamination < 1, "outliers: the contamination lies between 0 and 1");
  require(!scores.empty(), "outliers: there are no scores");
  std::vector<double> sorted(scores.begin(), scores.end());
  std::ranges::sort(sorted);
  const double place = (1 - contamination) * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

ColumnScale column_scale(MatrixView<const float> rows) {
  ColumnScale out{std::vector<double>(rows.cols()), std::vector<double>(rows.cols())};
  const auto n = static_cast<double>(rows.rows());
  for (std::size_t r = 0; r < rows.rows(); ++r)
    for (std::size_t c = 0; c < rows.cols(); ++c) out.mean[c] += static_cast<double>(rows(r, c)) / n;
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    for (std::size_t c = 0; c < rows.cols(); ++c) {
      const double gap = static_cast<double>(rows(r, c)) - out.mean[c];
      out.deviation[c] += gap * gap / n;
    }
  }
  for (double& deviation : out.deviation) deviation = deviation > 0 ? std::sqrt(deviation) : 1;
  return out;
}

Matrix<float> scaled(MatrixView<const float> rows, const ColumnScale& scale) {
  if (rows.cols() != scale.mean.size())
    throw Error(ErrorCode::mismatch,
                "outliers: rows of " + std::to_string(rows.cols()) + " numbers; the scale is of " + std::to_string(scale.mean.size()));
  Matrix<float> out = Matrix<float>::uninitialized(rows.rows(), rows.cols());
  for (std::size_t r = 0; r < rows.rows(); ++r)
    for (std::size_t c = 0; c < rows.cols(); ++c)
      out(r, c) = static_cast<float>((static_cast<double>(rows(r, c)) - scale.mean[c]) / scale.deviation[c]);
  return out;
}

}  // namespace akin
