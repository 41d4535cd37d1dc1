// Linear support vector machines, one for each class against the rest, by dual coordinate descent (Hsieh et al., 2008), as LIBLINEAR: the
// bias is a weight of a constant 1 and kept small like the others. Tested by linear_svm_test.cc.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "akin/analysis/class_labels.h"
#include "akin/analysis/softmax_regression.h"
#include "akin/base/context.h"

namespace akin {

enum class SvmLoss {
  squared_hinge,  ///< max(0, 1 − y · score)²
  hinge,          ///< max(0, 1 − y · score)
};
/// "squared-hinge", "hinge".
std::string_view name_of(SvmLoss loss) noexcept;

struct SvmOptions {
  double c = 1;  ///< how much the rows' losses count against ‖w‖² / 2. > 0
  SvmLoss loss = SvmLoss::squared_hinge;
  std::size_t max_iterations = 1000;           ///< rounds over the rows, of each class
  double tolerance = 1e-4;                     ///< ends once the projected gradients of a round lie so near to each other
  std::span<const double> class_weights = {};  ///< a class: how much its rows count; empty: 1 each
};

/// Two classes have one machine, that of the second; the first's score is its negative. O(n · dim) a round and class; classes run on all
/// threads. `loss` of the result is the mean over the machines of what was brought down, `n_iterations` the most rounds of one. The result
/// depends on data, options and context.seed only. Throws as softmax_regression().
LinearFit linear_svm(const LabelledRows& data, const SvmOptions& options, Context& context);

}  // namespace akin
