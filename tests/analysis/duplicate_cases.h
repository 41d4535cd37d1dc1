// Items that are alike to a known degree, and who goes for whom by the plain way: every pair compared. For the tests of duplicates and of
// the ways to compare.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "akin/analysis/duplicates.h"
#include "akin/base/matrix.h"
#include "akin/base/rng.h"
#include "parts.h"

namespace akin::analysis {

/// Sets one behind the other.
struct Sets {
  std::vector<std::uint32_t> keys;
  std::vector<std::size_t> begins = {0};

  void add(std::vector<std::uint32_t> set) {
    std::ranges::sort(set);
    set.erase(std::unique(set.begin(), set.end()), set.end());
    keys.insert(keys.end(), set.begin(), set.end());
    begins.push_back(keys.size());
  }
  [[nodiscard]] SetsView view() const { return {keys, begins}; }
};

inline std::vector<std::uint32_t> random_keys(std::size_t n, Rng& rng) {
  std::vector<std::uint32_t> keys(n);
  for (std::uint32_t& key : keys) key = static_cast<std::uint32_t>(rng.next());
  return keys;
}

/// Two sets of about that Jaccard similarity whose union has n keys.
inline std::pair<std::vector<std::uint32_t>, std::vector<std::uint32_t>> keys_alike(std::size_t n, double jaccard, Rng& rng) {
  const std::vector<std::uint32_t> all = random_keys(n, rng);
  const auto both = static_cast<std::size_t>(std::lround(jaccard * static_cast<double>(n)));
  std::vector<std::uint32_t> a(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(both)), b = a;
  for (std::size_t i = both; i < n; ++i) (i % 2 == 0 ? a : b).push_back(all[i]);
  return {a, b};
}

/// `n` sets of 30 to 60 keys in families: each a copy of an earlier one of its family, with some keys changed.
inline Sets families_of_sets(std::size_t n, std::size_t n_families, std::uint64_t seed) {
  Rng rng(seed);
  std::vector<std::vector<std::uint32_t>> all;
  Sets sets;
  for (std::size_t i = 0; i < n; ++i) {
    if (i < n_families) {
      all.push_back(random_keys(30 + rng.below(31), rng));
    } else {
      all.push_back(all[(i - n_families * (1 + rng.below(i / n_families))) % n]);
      for (std::uint64_t changed = rng.below(5); changed-- > 0;)
        all.back()[rng.below(all.back().size())] = static_cast<std::uint32_t>(rng.next());
    }
    sets.add(all.back());
  }
  return sets;
}

/// Rows around `k` random directions, row r around direction r % k; of any length.
inline Matrix<float> families_of_rows(std::size_t n, std::size_t dim, std::size_t k, float spread, std::uint64_t seed) {
  Rng rng(seed);
  Matrix<float> centres(k, dim), rows(n, dim);
  for (std::size_t i = 0; i < centres.size(); ++i) centres.data()[i] = rng.normal();
  for (std::size_t r = 0; r < n; ++r) {
    const float length = 0.5F + rng.uniform();
    for (std::size_t c = 0; c < dim; ++c) rows(r, c) = length * (centres(r % k, c) + spread * rng.normal());
  }
  return rows;
}

inline double cosine_of(std::span<const float> a, std::span<const float> b) {
  double dot = 0, a2 = 0, b2 = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto x = static_cast<double>(a[i]), y = static_cast<double>(b[i]);
    dot += x * y, a2 += x * x, b2 += y * y;
  }
  return a2 == 0 || b2 == 0 ? 0 : dot / std::sqrt(a2 * b2);
}

inline double jaccard_of(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b) {
  std::vector<std::uint32_t> both;
  std::ranges::set_intersection(a, b, std::back_inserter(both));
  return a.empty() || b.empty() ? 0 : static_cast<double>(both.size()) / static_cast<double>(a.size() + b.size() - both.size());
}

using LikenessOf = std::function<double(std::size_t, std::size_t)>;

/// For whom each item goes: the most similar of those that stayed before it.
inline std::vector<std::uint32_t> star_by_all_pairs(std::span<const std::uint32_t> order, double threshold, const LikenessOf& likeness) {
  std::vector<std::uint32_t> kept(order.size()), stay;
  for (const std::uint32_t item : order) {
    kept[item] = item;
    double best = threshold;
    for (const std::uint32_t other : stay)
      if (const double found = likeness(item, other); found > best || (found >= threshold && kept[item] == item))
        best = found, kept[item] = other;
    if (kept[item] == item) stay.push_back(item);
  }
  return kept;
}

/// For whom each item goes: the first of those that it is connected to.
inline std::vector<std::uint32_t> chain_by_all_pairs(std::span<const std::uint32_t> order, double threshold, const LikenessOf& likeness) {
  Parts parts(order.size());
  for (std::uint32_t a = 0; a < order.size(); ++a)
    for (std::uint32_t b = 0; b < a; ++b)
      if (likeness(a, b) >= threshold) parts.join(a, b);
  std::vector<std::uint32_t> kept(order.size());
  for (const std::uint32_t item : order)
    kept[item] = *std::ranges::find_if(order, [&](std::uint32_t other) { return parts.of(other) == parts.of(item); });
  return kept;
}

inline std::vector<std::uint32_t> first_numbers(std::size_t n) {
  std::vector<std::uint32_t> order(n);
  std::iota(order.begin(), order.end(), 0U);
  return order;
}

inline std::vector<std::uint32_t> shuffled(std::size_t n, std::uint64_t seed) {
  Rng rng(seed);
  std::vector<std::uint32_t> order = first_numbers(n);
  for (std::size_t i = n; i > 1; --i) std::swap(order[i - 1], order[rng.below(i)]);
  return order;
}

}  // namespace akin::analysis
