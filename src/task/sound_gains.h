#pragma once

#include <complex>
#include <vector>

#include "base/thread_pool.h"
#include "data/spectra.h"
#include "network/ensemble_inference.h"
#include "train/trained_model.h"

namespace hourglass {

/// Whether a model takes the noise out of sound: one of spectra, rather than of rows that tell what
/// recordings sound like.
bool denoises_sound(const SavedModel& model);

/// What a model of sound would have the numbers of spectra multiplied by. Stretches of frames that
/// overlap are looked at each by itself, and what they say of a frame is averaged, its middle
/// counting most. Not to be shared between threads.
class SoundGains {
 public:
  /// The model must be one of sound. Keeps references.
  SoundGains(const TrainedModel& model, ThreadPool& pool);

  Index rate() const { return rate_; }  ///< samples a second it was trained at
  const SpectrumPatch& patch() const { return patch_; }
  Index step() const { return step_; }  ///< frames from one stretch to the next

  /// spectra: (count − 1) · step() + patch().frames by patch().bins; adds each stretch's share of
  /// the mean gains to `sums`, of the same size. They are complete for frames that all stretches
  /// have been added of.
  void add(const std::complex<float>* spectra, Index count, float* sums);

 private:
  void one(const std::complex<float>* spectra, int worker, float* gains);

  ThreadPool& pool_;
  Index rate_;
  SpectrumPatch patch_;
  Index step_;
  std::vector<float> shares_;  // of the frames of a stretch in the mean
  EnsembleInference inference_;
  std::vector<PanelMatrix<float>> inputs_;    // one a worker
  std::vector<std::vector<float>> features_;  // the same
  std::vector<float> gains_;
};

}  // namespace hourglass
