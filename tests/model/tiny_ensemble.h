#pragma once

#include "model/ensemble.h"
#include "tiny_model.h"

namespace hourglass {

/// The tiny model three times, the second time half as wide. What
/// tests/data/models/v1-ensemble.hourglass holds; never to be changed without a new format version.
inline SavedModel tiny_ensemble() {
  SavedModel model = tiny_model();
  model.spec.ensemble = 3;
  model.spec.ensemble_widths = {1, 0.5};
  model.networks.clear();
  model.calibration.feature_scale.clear();
  for (Index i = 0; i < 3; ++i) {
    Network<float> network(network_of(member_spec(model.spec, i), model.encoding.features));
    std::vector<NamedTensor> tensors = network.tensors();
    int k = static_cast<int>(i);
    for (NamedTensor& tensor : tensors) {
      for (float& value : tensor.values) value = 0.0625f * static_cast<float>(++k % 17 + 1);
    }
    model.networks.push_back(std::move(tensors));
    for (Index f = 0; f < model.encoding.features; ++f) {
      model.calibration.feature_scale.push_back(0.5 + double(i) + 0.125 * double(f));
    }
  }
  return model;
}

/// The same with the codes of two rows a member.
inline SavedModel tiny_ensemble_with_codes() {
  SavedModel model = tiny_ensemble();
  model.spec.reference_codes = 2;
  for (Index i = 0; i < 3; ++i) {
    Matrix<float> codes(2, member_spec(model.spec, i).latent_dim);
    for (Index k = 0; k < codes.rows() * codes.cols(); ++k) {
      codes.data()[k] = 0.5f * static_cast<float>(i) - static_cast<float>(k);
    }
    model.reference_codes.push_back(std::make_shared<const Matrix<float>>(std::move(codes)));
  }
  return model;
}

}  // namespace hourglass
