#pragma once

#include "data/array_table.h"
#include "data/input_file.h"

namespace hourglass {

/// NumPy's .npz: a zip archive of .npy arrays, stored or deflated.
bool looks_like_npz(const InputFile& input);
/// Reads the array called options.key.
Table read_npz(const InputFile& input, const ReadOptions& options);

/// One array inside an .npz, open for reading.
class NpzArray {
 public:
  /// Throws ErrorKind::kData listing the arrays there are if there is none called `key`.
  NpzArray(const InputFile& input, const std::string& key);
  ~NpzArray();
  NpzArray(const NpzArray&) = delete;

  ByteSource& bytes();
  /// "data.npz (array X)"
  const std::string& name() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The names of the arrays, without ".npy".
std::vector<std::string> npz_array_names(const InputFile& input);

}  // namespace hourglass
