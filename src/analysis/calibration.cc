#include "akin/analysis/calibration.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "akin/base/error.h"
#include "akin/kernels/softmax.h"

namespace akin {
namespace {

constexpr std::size_t kRowsAtOnce = 512;
constexpr double kHottest = 1e4;

void check(MatrixView<const float> scores, std::span<const std::int32_t> labels) {
  require(!scores.empty(), "calibration: there are no scores");
  if (labels.size() != scores.rows())
    throw Error(ErrorCode::mismatch,
                "calibration: " + std::to_string(scores.rows()) + " rows of scores have " + std::to_string(labels.size()) + " labels");
  for (const std::int32_t label : labels)
    require(label >= 0 && static_cast<std::size_t>(label) < scores.cols(), "calibration: a label is none of the classes");
}

/// Of the mean loss by the inverse temperature: the expected score less the true one, which rises with it. What is true of n rows is held
/// to be so n + 1 times of n + classes (Platt, 1999): a few rows that are all right do not make it certain.
double slope_at(double inverse, MatrixView<const float> scores, std::span<const std::int32_t> labels, Context& context) {
  const auto n = static_cast<double>(scores.rows()), all = n + static_cast<double>(scores.cols());
  return context.pool.parallel_reduce(
      scores.rows(), kRowsAtOnce, 0.0,
      [&](std::size_t begin, std::size_t end) {
        std::vector<float> row(scores.cols());
        double sum = 0;
        for (std::size_t r = begin; r < end; ++r) {
          for (std::size_t c = 0; c < row.size(); ++c) row[c] = static_cast<float>(inverse * static_cast<double>(scores(r, c)));
          kernels::softmax(row);
          const auto truth = static_cast<std::size_t>(labels[r]);
          for (std::size_t c = 0; c < row.size(); ++c)
            sum += (static_cast<double>(row[c]) - (c == truth ? n + 1 : 1) / all) * static_cast<double>(scores(r, c));
        }
        return sum;
      },
      [](double a, double b) { return a + b; }, &context.cancel);
}

struct Pool {
  double sum, count;
  std::size_t first, last;  // of the sorted places
  [[nodiscard]] double mean() const { return sum / count; }
};

/// Joins pools until their means rise.
void push(std::vector<Pool>& pools, Pool pool) {
  while (!pools.empty() && pools.back().mean() >= pool.mean()) {
    pool = {pools.back().sum + pool.sum, pools.back().count + pool.count, pools.back().first, pool.last};
    pools.pop_back();
  }
  pools.push_back(pool);
}

void apply_curves(std::span<float> row, const std::vector<RisingCurve>& curves, bool sums_to_one) {
  double sum = 0;
  for (std::size_t c = 0; c < row.size(); ++c) sum += static_cast<double>(row[c] = curves[c](row[c]));
  if (!sums_to_one) return;
  for (float& p : row) p = sum > 0 ? static_cast<float>(static_cast<double>(p) / sum) : 1 / static_cast<float>(row.size());
}

}  // namespace

std::string_view name_of(CalibrationKind kind) noexcept {
  return kind == CalibrationKind::none ? "none" : kind == CalibrationKind::temperature ? "temperature" : "isotonic";
}

CalibrationKind calibration_from(std::string_view name) {
  for (const CalibrationKind kind : {CalibrationKind::none, CalibrationKind::temperature, CalibrationKind::isotonic})
    if (name == name_of(kind)) return kind;
  throw Error(ErrorCode::invalid_argument, "'" + std::string(name) + "' is no calibration: none, temperature or isotonic is wanted");
}

float RisingCurve::operator()(float x) const {
  const auto above = static_cast<std::size_t>(std::ranges::lower_bound(at, x) - at.begin());
  if (above == 0) return values.front();
  if (above == at.size()) return values.back();
  const float part = (x - at[above - 1]) / (at[above] - at[above - 1]);
  return values[above - 1] + part * (values[above] - values[above - 1]);
}

RisingCurve isotonic_regression(std::span<const float> at, std::span<const float> values) {
  require(!at.empty() && at.size() == values.size(), "isotonic regression: one value for each place is wanted");
  require(std::ranges::all_of(at, [](float x) { return std::isfinite(x); }) &&
              std::ranges::all_of(values, [](float x) { return std::isfinite(x); }),
          "isotonic regression: numbers must be finite");
  std::vector<std::size_t> order(at.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return at[a] < at[b]; });
  std::vector<Pool> pools;
  for (std::size_t i = 0; i < order.size();) {
    Pool same{0, 0, i, i};  // one place
    for (; i < order.size() && at[order[i]] == at[order[same.first]]; ++i) {
      same.sum += static_cast<double>(values[order[i]]);
      same.count += 1;
      same.last = i;
    }
    push(pools, same);
  }
  RisingCurve out;
  for (const Pool& pool : pools) {
    const float first = at[order[pool.first]], last = at[order[pool.last]];
    out.at.push_back(first);
    out.values.push_back(static_cast<float>(pool.mean()));
    if (last == first) continue;
    out.at.push_back(last);
    out.values.push_back(out.values.back());
  }
  return out;
}

Calibration fit_temperature(MatrixView<const float> scores, std::span<const std::int32_t> labels, Context& context) {
  check(scores, labels);
  double low = 1 / kHottest, high = kHottest;  // of the inverse, halved by their ratio: 2e8 to 1 in 50 steps
  for (int i = 0; i < 50; ++i) {
    const double middle = std::sqrt(low * high);
    (slope_at(middle, scores, labels, context) > 0 ? high : low) = middle;
  }
  return {CalibrationKind::temperature, 1 / std::sqrt(low * high), {}};
}

Calibration fit_isotonic(MatrixView<const float> scores, std::span<const std::int32_t> labels, Context& context) {
  check(scores, labels);
  Calibration out{CalibrationKind::isotonic, 1, std::vector<RisingCurve>(scores.cols())};
  context.parallel_for(scores.cols(), 1, [&](std::size_t c, std::size_t) {
    std::vector<float> at(scores.rows()), is_it(scores.rows());
    for (std::size_t r = 0; r < scores.rows(); ++r) {
      at[r] = scores(r, c);
      is_it[r] = static_cast<std::size_t>(labels[r]) == c ? 1 : 0;
    }
    out.curves[c] = isotonic_regression(at, is_it);
  });
  return out;
}

Matrix<float> to_probabilities(MatrixView<const float> scores, ScoreKind kind, const Calibration& calibration, Context& context) {
  if (calibration.kind == CalibrationKind::isotonic && calibration.curves.size() != scores.cols())
    throw Error(ErrorCode::mismatch,
                "calibration: " + std::to_string(calibration.curves.size()) + " curves for " + std::to_string(scores.cols()) + " classes");
  const auto scale = static_cast<float>(calibration.kind == CalibrationKind::temperature ? 1 / calibration.temperature : 1);
  Matrix<float> out = Matrix<float>::uninitialized(scores.rows(), scores.cols());
  context.parallel_for(scores.rows(), kRowsAtOnce, [&](std::size_t begin, std::size_t end) {
    for (std::size_t r = begin; r < end; ++r) {
      const std::span<float> row = out.row(r);
      std::ranges::transform(scores.row(r), row.begin(), [&](float score) { return scale * score; });
      if (calibration.kind == CalibrationKind::isotonic) {
        apply_curves(row, calibration.curves, kind != ScoreKind::sigmoid);
      } else if (kind == ScoreKind::softmax) {
        kernels::softmax(row);
      } else if (kind == ScoreKind::sigmoid) {
        for (float& x : row) x = static_cast<float>(1 / (1 + std::exp(-static_cast<double>(x))));
      }
    }
  });
  return out;
}

}  // namespace akin
