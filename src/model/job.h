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
  /// Hidden layers by default as for many rows, however few there are.
  bool deep_on_few_rows = false;
  /// What the deep family's one hidden layer and its code are wide by default; 0: by the data.
  Index width = 0;
  /// Steps of the optimiser wanted where neither epochs nor steps are given; 0: the family's.
  Index wanted_steps = 0;
};

const std::vector<Job>& jobs();

/// What `inpaint` becomes where samples are rows of a table.
inline constexpr const char* kInpaintCells = "inpaint-cells";

/// What `search` becomes where samples are counts, as of words.
inline constexpr const char* kSearchCounts = "search-counts";

/// What `denoise` becomes where samples are recordings of sound.
inline constexpr const char* kDenoiseSound = "denoise-sound";

/// Whether the model's anomaly scores are what it is for.
bool detects(const ModelSpec& spec);

/// Throws ErrorKind::kUsage naming the nearest job.
const Job& find_job(const std::string& name);

}  // namespace hourglass
