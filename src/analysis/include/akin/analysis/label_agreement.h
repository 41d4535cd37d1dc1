// How well two groupings of the same things agree, whatever their groups are called: clusters against true labels. As scikit-learn defines
// them. Tested by label_agreement_test.cc.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace akin {

struct LabelAgreement {
  double adjusted_rand = 0;  ///< pairs that both put together or apart, 0 for chance and 1 for equal groupings (Hubert & Arabie, 1985)
  double homogeneity = 0;    ///< 1: each found group has things of one true group (Rosenberg & Hirschberg, 2007)
  double completeness = 0;   ///< 1: the things of a true group are all in one found group
  double v_measure = 0;      ///< their harmonic mean: the mutual information over the mean of both entropies (NMI)
  std::size_t n_true = 0, n_found = 0;  ///< groups
};

/// −1 is a group like any other. Throws Error{invalid_argument} unless both have the same number of labels, one at least.
LabelAgreement compare_labels(std::span<const std::int32_t> truth, std::span<const std::int32_t> found);

/// Numbers from 0 on for names, in the order in which they first come.
std::vector<std::int32_t> number_labels(std::span<const std::string> names);

}  // namespace akin
