#pragma once

#include <complex>
#include <vector>

#include "data/stft.h"
#include "task/sound_gains.h"

namespace hourglass {

/// Takes the noise out of one channel of sound as it comes: spectra of frames that overlap are
/// multiplied by the gains a model says, and added up again. What comes out is as long as what goes
/// in and the same however it is cut into blocks. Memory is that of a few seconds. At another
/// rate than the model's, frames last as long, so that their lower bins are the model's; bins above
/// all that it knows are multiplied by the mean gain of the highest eighth of those. Not to be
/// shared between threads.
class SoundDenoiser {
 public:
  /// Samples a second of what will come. Keeps a reference.
  SoundDenoiser(SoundGains& gains, double rate);

  /// Appends to `out` what is done of it.
  void push(const float* samples, Index count, std::vector<float>& out);
  /// The rest. Nothing may come after it.
  void finish(std::vector<float>& out);

 private:
  void begin(std::vector<float>& out);
  void take(const float* samples, Index count, std::vector<float>& out);
  void analyse();
  void synthesise(std::vector<float>& out);
  void amplify(std::complex<float>* spectrum, const float* gains) const;
  void emit(Index count, std::vector<float>& out);

  SoundGains& gains_;
  Stft stft_;
  Index group_;   // stretches that are looked at together
  Index margin_;  // samples before a sound that its first frames need
  bool begun_ = false;
  Index taken_ = 0, given_ = 0;               // samples
  Index skipped_;                             // of the margin, still to come out
  std::vector<float> last_;                   // the first samples until begun, then the last ones
  std::vector<float> samples_;                // that begin the next frame
  std::vector<std::complex<float>> spectra_;  // frames × bins that are not given back yet
  std::vector<std::complex<float>> seen_;     // frames × the model's bins of these
  std::vector<float> sums_;                   // gains, the same
  std::vector<float> overlap_;                // a frame being added up
  std::vector<float> frame_;
};

}  // namespace hourglass
