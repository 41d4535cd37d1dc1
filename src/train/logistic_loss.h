// The loss of a yes-or-no. Private. Tested by word_training_test.cc and classifier_training_test.cc.
#pragma once

#include <cmath>

namespace akin {

/// −ln σ(score) for label 1, −ln σ(−score) for label 0.
inline double logistic_loss(float score, float label) {
  const double x = label > 0.5F ? score : -score;
  return x > 0 ? std::log1p(std::exp(-x)) : -x + std::log1p(std::exp(x));
}

}  // namespace akin
