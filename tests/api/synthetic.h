#pragma once

#include <cmath>
#include <vector>

#include "base/random.h"
#include "hourglass/data.h"

namespace hourglass {

/// rows × 6 numbers that lie near a curved surface of two dimensions; row-major.
inline std::vector<float> curved_rows(Index rows, std::uint64_t seed) {
  RandomStream random(seed, RandomPurpose::kSample);
  std::vector<float> values;
  for (Index r = 0; r < rows; ++r) {
    const double a = random.uniform(-2, 2);
    const double b = random.uniform(-2, 2);
    for (const double clean : {a, b, a * b, std::sin(2 * a), a + b, std::cos(2 * b)}) {
      values.push_back(static_cast<float>(10 + 3 * (clean + 0.02 * random.normal())));
    }
  }
  return values;
}

inline Data curved_data(Index rows, std::uint64_t seed = 1) {
  return Data::from_rows(curved_rows(rows, seed).data(), rows, 6);
}

/// The same with every tenth row torn off the surface: two of its features exchanged with noise.
inline Data data_with_anomalies(Index rows, std::uint64_t seed = 2) {
  std::vector<float> values = curved_rows(rows, seed);
  RandomStream random(seed, RandomPurpose::kProbe);
  for (Index r = 0; r < rows; r += 10) {
    values[static_cast<std::size_t>(r * 6 + 2)] = static_cast<float>(10 + 9 * random.normal());
    values[static_cast<std::size_t>(r * 6 + 4)] = static_cast<float>(10 + 9 * random.normal());
  }
  return Data::from_rows(values.data(), rows, 6);
}

inline std::vector<std::string> anomaly_labels(Index rows) {
  std::vector<std::string> labels;
  for (Index r = 0; r < rows; ++r) labels.emplace_back(r % 10 == 0 ? "1" : "0");
  return labels;
}

}  // namespace hourglass
