#pragma once

#include <string>
#include <vector>

#include "base/index.h"
#include "kernel/activation.h"
#include "kernel/loss.h"
#include "kernel/patches.h"
#include "kernel/update.h"

namespace hourglass {

enum class Norm { kNone, kBatch, kLayer };

/// What a layer computes; layer_kind.h has the table.
enum class LayerKind {
  kDense,
  kConvolution,
  kTransposedConvolution,
  kMaxPool,
  kMeanPool,
  kUpsample,
  kTopK,
  kBatchTopK,
  kGaussian
};

/// Where LayerSpec::adds points besides at a layer.
inline constexpr Index kNothing = -2;
inline constexpr Index kNetworkInput = -1;

/// One layer and what belongs to it, in this order: its product, norm, noise, activation, dropout,
/// skip.
struct LayerSpec {
  Index width = 0;  ///< numbers it gives for each sample
  Activation activation = Activation::kRelu;
  Norm norm = Norm::kNone;
  double dropout = 0;  ///< share of units dropped while training, [0, 1)
  LayerKind kind = LayerKind::kDense;
  /// What its numbers form, of `width` numbers in all; left empty: one position of `width`
  /// channels.
  MapShape map = {};
  Index active = 0;      ///< top-k, batch-top-k: units that stay, a sample
  Window window = {};    ///< of the kinds that look at a map through one
  Index dimensions = 2;  ///< 1: weights are named as those of a series, {out, in, k}
  /// The layer below whose output is added to this one's (a skip connection), as layer_name()
  /// counts, or kNetworkInput; each output is added at most once.
  Index adds = kNothing;
  /// Standard deviation of Gaussian noise added to its numbers, before the activation, while
  /// training.
  double noise = 0;

  /// Whether its activation follows on its product with nothing in between.
  bool bends_at_once() const { return norm == Norm::kNone && noise == 0; }
  MapShape shape() const { return map.channels > 0 ? map : MapShape{1, 1, width}; }
};

/// An autoencoder: features → encoder → code (width of the last encoder layer) → decoder →
/// outputs(), of which the first are the features' reconstructions.
struct NetworkSpec {
  Index features = 0;
  std::vector<LayerSpec> encoder;  ///< at least one layer
  std::vector<LayerSpec> decoder;  ///< at least one layer; the last has width outputs()
  bool tied =
      false;  ///< the decoder's layers use the encoder's weights transposed; widths must mirror
  MapShape input = {};            ///< what the features form; left empty: one position
  Index outputs_per_feature = 1;  ///< as the loss wants it, see LossInfo

  Index outputs() const { return features * outputs_per_feature; }
  Index latent_dim() const { return encoder.back().width; }
  /// Encoder and decoder layers in one row, and the shape of what each takes in.
  Index layer_count() const { return static_cast<Index>(encoder.size() + decoder.size()); }
  const LayerSpec& layer(Index i) const;
  MapShape input_shape(Index layer) const;
  /// The layer whose weights this one uses: itself or, in a tied decoder, the dense layer of the
  /// encoder that it mirrors, transposed.
  Index weights_owner(Index layer) const;
  /// Whether some layer's numbers have places.
  bool has_maps() const;
  /// Whether the decoder is given more than the code passes on: some layer of it adds the output of
  /// one of the encoder, or the input.
  bool skips_code() const;
};

/// Throws ErrorKind::kUsage with the reason if the layers do not fit together.
void validate(const NetworkSpec& spec);

/// "28 x 28 x 1".
std::string shape_text(const MapShape& shape);

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

/// What the factors of a dense layer's products are rounded to while training. Sums, weights and
/// all else are float32 in either case.
enum class Precision { kFloat32, kBf16 };

/// What a training step minimises and how it moves.
struct StepSpec {
  Loss loss = Loss::kMse;
  Precision precision = Precision::kFloat32;
  double huber_delta = 1;
  double correntropy_sigma = 1;
  /// The features of each category, ascending: what a loss by groups and its reconstructions treat
  /// as one.
  std::vector<Range> groups = {};
  /// Of a loss of counts, see LossArguments: padded_cols(features) numbers, or none.
  std::vector<float> count_scale = {};
  Optimizer optimizer = Optimizer::kAdam;
  double momentum = 0;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;
  /// Share of a batch's samples that its loss and gradient leave out, those of the largest loss, so
  /// that what does not fit is not learned (least trimmed squares, Rousseeuw 1984); at least one
  /// sample stays. Penalties see all.
  double trim = 0;
  double clip_norm = 0;  ///< the gradient's Euclidean norm is cut to this; 0: not
  std::vector<PenaltySpec> penalties = {};
};

}  // namespace hourglass
