#pragma once

#include <string>
#include <vector>

#include "base/thread_pool.h"
#include "tensor/matrix.h"

namespace hourglass {

/// Labels as classes, numbered in the order of their names.
struct Classes {
  std::vector<Index> of_row;
  Index count = 0;
};

/// Throws ErrorKind::kData for labels that cannot be told apart by: not one for each of `rows`, a
/// single class, nearly as many classes as rows, or more than 1,000.
Classes classes_of(const std::vector<std::string>& labels, Index rows);

/// Codes of some rows and their classes.
struct LabelledCodes {
  MatrixView<const float> codes;
  std::vector<Index> classes;
};

/// Share of `test` that multinomial logistic regression, fitted to `training`, gets right. Codes
/// are standardised by the training codes; the penalty is the one that serves `validation` best
/// (without rows there a fixed one).
double probe_accuracy(const LabelledCodes& training, const LabelledCodes& validation,
                      const LabelledCodes& test, Index class_count, ThreadPool& pool);

/// Share of `test` that the `k` nearest training codes vote for rightly; of equally many votes the
/// nearest neighbour's class counts.
double neighbour_accuracy(const LabelledCodes& training, const LabelledCodes& test,
                          Index class_count, Index k, ThreadPool& pool);

}  // namespace hourglass
