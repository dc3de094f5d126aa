#pragma once

#include <limits>
#include <string>
#include <vector>

#include "data/corruption.h"
#include "data/encoding.h"
#include "data/reader.h"
#include "network/network_spec.h"

namespace hourglass {

enum class Schedule { kConstant, kCosine, kStep, kPlateau };

enum class Architecture { kAuto, kDense, kConv2d, kConv1d };
/// `kAuto`: levels where pictures are learned from, else the samples' own unit.
enum class NoiseUnit { kAuto, kOwn, kLevels };
/// Of weights in a model's file.
enum class StoredPrecision { kFloat32, kFloat16 };
enum class Downsample { kStride, kPoolMax, kPoolMean };
enum class Upsample { kTranspose, kNearest };

/// `patience` left to resolve(); 0 means never stop early.
inline constexpr Index kAutomaticPatience = -1;

/// A penalty as it is asked for; see model/penalty_setting.h.
struct PenaltySetting {
  std::string kind;
  double weight = std::numeric_limits<double>::quiet_NaN();  ///< NaN: auto
  std::string layer = "code";
};

/// `reference_codes` left to resolve().
inline constexpr Index kAutomaticReferenceCodes = -1;
/// Where it keeps any. Measured: recipes/README.md.
inline constexpr Index kUsualReferenceCodes = 500;
/// Beyond this a search among them all would take longer than the networks themselves.
inline constexpr Index kMostReferenceCodes = 100'000;

/// Samples of sound a second: what there is between a telephone's and the best converters'.
inline constexpr Index kLowestRate = 2000, kHighestRate = 384'000;

/// `step.weight_decay` left to resolve(): by the rows for AdamW, else 0.
inline constexpr double kAutomaticWeightDecay = -1;

/// Everything that decides what a model is and how it is trained: plain, serialisable (two specs
/// are the same when settings_from_spec() gives the same). Fields marked "0: auto" and an empty
/// `hidden` that was not asked for are chosen from the data's shape by resolve().
struct ModelSpec {
  std::string job = "any";  ///< what it is for; decides defaults and how scores are calibrated

  // architecture
  std::string family = "deep";
  std::vector<Index> hidden;  ///< encoder widths between features and code; mirrored in the decoder
  bool hidden_given = false;  ///< an empty list was asked for, rather than nothing said
  Index latent_dim = 0;       ///< 0: auto
  Activation activation = Activation::kRelu;
  Activation code_activation = Activation::kIdentity;
  double code_noise = 0;  ///< standard deviation of what is added before it in training
  bool tied = false;
  Norm norm = Norm::kNone;
  double dropout = 0;
  Architecture architecture = Architecture::kAuto;
  std::vector<Index> channels;  ///< convolutions: of each level, downwards; empty: auto
  /// Convolutions: residual blocks at each level, of two convolutions each; empty: none.
  std::vector<Index> blocks;
  Index kernel_size = 3;
  Downsample downsample = Downsample::kStride;
  Upsample upsample = Upsample::kTranspose;
  bool skips = false;      ///< the encoder's maps are added to the decoder's of the same size
  bool residual = false;   ///< the input is added to the output
  bool bottleneck = true;  ///< a dense code after the last map; else that map is the code

  // loss and optimiser
  StepSpec step{.momentum = 0.9, .weight_decay = kAutomaticWeightDecay};
  bool loss_given = false;                ///< step.loss is meant, rather than left to resolve()
  std::vector<PenaltySetting> penalties;  ///< resolve() passes them on to step.penalties
  double sparsity_target = 0.05;          ///< kl: ρ
  double sparsity_memory = 0;             ///< kl: share of ρ̂ that comes from batches before
  Index contractive_probes = 0;           ///< contractive: 0 takes the exact Jacobian
  double learning_rate = 0;               ///< the highest of the schedule; 0: auto
  Schedule schedule = Schedule::kCosine;
  double warmup_epochs = 0;
  Index schedule_step = 10;      ///< step: epochs between cuts
  double schedule_factor = 0.1;  ///< step, plateau: what the rate is multiplied by
  Index schedule_patience = 5;   ///< plateau: epochs without improvement before a cut

  // corruption of the input; the target stays clean
  std::vector<CorruptionSpec> corruptions;  ///< applied in this order
  bool fit_corruptions = false;  ///< they are a job's, for resolve() to fit to the kinds of columns
  bool holes_alone = false;      ///< only what they cut out of a sample counts in its loss
  NoiseUnit noise_unit = NoiseUnit::kAuto;  ///< of the corruptions' levels that are values
  std::string noise_from;                   ///< the file a recording's noise is taken from
  LevelRange snr = {0, 10};                 ///< in dB, of corruptions that leave it open
  std::string noisy_from;                   ///< the same pictures as they came with noise

  // training
  Index epochs = 0;           ///< 0: auto
  Index steps = 0;            ///< most steps of the optimiser in all; 0: as many as epochs make
  Index pretrain_epochs = 0;  ///< for each layer by itself, before
  Index batch_size = 0;       ///< 0: auto
  double validation = 0.1;
  /// Epochs without improvement before stopping; 0: never stop early.
  Index patience = kAutomaticPatience;
  double min_improvement = 1e-4;  ///< relative; less is no improvement
  std::uint64_t seed = 0;
  StoredPrecision stored_precision = StoredPrecision::kFloat32;

  // ensemble; what a member is of its own: model/ensemble.h
  Index ensemble = 1;                         ///< members
  std::vector<double> ensemble_widths = {1};  ///< factors of their widths, taken in turn
  /// What bends their hidden layers, taken in turn, and their codes where those are bent alike;
  /// empty: `activation`.
  std::vector<Activation> ensemble_activations;

  // anomaly scores
  Index reference_codes = 0;  ///< learned rows, at most, whose codes a member keeps

  // data
  /// Pixels along the side of what is drawn from pictures, or frames of what is from sound; 0:
  /// auto.
  Index patch = 0;
  Index rate = 0;    ///< samples a second that sound is learned at; 0: no sound, or auto
  Index window = 0;  ///< time steps that make a sample; 0: rows are samples
  Index stride = 0;  ///< steps from one window to the next; 0: auto
  Scaling scaling = Scaling::kAuto;
  MissingPolicy missing = MissingPolicy::kError;
};

/// The data's shape, as far as defaults depend on it.
struct DataShape {
  Index rows = 0;  ///< trained on
  Index features = 0;
  bool image = false;
  bool unit_interval = false;
  bool has_categories = false;
  bool has_numbers = true;
  std::vector<Index> sample_shape = {};
};

/// Fills in what is left open, by the family and the data's shape, and checks the whole: after it
/// every field is concrete. Throws ErrorKind::kUsage for what makes no sense, with the nearest
/// thing that does. `notes` receives a line for each size chosen.
void resolve(ModelSpec& spec, const DataShape& shape, std::vector<std::string>* notes);

/// The layers of a resolved spec. `sample_shape` matters to convolutions alone.
NetworkSpec network_of(const ModelSpec& spec, Index features,
                       const std::vector<Index>& sample_shape = {});

}  // namespace hourglass
