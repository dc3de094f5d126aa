#pragma once

#include <optional>

#include "base/thread_pool.h"
#include "data/samples.h"
#include "hourglass/compare.h"
#include "network/network.h"
#include "task/label_probe.h"
#include "train/row_roles.h"

namespace hourglass {

/// The rows all contenders are judged by, and the judging.
class TestBench {
 public:
  /// `roles.calibration` are the test rows. `classes` are those of all rows of the table.
  TestBench(const Table& table, const Encoding& encoding, const RowRoles& roles, bool with_mask,
            std::optional<Classes> classes, double noise, std::uint64_t seed, ThreadPool& pool);

  /// Every figure but what only a training knows (seconds, warnings).
  Contender measure(const Network<float>& network, const StepSpec& step) const;

 private:
  struct Part {
    std::vector<Index> rows;
    Samples samples;
  };
  Part part_of(const Table& table, const Encoding& encoding, const std::vector<Index>& rows,
               Index most, bool with_mask) const;
  std::vector<Index> classes_at(const Part& part) const;
  void probe(const Network<float>& network, const Matrix<float>& test_codes,
             Contender& contender) const;
  double noise_error(const Network<float>& network, const StepSpec& step) const;

  std::optional<Classes> classes_;
  double noise_;
  std::uint64_t seed_;
  ThreadPool& pool_;
  Part training_;
  Part probed_;  // the training rows that classifiers learn from; none without labels
  Part validation_;
  Part test_;
};

}  // namespace hourglass
