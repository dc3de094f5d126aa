#pragma once

#include <functional>
#include <vector>

#include "base/thread_pool.h"
#include "data/tile_axis.h"
#include "train/trained_model.h"

namespace hourglass {

/// Some of a picture's channels: height × width pixels, `step` numbers from one to the next, of
/// which the first `channels` are meant.
struct PictureView {
  float* pixels;
  Index height, width;
  Index channels;
  Index step;
};

/// Passes pictures of any size through a model of images, tile by tile, and blends what comes back.
/// A convolutional model without a bottleneck sees tiles larger than the patches it learned from.
/// Memory beside the picture is that of a few tiles for each thread and of a band of them across
/// it. Results do not depend on threads. Not to be shared between threads.
class PictureDenoiser {
 public:
  /// The model must be of images. Keeps references. `turns`: what is made of a tile is the mean
  /// over the eight ways to turn and mirror it (Timofte et al. 2016, "enhanced prediction"), at
  /// eight times the work; only where can_turn().
  PictureDenoiser(const TrainedModel& model, ThreadPool& pool, bool turns = false);

  /// Whether a model can be asked for it: its tiles are squares whose places are alike.
  static bool can_turn(const TrainedModel& model);

  /// Of the pictures the model takes: 1 or 3.
  Index channels() const { return channels_; }
  /// Else every picture must have the sides of those learned from: each place has scales of its
  /// own.
  bool takes_any_size() const { return !scaled_; }

  /// In place. `picture.channels` is channels(); numbers are in the data's units, [0, 1]
  /// where black and white are for most; NaN is a hole, which the network sees as it saw holes.
  /// `progress` (may be empty) is told the share done.
  void denoise(const PictureView& picture, const std::function<void(double)>& progress);

 private:
  struct Tile {
    Index height, width;
  };

  Tile tile_for(const PictureView& picture) const;
  const Networks& networks_for(const Tile& tile);
  TileAxis axis(Index extent, Index size) const;

  const TrainedModel& model_;
  ThreadPool& pool_;
  Index channels_;
  Tile learned_;      // what the model was trained on
  Index align_ = 1;   // what a tile's sides and places are multiples of
  bool scaled_;       // the network sees numbers scaled by their place
  bool resizable_;    // the networks can be laid out for tiles of other sizes
  bool turns_;        // each tile in all eight ways
  Tile laid_out_;     // what resized_ are for
  Networks resized_;  // empty: none yet
};

}  // namespace hourglass
