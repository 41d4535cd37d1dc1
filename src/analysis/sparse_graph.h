// A weighted graph as rows of edges, one after the other (CSR). Tested through umap_graph_test.cc.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace akin::analysis {

struct SparseGraph {
  std::vector<std::size_t> begins;  ///< (n + 1)
  std::vector<std::uint32_t> others;
  std::vector<float> weights;

  [[nodiscard]] std::size_t size() const noexcept { return begins.empty() ? 0 : begins.size() - 1; }
  [[nodiscard]] std::span<const std::uint32_t> others_of(std::size_t v) const noexcept {
    return std::span(others).subspan(begins[v], begins[v + 1] - begins[v]);
  }
  [[nodiscard]] std::span<const float> weights_of(std::size_t v) const noexcept {
    return std::span(weights).subspan(begins[v], begins[v + 1] - begins[v]);
  }
};

/// w and its transpose, joined: for each pair join(w_ij, w_ji), 0 where there is no edge; others rise. `rows` (n, k) as others and weights
/// of a k-nearest-neighbour graph. Edges of weight 0 are left out.
template <class Join>
SparseGraph joined(std::size_t n, std::size_t k, const std::uint32_t* others, const float* weights, const Join& join) {
  struct Half {
    std::uint32_t other;
    float forth, back;
  };
  std::vector<std::size_t> begins(n + 1, 0);
  for (std::size_t v = 0; v < n; ++v) {
    begins[v + 1] += k;
    for (std::size_t i = 0; i < k; ++i) ++begins[others[v * k + i] + 1];
  }
  for (std::size_t v = 0; v < n; ++v) begins[v + 1] += begins[v];
  std::vector<Half> halves(begins[n]);
  std::vector<std::size_t> next(begins.begin(), begins.end() - 1);
  for (std::size_t v = 0; v < n; ++v) {
    for (std::size_t i = 0; i < k; ++i) {
      const std::uint32_t other = others[v * k + i];
      halves[next[v]++] = {other, weights[v * k + i], 0};
      halves[next[other]++] = {static_cast<std::uint32_t>(v), 0, weights[v * k + i]};
    }
  }
  SparseGraph graph;
  graph.begins.assign(1, 0);
  for (std::size_t v = 0; v < n; ++v) {
    const auto row = std::span(halves).subspan(begins[v], begins[v + 1] - begins[v]);
    std::ranges::sort(row, {}, &Half::other);
    for (std::size_t i = 0; i < row.size(); ++i) {
      Half whole = row[i];
      if (i + 1 < row.size() && row[i + 1].other == whole.other) {
        whole.forth += row[i + 1].forth;
        whole.back += row[++i].back;
      }
      const float weight = join(whole.forth, whole.back);
      if (!(weight > 0)) continue;
      graph.others.push_back(whole.other);
      graph.weights.push_back(weight);
    }
    graph.begins.push_back(graph.others.size());
  }
  return graph;
}

}  // namespace akin::analysis
