#include "model/family.h"

#include <fmt/format.h>

#include "base/error.h"
#include "hourglass/settings.h"
#include "model/settings.h"

namespace hourglass {
namespace {

void choose_loss(ModelSpec& spec, Loss loss) {
  spec.step.loss = loss;
  spec.loss_given = true;
}

void leave_out_hidden(ModelSpec& spec) {
  spec.hidden.clear();
  spec.hidden_given = true;
}

// ELU reaches a smaller error than ReLU in as many steps, and none of its units die.
void fill_deep(ModelSpec& spec) {
  spec.activation = Activation::kElu;
  // Its decay keeps tables of a few hundred rows from being memorised.
  spec.step.optimizer = Optimizer::kAdamW;
}

// One layer down, one layer up: what is learned is what the code's activation can express.
void fill_undercomplete(ModelSpec& spec) {
  leave_out_hidden(spec);
  // Not ReLU: with few code units, each that dies is a dimension lost for good.
  spec.activation = Activation::kElu;
}

// Minimising squared error through a linear code spans PCA's subspace (Baldi & Hornik 1989); one
// common scale keeps the error that is minimised the data's own. It has one minimum and cannot
// memorise, so nothing is gained by stopping early: it runs to the end of its schedule.
void fill_linear(ModelSpec& spec) {
  leave_out_hidden(spec);
  spec.activation = Activation::kIdentity;
  spec.code_activation = Activation::kIdentity;
  spec.scaling = Scaling::kCentred;
  choose_loss(spec, Loss::kMse);
  spec.patience = 0;
}

// More units than features, of which few answer to each sample; rectified, so that zero is where
// they rest.
void fill_sparse_l1(ModelSpec& spec) {
  leave_out_hidden(spec);
  spec.activation = Activation::kRelu;
  spec.penalties = {{.kind = "l1"}};
}

void fill_sparse_kl(ModelSpec& spec) {
  leave_out_hidden(spec);
  spec.activation = Activation::kSigmoid;
  spec.penalties = {{.kind = "kl"}};
}

// As in the paper: a linear code of which the largest units stay, and tied weights.
void fill_k_sparse(ModelSpec& spec) {
  leave_out_hidden(spec);
  spec.activation = Activation::kIdentity;
  spec.code_activation = Activation::kIdentity;
  spec.tied = true;
  spec.penalties = {{.kind = "top-k"}};
}

void fill_variational(ModelSpec& spec) {
  spec.activation = Activation::kElu;
  spec.penalties = {{.kind = "variational"}};
}

void fill_contractive(ModelSpec& spec) {
  spec.activation = Activation::kElu;
  spec.penalties = {{.kind = "contractive"}};
}

// What is damaged and mended again teaches which features belong together, so that even a code that
// is not small holds no plain copy.
void fill_denoising(ModelSpec& spec) {
  fill_deep(spec);
  spec.corruptions = {{Corruption::kGaussian, 0.3, 0.3}};
}

// Measured with a tenth of the rows, or of the cells, gross outliers: the error on clean rows is a
// sixth to a ninth of mse's; the scale must not follow the outliers either.
void fill_robust(ModelSpec& spec) {
  fill_deep(spec);
  spec.scaling = Scaling::kRobust;
  choose_loss(spec, Loss::kCorrentropy);
  spec.step.correntropy_sigma = 0.5;
}

// Convolutions down to a dense code and back: neighbours are looked at together, and the same way
// everywhere in the picture. Here ELU does badly; GELU reaches a smaller error in as many epochs.
void fill_convolutional(ModelSpec& spec) { spec.activation = Activation::kGelu; }

}  // namespace

const std::vector<Family>& families() {
  static const std::vector<Family> table = {
      {"deep",
       "Hidden layers on both sides of the code: finds curved structure; the one to start with.",
       fill_deep, false, 20'000},
      {"undercomplete",
       "No hidden layer, only a code smaller than the data and bent by its activation: smaller and "
       "faster than deep, and less able.",
       fill_undercomplete, true, 20'000, false, "hidden"},
      {"linear",
       "A linear code under squared error: learns the subspace that PCA finds, a yardstick for the "
       "others.",
       fill_linear, false, 20'000, false, "hidden"},
      {"sparse-l1",
       "More code units than features, most of them at zero for any one sample, by an L1 penalty: "
       "a dictionary of parts.",
       fill_sparse_l1, true, 20'000, true, "hidden"},
      {"sparse-kl",
       "More code units than features, each active for a small share of the samples, by a KL "
       "penalty on their mean.",
       fill_sparse_kl, true, 20'000, true, "hidden"},
      {"k-sparse",
       "More code units than features, of which exactly k are not zero for any one sample.",
       fill_k_sparse, false, 20'000, true, "hidden"},
      {"variational",
       "Codes drawn from a Gaussian near the standard one, so that new samples can be drawn too.",
       fill_variational, false, 20'000},
      {"contractive",
       "A code that small changes of the sample leave as it is, by a penalty on the encoder's "
       "Jacobian.",
       fill_contractive, false, 20'000},
      {"denoising",
       "A deep one that is shown damaged samples and asked for the clean ones: takes noise away, "
       "and its codes hold what survives damage.",
       fill_denoising, false, 20'000},
      {"robust",
       "A deep one whose loss and scaling forget gross outliers: learns the rest of the data where "
       "some of the training rows or cells are wrong.",
       fill_robust, false, 20'000},
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
