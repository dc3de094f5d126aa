#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "hourglass/export.h"
#include "hourglass/progress.h"

namespace hourglass {

/// How to read a file; every field has the meaning of the command's flag of the same name.
struct DataOptions {
  std::string key = "X";             ///< the array to take from an .npz
  std::vector<std::string> columns;  ///< keep these columns alone; empty: all
  std::vector<std::string> drop;     ///< leave these columns out
  /// Labels as read_labels() takes them: if they are a column, it is left out of the features.
  std::string labels;
  /// The same for what rows are called, as read_names() takes it.
  std::string names;
  /// A column that says when each row was: no feature, and its rows must be in order of time.
  std::string time;
  std::vector<std::string> categorical;  ///< read as categories whatever they look like
  std::vector<std::string> numeric;      ///< read as numbers; other cells in them are errors
  std::string missing = "error";         ///< "error", "impute" (masked in the loss) or "drop"
  std::string scratch_folder = ".";      ///< where tables too large for memory are kept meanwhile
  /// Images may be of any sizes: a folder of them, or one, is then data for Model::train() alone,
  /// which learns from patches drawn from them.
  /// The same goes for recordings of sound.
  bool pictures = false;
  std::int64_t rate = 0;  ///< samples a second that sound is brought to; 0: that of most files
  /// The rows will be gone through once or twice, while the file stays as it is: an array is left
  /// in it, and what is missing in it is complained about when its row is read.
  bool once = false;
  int threads = 0;  ///< 0: as many as the process may run on
  ProgressCallback progress;
};

/// Samples as read: rows × columns numbers, and what the columns mean. Cheap to copy (shares the
/// numbers); reading from several threads is safe.
class HOURGLASS_API Data {
 public:
  /// Reads CSV/TSV, .npy, .npz, IDX, svmlight, PNG, JPEG or TIFF, also gzipped, told by content, or
  /// a folder of images of one size; of sound (WAV, FLAC, Ogg), a file or a folder of them, a row
  /// for each that tells what it sounds like. Throws Error (kData).
  static Data read(const std::string& path, const DataOptions& options = {});
  /// The same for data a model will be applied to: columns are matched to the model's by name.
  static Data read_for(const class Model& model, const std::string& path,
                       const DataOptions& options = {});
  /// Copies rows × cols numbers, row-major. Non-finite ones are an error (kData).
  static Data from_rows(const float* values, std::int64_t rows, std::int64_t cols);

  std::int64_t rows() const;
  std::int64_t columns() const;
  std::vector<std::int64_t> sample_shape() const;  ///< {28, 28} for images, {columns} for tables
  const std::vector<std::string>& warnings() const;
  /// The source's rows, counted from 1, that `missing` = drop left out; ascending.
  std::vector<std::int64_t> left_out_rows() const;
  /// File names of images, one a row; else empty.
  const std::vector<std::string>& row_names() const;

  struct State;
  explicit Data(std::shared_ptr<const State> state);
  const State& state() const { return *state_; }

 private:
  std::shared_ptr<const State> state_;
};

/// Labels for evaluation: a column of `data_path`, an array in it (.npz), or a file of their own.
/// With an empty `data_path`: a file.
HOURGLASS_API std::vector<std::string> read_labels(const std::string& name_or_file,
                                                   const std::string& data_path,
                                                   const DataOptions& options = {});

/// The same for what rows are called: texts as they are written.
HOURGLASS_API std::vector<std::string> read_names(const std::string& name_or_file,
                                                  const std::string& data_path,
                                                  const DataOptions& options = {});

}  // namespace hourglass
