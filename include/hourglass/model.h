#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hourglass/data.h"
#include "hourglass/export.h"
#include "hourglass/progress.h"
#include "hourglass/run.h"
#include "hourglass/settings.h"

namespace hourglass {

/// How to run, as opposed to what to compute: nothing here changes a result.
struct RunOptions {
  int threads = 0;  ///< 0: as many as the process may run on
  ProgressCallback progress = {};
};

/// Something the user should know about a model, with a stable code to look for.
struct Warning {
  std::string code;  ///< "memorised", "no-better-than-pca", "independent-features", "dead-units",
                     ///< "not-converged", "few-calibration-rows"
  std::string message;  ///< one line with the numbers behind it and what to do
};

/// What a model's codes are like, measured after training on rows it was not fitted to (on training
/// rows where none were held out). NaN where a figure has no meaning.
struct CodeSummary {
  std::int64_t rows = 0;  ///< measured on; 0: not measured, and nothing below counts
  /// Directions the codes use: exp of the entropy of the normalised eigenvalues of their covariance
  /// (Roy & Vetterli 2007).
  double effective_rank = kNotMeasured;
  double zero_share = kNotMeasured;       ///< of all activations: |h| < 1e-6
  double near_zero_share = kNotMeasured;  ///< |h| < 1 % of the largest
  double mean_activation = kNotMeasured;
  /// Within 1 % of where the code's activation is bounded; NaN if it is not.
  double saturated_share = kNotMeasured;
  double jacobian_norm = kNotMeasured;  ///< mean ‖∂h/∂x‖_F, in scaled units
  /// Median of ‖Δh‖ / ‖Δx‖ between each row and its nearest neighbour, in scaled units.
  double contraction = kNotMeasured;

  static constexpr double kNotMeasured = std::numeric_limits<double>::quiet_NaN();
};

/// What training came to. Of an ensemble: losses are means over its members, model_mse is that of
/// the mean reconstruction, epochs are those of the member that ran longest, seconds and samples
/// those of all together, and the code is the first member's.
struct TrainingSummary {
  double train_loss = 0;       ///< at the epoch kept, without dropout, over the training rows
  double validation_loss = 0;  ///< the same over the rows held out; NaN without any
  /// The mean squared error that goes with it, in scaled units, whatever the loss; NaN without any
  /// rows that decided when to stop, and for a model read from a file.
  double validation_error = std::numeric_limits<double>::quiet_NaN();
  std::int64_t epochs = 0;      ///< run
  std::int64_t best_epoch = 0;  ///< kept; counted from 1
  std::int64_t training_rows = 0;
  std::int64_t validation_rows = 0;
  double seconds = 0;             ///< in the training loop; 0 for a model read from a file
  double samples_per_second = 0;  ///< training samples through the loop
  bool stopped_early = false;
  double pca_loss = 0;  ///< mean squared error of PCA of the same latent_dim on the same held-out
                        ///< rows, in the scaled units; NaN if not measured
  /// Of a variational model: in nats, mean over rows held out (else over training rows); else NaN.
  double evidence_lower_bound = std::numeric_limits<double>::quiet_NaN();
  /// Of a model trained on pictures, in dB: of those held out, damaged as in training and cut into
  /// patches; of one that fills holes, in these: with a linear estimate, which is chosen by them,
  /// in at most 64. NaN of other models.
  double validation_psnr = std::numeric_limits<double>::quiet_NaN();
  /// Of a model that fills holes of whole images, the same of its linear estimate alone, which the
  /// network is to better; NaN of other models.
  double linear_psnr = std::numeric_limits<double>::quiet_NaN();
  double model_mse = 0;  ///< the model's on the same rows as pca_loss
  CodeSummary code;
};

struct ReconstructionErrors {
  std::int64_t rows = 0;
  double mean_squared_error = 0;        ///< per element, in the samples' own units
  double squared_error_per_sample = 0;  ///< summed over features
};

/// A trained autoencoder with everything needed to use it: encoding of columns, scaling,
/// calibration. Immutable; methods are thread-safe and use threads of their own.
/// With the setting `ensemble` it is several autoencoders in one: reconstructions and scores are
/// means over them, while codes are the first one's. member() gives any of them by itself.
class HOURGLASS_API Model {
 public:
  /// Trains on `data`. Throws kUsage for settings that make no sense, kData for data that cannot be
  /// learned from, kFailed if training diverges, kInterrupted if asked to stop. With `keep` the
  /// training can be resumed after that, or after a crash; throws as check() does, and kFailed if
  /// the folder cannot be written to. A folder is one training's at a time.
  static Model train(const Data& data, const Settings& settings = {}, const RunOptions& run = {},
                     const KeepOptions& keep = {});

  /// Goes on with the training in a run folder, from its last checkpoint or, before there is one,
  /// from the beginning. `data` must hold what it began with (kData), read with the same options.
  /// The model is the same to the bit as if nothing had happened, for any number of threads: by the
  /// same build on the same instruction set. Of a finished run it is the result. Throws as train()
  /// does, kModel if the folder holds no run or its files are broken, kFailed if another process is
  /// training in it.
  static Model resume(const std::string& folder, const Data& data, const RunOptions& run = {});

  /// Throws kModel: missing, cut short, broken, of a newer format.
  static Model load(const std::string& path);
  /// Writes one file, whole or not at all.
  void save(const std::string& path) const;

  std::int64_t members() const;
  /// Member `number`, counted from 0, as a model of its own, without calibration. Throws kUsage if
  /// there is none.
  Model member(std::int64_t number) const;

  std::int64_t features() const;  ///< after encoding
  std::int64_t latent_dim() const;
  std::vector<std::int64_t> sample_shape() const;
  std::int64_t window() const;  ///< rows in a row that it sees as one sample; 0: each by itself
  const TrainingSummary& training() const;
  const std::vector<Warning>& warnings() const;
  /// What was chosen or left out on the way (scaling, dropped columns), a line each.
  const std::vector<std::string>& notes() const;
  /// Everything `hourglass info` prints: as JSON text.
  std::string describe() const;

  /// rows × latent_dim codes, row-major.
  std::vector<float> encode(const Data& data, const RunOptions& run = {}) const;
  /// rows × columns reconstructions in the data's own units, row-major. A convolutional model takes
  /// images of any size, in its own number of colours: it sees them through overlapping tiles of
  /// the size it was trained on, smaller ones continued by their mirror image.
  std::vector<float> reconstruct(const Data& data, const RunOptions& run = {}) const;
  /// The way back from codes, rows × latent_dim. Throws kUsage for fewer than 0 rows, and if the
  /// decoder needs more than codes (skips, residual).
  std::vector<float> decode(const float* codes, std::int64_t rows,
                            const RunOptions& run = {}) const;

  /// rows × columns samples in the data's own units, row-major, decoded from codes that are drawn
  /// from the standard Gaussian: a function of `seed`, the first ones the same however many `rows`
  /// (0 or more) are asked for. Throws kUsage for fewer, and unless the model is variational.
  std::vector<float> sample(std::int64_t rows, std::uint64_t seed = 0,
                            const RunOptions& run = {}) const;

  /// The same from file to file in bounded memory; `path` ends in .npy or .csv.
  void encode_to(const Data& data, const std::string& path, const RunOptions& run = {}) const;
  void decode_to(const Data& codes, const std::string& path, const RunOptions& run = {}) const;
  void sample_to(std::int64_t rows, std::uint64_t seed, const std::string& path,
                 const RunOptions& run = {}) const;
  /// Images can be written as images, too: to a folder (of the same file names; made if its parent
  /// is there) if `path` ends in "/", is a folder, or the data are images and it has neither
  /// ending; one image also to a file that ends in .png, .jpg or .tif. An empty `path` only
  /// measures.
  ReconstructionErrors reconstruct_to(const Data& data, const std::string& path,
                                      const RunOptions& run = {}) const;

  /// A PNG of `count` samples (spread evenly over the data) above their reconstructions. Images
  /// only.
  void draw_reconstructions(const Data& data, std::int64_t count, const std::string& path,
                            const RunOptions& run = {}) const;

  struct State;
  explicit Model(std::shared_ptr<const State> state);
  const State& state() const { return *state_; }

 private:
  std::shared_ptr<const State> state_;
};

}  // namespace hourglass
