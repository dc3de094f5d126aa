#include "model/checkpoint.h"

#include <array>
#include <fmt/format.h>
#include <utility>

#include "base/error.h"
#include "model/one_line.h"
#include "model/safetensors.h"
#include "model/tensor_sum.h"
#include "model/whole_file.h"

namespace hourglass {
namespace {

constexpr const char* kVersionKey = "hourglass.checkpoint_version";
constexpr const char* kHistory = "history";
constexpr const char* kFinished = "finished";
constexpr std::string_view kNumberPrefix = "number.";

// The groups of tensors in a state, and what their names begin with.
struct TensorGroup {
  std::string_view prefix;
  std::vector<NamedTensor> FitState::*tensors;
};
constexpr TensorGroup kGroups[] = {
    {"network.", &FitState::network}, {"best.", &FitState::best}, {"state.", &FitState::optimizer}};

constexpr std::array kRecordFields = {&EpochRecord::running_loss, &EpochRecord::validation_loss,
                                      &EpochRecord::learning_rate, &EpochRecord::validation_error};

// ---- writing

std::vector<double> history_numbers(const std::vector<EpochRecord>& history) {
  std::vector<double> numbers;
  for (const EpochRecord& record : history) {
    for (double EpochRecord::*field : kRecordFields) numbers.push_back(record.*field);
  }
  return numbers;
}

// The float64 part of the file, which its tensors point into.
std::map<std::string, std::vector<double>> doubles_of(const FitStates& states) {
  std::map<std::string, std::vector<double>> doubles;
  for (const auto& [part, state] : states) {
    const std::string prefix = part + "/";
    doubles[prefix + kFinished] = {state.finished ? 1.0 : 0.0};
    doubles[prefix + kHistory] = history_numbers(state.history);
    for (const auto& [name, value] : state.numbers) {
      doubles[fmt::format("{}{}{}", prefix, kNumberPrefix, name)] = {value};
    }
  }
  return doubles;
}

// ---- reading

[[noreturn]] void refuse(const TensorBytes& tensor) {
  model_error(fmt::format("the checkpoint's tensor '{}' is none that a training has", tensor.name));
}

std::vector<EpochRecord> history_from(const std::vector<double>& numbers) {
  std::vector<EpochRecord> history;
  for (std::size_t i = 0; i < numbers.size();) {
    EpochRecord record;
    record.epoch = std::ssize(history) + 1;
    for (double EpochRecord::*field : kRecordFields) record.*field = numbers[i++];
    history.push_back(record);
  }
  return history;
}

void take_doubles(const std::string& name, const TensorBytes& tensor, FitState& state) {
  const std::vector<double> values = tensor.doubles();
  if (name == kHistory) {
    if (values.size() % kRecordFields.size() != 0) refuse(tensor);
    state.history = history_from(values);
    return;
  }
  const bool finished = name == kFinished;
  if (values.size() != 1 || (!finished && !name.starts_with(kNumberPrefix))) refuse(tensor);
  if (finished) {
    state.finished = values[0] != 0;
  } else {
    state.numbers.emplace(name.substr(kNumberPrefix.size()), values[0]);
  }
}

void take_floats(const std::string& name, const TensorBytes& tensor, FitState& state) {
  for (const TensorGroup& group : kGroups) {
    if (!name.starts_with(group.prefix)) continue;
    (state.*group.tensors)
        .push_back({name.substr(group.prefix.size()), tensor.shape, tensor.floats()});
    return;
  }
  refuse(tensor);
}

FitStates checked_states(const std::string& bytes, const std::string& name) {
  const TensorFile file = parse_tensor_file(bytes, name);
  const auto version = file.metadata.find(kVersionKey);
  if (version == file.metadata.end() ||
      version->second != fmt::format("{}", kCheckpointFormatVersion)) {
    model_error(fmt::format("{} is of another version of Hourglass", name));
  }
  check_tensors_sum(file, name);
  FitStates states;
  for (const TensorBytes& tensor : file.tensors) {
    const std::size_t slash = tensor.name.rfind('/');
    if (slash == std::string::npos) refuse(tensor);
    FitState& state = states[tensor.name.substr(0, slash)];
    const std::string rest = tensor.name.substr(slash + 1);
    if (tensor.type != TensorType::kF64 && tensor.type != TensorType::kF32) refuse(tensor);
    (tensor.type == TensorType::kF64 ? take_doubles : take_floats)(rest, tensor, state);
  }
  return states;
}

}  // namespace

std::string format_checkpoint(const FitStates& states) {
  // float64 first: then every tensor starts at a multiple of its element's size.
  const auto doubles = doubles_of(states);
  std::vector<TensorBytes> tensors;
  for (const auto& [name, values] : doubles) tensors.push_back(tensor_bytes(name, values));
  for (const auto& [part, state] : states) {
    for (const TensorGroup& group : kGroups) {
      for (const NamedTensor& tensor : state.*group.tensors) {
        tensors.push_back(tensor_bytes(fmt::format("{}/{}{}", part, group.prefix, tensor.name),
                                       tensor.shape, tensor.values));
      }
    }
  }
  std::map<std::string, std::string> metadata = {
      {kVersionKey, fmt::format("{}", kCheckpointFormatVersion)}};
  add_tensors_sum(metadata, tensors);
  return format_tensor_file(metadata, tensors);
}

FitStates read_checkpoint(const std::string& path) {
  return parse_checkpoint(read_whole_file(path, "checkpoint"), "the checkpoint " + path);
}

FitStates parse_checkpoint(const std::string& bytes, const std::string& name) {
  try {
    return checked_states(bytes, name);
  } catch (const Error& error) {
    throw Error(ErrorKind::kModel, one_line(error.what()));
  }
}

}  // namespace hourglass
