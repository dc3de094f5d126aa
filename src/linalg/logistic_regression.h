#pragma once

#include <memory>
#include <vector>

#include "base/thread_pool.h"
#include "tensor/matrix.h"

namespace hourglass {

struct LogisticOptions {
  /// λ of the penalty λ/2 · ‖W‖² beside the mean log-loss; scikit-learn's C is 1 / (λ · rows).
  double penalty = 1e-3;
  Index most_iterations = 300;
  double tolerance = 1e-5;  ///< of the gradient of the objective
};

/// A linear classifier: logits = x · Wᵀ + b.
struct LogisticModel {
  Matrix<double> weights;    ///< classes × features
  std::vector<double> bias;  ///< classes; not penalised
};

/// Multinomial logistic regression: minimises the mean of −log softmax(x·Wᵀ + b)[class] plus the
/// penalty, by L-BFGS on the whole of the rows. Holds a copy of them in panels. Products run in
/// float32 on fixed chunks of rows whose sums are added in order as float64: equal for any number
/// of threads.
class LogisticRegression {
 public:
  /// `classes`: one of 0 … class_count − 1 for each row. Features should be of like size.
  LogisticRegression(MatrixView<const float> rows, const std::vector<Index>& classes,
                     Index class_count, ThreadPool& pool);
  ~LogisticRegression();

  /// Starts from `start` (null: from zero), e.g. what a larger penalty gave.
  LogisticModel fit(const LogisticOptions& options, const LogisticModel* start = nullptr);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The class of largest logit for each row (of equals the first), and the mean log-loss of the
/// classes given.
std::vector<Index> predict(const LogisticModel& model, MatrixView<const float> rows);
double log_loss(const LogisticModel& model, MatrixView<const float> rows,
                const std::vector<Index>& classes);

}  // namespace hourglass
