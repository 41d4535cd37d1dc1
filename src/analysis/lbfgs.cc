#include "lbfgs.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <utility>

namespace akin::analysis {
namespace {

using Numbers = std::vector<double>;

// Of the line search: Nocedal & Wright (2006), section 3.1.
constexpr double kEnoughDescent = 1e-4, kEnoughFlattening = 0.9;
constexpr int kMaxTries = 25;
// Values closer than this part of each other are taken for equal: sums of floats know no more.
constexpr double kValueNoise = 1e-9;

double dot(const Numbers& a, const Numbers& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

double largest(const Numbers& x) {
  double out = 0;
  for (const double v : x) out = std::max(out, std::abs(v));
  return out;
}

struct Point {
  Numbers x, gradient;
  double value = 0;
};

/// Differences of the last steps and of their gradients, and what they say of the curvature.
class History {
 public:
  explicit History(std::size_t size) : size_(size) {}

  void clear() { pairs_.clear(); }
  [[nodiscard]] bool empty() const { return pairs_.empty(); }
  void add(const Point& from, const Point& to) {
    Pair pair{Numbers(from.x.size()), Numbers(from.x.size()), 0};
    for (std::size_t i = 0; i < from.x.size(); ++i) {
      pair.step[i] = to.x[i] - from.x[i];
      pair.change[i] = to.gradient[i] - from.gradient[i];
    }
    pair.product = dot(pair.step, pair.change);
    if (!(pair.product > std::numeric_limits<double>::epsilon() * dot(pair.change, pair.change))) return;
    if (pairs_.size() == size_) pairs_.pop_front();
    pairs_.push_back(std::move(pair));
  }
  /// −H · gradient by two loops.
  [[nodiscard]] Numbers direction(const Numbers& gradient) const {
    Numbers d(gradient.size());
    for (std::size_t i = 0; i < d.size(); ++i) d[i] = -gradient[i];
    if (pairs_.empty()) return d;
    Numbers parts(pairs_.size());
    for (std::size_t p = pairs_.size(); p-- > 0;) {
      parts[p] = dot(pairs_[p].step, d) / pairs_[p].product;
      add_scaled(pairs_[p].change, -parts[p], d);
    }
    const double scale = pairs_.back().product / dot(pairs_.back().change, pairs_.back().change);
    for (double& v : d) v *= scale;
    for (std::size_t p = 0; p < pairs_.size(); ++p) add_scaled(pairs_[p].step, parts[p] - dot(pairs_[p].change, d) / pairs_[p].product, d);
    return d;
  }

 private:
  struct Pair {
    Numbers step, change;
    double product;
  };
  static void add_scaled(const Numbers& a, double scale, Numbers& to) {
    for (std::size_t i = 0; i < to.size(); ++i) to[i] += scale * a[i];
  }
  std::size_t size_;
  std::deque<Pair> pairs_;
};

/// Along one direction.
struct Side {
  double step, slope;
};

/// Between two steps of which the first still falls: where the slopes' line meets 0, kept off the ends.
double between(const Side& low, const Side& high) {
  const double width = high.step - low.step;
  const double part = high.slope > 0 ? -low.slope / (high.slope - low.slope) : 0.5;
  return low.step + width * std::clamp(part, 0.1, 0.9);
}

/// Moves `to` along `direction`. Returns false where no step is good enough.
bool search_line(const Objective& objective, const Point& from, const Numbers& direction, double first_step, Point& to) {
  const double slope = dot(from.gradient, direction), noise = kValueNoise * std::abs(from.value);
  Side low{0, slope}, high{std::numeric_limits<double>::infinity(), 0};
  double step = first_step;
  for (int i = 0; i < kMaxTries; ++i) {
    for (std::size_t c = 0; c < to.x.size(); ++c) to.x[c] = from.x[c] + step * direction[c];
    to.value = objective(to.x, to.gradient);
    const double now = dot(to.gradient, direction);
    const bool descends = to.value <= from.value + kEnoughDescent * step * slope;
    const bool nearly = to.value <= from.value + noise && now <= (2 * kEnoughDescent - 1) * slope;
    if ((descends || nearly) && std::abs(now) <= -kEnoughFlattening * slope) return true;
    if (!(descends || nearly) || now >= 0) {
      high = {step, now};
    } else {
      low = {step, now};
    }
    step = std::isinf(high.step) ? 2 * low.step : between(low, high);
  }
  return to.value < from.value;
}

}  // namespace

LbfgsResult minimize(const Objective& objective, std::vector<double>& x, const LbfgsOptions& options, Context& context) {
  Point here{x, Numbers(x.size()), 0}, next{Numbers(x.size()), Numbers(x.size()), 0};
  here.value = objective(here.x, here.gradient);
  History history(options.history);
  LbfgsResult out;
  while (largest(here.gradient) > options.tolerance && out.n_iterations < options.max_iterations) {
    context.cancel.check();
    Numbers direction = history.direction(here.gradient);
    if (!(dot(direction, here.gradient) < 0)) {
      history.clear();
      direction = history.direction(here.gradient);
    }
    const double first_step = history.empty() ? std::min(1.0, 1 / std::sqrt(dot(here.gradient, here.gradient))) : 1;
    if (!search_line(objective, here, direction, first_step, next)) {
      if (history.empty()) break;
      history.clear();
      continue;
    }
    history.add(here, next);
    std::swap(here, next);
    ++out.n_iterations;
    context.progress.advance(1);
  }
  out.value = here.value;
  out.converged = largest(here.gradient) <= options.tolerance;
  x = std::move(here.x);
  return out;
}

}  // namespace akin::analysis
