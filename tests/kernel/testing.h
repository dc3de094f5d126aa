#pragma once

#include <cctype>
#include <cstring>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "base/random.h"
#include "kernel/dispatch.h"
#include "tensor/panels.h"

namespace hourglass {

/// Uniform numbers in [low, high) in a matrix whose padding is zero.
template <class T>
PanelMatrix<T> random_panels(Index rows, Index cols, RandomStream& random, double low = -1,
                             double high = 1) {
  PanelMatrix<T> matrix(rows, cols);
  const Panels<T> view = matrix.view();
  for (Index r = 0; r < rows; ++r) {
    for (Index c = 0; c < cols; ++c) view.at(r, c) = T(random.uniform(low, high));
  }
  return matrix;
}

template <class T>
std::vector<T> random_row(Index cols, RandomStream& random, double low = -1, double high = 1) {
  std::vector<T> row(static_cast<std::size_t>(padded_cols(cols)));
  for (Index c = 0; c < cols; ++c) {
    row[static_cast<std::size_t>(c)] = T(random.uniform(low, high));
  }
  return row;
}

template <class T>
bool padding_is_zero(Panels<T> matrix) {
  for (Index r = 0; r < matrix.rows; ++r) {
    for (Index c = matrix.cols; c < padded_cols(matrix.cols); ++c) {
      if (matrix.at(r, c) != T(0)) return false;
    }
  }
  return true;
}

template <class T>
bool equal_bits(const PanelMatrix<T>& a, const PanelMatrix<T>& b) {
  const auto bytes = static_cast<std::size_t>(a.rows() * padded_cols(a.cols())) * sizeof(T);
  return a.rows() == b.rows() && a.cols() == b.cols() &&
         std::memcmp(a.view().data, b.view().data, bytes) == 0;
}

/// Fills a matrix with something no result may keep.
template <class T>
PanelMatrix<T> garbage(Index rows, Index cols) {
  PanelMatrix<T> matrix(rows, cols);
  for (Index i = 0; i < rows * padded_cols(cols); ++i) matrix.view().data[i] = T(777);
  return matrix;
}

/// Runs each test once per implementation that this machine can run.
class EveryImplementation : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { ASSERT_TRUE(force_implementation(GetParam())); }
  void TearDown() override { force_implementation(""); }
};

inline std::vector<std::string> runnable_implementations() {
  std::vector<std::string> names;
  for (const ImplementationReport& report : implementations()) {
    if (force_implementation(report.name)) names.push_back(report.name);
  }
  force_implementation("");
  return names;
}

inline std::string parameter_name(const testing::TestParamInfo<std::string>& info) {
  std::string name;
  for (const char c : info.param) name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  return name;
}

#define HOURGLASS_EVERY_IMPLEMENTATION(suite)                                             \
  INSTANTIATE_TEST_SUITE_P(Machine, suite, testing::ValuesIn(runnable_implementations()), \
                           parameter_name)

}  // namespace hourglass
