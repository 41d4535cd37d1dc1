// Isolation forest (Liu et al., 2008): trees cut a few rows by random numbers of random columns until each row is alone; odd rows are alone
// early. Tested by isolation_forest_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "akin/base/context.h"
#include "akin/base/matrix.h"

namespace akin {

struct IsolationForestOptions {
  std::size_t n_trees = 100;
  std::size_t sample = 256;  ///< rows a tree is made of; all if there are fewer. At most 32,768
};

/// Mean length of an unsuccessful search in a binary tree of n rows, by which lengths of paths are measured.
double mean_path_length(std::size_t n) noexcept;

class IsolationForest {
 public:
  /// O(trees · sample · log sample). The result depends on rows, options and context.seed only. Throws Error{invalid_argument} for options
  /// out of range, more than 65,535 columns and rows that are not finite, Error{cancelled}.
  IsolationForest(MatrixView<const float> rows, const IsolationForestOptions& options, Context& context);

  /// 2^(−mean path / mean_path_length(sample)) of each: near 1 for odd rows, below 0.5 for others, 0.5 where all rows are equal. A row has
  /// the same bits in any company. Throws Error{mismatch} for rows of another width.
  [[nodiscard]] std::vector<double> scores(MatrixView<const float> rows, Context& context) const;

 private:
  struct Node {
    float at;                    ///< rows with more go right; +infinity in a leaf, which nobody leaves
    std::uint16_t column, left;  ///< the right child is left + 1; a leaf's left is itself
  };
  struct Tree {
    std::vector<Node> nodes;
    std::vector<float> lengths;  ///< of a node's path, with the mean of the rows that it still holds
    int depth = 0;
  };
  class Grower;

  std::size_t dim_, sample_;
  std::vector<Tree> trees_;
};

}  // namespace akin
