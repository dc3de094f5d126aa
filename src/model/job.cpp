#include "model/job.h"

#include <fmt/format.h>

#include "base/error.h"
#include "model/settings.h"

namespace hourglass {
namespace {

// In a picture's own units, 0 … 1.
constexpr double kStrongestNoise = 55.0 / 255;

void fill_nothing(ModelSpec&) {}

// No bottleneck but noise of all strengths: what takes rows back from every distance to where there
// are rows leaves the others where they are. Members err in unlike ways if half of them bend
// sharply and half are bounded. Each leaves out some rows, which it is judged by, so that
// none have to be set aside; all steps are taken, and nothing is decided by a validation loss.
// Measured: recipes/README.md.
void fill_denoising_members(ModelSpec& spec) {
  spec.activation = Activation::kRelu;
  spec.code_activation = Activation::kRelu;
  spec.ensemble = 10;
  spec.ensemble_activations = {Activation::kRelu, Activation::kTanh};
  spec.corruptions = {{Corruption::kGaussian, 0.05, 1}};
  spec.fit_corruptions = true;
  spec.batch_size = 128;
  spec.validation = 0;
}

// Anomalies stand out on a common scale per feature.
void fill_detect(ModelSpec& spec) {
  if (spec.scaling == Scaling::kAuto) spec.scaling = Scaling::kStandard;
  if (spec.family == "deep") {
    fill_denoising_members(spec);
    spec.steps = 1000;
    spec.learning_rate = 3e-3;
    // What is unlike all rows that were learned from may still be reconstructed well; its code is
    // then far from theirs.
    spec.reference_codes = kAutomaticReferenceCodes;
  }
  // What decays draws anomalies, too, towards what is typical, and is no better at finding them.
  spec.step.optimizer = Optimizer::kAdam;
  // By squared errors whatever the columns: with mixed, anomalies in tables with categories rank
  // lower (19 tables, mean AUROC 0.811; by squared errors 0.841).
  spec.loss_given = true;
}

// What most rows have in common is learned first and by the rows that fit best; so the training is
// short, and of each batch the worse half is left out.
void fill_detect_contaminated(ModelSpec& spec) {
  fill_detect(spec);
  spec.step.trim = 0.5;
  if (spec.family != "deep") return;
  spec.steps = 100;
  spec.learning_rate = 1e-3;
  spec.reference_codes = 0;  // some would be anomalies'
}

// Photographs: what is taken away is what is learned (residual), and detail passes beside the
// narrower maps (skips). Noise of every strength up to one that hides most of a picture, so that
// one model serves all.
void fill_denoising_of_pictures(ModelSpec& spec) {
  spec.channels = {64, 64};
  spec.blocks = {4, 1};
  spec.activation = Activation::kRelu;
  spec.skips = spec.residual = true;
  spec.bottleneck = false;
  spec.patch = 64;
  // By squares the strongest noise alone would count.
  spec.step.loss = Loss::kMae;
  spec.loss_given = true;
  spec.batch_size = 4;
  spec.learning_rate = 1e-3;
  spec.step.optimizer = Optimizer::kAdam;
  spec.patience = 0;
}

void fill_denoise(ModelSpec& spec) {
  spec.corruptions = {{Corruption::kGaussian, 0, kStrongestNoise}};
  spec.fit_corruptions = true;
  if (spec.family == "convolutional") fill_denoising_of_pictures(spec);
}

// Spectra: what is seen of a sound is a picture of its frequencies in time, a little of it.
void fill_denoise_sound(ModelSpec& spec) {
  spec.corruptions = {parse_corruption("corrupt", "white")};
  spec.fit_corruptions = true;
  spec.patch = 32;
  spec.step.optimizer = Optimizer::kAdam;
  spec.learning_rate = 1e-3;
  spec.patience = 0;
  if (spec.family != "convolutional") return;
  spec.channels = {24, 48};
  spec.blocks = {1, 2};
  spec.activation = Activation::kRelu;
  spec.skips = spec.residual = true;
  spec.bottleneck = false;
  spec.batch_size = 8;
}

// Photographs: a hole is filled from its surroundings on all scales, and what is around it passes
// beside the narrower maps.
void fill_inpainting_of_pictures(ModelSpec& spec) {
  spec.channels = {32, 64, 128, 128};
  spec.skips = true;
  spec.bottleneck = false;
  spec.batch_size = 16;
  spec.learning_rate = 1e-3;
  spec.step.optimizer = Optimizer::kAdam;
  spec.patience = 0;
}

// Only what is missing has to come out right, the rest is known. What holes look like is not known
// beforehand, so there are all kinds and sizes of them.
void fill_inpaint(ModelSpec& spec) {
  spec.corruptions = {{Corruption::kHoles, 0.02, 0.5}};
  spec.holes_alone = true;
  if (spec.family == "convolutional") fill_inpainting_of_pictures(spec);
  if (spec.family != "deep") return;
  // Small images of one kind, such as faces: each pixel depends on all others, in ways of its own.
  spec.scaling = Scaling::kCentred;
  spec.hidden = {1024};
  spec.hidden_given = true;
  spec.latent_dim = 256;
}

// A row's cells are told by its other cells, whichever of them are there: so any share of those
// that are known is taken away in training. What is missing anyway counts nowhere. Small tables are
// learned by heart long before all steps are taken: what is kept is the best of them.
void fill_inpaint_cells(ModelSpec& spec) {
  spec.scaling = Scaling::kStandard;
  spec.activation = Activation::kGelu;
  spec.code_activation = Activation::kGelu;
  spec.corruptions = {{Corruption::kMasking, 0.05, 0.5}};
  spec.holes_alone = true;
  spec.ensemble = 5;
  spec.steps = 8000;
  spec.batch_size = 128;
  spec.learning_rate = 2e-3;
  spec.step.optimizer = Optimizer::kAdam;
  spec.validation = 0;
  spec.patience = 0;
}

// What makes samples alike has to be in the code, whatever else is changed: images are warped a
// little, and of tables some columns are missing. All rows are learned from, as all are searched.
// Measured: recipes/README.md.
void fill_search(ModelSpec& spec) {
  spec.corruptions = {{Corruption::kWarp, 0.5, 0.5}, {Corruption::kMasking, 0.2, 0.2}};
  spec.fit_corruptions = true;
  spec.validation = 0;
  if (spec.family != "deep") return;
  spec.hidden = {512, 256};
  spec.hidden_given = true;
}

// Which words a text has is told by half of them. Hidden layers are normalised: how long a text is
// would otherwise be most of what codes differ by. Noise in the code makes all of its numbers
// count, and little is lost when they become bits.
void fill_search_counts(ModelSpec& spec) {
  spec.step.loss = Loss::kMultinomial;
  spec.loss_given = true;
  spec.scaling = Scaling::kTfIdf;
  spec.hidden = {512};
  spec.hidden_given = true;
  spec.norm = Norm::kLayer;
  spec.activation = Activation::kRelu;
  spec.code_activation = Activation::kSigmoid;
  spec.code_noise = 1;
  spec.corruptions = {{Corruption::kMasking, 0.5, 0.5}};
  spec.step.optimizer = Optimizer::kAdam;
  spec.learning_rate = 1e-3;
  spec.batch_size = 128;
  spec.validation = 0;
}

}  // namespace

const std::vector<Job>& jobs() {
  static const std::vector<Job> table = {
      {"any", "One plain autoencoder.", fill_nothing},
      {"detect",
       "Anomaly detection by rows known to be normal: an ensemble of denoising autoencoders, "
       "p-values calibrated on rows that its members did without.",
       fill_detect, true, 128},
      {"detect-contaminated",
       "The same where some of the rows to learn from are anomalies: a short training on what fits "
       "best. What detect does without a model.",
       fill_detect_contaminated, true, 128},
      {"denoise",
       "Taking noise away, from photographs above all: convolutions that learn from patches of "
       "pictures of any sizes, damaged anew each time.",
       fill_denoise},
      {kDenoiseSound,
       "Taking noise away from recordings of sound: learned from stretches of them with noise "
       "added "
       "anew each time. What denoise is for them.",
       fill_denoise_sound},
      {"inpaint",
       "Filling in what is missing of pictures, by holes of all kinds, cut anew each time: "
       "convolutions that learn from patches of pictures of any sizes or, for small images of one "
       "size and kind, dense layers that see the whole. Of tables: inpaint-cells.",
       fill_inpaint},
      {kInpaintCells,
       "Filling in missing cells of tables, learned from rows that may lack some themselves: what "
       "inpaint is for them.",
       fill_inpaint_cells, true, 256},
      {"search",
       "Codes by which samples of a kind are found: what index keeps and search compares. Where "
       "rows are counts, as of words in texts: search-counts.",
       fill_search, false, 0, 5000},
      {kSearchCounts, "The same for rows of counts: what search is for them.", fill_search_counts,
       false, 0, 350},
  };
  return table;
}

bool detects(const ModelSpec& spec) { return spec.job.starts_with("detect"); }

const Job& find_job(const std::string& name) {
  std::vector<std::string> names;
  for (const Job& job : jobs()) {
    if (job.name == name) return job;
    names.push_back(job.name);
  }
  const std::string near = nearest_name(name, names);
  usage_error(fmt::format("--for {} is unknown: {}give one of {}", name.empty() ? "''" : name,
                          near.empty() ? "" : fmt::format("did you mean {}? ", near),
                          fmt::join(names, ", ")));
}

}  // namespace hourglass
