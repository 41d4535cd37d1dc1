#include "akin/nn/position_similarity.h"

#include <cmath>

#include "akin/base/error.h"

namespace akin::nn {

Matrix<double> similarity_of_rows(MatrixView<const float> table) {
  require(!table.empty(), "a table of positions has at least one row and one column");
  const std::size_t n = table.rows();
  Matrix<double> products(n, n);
  for (std::size_t a = 0; a < n; ++a) {
    for (std::size_t b = 0; b <= a; ++b) {
      double sum = 0;
      for (std::size_t c = 0; c < table.cols(); ++c) sum += static_cast<double>(table(a, c)) * static_cast<double>(table(b, c));
      products(a, b) = products(b, a) = sum;
    }
  }
  std::vector<double> lengths(n);
  for (std::size_t r = 0; r < n; ++r) lengths[r] = std::sqrt(products(r, r));
  for (std::size_t a = 0; a < n; ++a) {
    for (std::size_t b = 0; b < n; ++b) {
      const double length = lengths[a] * lengths[b];
      products(a, b) = length > 0 ? products(a, b) / length : 0;
    }
  }
  return products;
}

std::vector<double> similarity_by_distance(MatrixView<const float> table) {
  const Matrix<double> cosines = similarity_of_rows(table);
  const std::size_t n = cosines.rows();
  std::vector<double> means(n);
  for (std::size_t d = 0; d < n; ++d) {
    for (std::size_t p = 0; p + d < n; ++p) means[d] += cosines(p, p + d);
    means[d] /= static_cast<double>(n - d);
  }
  return means;
}

std::vector<double> rope_similarity(const RopeSpec& spec, std::size_t n) {
  const std::vector<float> frequencies = rope_frequencies(spec, n);
  std::vector<double> similarity(n);
  for (std::size_t d = 0; d < n; ++d) {
    for (const float frequency : frequencies) similarity[d] += std::cos(static_cast<double>(d) * static_cast<double>(frequency));
    similarity[d] /= static_cast<double>(frequencies.size());
  }
  return similarity;
}

}  // namespace akin::nn
