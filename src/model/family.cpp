#include "model/family.h"

#include <fmt/format.h>

#include "base/error.h"
#include "hourglass/settings.h"
#include "model/settings.h"

namespace hourglass {
namespace {

// ELU reaches a smaller error than ReLU in as many steps, and none of its units die.
void fill_deep(ModelSpec& spec) {
  spec.family = "deep";
  spec.activation = Activation::kElu;
}

// One layer down, one layer up: what is learned is what the code's activation can express.
void fill_undercomplete(ModelSpec& spec) {
  spec.family = "undercomplete";
  spec.hidden.clear();
  spec.hidden_given = true;
  // Not ReLU: with few code units, each that dies is a dimension lost for good.
  spec.activation = Activation::kElu;
}

// Minimising squared error through a linear code spans PCA's subspace (Baldi & Hornik 1989); one
// common scale keeps the error that is minimised the data's own. It has one minimum and cannot
// memorise, so nothing is gained by stopping early: it runs to the end of its schedule.
void fill_linear(ModelSpec& spec) {
  spec.family = "linear";
  spec.hidden.clear();
  spec.hidden_given = true;
  spec.activation = Activation::kIdentity;
  spec.code_activation = Activation::kIdentity;
  spec.scaling = Scaling::kCentred;
  spec.step.loss = Loss::kMse;
  spec.patience = 0;
}

// Convolutions down to a dense code and back: neighbours are looked at together, and the same way
// everywhere in the picture.
void fill_convolutional(ModelSpec& spec) {
  spec.family = "convolutional";
  spec.activation = Activation::kElu;
}

}  // namespace

const std::vector<Family>& families() {
  static const std::vector<Family> table = {
      {"deep",
       "Hidden layers on both sides of the code: finds curved structure; the one to start with.",
       fill_deep, false, 20'000},
      {"undercomplete",
       "No hidden layer, only a code smaller than the data and bent by its activation: smaller and "
       "faster than deep, and less able.",
       fill_undercomplete, true, 20'000},
      {"linear",
       "A linear code under squared error: learns the subspace that PCA finds, a yardstick for the "
       "others.",
       fill_linear, false, 20'000},
      {"convolutional",
       "Convolutions on both sides of the code: for images and series, where neighbours belong "
       "together; fewer parameters and a better fit than deep, at more time a step.",
       fill_convolutional, false, 10'000},
  };
  return table;
}

const Family& find_family(const std::string& name) {
  std::vector<std::string> names;
  for (const Family& family : families()) {
    if (family.name == name) return family;
    names.push_back(family.name);
  }
  const std::string near = nearest_name(name, names);
  usage_error(fmt::format("family = {} is unknown: {}give one of {}", name.empty() ? "''" : name,
                          near.empty() ? "" : fmt::format("did you mean {}? ", near),
                          fmt::join(names, ", ")));
}

std::vector<std::pair<std::string, std::string>> family_table() {
  std::vector<std::pair<std::string, std::string>> table;
  for (const Family& family : families()) table.emplace_back(family.name, family.description);
  return table;
}

}  // namespace hourglass
