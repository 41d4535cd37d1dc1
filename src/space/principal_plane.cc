#include "akin/space/principal_plane.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace akin {
namespace {

constexpr std::size_t kMaxRounds = 10'000;
constexpr double kSettled = 1e-12;  // 1 − |cosine| between one round's direction and the next

double dot(const double* a, const double* b, std::size_t n) {
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

Matrix<double> centred(MatrixView<const float> rows) {
  Matrix<double> out(rows.rows(), rows.cols());
  for (std::size_t c = 0; c < rows.cols(); ++c) {
    double mean = 0;
    for (std::size_t r = 0; r < rows.rows(); ++r) mean += static_cast<double>(rows(r, c)) / static_cast<double>(rows.rows());
    require(std::isfinite(mean), "principal_plane: a number is not finite");
    for (std::size_t r = 0; r < rows.rows(); ++r) out(r, c) = static_cast<double>(rows(r, c)) - mean;
  }
  return out;
}

/// Products of all rows with each other: its eigenvectors are what the rows have along the directions.
Matrix<double> products(const Matrix<double>& rows) {
  Matrix<double> out(rows.rows(), rows.rows());
  for (std::size_t a = 0; a < rows.rows(); ++a)
    for (std::size_t b = 0; b <= a; ++b) out(a, b) = out(b, a) = dot(rows.row(a).data(), rows.row(b).data(), rows.cols());
  return out;
}

/// The eigenvector of the largest eigenvalue, scaled by its root, at right angles to `taken` (may be empty), by the power method.
std::vector<double> strongest(const Matrix<double>& matrix, const std::vector<double>& taken, double total) {
  const std::size_t n = matrix.rows();
  const auto without_taken = [&](std::vector<double>& x) {
    if (taken.empty()) return;
    const double share = dot(x.data(), taken.data(), n) / dot(taken.data(), taken.data(), n);
    for (std::size_t i = 0; i < n; ++i) x[i] -= share * taken[i];
  };
  std::vector<double> x(n), next(n);
  for (std::size_t i = 0; i < n; ++i) x[i] = std::sin(static_cast<double>(i) + 1);  // at right angles to nothing that could be meant
  double value = 0;
  for (std::size_t round = 0; round < kMaxRounds; ++round) {
    without_taken(x);
    const double length = std::sqrt(dot(x.data(), x.data(), n));
    if (length == 0) break;
    for (double& xi : x) xi /= length;
    for (std::size_t i = 0; i < n; ++i) next[i] = dot(matrix.row(i).data(), x.data(), n);
    without_taken(next);
    value = std::sqrt(dot(next.data(), next.data(), n));
    if (value <= 1e-14 * total) return std::vector<double>(n, 0.0);
    const bool settled = dot(next.data(), x.data(), n) > (1 - kSettled) * value;
    for (std::size_t i = 0; i < n; ++i) x[i] = next[i] / value;
    if (settled) break;
  }
  for (double& xi : x) xi *= std::sqrt(value);
  return x;
}

/// The sign that makes the largest number of the direction (in the rows' own dimensions) positive.
double sign_of(const Matrix<double>& rows, const std::vector<double>& along) {
  std::vector<double> direction(rows.cols(), 0.0);
  for (std::size_t r = 0; r < rows.rows(); ++r)
    for (std::size_t c = 0; c < rows.cols(); ++c) direction[c] += along[r] * rows(r, c);
  const auto largest = std::max_element(direction.begin(), direction.end(), [](double a, double b) { return std::abs(a) < std::abs(b); });
  return largest != direction.end() && *largest < 0 ? -1 : 1;
}

}  // namespace

Matrix<double> principal_plane(MatrixView<const float> rows) {
  Matrix<double> out(rows.rows(), 2);
  if (rows.empty()) return out;
  const Matrix<double> centre = centred(rows);
  const Matrix<double> matrix = products(centre);
  double total = 0;
  for (std::size_t r = 0; r < matrix.rows(); ++r) total += matrix(r, r);
  if (total == 0) return out;
  const std::vector<double> x = strongest(matrix, {}, total), y = strongest(matrix, x, total);
  const double x_sign = sign_of(centre, x), y_sign = sign_of(centre, y);
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    out(r, 0) = x_sign * x[r];
    out(r, 1) = y_sign * y[r];
  }
  return out;
}

}  // namespace akin
