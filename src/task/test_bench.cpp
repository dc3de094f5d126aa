#include "task/test_bench.h"

#include <utility>

#include "base/random.h"
#include "network/inference.h"
#include "train/code_statistics.h"
#include "train/evaluate.h"

namespace hourglass {
namespace {

// A sample of as many rows gives errors to three digits.
constexpr Index kMostMeasuredRows = 20000;
// Classifiers gain from more rows for longer.
constexpr Index kMostProbedRows = 60000;
constexpr Index kNeighbours = 5;
constexpr Index kMemoryLimit = Index{256} << 20;

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

}  // namespace

TestBench::TestBench(const Table& table, const Encoding& encoding, const RowRoles& roles,
                     bool with_mask, std::optional<Classes> classes, double noise,
                     std::uint64_t seed, ThreadPool& pool)
    : classes_(std::move(classes)),
      noise_(noise),
      seed_(seed),
      pool_(pool),
      training_(part_of(table, encoding, roles.training, kMostMeasuredRows, with_mask)),
      probed_(part_of(table, encoding, roles.training, classes_ ? kMostProbedRows : 0, with_mask)),
      validation_(
          part_of(table, encoding, roles.validation, classes_ ? kMostMeasuredRows : 0, with_mask)),
      test_(part_of(table, encoding, roles.calibration, kMostMeasuredRows, with_mask)) {}

TestBench::Part TestBench::part_of(const Table& table, const Encoding& encoding,
                                   const std::vector<Index>& rows, Index most,
                                   bool with_mask) const {
  const std::vector<Index> picked = evenly_spaced(rows, most);
  return {picked, Samples(table, encoding, picked, kMemoryLimit, with_mask)};
}

std::vector<Index> TestBench::classes_at(const Part& part) const {
  std::vector<Index> classes;
  for (const Index row : part.rows) {
    classes.push_back(classes_->of_row[static_cast<std::size_t>(row)]);
  }
  return classes;
}

Contender TestBench::measure(const Network<float>& network, const StepSpec& step) const {
  Contender contender;
  const Evaluation on_training = evaluate(network, step, training_.samples, nullptr, pool_);
  const Evaluation on_test = evaluate(network, step, test_.samples, nullptr, pool_);
  contender.test_error.mean = on_test.mean_squared_error;
  const double variance = mean_of(on_test.feature_variance);
  if (variance > 0) contender.relative_error.mean = on_test.mean_squared_error / variance;
  if (on_training.mean_squared_error > 0) {
    contender.gap.mean = on_test.mean_squared_error / on_training.mean_squared_error;
  }
  contender.noise_error.mean = noise_error(network, step);

  const Matrix<float> codes = codes_of(network, test_.samples, pool_);
  const CodeStatistics statistics = measure_codes(codes, code_activation(network.spec()));
  contender.effective_rank.mean = statistics.effective_rank;
  contender.dead_units.mean = static_cast<double>(statistics.dead_units);
  contender.zero_share.mean = statistics.zero_share;
  contender.near_zero_share.mean = statistics.near_zero_share;
  contender.jacobian_norm.mean = mean_jacobian_norm(
      network, spread_samples(test_.samples, affordable_jacobians(network)), pool_);
  if (classes_) probe(network, codes, contender);
  return contender;
}

void TestBench::probe(const Network<float>& network, const Matrix<float>& test_codes,
                      Contender& contender) const {
  const Matrix<float> training_codes = codes_of(network, probed_.samples, pool_);
  const Matrix<float> validation_codes = codes_of(network, validation_.samples, pool_);
  const LabelledCodes training{training_codes, classes_at(probed_)};
  const LabelledCodes validation{validation_codes, classes_at(validation_)};
  const LabelledCodes test{test_codes, classes_at(test_)};
  contender.probe_accuracy.mean =
      probe_accuracy(training, validation, test, classes_->count, pool_);
  contender.neighbour_accuracy.mean =
      neighbour_accuracy(training, test, classes_->count, kNeighbours, pool_);
}

// The noise of a row is a function of the seed and its place: the same for every contender.
double TestBench::noise_error(const Network<float>& network, const StepSpec& step) const {
  const Index features = test_.samples.features();
  Inference<float> inference(network, step, pool_);
  double squares = 0;
  double counted = 0;
  for_each_block(
      test_.samples, [&](const float* clean, const float* mask, Index count, Index begin) {
        Matrix<float> noisy(count, features);
        pool_.for_each(count, [&](Index r) {
          RandomStream random(seed_, RandomPurpose::kProbe, static_cast<std::uint64_t>(begin + r));
          for (Index f = 0; f < features; ++f) {
            const double shift = noise_ * random.normal();
            const Index i = r * features + f;
            // What is missing stays missing.
            noisy.data()[i] =
                mask != nullptr && mask[i] == 0 ? clean[i] : clean[i] + static_cast<float>(shift);
          }
        });
        Matrix<float> reconstructions(count, features);
        inference.reconstruct(noisy, reconstructions.view());
        for (Index i = 0; i < count * features; ++i) {
          if (mask != nullptr && mask[i] == 0) continue;
          const double error =
              static_cast<double>(reconstructions.data()[i]) - static_cast<double>(clean[i]);
          squares += error * error;
          counted += 1;
        }
      });
  return squares / counted;
}

}  // namespace hourglass
