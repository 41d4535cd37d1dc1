// What the distance kernels mean: the plain double-precision loops. Definition and oracle of distance.h, hamming.h and top_k.h.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

namespace akin::kernels::reference {

inline double dot(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
}

inline double squared_l2(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double difference = static_cast<double>(a[i]) - static_cast<double>(b[i]);
    sum += difference * difference;
  }
  return sum;
}

inline double manhattan(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i]));
  return sum;
}

inline std::uint64_t hamming(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    for (unsigned difference = a[i] ^ b[i]; difference != 0; difference &= difference - 1) ++bits;
  return bits;
}

/// Indices of the `k` smallest values in order, equal ones by index; NaN counts as +infinity.
inline std::vector<std::size_t> smallest(std::span<const float> values, std::size_t k) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto key = [&](std::size_t i) { return std::isnan(values[i]) ? INFINITY : values[i]; };
  std::stable_sort(order.begin(), order.end(), [&](std::size_t x, std::size_t y) { return key(x) < key(y); });
  order.resize(std::min(k, order.size()));
  return order;
}

}  // namespace akin::kernels::reference
