// Files that `train pairs` and `eval knn` read: pairs, triplets, scored pairs and labelled texts, told apart by the names of their fields.
#pragma once

#include <string>
#include <vector>

#include "akin/akin.h"

namespace akin::cli {

enum class PairKind {
  pairs,   ///< anchor, positive[, negative]
  scored,  ///< a, b, score
  labels,  ///< text, label
};

struct PairFields {
  std::vector<std::string> names;  ///< in the order of the kind; empty: by the names that are known
};

struct LabelledTexts {
  std::vector<std::string> texts, labels;
};

/// What the first file is. Throws Error{corrupt} naming the fields that it has and those that are known.
PairKind pair_kind_of(const std::string& path, const PairFields& fields);
/// Pairs or scored pairs; scores are divided by `max_score`. Throws Error naming file and line.
TextPairs read_pairs(const std::vector<std::string>& paths, const PairFields& fields, double max_score);
LabelledTexts read_labelled(const std::vector<std::string>& paths, const PairFields& fields);

}  // namespace akin::cli
