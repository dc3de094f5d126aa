#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/input_file.h"
#include "data/table.h"

namespace hourglass {

enum class MissingPolicy { kError, kImpute, kDrop };

struct ReadOptions {
  std::string key = "X";                 ///< the array to take from an .npz
  std::vector<std::string> columns;      ///< keep these alone; empty: all
  std::vector<std::string> drop;         ///< leave these out (--drop, and a --labels column)
  std::vector<std::string> categorical;  ///< read as categories whatever they look like
  std::vector<std::string> numeric;      ///< read as numbers; anything else in them is an error
  /// A column that is no feature and must not decrease (see data/time_column.h), kept as
  /// `Table::row_times`; empty: none.
  std::string time;
  MissingPolicy missing = MissingPolicy::kError;
  /// Columns a saved model knows: kinds and levels are then taken from here and not guessed; a
  /// level never seen reads as −1 ("other"). Null: learn from the file.
  const std::vector<Column>* expected = nullptr;
  /// Tables that would take more memory than this are kept in a scratch file …
  Index memory_limit_bytes = Index{512} << 20;
  /// … in this folder (that of the output; never a memory file system).
  std::string scratch_folder = ".";
  /// The rows will be gone through once: an array that can be left in its file is, and what is
  /// missing in it is complained about when its row is read.
  bool once = false;
  /// Images may be of any sizes, and become Table::pictures rather than rows; files of sound become
  /// Table::sounds rather than a row each of what they sound like.
  bool pictures = false;
  /// Samples a second that sound is brought to; 0: that of most files.
  Index rate = 0;
  int threads = 0;  ///< 0: as many as the process may run on; no result depends on it
  std::function<void(double fraction)> progress;  ///< may be empty
};

/// Reads any format of the design, told by content and then by ending, or a folder of images.
/// Throws ErrorKind::kData with one line: what is wrong, in which file, row and column, and what to
/// do.
Table read_table(const std::string& path, const ReadOptions& options);

/// The file if read_table() would take it for a text table, else null.
std::unique_ptr<InputFile> open_text_table(const std::string& path);

/// Integer or text labels, one a row, for evaluation alone. `name_or_file` is a column of
/// `data_path`, an array in it (.npz), or a file of its own; without `data_path` a file. Text and
/// numbers both come back as text, e.g. "1", "cat".
std::vector<std::string> read_labels(const std::string& name_or_file, const std::string& data_path,
                                     const ReadOptions& options);
/// The same, but texts come back as they are written: "007" stays "007".
std::vector<std::string> read_names(const std::string& name_or_file, const std::string& data_path,
                                    const ReadOptions& options);

/// Whether those labels are one of the columns that read_table() would give as a feature. Throws
/// ErrorKind::kData if they are nowhere.
bool labels_are_a_column(const std::string& name_or_file, const std::string& data_path);

}  // namespace hourglass
