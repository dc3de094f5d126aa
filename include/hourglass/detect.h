#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hourglass/model.h"

namespace hourglass {

/// Which rows to flag, and what to say of them. The two rates hold for rows exchangeable with the
/// calibration rows: drawn alike and independently of each other.
struct DetectOptions {
  /// Rows with a p-value of at most this are flagged, (0, 1): on average this share of normal rows.
  double false_alarm_rate = 0.01;
  /// Instead: of the rows flagged at most this share is normal, (0, 1), on average over batches
  /// (Benjamini–Hochberg over the p-values of all rows scored). Needs a model (kUsage).
  std::optional<double> false_discovery_rate;
  std::optional<double> contamination;  ///< instead: the share of rows to flag, (0, 0.5]
  std::int64_t explain = 0;             ///< features named for each row
  /// The rows are images that write_maps() will draw; else refused (kUsage).
  bool maps = false;
};

/// One feature's part in a row's score.
struct Contribution {
  std::string feature;
  double error = 0;      ///< its part of the score by its squared error; a row's over all
                         ///< features add up to features × anomaly_score; of a time step it is the
                         ///< mean over the windows that cover it, as its score is
  std::string observed;  ///< in the data's own units
  std::string expected;
};

/// A column in which the rows as a whole look unlike the training data.
struct ColumnDrift {
  std::string column;
  double distance = 0;  ///< largest difference of the shares of cells, (0, 1]
  std::string change;   ///< in the data's units: "median 3.1, was 1.2"
};

/// For each row the rows nearest to it, nearest first, by Euclidean distance of scaled features.
struct NearestRows {
  std::int64_t count = 0;         ///< of each row; 0: not looked for
  std::vector<std::int64_t> row;  ///< rows × count; counted from 1 as they stand in their source
  std::vector<double> distance;   ///< rows × count
};

/// A file of several that were scored together, in order.
struct SeriesRows {
  std::string name;
  std::int64_t rows = 0;
};

struct DetectionScores {
  /// Which row of the source each score is for, counted from 1; empty where that is 1, 2, 3, … (no
  /// rows were left out by `missing` = drop).
  std::vector<std::int64_t> source_row;
  std::int64_t window = 0;         ///< of a model of series: steps it looks at; else 0
  std::vector<SeriesRows> series;  ///< of a folder of tables; rows count anew in each; else empty
  std::vector<std::string> row_name;  ///< the files that rows are images of; else empty
  std::vector<std::string> time;      ///< rows; the cells of DataOptions::time; else empty
  std::vector<double> anomaly_score;  ///< rows; higher = more abnormal
  std::vector<double> p_value;        ///< rows; the share of calibration rows at least as abnormal
  std::vector<std::uint8_t> is_anomaly;
  double threshold = 0;  ///< rows with a score above it are flagged
  std::int64_t flagged = 0;
  double train_seconds = 0, score_seconds = 0;
  NearestRows nearest;             ///< what write_scores() writes of them; see nearest_rows()
  std::vector<ColumnDrift> drift;  ///< farthest first; looked for in rows scored by a model alone
  std::vector<Warning> warnings;
  std::vector<std::string> notes;

  /// What accounts for the scores at positions begin … end − 1 (from 0): for each the features with
  /// the largest errors, largest first, as many as `DetectOptions::explain` asked for. Found by
  /// looking at the rows again, so that explanations of millions of rows need not be kept; ask for
  /// many rows at a time. Throws kUsage unless begin ≤ end ≤ the number of scores, kInterrupted if
  /// asked to stop. Safe to call from several threads.
  HOURGLASS_API std::vector<std::vector<Contribution>> explain(std::size_t begin,
                                                               std::size_t end) const;
  /// The same for one position, less than the number of scores.
  HOURGLASS_API std::vector<Contribution> explain(std::size_t position) const;
  HOURGLASS_API std::int64_t explained() const;  ///< features named for each row
  /// What explain() and write_maps() work with; null if nothing was asked for.
  std::shared_ptr<const class Explainer> explainer;

  /// Which of `series`, which is not empty, the score at `position` is of.
  HOURGLASS_API std::size_t series_of(std::size_t position) const;
  /// The source's row, counted from 1, that the score at `position` (from 0) is for.
  std::int64_t row_number(std::size_t position) const {
    return source_row.empty() ? static_cast<std::int64_t>(position) + 1 : source_row[position];
  }
};

/// How well scores and flags agree with labels, each in [0, 1]; NaN where undefined.
struct DetectionFigures {
  double auroc = 0;  ///< ties count half (Mann–Whitney); undefined without rows of both kinds
  double average_precision = 0;  ///< as scikit-learn's (no interpolation)
  double f1_at_true_count = 0;   ///< of flagging as many rows as are anomalous, those with the
                                 ///< highest scores; where equal scores leave a choice, its mean
  double precision = 0;          ///< of the rows flagged; undefined if none is
  double recall = 0;
};

/// Anomalous are the labels that are not "0", "normal", "false", "no", "inlier" or empty; of two
/// labels without one of these the rarer. `low` and `high` are the ends of 95 % intervals by
/// bootstrap (percentiles; anomalous and normal rows resampled each among themselves; 1,000 times,
/// fewer of more than 30,000 rows).
struct DetectionQuality : DetectionFigures {
  DetectionFigures low, high;
  std::int64_t anomalies = 0;
  std::int64_t resamples = 0;
};

/// Scores `data` with a trained model. Throws kData if it does not fit the model.
HOURGLASS_API DetectionScores detect(const Model& model, const Data& data,
                                     const DetectOptions& options = {}, const RunOptions& run = {});

/// The same as detect() on Data::read_for(model, path, reading) for a file that is scored once: a
/// text table is scored while it is parsed and kept nowhere. options.explain must be 0 and
/// options.maps false (kUsage). `reading_warnings` (may be null) receives what Data::warnings()
/// would.
HOURGLASS_API DetectionScores detect_file(const Model& model, const std::string& path,
                                          const DataOptions& reading = {},
                                          const DetectOptions& options = {},
                                          const RunOptions& run = {},
                                          std::vector<std::string>* reading_warnings = nullptr);

/// Learns from `data` itself and scores each row by a model that was not trained on it.
HOURGLASS_API DetectionScores detect(const Data& data, const Settings& settings = {},
                                     const DetectOptions& options = {}, const RunOptions& run = {});

/// How well scores find ranges of anomalous rows, without adjusting any point. `average_precision`
/// is Σ (Rₙ − Rₙ₋₁) Pₙ over falling thresholds, of range-based precision and recall (Tatbul et al.
/// 2018, "Precision and Recall for Time Series") with flat bias, α = 0 and no penalty for
/// fragments: recall is the mean over true ranges of the share that is flagged, precision the mean
/// over flagged ranges of the share that is anomalous. At most 500 thresholds, denser among high
/// scores. NaN without a range.
struct RangeQuality {
  double average_precision = 0;
  std::int64_t ranges = 0;  ///< stretches of consecutive anomalous rows
};

/// `series` says where one series ends and another begins; empty: there is one. Labels as
/// evaluate_detection() takes them.
HOURGLASS_API RangeQuality evaluate_ranges(const std::vector<double>& scores,
                                           const std::vector<std::string>& labels,
                                           const std::vector<SeriesRows>& series = {});

/// detect() of each file of a folder of tables by itself, p-values and all; `series` says which
/// rows are whose. A threshold of its own for each, so `threshold` is NaN. options.explain must be
/// 0 (kUsage).
HOURGLASS_API DetectionScores detect_each(const std::string& folder,
                                          const DataOptions& reading = {},
                                          const Settings& settings = {},
                                          const DetectOptions& options = {},
                                          const RunOptions& run = {});

/// Labels are one a score. Throws kData if they are not, or do not say which rows are anomalous.
HOURGLASS_API DetectionQuality evaluate_detection(const DetectionScores& scores,
                                                  const std::vector<std::string>& labels,
                                                  const RunOptions& run = {});
/// The same of scores alone: precision and recall are NaN.
HOURGLASS_API DetectionQuality evaluate_detection(const std::vector<double>& scores,
                                                  const std::vector<std::string>& labels,
                                                  const RunOptions& run = {});

/// For each row of `data` its `count` nearest of `among`, in the features of a model. A missing
/// cell lies at its column's centre. As many as there are, if they are fewer. Throws kUsage unless
/// `count` ≥ 1, kData if rows do not fit the model.
HOURGLASS_API NearestRows nearest_rows(const Model& model, const Data& data, const Data& among,
                                       std::int64_t count, const RunOptions& run = {});
/// The same among the other rows of `data`, in features learned from all of them by `settings`.
HOURGLASS_API NearestRows nearest_rows(const Data& data, const Settings& settings,
                                       std::int64_t count, const RunOptions& run = {});

/// Writes the scores to a file that ends in .csv or .npy; throws kUsage for another ending. A .csv
/// has the columns row,anomaly_score,p_value,is_anomaly and, of rows with times, time and, with
/// explanations, top_1_feature,top_1_error,top_1_observed,top_1_expected,… and, with nearest rows,
/// nearest_1_row,nearest_1_distance,… Rows count from 1 as they stand in the
/// source, those left out included; times are the source's own text. Of a folder of tables a
/// column, series, stands in front. Of a folder of images a last column, name, holds the files'
/// names. An .npy is a one-dimensional structured array of the first four: int64, float64, float64,
/// bool, without times; explanations and nearest rows in it are refused (kUsage).
HOURGLASS_API void write_scores(const DetectionScores& scores, const std::string& path,
                                const RunOptions& run = {});

/// Of images scored with DetectOptions::maps, writes a PNG of each image's own size into `folder`,
/// made if its parent is there: the image in dim grey and, over it, where it does not fit. A
/// pixel's error is its part of the score, summed over colours, in units of the mean where an image
/// fits. It is drawn by its logarithm, on one scale for all images: clear up to 10, then red, and
/// yellow at the largest of all pixels, or 1000 if that is more.
/// Named as the images' files but for the ending, or row-000001.png and so on by row_number().
/// Looks at the images twice, in bounded memory; each file is written whole or not at all, and
/// files of other names are left alone. Throws kUsage without `maps` or if an image that was scored
/// would be overwritten, kFailed if the folder cannot be written to, kInterrupted.
HOURGLASS_API void write_maps(const DetectionScores& scores, const std::string& folder,
                              const RunOptions& run = {});

}  // namespace hourglass
