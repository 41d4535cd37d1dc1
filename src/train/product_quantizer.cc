#include "product_quantizer.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

#include "akin/base/error.h"
#include "akin/base/rng.h"
#include "akin/kernels/distance.h"

namespace akin {
namespace {

constexpr std::size_t kCentroids = 256;
// fastText's: more rounds or more points for each centroid change nothing that accuracy shows.
constexpr std::size_t kRounds = 25, kMostPoints = 256 * kCentroids;

/// Centroids of one part, and which is nearest to a point: they are sorted by their first number, and only those are looked at whose first
/// number alone is not already too far. With two numbers a part, that is a sixth of them.
class Centroids {
 public:
  Centroids(std::size_t n, std::size_t length) : n_(n), length_(length), numbers_(n * length) {}
  [[nodiscard]] float* at(std::size_t i) noexcept { return numbers_.data() + i * length_; }
  [[nodiscard]] const std::vector<float>& numbers() const noexcept { return numbers_; }
  [[nodiscard]] std::size_t size() const noexcept { return n_; }

  void sort() {
    std::vector<std::size_t> order(n_);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return *at(a) < *at(b); });
    std::vector<float> sorted;
    firsts_.clear();
    for (const std::size_t i : order) {
      sorted.insert(sorted.end(), at(i), at(i) + length_);
      firsts_.push_back(*at(i));
    }
    numbers_ = std::move(sorted);
  }

  /// After sort().
  [[nodiscard]] std::size_t nearest(const float* x) const noexcept {
    const auto middle = static_cast<std::size_t>(std::lower_bound(firsts_.begin(), firsts_.end(), x[0]) - firsts_.begin());
    std::size_t best = 0;
    float least = std::numeric_limits<float>::infinity();
    const auto look = [&](std::size_t i) {
      const float first = x[0] - firsts_[i];
      float distance = first * first;
      if (distance >= least) return false;
      for (std::size_t c = 1; c < length_; ++c) distance += (x[c] - numbers_[i * length_ + c]) * (x[c] - numbers_[i * length_ + c]);
      if (distance < least) {
        least = distance;
        best = i;
      }
      return true;
    };
    for (std::size_t up = middle; up < n_ && look(up); ++up) {
    }
    for (std::size_t down = middle; down > 0 && look(down - 1); --down) {
    }
    return best;
  }

 private:
  std::size_t n_, length_;
  std::vector<float> numbers_, firsts_;
};

/// The points of one part, one after another.
struct Points {
  std::size_t length = 0;
  std::vector<float> numbers;
  [[nodiscard]] std::size_t size() const noexcept { return numbers.size() / length; }
  [[nodiscard]] const float* at(std::size_t i) const noexcept { return numbers.data() + i * length; }
};

/// One round of k-means: the centroids become the means of the points that are nearest to them; one without points becomes a point by lot.
void move_centroids(const Points& points, Rng& rng, Centroids& centroids) {
  std::vector<double> sums(centroids.size() * points.length, 0.0);
  std::vector<std::size_t> counts(centroids.size(), 0);
  for (std::size_t i = 0; i < points.size(); ++i) {
    const std::size_t c = centroids.nearest(points.at(i));
    ++counts[c];
    for (std::size_t k = 0; k < points.length; ++k) sums[c * points.length + k] += double{points.at(i)[k]};
  }
  for (std::size_t c = 0; c < centroids.size(); ++c) {
    const float* lot = counts[c] == 0 ? points.at(rng.below(points.size())) : nullptr;
    for (std::size_t k = 0; k < points.length; ++k)
      centroids.at(c)[k] = lot != nullptr ? lot[k] : static_cast<float>(sums[c * points.length + k] / static_cast<double>(counts[c]));
  }
}

Centroids find_centroids(const Points& points, Rng rng) {
  Centroids centroids(kCentroids, points.length);
  // The first centroids are different rows, as far as there are so many.
  std::vector<std::size_t> order(points.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (std::size_t i = 0; i < std::min(kCentroids, order.size()); ++i) std::swap(order[i], order[i + rng.below(order.size() - i)]);
  for (std::size_t c = 0; c < kCentroids; ++c) std::copy_n(points.at(order[c % order.size()]), points.length, centroids.at(c));
  centroids.sort();
  if (points.size() <= kCentroids) return centroids;
  for (std::size_t round = 0; round < kRounds; ++round) {
    move_centroids(points, rng, centroids);
    centroids.sort();
  }
  return centroids;
}

/// The points of all rows, or of as many as are wanted, evenly taken.
Points sample(std::size_t n_rows, std::size_t length, const std::function<void(std::size_t row, float* out)>& read) {
  const std::size_t n = std::min(n_rows, kMostPoints);
  Points points{length, std::vector<float>(n * length)};
  for (std::size_t i = 0; i < n; ++i) read(i * n_rows / n, points.numbers.data() + i * length);
  return points;
}

std::vector<float> lengths_of(MatrixView<const float> rows) {
  std::vector<float> lengths;
  for (std::size_t r = 0; r < rows.rows(); ++r) lengths.push_back(std::sqrt(kernels::dot(rows.row(r), rows.row(r))));
  return lengths;
}

void code_lengths(const std::vector<float>& lengths, Rng rng, FastTextCodes& out) {
  const Points points = sample(lengths.size(), 1, [&](std::size_t r, float* x) { *x = lengths[r]; });
  const Centroids centroids = find_centroids(points, rng);
  out.norms = centroids.numbers();
  for (const float length : lengths) out.norm_codes.push_back(static_cast<std::uint8_t>(centroids.nearest(&length)));
}

}  // namespace

FastTextCodes quantize_rows(MatrixView<const float> rows, const ProductQuantizerOptions& options, Context& context) {
  require(rows.rows() > 0 && options.part >= 1 && options.part <= rows.cols(), "the part of a product quantiser is out of range");
  FastTextCodes out{.rows = rows.rows(), .dim = rows.cols(), .part = options.part};
  const std::size_t n_parts = (out.dim + out.part - 1) / out.part;
  out.codes.resize(out.rows * n_parts);
  out.centroids.resize(out.dim * kCentroids);
  const std::vector<float> lengths = options.norms ? lengths_of(rows) : std::vector<float>();
  if (options.norms) code_lengths(lengths, Rng(context.seed).fork(n_parts), out);
  context.parallel_for(n_parts, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t p = begin; p < end; ++p) {
      const std::size_t first = p * out.part, length = std::min(out.part, out.dim - first);
      const auto read = [&](std::size_t r, float* x) {
        const float scale = lengths.empty() || lengths[r] == 0 ? 1 : 1 / lengths[r];
        for (std::size_t c = 0; c < length; ++c) x[c] = rows.row(r)[first + c] * scale;
      };
      const Centroids centroids = find_centroids(sample(out.rows, length, read), Rng(context.seed).fork(p));
      std::copy(centroids.numbers().begin(), centroids.numbers().end(),
                out.centroids.begin() + static_cast<std::ptrdiff_t>(first * kCentroids));
      std::vector<float> point(length);
      for (std::size_t r = 0; r < out.rows; ++r) {
        read(r, point.data());
        out.codes[r * n_parts + p] = static_cast<std::uint8_t>(centroids.nearest(point.data()));
      }
      context.cancel.check();
    }
  });
  return out;
}

}  // namespace akin
