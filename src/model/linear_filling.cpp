#include "model/linear_filling.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/error.h"
#include "model/saved_encoding.h"

namespace hourglass {
namespace {

constexpr const char* kMean = "linear.mean";
constexpr const char* kVariance = "linear.variance";
constexpr const char* kNoise = "linear.noise";
constexpr const char* kShare = "linear.network_share";
constexpr const char* kComponents = "linear.components";

bool all_finite(const auto& values) {
  return std::ranges::all_of(values, [](auto value) { return std::isfinite(value); });
}

bool all_positive(const std::vector<double>& values) {
  return std::ranges::all_of(values, [](double value) { return value > 0; });
}

}  // namespace

std::vector<TensorBytes> tensors_of(const LinearFilling& filling) {
  if (!filling.estimate) return {};
  const GaussianEstimate& estimate = *filling.estimate;
  const auto own = [](const char* name, double value) {
    const auto list = std::make_shared<const std::vector<double>>(1, value);
    TensorBytes tensor = tensor_bytes(name, *list);
    tensor.holder = list;
    return tensor;
  };
  return {tensor_bytes(kMean, estimate.mean), tensor_bytes(kVariance, estimate.variance),
          own(kNoise, estimate.noise), own(kShare, filling.network_share),
          tensor_bytes(kComponents, estimate.components)};
}

LinearFilling linear_filling_from(std::map<std::string, TensorBytes>& tensors,
                                  const Encoding& encoding, const std::string& what) {
  const auto refuse = [&] { model_error(what + " does not fit the model's columns"); };
  GaussianEstimate estimate;
  estimate.mean = take_doubles(tensors, kMean, what);
  estimate.variance = take_doubles(tensors, kVariance, what);
  const std::vector<double> noise = take_doubles(tensors, kNoise, what);
  const std::vector<double> share = take_doubles(tensors, kShare, what);
  const auto found = tensors.find(kComponents);
  if (found == tensors.end()) {
    if (!estimate.mean.empty() || !estimate.variance.empty() || !noise.empty() || !share.empty()) {
      refuse();
    }
    return {};
  }
  const TensorBytes components = found->second;
  tensors.erase(found);
  const Index count = std::ssize(estimate.variance), features = encoding.table_columns();
  const bool fits = components.type == TensorType::kF32 && count > 0 && count <= features &&
                    components.shape == std::vector<Index>{count, features} &&
                    std::ssize(estimate.mean) == features && noise.size() == 1 && share.size() == 1;
  if (!fits || !all_finite(estimate.mean) || !all_finite(estimate.variance) || !all_finite(noise) ||
      !all_positive(estimate.variance) || !all_positive(noise) ||
      !(share[0] >= 0 && share[0] <= 1)) {
    refuse();
  }
  const std::vector<float> values = components.floats();
  if (!all_finite(values)) refuse();
  estimate.noise = noise[0];
  estimate.components = Matrix<float>(count, features);
  std::ranges::copy(values, estimate.components.data());
  return {std::make_shared<const GaussianEstimate>(std::move(estimate)), share[0]};
}

}  // namespace hourglass
