#pragma once

#include <string>
#include <vector>

#include "model/model_spec.h"

namespace hourglass {

/// A named preset: it fills in defaults, and whatever is set besides overrules it.
struct Family {
  std::string name;
  std::string description;
  void (*fill)(ModelSpec&);
  /// Without hidden layers the code is where the activation acts: unless `code_activation` is set
  /// too, it follows `activation`.
  bool code_follows_activation = false;
  /// Steps of the optimiser wanted in a whole training when `epochs` is left open.
  Index wanted_steps = 10'000;
  /// More code units than features unless `latent_dim` is given.
  bool overcomplete = false;
  /// The key of a setting that makes it what it is, or empty. A model of its own may overrule it;
  /// what is set for several families at once, or tried on each, is not meant for it.
  std::string decides = {};
};

const std::vector<Family>& families();

/// Throws ErrorKind::kUsage naming the nearest family.
const Family& find_family(const std::string& name);

}  // namespace hourglass
