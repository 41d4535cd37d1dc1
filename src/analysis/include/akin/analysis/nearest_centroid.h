// The simplest classifier: a row belongs to the class whose mean it is nearest to. A linear one, since ‖x − c‖² is smallest where
// x·c − ‖c‖²/2 is largest. Tested by nearest_centroid_test.cc.
#pragma once

#include "akin/analysis/class_labels.h"
#include "akin/analysis/linear_scores.h"
#include "akin/base/context.h"

namespace akin {

/// The means as weights. O(n · dim). Throws as softmax_regression().
LinearWeights nearest_centroid(const LabelledRows& data, Context& context);

}  // namespace akin
