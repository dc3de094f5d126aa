#include "linalg/minimise.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <optional>
#include <utility>

namespace hourglass {
namespace {

using Vector = Eigen::VectorXd;

// One step taken and the change of the gradient over it.
struct Pair {
  Vector step;
  Vector change;
  double inverse_product;  // 1 / stepᵀ·change
};

// −H·gradient, H the inverse Hessian that the pairs imply (the two-loop recursion).
Vector direction_of(const Vector& gradient, const std::deque<Pair>& pairs) {
  Vector direction = -gradient;
  std::vector<double> weights;
  for (auto pair = pairs.rbegin(); pair != pairs.rend(); ++pair) {
    weights.push_back(pair->inverse_product * pair->step.dot(direction));
    direction -= weights.back() * pair->change;
  }
  if (!pairs.empty()) {
    const Pair& last = pairs.back();
    direction /= last.inverse_product * last.change.squaredNorm();
  }
  for (const Pair& pair : pairs) {
    const double weight = pair.inverse_product * pair.change.dot(direction);
    direction += (weights.back() - weight) * pair.step;
    weights.pop_back();
  }
  return direction;
}

struct Point {
  Vector at;
  Vector gradient;
  double value = 0;
};

// The function on Eigen's vectors.
class Function {
 public:
  explicit Function(const SmoothFunction& function) : function_(function) {}

  Point evaluate(const Vector& at) {
    at_.assign(at.begin(), at.end());
    gradient_.assign(at_.size(), 0);
    const double value = function_(at_, gradient_);
    return {at, Eigen::Map<const Vector>(gradient_.data(), static_cast<Index>(gradient_.size())),
            value};
  }

 private:
  const SmoothFunction& function_;
  std::vector<double> at_;
  std::vector<double> gradient_;
};

// Whether `point`, reached by following `slope` from `from` for `length`, is low enough. Near the
// minimum rounding drowns the value's fall, and the slope there has to tell (the approximate
// Wolfe condition of Hager & Zhang 2005).
bool descends(const Point& from, const Point& point, double slope, double slope_there,
              double length) {
  constexpr double kDescent = 1e-4;
  constexpr double kRounding = 1e-6;
  if (point.value <= from.value + kDescent * length * slope) return true;
  return point.value <= from.value + kRounding * std::abs(from.value) &&
         slope_there <= (2 * kDescent - 1) * slope;
}

// A point along `direction` low enough and flat enough, if there is one.
std::optional<Point> search(Function& function, const Point& from, const Vector& direction,
                            double length) {
  constexpr double kFlatter = 0.9;
  constexpr int kMostTrials = 30;
  const double slope = from.gradient.dot(direction);
  if (!(slope < 0)) return std::nullopt;
  double low = 0;
  double high = std::numeric_limits<double>::infinity();
  for (int trial = 0; trial < kMostTrials; ++trial) {
    Point point = function.evaluate(from.at + length * direction);
    const double slope_there = point.gradient.dot(direction);
    if (!descends(from, point, slope, slope_there, length)) {
      high = length;
    } else if (slope_there < kFlatter * slope) {
      low = length;
    } else {
      return point;
    }
    length = std::isinf(high) ? 2 * low : (low + high) / 2;
  }
  return std::nullopt;
}

}  // namespace

double minimise(const SmoothFunction& function, std::vector<double>& at,
                const MinimiseOptions& options) {
  Function smooth(function);
  Point current =
      smooth.evaluate(Eigen::Map<const Vector>(at.data(), static_cast<Index>(at.size())));
  std::deque<Pair> pairs;
  for (Index i = 0; i < options.most_iterations; ++i) {
    if (current.gradient.cwiseAbs().maxCoeff() <= options.tolerance) break;
    const Vector direction = direction_of(current.gradient, pairs);
    const double first_length = pairs.empty() ? 1 / std::max(1.0, current.gradient.norm()) : 1;
    std::optional<Point> next = search(smooth, current, direction, first_length);
    if (!next) break;
    Pair pair{next->at - current.at, next->gradient - current.gradient, 0};
    pair.inverse_product = 1 / pair.step.dot(pair.change);
    if (std::isfinite(pair.inverse_product) && pair.inverse_product > 0) {
      pairs.push_back(std::move(pair));
      if (static_cast<Index>(pairs.size()) > options.memory) pairs.pop_front();
    }
    current = std::move(*next);
  }
  at.assign(current.at.begin(), current.at.end());
  return current.value;
}

}  // namespace hourglass
