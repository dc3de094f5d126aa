#include "data/sound_bands.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <numbers>
#include <utility>

namespace hourglass {
namespace {

constexpr Index kBands = 32;
constexpr double kLowestHertz = 50;
constexpr double kSilence = 1e-10;  // −100 dB

double mel_of(double hertz) { return 2595 * std::log10(1 + hertz / 700); }
double hertz_of(double mel) { return 700 * (std::pow(10, mel / 2595) - 1); }

}  // namespace

// Triangles, each as wide as from the middle of the band below to that of the band above; at least
// the bin nearest to its middle, since low bands are narrower than bins lie apart.
SoundBands::SoundBands(double rate)
    : stft_(frame_at(rate)),
      spectrum_(static_cast<std::size_t>(stft_.bins())),
      power_(spectrum_.size()) {
  const double low = mel_of(kLowestHertz), high = mel_of(rate / 2);
  const double bin = rate / static_cast<double>(stft_.frame());
  const auto edge = [&](Index i) {
    return hertz_of(low + (high - low) * static_cast<double>(i) / (kBands + 1));
  };
  for (Index band = 0; band < kBands; ++band) {
    const double left = edge(band), middle = edge(band + 1), right = edge(band + 2);
    const auto nearest = std::min<Index>(stft_.bins() - 1, std::lround(middle / bin));
    Band made{middle, nearest, {1}};
    std::vector<float> weights;
    Index first = 0;
    for (Index b = 0; b < stft_.bins(); ++b) {
      const double hertz = static_cast<double>(b) * bin;
      const double weight =
          std::min((hertz - left) / (middle - left), (right - hertz) / (right - middle));
      if (weight <= 0) continue;
      if (weights.empty()) first = b;
      weights.push_back(static_cast<float>(weight));
    }
    if (!weights.empty()) {
      float sum = 0;
      for (const float weight : weights) sum += weight;
      for (float& weight : weights) weight /= sum;
      made.first_bin = first;
      made.weights = std::move(weights);
    }
    bands_.push_back(std::move(made));
  }
}

std::vector<std::string> SoundBands::names() const {
  std::vector<std::string> names;
  for (const Band& band : bands_) {
    for (const char* what : {"mean", "change", "peak"}) {
      names.push_back(fmt::format("{} at {:.0f} Hz", what, band.hertz));
    }
  }
  return names;
}

// Of the frame that all channels begin with now.
void SoundBands::add_frame() {
  // Of a sine that fills [−1, 1] windowed numbers add up to 2/π of the frame, half of it in its
  // bin.
  const double full = static_cast<double>(stft_.frame()) / std::numbers::pi;
  const double scale = 1 / (full * full * static_cast<double>(waiting_.size()));
  std::ranges::fill(power_, 0.0);
  for (const std::vector<float>& channel : waiting_) {
    stft_.forward(channel.data(), spectrum_.data());
    for (std::size_t b = 0; b < power_.size(); ++b) {
      power_[b] += scale * static_cast<double>(std::norm(spectrum_[b]));
    }
  }
  for (std::size_t i = 0; i < bands_.size(); ++i) {
    const Band& band = bands_[i];
    double in_band = kSilence;
    for (std::size_t w = 0; w < band.weights.size(); ++w) {
      in_band += static_cast<double>(band.weights[w]) *
                 power_[static_cast<std::size_t>(band.first_bin) + w];
    }
    const double decibels = 10 * std::log10(in_band);
    sums_[i].sum += decibels;
    sums_[i].squares += decibels * decibels;
    sums_[i].largest = std::max(sums_[i].largest, decibels);
  }
  ++frames_;
}

// Frames half a frame apart.
void SoundBands::push(const std::vector<std::vector<float>>& channels) {
  if (waiting_.empty()) {
    waiting_.resize(channels.size());
    sums_.assign(bands_.size(), {});
  }
  for (std::size_t c = 0; c < channels.size(); ++c) {
    waiting_[c].insert(waiting_[c].end(), channels[c].begin(), channels[c].end());
  }
  while (std::ssize(waiting_.front()) >= stft_.frame()) {
    add_frame();
    for (std::vector<float>& channel : waiting_) {
      channel.erase(channel.begin(), channel.begin() + stft_.frame() / 2);
    }
  }
}

bool SoundBands::finish(double* numbers) {
  // What is shorter than a frame is filled up with silence; else the rest of one is left out.
  if (frames_ == 0 && !waiting_.empty() && !waiting_.front().empty()) {
    for (std::vector<float>& channel : waiting_) {
      channel.resize(static_cast<std::size_t>(stft_.frame()));
    }
    add_frame();
  }
  waiting_.clear();
  const auto frames = static_cast<double>(std::exchange(frames_, 0));
  if (frames == 0) return false;
  for (const Sums& sums : sums_) {
    const double mean = sums.sum / frames;
    *numbers++ = mean;
    *numbers++ = std::sqrt(std::max(0.0, sums.squares / frames - mean * mean));
    *numbers++ = sums.largest;
  }
  return true;
}

}  // namespace hourglass
