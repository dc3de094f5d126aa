#pragma once

#include <map>
#include <string>

#include "model/fit_state.h"

namespace hourglass {

/// What a training has come to so far: the states of its parts, one fit() each, by name, e.g.
/// "member.0" and "fold.2/member.0/pretraining.1".
using FitStates = std::map<std::string, FitState>;

inline constexpr int kCheckpointFormatVersion = 1;

/// The file in which they lie: safetensors layout, as the saved model. docs/model-format.md has the
/// details.
std::string format_checkpoint(const FitStates& states);

/// Trusts nothing: what parse_tensor_file() checks, the checksum, names, types, and that histories
/// count their epochs. Whether tensors and counts fit a training is for its fit() to say. Throws
/// ErrorKind::kModel naming the file.
FitStates read_checkpoint(const std::string& path);
FitStates parse_checkpoint(const std::string& bytes, const std::string& name);

}  // namespace hourglass
