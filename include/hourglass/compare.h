#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "hourglass/data.h"
#include "hourglass/export.h"
#include "hourglass/model.h"
#include "hourglass/progress.h"
#include "hourglass/settings.h"

namespace hourglass {

/// One setting and the values it takes in turn: {"weight_decay", {"0", "1e-4"}}.
struct Sweep {
  std::string key;
  std::vector<std::string> values;
};

/// What to train and how to judge it.
struct CompareOptions {
  std::vector<std::int64_t> latent_dims;  ///< empty: one, chosen for the data
  /// Empty: every family, less those that do not fit the data or the settings (noted).
  std::vector<std::string> families;
  /// Every combination of the values is a contender of its own.
  std::vector<Sweep> sweeps;
  /// A row for each latent_dim. Given ones must not exceed the features nor the training rows then;
  /// a chosen one that does leaves PCA out (noted).
  bool pca = true;
  std::int64_t seeds = 1;   ///< trainings of each contender, from the setting `seed` on
  double test_share = 0.2;  ///< of all rows, (0, 1): seen by neither training nor early stopping
  double noise = 0.3;  ///< standard deviation of the gaussian noise of `noise_error`, scaled units
  /// One for each row of the source, as read_labels() gives them; empty: none.
  std::vector<std::string> labels;
};

/// A figure over the seeds.
struct Figure {
  double mean = std::numeric_limits<double>::quiet_NaN();  ///< NaN: has no meaning here
  /// Standard deviation (n − 1); NaN: of a single seed, or of PCA, which has none.
  double deviation = std::numeric_limits<double>::quiet_NaN();
};

/// One row of the table. Errors are mean squared errors on the test rows in the scaled units that
/// all contenders share; codes are those of the test rows.
struct Contender {
  std::string family;  ///< "pca" for PCA
  std::int64_t latent_dim = 0;
  Settings settings;      ///< those that were swept, with their values here
  Figure test_error;      ///< mean over rows and features
  Figure relative_error;  ///< over the test rows' variance: 1 is no better than their mean
  Figure gap;             ///< test error over training error
  Figure noise_error;     ///< of noisy test rows against the clean ones
  Figure effective_rank;
  Figure dead_units;
  Figure zero_share;                  ///< of activations below 1e-6
  Figure near_zero_share;             ///< of activations below 1 % of the largest
  Figure jacobian_norm;               ///< mean ‖∂code/∂row‖_F
  Figure probe_accuracy;              ///< multinomial logistic regression on standardised codes
  Figure neighbour_accuracy;          ///< vote of the 5 nearest training codes
  Figure seconds;                     ///< in training
  std::vector<std::string> warnings;  ///< codes, as of Model::warnings(), of any seed
};

/// A column of the table: all that prints or writes it reads these.
struct ComparisonColumn {
  enum class Better { kLower, kHigher, kNeither };
  std::string key;    ///< "test_error"
  std::string title;  ///< "test error"
  Better better = Better::kNeither;
  Figure Contender::*figure = nullptr;
};
HOURGLASS_API const std::vector<ComparisonColumn>& comparison_columns();

struct Comparison {
  std::vector<Contender> contenders;
  std::int64_t training_rows = 0;
  std::int64_t validation_rows = 0;
  std::int64_t test_rows = 0;
  std::int64_t features = 0;
  std::int64_t seeds = 1;
  double noise = 0;
  std::vector<std::string> notes;

  /// The contenders with the best figure of a column; none where all are alike or nothing is
  /// better.
  HOURGLASS_API std::vector<std::size_t> best(const ComparisonColumn& column) const;
};

/// Trains every contender on the same training rows, stops each by the same validation rows and
/// judges all by the same test rows. A function of its arguments alone but for `seconds`. Throws
/// kUsage for what makes no sense, kData for labels that do not suit, kFailed if a training
/// diverges, kInterrupted if asked to stop.
HOURGLASS_API Comparison compare(const Data& data, const Settings& settings = {},
                                 const CompareOptions& options = {}, const RunOptions& run = {});

/// Writes a .csv: family, latent_dim, settings, then a column for each of comparison_columns() (and
/// its standard deviation, if there are several seeds) and warnings.
HOURGLASS_API void write_comparison(const Comparison& comparison, const std::string& path);

/// The several values an option may be given in `compare`, each whole: "l1=1e-4,1e-3" is
/// {"l1=1e-4", "l1=1e-3"}; "gaussian:0.1,0.2" and "kl=1,2:hidden" likewise. A part that begins with
/// a letter is a value of its own: "mse,mae" is {"mse", "mae"}. Where values have commas in them
/// they are parted by ";".
HOURGLASS_API std::vector<std::string> expand_values(const std::string& text);

}  // namespace hourglass
