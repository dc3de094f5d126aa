#include "task/reconstructed_rows.h"

#include <algorithm>

#include "base/interrupt.h"
#include "network/inference.h"
#include "train/evaluate.h"

namespace hourglass {
namespace {

// Keeps a score finite where a reconstruction overflows.
constexpr double kLargestError = 1e30;

}  // namespace

void for_each_reconstructed(const TrainedModel& model, const Table& table,
                            const std::vector<Index>& rows, ThreadPool& pool,
                            const std::function<void(const ReconstructedRows&)>& visit) {
  const Encoding& encoding = model.saved.encoding;
  const Index features = encoding.features;
  const Index columns = encoding.table_columns();
  const auto total = static_cast<Index>(rows.size());
  const Index step = std::min(total, evaluation_block_rows(std::max(features, columns)));
  Inference<float> inference(model.network(), model.saved.spec.step, pool);
  Matrix<double> raw(step, columns);
  Matrix<float> encoded(step, features);
  Matrix<float> mask(step, features);
  Matrix<float> reconstructed(step, features);
  for (Index begin = 0; begin < total; begin += step) {
    throw_if_interrupted();
    const Index count = std::min(step, total - begin);
    const Index* block_rows = rows.data() + begin;
    const bool consecutive = block_rows[count - 1] - block_rows[0] == count - 1;
    if (consecutive) {
      table.store->read(block_rows[0], block_rows[0] + count, raw.data());
    } else {
      table.store->gather(block_rows, count, raw.data());
    }
    encode_rows(encoding, raw.data(), count, encoded.data(), mask.data());
    inference.reconstruct({encoded.data(), count, features},
                          {reconstructed.data(), count, features});
    visit({raw.data(), encoded.data(), mask.data(), reconstructed.data(), count, begin});
  }
}

void standardised_errors(const ReconstructedRows& block, Index r,
                         const std::vector<double>& weights, double* errors) {
  const auto features = static_cast<Index>(weights.size());
  for (Index f = 0; f < features; ++f) {
    const Index i = r * features + f;
    const double residual =
        static_cast<double>(block.features[i]) - static_cast<double>(block.reconstructions[i]);
    double error = residual * residual * weights[static_cast<std::size_t>(f)];
    if (!(error < kLargestError)) error = kLargestError;
    errors[f] = block.mask[i] == 0 ? 0 : error;
  }
}

std::vector<double> error_weights(const TrainedModel& model) {
  std::vector<double> weights;
  weights.reserve(model.saved.calibration.feature_scale.size());
  for (const double scale : model.saved.calibration.feature_scale) {
    weights.push_back(1 / (scale * scale));
  }
  return weights;
}

}  // namespace hourglass
