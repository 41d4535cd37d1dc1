// The minimum of a smooth function of many numbers from its gradients: L-BFGS (Liu & Nocedal, 1989). Steps meet the Wolfe conditions or,
// where the function's last digits hide them, the approximate ones of Hager & Zhang (2005). Tested by lbfgs_test.cc.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "akin/base/context.h"

namespace akin::analysis {

/// The function at `x`; writes its gradient.
using Objective = std::function<double(std::span<const double> x, std::span<double> gradient)>;

struct LbfgsOptions {
  std::size_t max_iterations = 1000;
  double tolerance = 1e-4;   ///< ends once no part of the gradient is larger
  std::size_t history = 10;  ///< steps remembered
};

struct LbfgsResult {
  double value = 0;
  std::size_t n_iterations = 0;
  bool converged = false;  ///< false: it ended at max_iterations, or where no step went further down
};

/// Moves `x` from where it is. Reports a round of the context's progress an iteration. Throws Error{cancelled}.
LbfgsResult minimize(const Objective& objective, std::vector<double>& x, const LbfgsOptions& options, Context& context);

}  // namespace akin::analysis
