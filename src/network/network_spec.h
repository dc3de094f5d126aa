#pragma once

#include <string>
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
  /// Encoder and decoder layers in one row.
  const LayerSpec& layer(Index i) const {
    const auto encoders = static_cast<Index>(encoder.size());
    return i < encoders ? encoder[static_cast<std::size_t>(i)]
                        : decoder[static_cast<std::size_t>(i - encoders)];
  }
};

/// Throws ErrorKind::kUsage with the reason if the layers do not fit together.
void validate(const NetworkSpec& spec);

/// "encoder.0", …, "decoder.2": what a layer's tensors are named after. Layers are counted through
/// the encoder and on through the decoder.
std::string layer_name(const NetworkSpec& spec, Index layer);

/// A weighted term of the objective beside the loss, on the activations of one layer. The kinds are
/// those of penalty_kinds() (network/penalty.h).
struct PenaltySpec {
  std::string kind;
  double weight = 0;     ///< λ
  Index layer = 0;       ///< as layer_name() counts
  double target = 0.05;  ///< kl: ρ, the mean activation wanted
  double memory = 0;     ///< kl: share of ρ̂ carried over from the batches before
  Index probes = 0;      ///< contractive: random directions a sample; 0: the whole Jacobian
};

/// What a training step minimises and how it moves.
struct StepSpec {
  Loss loss = Loss::kMse;
  double huber_delta = 1;
  Optimizer optimizer = Optimizer::kAdam;
  double momentum = 0;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;
  double clip_norm = 0;  ///< the gradient's Euclidean norm is cut to this; 0: not
  std::vector<PenaltySpec> penalties = {};
};

}  // namespace hourglass
