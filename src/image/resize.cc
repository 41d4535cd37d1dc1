#include "akin/image/resize.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "akin/base/error.h"

namespace akin {
namespace {

// A byte times a weight, summed over a window whose weights are 1 together, stays under 2^31.
constexpr int kFractionBits = 32 - 8 - 2;

double sinc(double x) { return x == 0 ? 1 : std::sin(std::numbers::pi * x) / (std::numbers::pi * x); }

double box(double x) { return x > -0.5 && x <= 0.5 ? 1 : 0; }
double bilinear(double x) { return std::abs(x) < 1 ? 1 - std::abs(x) : 0; }
double hamming(double x) { return std::abs(x) >= 1 ? 0 : sinc(x) * (0.54 + 0.46 * std::cos(std::numbers::pi * x)); }
double lanczos(double x) { return x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0; }
/// Keys' cubic with a = −0.5.
double bicubic(double x) {
  constexpr double kA = -0.5;
  x = std::abs(x);
  if (x < 1) return ((kA + 2) * x - (kA + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * kA : 0;
}

struct Filter {
  double (*weight)(double);
  double radius;
};

Filter filter_of(Resample filter) {
  switch (filter) {
    case Resample::lanczos:
      return {lanczos, 3};
    case Resample::bilinear:
      return {bilinear, 1};
    case Resample::bicubic:
      return {bicubic, 2};
    case Resample::hamming:
      return {hamming, 1};
    case Resample::box:
    case Resample::nearest:
      break;
  }
  return {box, 0.5};
}

/// Which numbers of a row (or column) make number i of the new one, and with what weights.
struct Windows {
  struct Window {
    std::size_t first, n;
  };
  std::vector<Window> windows;
  std::vector<std::int32_t> weights;  ///< of window i from i · n_most on
  std::size_t n_most = 0;
};

std::int32_t to_fixed(double weight) {
  return static_cast<std::int32_t>((weight < 0 ? -0.5 : 0.5) + weight * static_cast<double>(1 << kFractionBits));
}

Windows windows_of(std::size_t n_from, std::size_t n_to, const Filter& filter) {
  const double scale = static_cast<double>(n_from) / static_cast<double>(n_to), stretch = std::max(scale, 1.0);
  const double radius = filter.radius * stretch;
  Windows result;
  result.n_most = static_cast<std::size_t>(std::ceil(radius)) * 2 + 1;
  result.weights.resize(n_to * result.n_most);
  std::vector<double> exact(result.n_most);
  for (std::size_t i = 0; i < n_to; ++i) {
    const double centre = (static_cast<double>(i) + 0.5) * scale;
    const auto first = static_cast<std::size_t>(std::max(0.0, std::trunc(centre - radius + 0.5)));
    const auto end = std::min(n_from, static_cast<std::size_t>(centre + radius + 0.5));
    const std::size_t n = end - first;
    double sum = 0;
    for (std::size_t k = 0; k < n; ++k) {
      exact[k] = filter.weight((static_cast<double>(k + first) - centre + 0.5) * (1 / stretch));
      sum += exact[k];
    }
    for (std::size_t k = 0; k < n; ++k) result.weights[i * result.n_most + k] = to_fixed(sum == 0 ? exact[k] : exact[k] / sum);
    result.windows.push_back({first, n});
  }
  return result;
}

std::uint8_t to_byte(std::int32_t sum) { return static_cast<std::uint8_t>(std::clamp(sum >> kFractionBits, 0, 255)); }

constexpr std::int32_t kHalf = 1 << (kFractionBits - 1);

/// Rows [first, first + n) of `image` with new widths.
Matrix<std::uint8_t> resize_rows(const Image& image, std::size_t first, std::size_t n, const Windows& windows) {
  Matrix<std::uint8_t> out = Matrix<std::uint8_t>::uninitialized(n, 3 * windows.windows.size());
  for (std::size_t y = 0; y < n; ++y) {
    const std::span<const std::uint8_t> row = image.rows.row(first + y);
    for (std::size_t x = 0; x < windows.windows.size(); ++x) {
      const auto& window = windows.windows[x];
      const std::int32_t* weights = windows.weights.data() + x * windows.n_most;
      const std::uint8_t* from = row.data() + 3 * window.first;
      std::int32_t red = kHalf, green = kHalf, blue = kHalf;
      for (std::size_t k = 0; k < window.n; ++k) {
        red += from[3 * k] * weights[k];
        green += from[3 * k + 1] * weights[k];
        blue += from[3 * k + 2] * weights[k];
      }
      std::uint8_t* to = out.row(y).data() + 3 * x;
      to[0] = to_byte(red);
      to[1] = to_byte(green);
      to[2] = to_byte(blue);
    }
  }
  return out;
}

/// `first`: the row of the picture that `rows` begins with.
Matrix<std::uint8_t> resize_columns(MatrixView<const std::uint8_t> rows, std::size_t first, const Windows& windows) {
  Matrix<std::uint8_t> out = Matrix<std::uint8_t>::uninitialized(windows.windows.size(), rows.cols());
  std::vector<std::int32_t> sums(rows.cols());
  for (std::size_t y = 0; y < windows.windows.size(); ++y) {
    const auto& window = windows.windows[y];
    std::ranges::fill(sums, kHalf);
    for (std::size_t k = 0; k < window.n; ++k) {
      const std::int32_t weight = windows.weights[y * windows.n_most + k];
      const std::uint8_t* row = rows.row_data(window.first - first + k);
      for (std::size_t x = 0; x < sums.size(); ++x) sums[x] += row[x] * weight;
    }
    std::ranges::transform(sums, out.row(y).begin(), to_byte);
  }
  return out;
}

/// Pillow's rule since version 13: a picture that loses more than twice as much height as width is made low first. The order is seen in the
/// last bit, as there are bytes between the passes.
bool columns_first(const Image& image, std::size_t width, std::size_t height) {
  const auto lost = [](std::size_t from, std::size_t to) { return static_cast<std::ptrdiff_t>(from) - static_cast<std::ptrdiff_t>(to); };
  return lost(image.height(), height) > 0 && lost(image.height(), height) > 2 * lost(image.width(), width);
}

Image pick_nearest(const Image& image, std::size_t width, std::size_t height) {
  Image out{Matrix<std::uint8_t>::uninitialized(height, 3 * width)};
  const auto nearest = [](std::size_t i, std::size_t n_from, std::size_t n_to) {
    const double at = (static_cast<double>(i) + 0.5) * (static_cast<double>(n_from) / static_cast<double>(n_to));
    return std::min(n_from - 1, static_cast<std::size_t>(at));
  };
  for (std::size_t y = 0; y < height; ++y) {
    const std::uint8_t* row = image.rows.row(nearest(y, image.height(), height)).data();
    for (std::size_t x = 0; x < width; ++x) std::copy_n(row + 3 * nearest(x, image.width(), width), 3, out.rows.row(y).data() + 3 * x);
  }
  return out;
}

}  // namespace

Image resize(const Image& image, std::size_t width, std::size_t height, Resample filter) {
  require(width > 0 && height > 0 && image.width() > 0 && image.height() > 0, "resize: a picture must have a width and a height");
  if (width == image.width() && height == image.height()) return {image.rows.clone()};
  if (filter == Resample::nearest) return pick_nearest(image, width, height);
  const Filter kernel = filter_of(filter);
  const Windows columns = windows_of(image.height(), height, kernel);
  if (width == image.width()) return {resize_columns(image.rows.view(), 0, columns)};
  const Windows along_rows = windows_of(image.width(), width, kernel);
  if (height == image.height()) return {resize_rows(image, 0, height, along_rows)};
  if (columns_first(image, width, height)) {
    const Image flat{resize_columns(image.rows.view(), 0, columns)};
    return {resize_rows(flat, 0, height, along_rows)};
  }
  const std::size_t first = columns.windows.front().first, end = columns.windows.back().first + columns.windows.back().n;
  return {resize_columns(resize_rows(image, first, end - first, along_rows).view(), first, columns)};
}

}  // namespace akin
