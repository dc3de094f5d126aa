#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/index.h"
#include "network/network.h"

namespace hourglass {

/// One epoch as it went.
struct EpochRecord {
  Index epoch = 0;              ///< counted from 1
  double running_loss = 0;      ///< mean over the epoch's steps, as the parameters moved
  double validation_loss = 0;   ///< NaN without validation rows
  double learning_rate = 0;     ///< of the epoch's last step
  double validation_error = 0;  ///< mean squared, of the same rows as validation_loss
};

/// All that a fit() depends on besides data and spec, as it stands between two steps; of a finished
/// one, what it came to. The order of samples and every random number are functions of seed, epoch
/// and step, so the count of steps says where those are.
struct FitState {
  bool finished = false;
  std::map<std::string, double> numbers = {};  ///< by the names that StateNumbers gave them
  std::vector<EpochRecord> history = {};       ///< of whole epochs
  std::vector<NamedTensor> network = {};
  std::vector<NamedTensor> best = {};  ///< the network of the best epoch; empty: none yet
  std::vector<NamedTensor> optimizer =
      {};  ///< TrainingPlan::optimizer_tensors(); empty once finished
};

/// Goes through the numbers of a state: each part of a training lists its own once, in one
/// function, for saving as for restoring.
class StateNumbers {
 public:
  /// Puts what it is shown into `numbers`.
  static StateNumbers saving(std::map<std::string, double>& numbers);
  /// Sets what it is shown to what was put in. Each throws ErrorKind::kModel where that is missing
  /// or cannot be such a number.
  static StateNumbers restoring(const std::map<std::string, double>& numbers);

  void number(const char* name, double& value);
  void number(const char* name, Index& value);  ///< from 0 to 2⁵³
  void number(const char* name, bool& value);

 private:
  StateNumbers(std::map<std::string, double>* saved, const std::map<std::string, double>* given)
      : saved_(saved), given_(given) {}
  double kept(const char* name) const;

  std::map<std::string, double>* saved_;        // one of the two
  const std::map<std::string, double>* given_;  // is null
};

}  // namespace hourglass
