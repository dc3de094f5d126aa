#include "task/label_probe.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <map>
#include <optional>

#include "base/error.h"
#include "linalg/logistic_regression.h"
#include "linalg/nearest_neighbours.h"

namespace hourglass {
namespace {

// From strong to weak: each fit starts where the one before ended.
constexpr double kPenalties[] = {1e-1, 1e-2, 1e-3, 1e-4, 1e-5};
constexpr double kUsualPenalty = 1e-3;
// Further steps move no share of right answers that could be told from chance.
constexpr Index kMostIterations = 150;
constexpr double kTolerance = 1e-4;
// A classifier's work grows with the classes, and its worth does not: where most of them have few
// rows, hardly any is told apart.
constexpr Index kMostClasses = 1000;

LogisticOptions options_with(double penalty) {
  return {.penalty = penalty, .most_iterations = kMostIterations, .tolerance = kTolerance};
}

// (code − mean) / standard deviation of each unit, as learned from training codes. A unit that
// never changes becomes 0.
class Standardisation {
 public:
  explicit Standardisation(MatrixView<const float> codes) {
    for (Index k = 0; k < codes.cols; ++k) {
      double mean = 0;
      for (Index r = 0; r < codes.rows; ++r) mean += codes.at(r, k);
      mean /= static_cast<double>(codes.rows);
      double squares = 0;
      for (Index r = 0; r < codes.rows; ++r) squares += std::pow(codes.at(r, k) - mean, 2);
      const double deviation = std::sqrt(squares / static_cast<double>(codes.rows));
      mean_.push_back(mean);
      factor_.push_back(deviation > 0 ? 1 / deviation : 0);
    }
  }

  Matrix<float> apply(MatrixView<const float> codes) const {
    Matrix<float> standard(codes.rows, codes.cols);
    for (Index r = 0; r < codes.rows; ++r) {
      for (Index k = 0; k < codes.cols; ++k) {
        const auto unit = static_cast<std::size_t>(k);
        standard.at(r, k) = static_cast<float>((codes.at(r, k) - mean_[unit]) * factor_[unit]);
      }
    }
    return standard;
  }

 private:
  std::vector<double> mean_;
  std::vector<double> factor_;
};

double share_right(const std::vector<Index>& predicted, const std::vector<Index>& classes) {
  Index right = 0;
  for (std::size_t i = 0; i < predicted.size(); ++i) right += predicted[i] == classes[i] ? 1 : 0;
  return static_cast<double>(right) / static_cast<double>(predicted.size());
}

}  // namespace

Classes classes_of(const std::vector<std::string>& labels, Index rows) {
  if (static_cast<Index>(labels.size()) != rows) {
    data_error(fmt::format("there are {} labels for {} rows: give one a row", labels.size(), rows));
  }
  std::map<std::string, Index> numbers;
  for (const std::string& label : labels) numbers.emplace(label, 0);
  Classes classes;
  for (auto& [label, number] : numbers) number = classes.count++;
  if (classes.count < 2) {
    data_error(fmt::format("every row has the label '{}': to tell classes apart there must be two",
                           labels.empty() ? "" : labels[0]));
  }
  if (2 * classes.count > rows) {
    data_error(
        fmt::format("there are {} different labels for {} rows, which looks like a number or a "
                    "name rather than a class: give a column of classes",
                    classes.count, rows));
  }
  if (classes.count > kMostClasses) {
    data_error(
        fmt::format("there are {} different labels, more than the {} that classifiers are fitted "
                    "to: give a coarser column of classes, or leave labels out",
                    classes.count, kMostClasses));
  }
  for (const std::string& label : labels) classes.of_row.push_back(numbers.at(label));
  return classes;
}

double probe_accuracy(const LabelledCodes& training, const LabelledCodes& validation,
                      const LabelledCodes& test, Index class_count, ThreadPool& pool) {
  const Standardisation standardisation(training.codes);
  const Matrix<float> test_codes = standardisation.apply(test.codes);
  LogisticRegression regression(standardisation.apply(training.codes), training.classes,
                                class_count, pool);
  if (validation.codes.rows == 0) {
    const LogisticModel model = regression.fit(options_with(kUsualPenalty));
    return share_right(predict(model, test_codes), test.classes);
  }
  const Matrix<float> validation_codes = standardisation.apply(validation.codes);
  std::optional<LogisticModel> best;
  double best_loss = 0;
  for (const double penalty : kPenalties) {
    LogisticModel model = regression.fit(options_with(penalty), best ? &*best : nullptr);
    const double loss = log_loss(model, validation_codes, validation.classes);
    // The loss has one minimum along the penalties, but for chance.
    if (best && !(loss < best_loss)) break;
    best = std::move(model);
    best_loss = loss;
  }
  return share_right(predict(*best, test_codes), test.classes);
}

double neighbour_accuracy(const LabelledCodes& training, const LabelledCodes& test,
                          Index class_count, Index k, ThreadPool& pool) {
  const Neighbours near =
      nearest_neighbours(training.codes, test.codes, std::min(k, training.codes.rows), pool);
  std::vector<Index> predicted;
  for (Index r = 0; r < test.codes.rows; ++r) {
    std::vector<Index> votes(static_cast<std::size_t>(class_count));
    const auto class_at = [&](Index i) {
      return training.classes[static_cast<std::size_t>(near.rows.at(r, i))];
    };
    for (Index i = 0; i < near.rows.cols(); ++i) ++votes[static_cast<std::size_t>(class_at(i))];
    const Index most = *std::max_element(votes.begin(), votes.end());
    Index nearest = 0;
    while (votes[static_cast<std::size_t>(class_at(nearest))] != most) ++nearest;
    predicted.push_back(class_at(nearest));
  }
  return share_right(predicted, test.classes);
}

}  // namespace hourglass
