#pragma once

#include <string>
#include <vector>

#include "model/model_spec.h"

namespace hourglass {

/// What a model is for: fills in defaults after the family and before anything that is set.
struct Job {
  std::string name;
  std::string description;
  void (*fill)(ModelSpec&);
  /// Steps of the optimiser wanted in a whole training; 0: as the family says.
  Index wanted_steps = 0;
  /// Hidden layers by default as for many rows, however few there are.
  bool deep_on_few_rows = false;
};

const std::vector<Job>& jobs();

/// Throws ErrorKind::kUsage naming the nearest job.
const Job& find_job(const std::string& name);

}  // namespace hourglass
