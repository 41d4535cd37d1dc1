// A tree of things joined two by two, as a picture: things on the right, one below the other, and the height of their joins to the left.
// Tested by dendrogram_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace akin {

/// Thing i is node i; join m makes node n + m out of two nodes before it (as scipy's linkage matrix).
struct DendrogramJoin {
  std::uint32_t a = 0, b = 0;
  double height = 0;
};

struct Dendrogram {
  std::string title;
  std::string height_label = {};
  std::vector<DendrogramJoin> joins;    ///< n − 1 for n things, each node joined once
  std::vector<std::string> names = {};  ///< of things; empty: their numbers
  double cut = 0;                       ///< what is joined at or below has the colour of its group; 0: no groups
  std::size_t most_leaves = 60;         ///< of a larger tree its last joins are drawn, what is below them as one leaf that tells its size
};

}  // namespace akin
