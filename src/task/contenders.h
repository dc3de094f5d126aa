#pragma once

#include <string>
#include <vector>

#include "data/encoding.h"
#include "hourglass/compare.h"
#include "model/model_spec.h"

namespace hourglass {

/// One thing to train, as far as it is known before any data is.
struct ContenderPlan {
  std::string family;
  Index latent_dim = 0;  ///< 0: to be chosen for the data
  Settings swept;        ///< what sets it apart beside family and size
  /// Named by the user and nothing swept: if it does not fit, that is an error.
  bool asked_for = false;
  ModelSpec spec;
};

/// Every family × latent_dim × combination of swept values, in that order, as specs that share one
/// scaling (that of `settings`, whatever a family would choose) so that their errors can be
/// compared. What a family decides (a linear one, that there are no hidden layers) stays so
/// whatever `settings` say, and where it is swept the family is left out with a note. Throws
/// ErrorKind::kUsage for unknown families, keys and values, for a swept setting that would change
/// what is measured or stands there twice, and where no family is left.
std::vector<ContenderPlan> plan_contenders(const Settings& settings, const CompareOptions& options,
                                           std::vector<std::string>& notes);

/// Settles which plans are convolutional, of samples of this shape. Leaves out and throws as
/// fit_to_data() does.
std::vector<ContenderPlan> choose_architectures(std::vector<ContenderPlan> plans,
                                                const std::vector<Index>& sample_shape,
                                                std::vector<std::string>& notes);

/// Fills in the sizes that were left open and leaves out, with a note, plans that do not fit the
/// data or whose settings do not go together. Throws ErrorKind::kUsage for one that was asked for,
/// and where none is left.
std::vector<ContenderPlan> fit_to_data(std::vector<ContenderPlan> plans, const DataShape& shape,
                                       Scaling scaling, std::vector<std::string>& notes);

}  // namespace hourglass
