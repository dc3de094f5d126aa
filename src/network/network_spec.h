#pragma once

#include <vector>

#include "base/index.h"
#include "kernel/activation.h"
#include "kernel/loss.h"
#include "kernel/update.h"

namespace hourglass {

enum class Norm { kNone, kBatch, kLayer };

/// One dense layer and what belongs to it, in this order: z = x·W + b, norm, activation, dropout.
struct LayerSpec {
  Index width = 0;
  Activation activation = Activation::kRelu;
  Norm norm = Norm::kNone;
  double dropout = 0;  ///< share of units dropped while training, [0, 1)
};

/// An autoencoder: features → encoder → code (width of the last encoder layer) → decoder →
/// features.
struct NetworkSpec {
  Index features = 0;
  std::vector<LayerSpec> encoder;  ///< at least one layer
  std::vector<LayerSpec> decoder;  ///< at least one layer; the last has width `features`
  bool tied =
      false;  ///< decoder layer i uses the transpose of encoder layer n−1−i; widths must mirror

  Index latent_dim() const { return encoder.back().width; }
};

/// Throws ErrorKind::kUsage with the reason if the layers do not fit together.
void validate(const NetworkSpec& spec);

/// What a training step minimises and how it moves.
struct StepSpec {
  Loss loss = Loss::kMse;
  double huber_delta = 1;
  double correntropy_sigma = 1;
  /// The features of each category, ascending: what a loss by groups and its reconstructions treat
  /// as one.
  std::vector<Range> groups = {};
  Optimizer optimizer = Optimizer::kAdam;
  double momentum = 0;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;
  double clip_norm = 0;  ///< the gradient's Euclidean norm is cut to this; 0: not
};

}  // namespace hourglass
