// Learns what rows usually look like and says which ones do not fit, and why.
//
//   strange_rows            makes rows of its own: three numbers that nearly add up to a fourth
//   strange_rows FILE       reads them from a CSV, .npy, .npz, IDX or svmlight file

#include <algorithm>
#include <cstddef>
#include <iostream>
#include <numeric>
#include <random>
#include <vector>

#include <hourglass/hourglass.h>

namespace {

// 2,000 rows of parts and their sum. In row 1,000 the sum is wrong, though no number is unusual.
hourglass::Data made_up_rows() {
  constexpr int kRows = 2000;
  constexpr int kColumns = 4;
  std::mt19937 random(1);
  std::normal_distribution<float> part(10, 3);
  std::normal_distribution<float> noise(0, 0.1F);
  std::vector<float> values;
  for (int row = 0; row < kRows; ++row) {
    const float a = part(random);
    const float b = part(random);
    const float c = part(random);
    const float wrong = row == 999 ? 8.0F : 0.0F;
    values.insert(values.end(), {a, b, c, a + b + c + wrong + noise(random)});
  }
  return hourglass::Data::from_rows(values.data(), kRows, kColumns);
}

std::vector<std::size_t> highest(const std::vector<double>& scores, std::size_t count) {
  std::vector<std::size_t> rows(scores.size());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  count = std::min(count, rows.size());
  std::partial_sort(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(count), rows.end(),
                    [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
  rows.resize(count);
  return rows;
}

void run(const hourglass::Data& data, const hourglass::Settings& settings) {
  const hourglass::Model model = hourglass::Model::train(data, settings);
  std::cout << "learned " << model.training().training_rows << " rows in "
            << model.training().seconds << " s\n";
  for (const hourglass::Warning& warning : model.warnings()) {
    std::cout << "warning: " << warning.message << '\n';
  }

  // Without a model detect() learns from the rows itself and scores each one out-of-fold.
  hourglass::DetectOptions options;
  options.explain = 2;
  const hourglass::DetectionScores found = hourglass::detect(data, settings, options);
  for (const std::size_t row : highest(found.anomaly_score, 3)) {
    std::cout << "row " << row + 1 << ": score " << found.anomaly_score[row] << ", p-value "
              << found.p_value[row] << '\n';
    for (const hourglass::Contribution& part : found.explain(row)) {
      std::cout << "    " << part.feature << " is " << part.observed << ", expected "
                << part.expected << '\n';
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc > 1) {
      run(hourglass::Data::read(argv[1]), {});
    } else {
      run(made_up_rows(), {{"family", "linear"}, {"latent_dim", "3"}});
    }
    return 0;
  } catch (const hourglass::Error& error) {
    std::cerr << "strange_rows: " << error.what() << '\n';
    return static_cast<int>(error.kind());
  }
}
