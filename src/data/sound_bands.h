#pragma once

#include <complex>
#include <string>
#include <vector>

#include "base/index.h"
#include "data/stft.h"

namespace hourglass {

/// What a recording sounds like, as one row of numbers, whatever its length: for each of some bands
/// of frequencies, evenly spaced on the mel scale (O'Shaughnessy 1987) from 50 Hz to half the rate,
/// the mean of its power in decibels over time, the standard deviation of the same, and the
/// largest. Decibels are relative to a sine that fills [−1, 1]; silence has −100. Used by one
/// thread.
class SoundBands {
 public:
  /// At a rate of samples a second.
  explicit SoundBands(double rate);

  /// "mean at 440 Hz", "change at 440 Hz", "peak at 440 Hz", … of each band from low to high.
  std::vector<std::string> names() const;
  Index columns() const { return 3 * std::ssize(bands_); }

  /// What comes next of each channel of a recording, as much of every one. Their powers are
  /// averaged.
  void push(const std::vector<std::vector<float>>& channels);
  /// The recording's row; the next may begin. False if nothing came.
  bool finish(double* numbers);

 private:
  struct Band {
    double hertz;                // of its middle
    Index first_bin;             // of the weights
    std::vector<float> weights;  // of bins' powers; their sum is 1
  };
  struct Sums {
    double sum = 0, squares = 0, largest = -1e9;
  };

  void add_frame();

  Stft stft_;
  std::vector<Band> bands_;
  std::vector<std::complex<float>> spectrum_;
  std::vector<double> power_;                // bins
  std::vector<std::vector<float>> waiting_;  // of each channel: what begins the next frame
  std::vector<Sums> sums_;                   // one a band
  Index frames_ = 0;
};

}  // namespace hourglass
