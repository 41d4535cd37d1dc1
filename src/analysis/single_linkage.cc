#include "single_linkage.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "parts.h"

namespace akin::analysis {

Linkage single_linkage(std::vector<TreeEdge> edges, bool by_angle) {
  std::ranges::sort(edges, [](const TreeEdge& x, const TreeEdge& y) {
    if (x.square != y.square) return x.square < y.square;
    return x.a != y.a ? x.a < y.a : x.b < y.b;
  });
  const std::size_t n = edges.size() + 1;
  Parts parts(n);
  std::vector<std::uint32_t> node(n);  // of the part that a member stands for
  std::iota(node.begin(), node.end(), 0U);
  Linkage out;
  out.merges.reserve(edges.size());
  for (const TreeEdge& edge : edges) {
    const std::uint32_t a = node[parts.of(edge.a)], b = node[parts.of(edge.b)];
    parts.join(edge.a, edge.b);
    const auto square = static_cast<double>(edge.square);
    out.merges.push_back(
        {std::min(a, b), std::max(a, b), by_angle ? square / 2 : std::sqrt(square), static_cast<std::uint32_t>(parts.size_of(edge.a))});
    node[parts.of(edge.a)] = static_cast<std::uint32_t>(n + out.merges.size() - 1);
  }
  return out;
}

}  // namespace akin::analysis
