#include "akin/eval/class_scores.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "akin/base/error.h"

namespace akin {
namespace {

double ratio(std::size_t part, std::size_t whole) { return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole); }

void check(std::size_t n_truth, std::size_t n_given) {
  require(n_truth > 0, "class scores: there are no rows");
  if (n_truth != n_given)
    throw Error(ErrorCode::mismatch,
                "class scores: " + std::to_string(n_given) + " answers for " + std::to_string(n_truth) + " rows of known class");
}

void check(std::span<const std::int32_t> truth, std::span<const std::int32_t> given, std::size_t n_classes) {
  check(truth.size(), given.size());
  const auto last = static_cast<std::int32_t>(n_classes);
  require(std::ranges::all_of(truth, [&](std::int32_t c) { return c >= -1 && c < last; }) &&
              std::ranges::all_of(given, [&](std::int32_t c) { return c >= 0 && c < last; }),
          "class scores: a class is out of range");
}

}  // namespace

double ClassScore::precision() const { return ratio(n_right, n_given); }
double ClassScore::recall() const { return ratio(n_right, n_true); }
double ClassScore::f1() const { return ratio(2 * n_right, n_true + n_given); }

double ClassScores::accuracy() const { return ratio(n_right, n_rows); }

double ClassScores::macro_f1() const {
  double sum = 0;
  std::size_t n = 0;
  for (const ClassScore& score : each) {
    sum += score.f1();
    n += score.n_true + score.n_given > 0 ? 1 : 0;
  }
  return n == 0 ? 0 : sum / static_cast<double>(n);
}

double ClassScores::micro_f1() const {
  ClassScore all;
  for (const ClassScore& score : each) {
    all.n_true += score.n_true;
    all.n_given += score.n_given;
    all.n_right += score.n_right;
  }
  return all.f1();
}

double ClassScores::weighted_f1() const {
  double sum = 0;
  std::size_t n = 0;
  for (const ClassScore& score : each) {
    sum += score.f1() * static_cast<double>(score.n_true);
    n += score.n_true;
  }
  return n == 0 ? 0 : sum / static_cast<double>(n);
}

ClassScores class_scores(std::span<const std::int32_t> truth, std::span<const std::int32_t> given, std::size_t n_classes) {
  check(truth, given, n_classes);
  ClassScores out{std::vector<ClassScore>(n_classes), truth.size(), 0};
  for (std::size_t r = 0; r < truth.size(); ++r) {
    if (truth[r] >= 0) ++out.each[static_cast<std::size_t>(truth[r])].n_true;
    ++out.each[static_cast<std::size_t>(given[r])].n_given;
    if (truth[r] != given[r]) continue;
    ++out.each[static_cast<std::size_t>(truth[r])].n_right;
    ++out.n_right;
  }
  return out;
}

ClassScores multi_label_scores(MatrixView<const std::uint8_t> truth, MatrixView<const std::uint8_t> given) {
  check(truth.rows(), given.rows());
  if (truth.cols() != given.cols()) throw Error(ErrorCode::mismatch, "class scores: truth and answers are of different classes");
  ClassScores out{std::vector<ClassScore>(truth.cols()), truth.rows(), 0};
  for (std::size_t r = 0; r < truth.rows(); ++r) {
    for (std::size_t c = 0; c < truth.cols(); ++c) {
      out.each[c].n_true += truth(r, c);
      out.each[c].n_given += given(r, c);
      out.each[c].n_right += truth(r, c) & given(r, c);
    }
    out.n_right += std::ranges::equal(truth.row(r), given.row(r)) ? 1 : 0;
  }
  return out;
}

Matrix<std::uint32_t> confusion_matrix(std::span<const std::int32_t> truth, std::span<const std::int32_t> given, std::size_t n_classes) {
  check(truth, given, n_classes);
  Matrix<std::uint32_t> out(n_classes, n_classes);
  for (std::size_t r = 0; r < truth.size(); ++r)
    if (truth[r] >= 0) ++out(static_cast<std::size_t>(truth[r]), static_cast<std::size_t>(given[r]));
  return out;
}

Reliability reliability(MatrixView<const float> probabilities, std::span<const std::int32_t> truth, std::size_t n_bins) {
  require(n_bins > 0, "reliability: at least one bin is wanted");
  check(truth.size(), probabilities.rows());
  Reliability out;
  for (std::size_t b = 0; b < n_bins; ++b)
    out.bins.push_back(
        {static_cast<double>(b) / static_cast<double>(n_bins), static_cast<double>(b + 1) / static_cast<double>(n_bins), 0, 0, 0});
  std::size_t n_known = 0;
  for (std::size_t r = 0; r < truth.size(); ++r) {
    const auto row = probabilities.row(r);
    const auto best = std::ranges::max_element(row);
    const double said = static_cast<double>(*best);
    const auto place = static_cast<std::size_t>(std::max(0.0, std::ceil(said * static_cast<double>(n_bins)) - 1));
    ReliabilityBin& bin = out.bins[std::min(place, n_bins - 1)];
    ++bin.n_rows;
    bin.mean_probability += said;
    bin.accuracy += best - row.begin() == truth[r] ? 1 : 0;
    if (truth[r] < 0) continue;
    ++n_known;
    out.log_loss -= std::log(std::max(1e-15, static_cast<double>(row[static_cast<std::size_t>(truth[r])])));
    for (std::size_t c = 0; c < row.size(); ++c) {
      const double gap = static_cast<double>(row[c]) - (static_cast<std::size_t>(truth[r]) == c ? 1 : 0);
      out.brier += gap * gap;
    }
  }
  for (ReliabilityBin& bin : out.bins) {
    out.calibration_error += std::abs(bin.mean_probability - bin.accuracy) / static_cast<double>(truth.size());
    if (bin.n_rows == 0) continue;
    bin.mean_probability /= static_cast<double>(bin.n_rows);
    bin.accuracy /= static_cast<double>(bin.n_rows);
  }
  if (n_known > 0) out.log_loss /= static_cast<double>(n_known), out.brier /= static_cast<double>(n_known);
  return out;
}

}  // namespace akin
