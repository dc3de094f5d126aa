#pragma once

#include "kernel/feature_map.h"

namespace hourglass {

/// What a convolution or a pool looks at and how it moves: kernel and stride, per direction. A
/// series (one row of positions) has kernel_height and stride_height 1.
struct Window {
  Index kernel_height = 1;
  Index kernel_width = 1;
  Index stride_height = 1;
  Index stride_width = 1;
};

/// How many positions a window that moves by `stride` finds in `size`: the edges are filled with
/// zeros, so that it is size / stride rounded up.
constexpr Index strided(Index size, Index stride) { return (size + stride - 1) / stride; }

/// A map seen through an odd window centred on every stride-th position: each of those positions
/// has a patch, a row of kernel_height · kernel_width · channels numbers in the order (ky, kx,
/// channel), zero where the window sticks out.
struct PatchGeometry {
  MapShape map;
  Window window;

  Index height() const { return strided(map.height, window.stride_height); }
  Index width() const { return strided(map.width, window.stride_width); }
  Index positions() const { return height() * width(); }  ///< patches of a sample
  Index columns() const { return window.kernel_height * window.kernel_width * map.channels; }
};

/// The patches of a few samples at a time, or of some rows of positions of one sample: memory stays
/// bounded whatever the batch and the map. Not shared between threads.
template <class T>
class PatchBuffer {
 public:
  explicit PatchBuffer(const PatchGeometry& geometry);

  /// Copies the patches of `samples` out of `map` piece by piece and calls
  /// use(patches, rows): the patches of positions `rows`, counted through all samples from 0.
  template <class Use>
  void gather(FeatureMap<const T> map, Range samples, const Use& use) {
    for_each_piece(samples, [&](const Piece& piece) {
      const Panels<T> patches = view(piece.rows.size());
      for (Index sample = piece.samples.begin; sample < piece.samples.end; ++sample) {
        gather_sample(map, sample, piece.lines, rows_of(patches, piece.rows_of_sample(sample)));
      }
      use(Panels<const T>(patches), piece.rows);
    });
  }

  /// The way back: fill(patches, rows) makes patches, and each number of them is added to where
  /// gather() takes it from. The sum starts from what `map` holds, or from `start` (one number a
  /// channel), or from zero.
  enum class From { kMap, kStart };
  template <class Fill>
  void scatter(FeatureMap<T> map, Range samples, From from, const T* start, const Fill& fill) {
    for_each_piece(samples, [&](const Piece& piece) {
      const Panels<T> patches = view(piece.rows.size());
      fill(patches, piece.rows);
      for (Index sample = piece.samples.begin; sample < piece.samples.end; ++sample) {
        if (piece.lines.begin == 0) begin_sample(map, sample, from, start);
        scatter_sample(rows_of(patches, piece.rows_of_sample(sample)), sample, piece.lines, map);
        if (piece.lines.end == geometry_.height()) end_sample(map, sample, from);
      }
    });
  }

 private:
  /// All positions of some samples, or some lines of positions of one.
  struct Piece {
    Range samples;
    Range lines;
    Range rows;  ///< the same positions, counted through all samples
    Range rows_of_sample(Index sample) const {
      const Index each = rows.size() / samples.size();
      const Index first = (sample - samples.begin) * each;
      return {first, first + each};
    }
  };
  template <class Visit>
  void for_each_piece(Range samples, const Visit& visit) const {
    const Index positions = geometry_.positions();
    const Index height = geometry_.height();
    for (Index sample = samples.begin; sample < samples.end; sample += samples_) {
      const Index end = sample + samples_ < samples.end ? sample + samples_ : samples.end;
      for (Index line = 0; line < height; line += lines_) {
        const Range lines{line, line + lines_ < height ? line + lines_ : height};
        const Index first = sample * positions + lines.begin * geometry_.width();
        visit(Piece{{sample, end},
                    lines,
                    {first, first + (end - sample) * lines.size() * geometry_.width()}});
      }
    }
  }

  Panels<T> view(Index rows) { return patches_.view().first_rows(rows); }
  void gather_sample(FeatureMap<const T> map, Index sample, Range lines, Panels<T> patches);
  void gather_panels(FeatureMap<const T> map, Index sample, Range lines, Panels<T> patches);
  void gather_runs(Range lines, Panels<T> patches);
  void read_padded(FeatureMap<const T> map, Index sample);
  void begin_sample(FeatureMap<T> map, Index sample, From from, const T* start);
  void scatter_sample(Panels<const T> patches, Index sample, Range lines, FeatureMap<T> map);
  void scatter_panels(Panels<const T> patches, Index sample, Range lines, FeatureMap<T> map);
  void scatter_runs(Panels<const T> patches, Range lines);
  void end_sample(FeatureMap<T> map, Index sample, From from);
  /// Channels in whole panels: a position's are copied as they lie. Else by way of `padded_`.
  bool by_panels(const Panels<const T>& numbers) const;
  T* padded_line(Index line) { return padded_.data() + line * padded_width_; }

  PatchGeometry geometry_;
  Index samples_;  ///< in a piece
  Index lines_;    ///< of positions in a piece; all of them where a piece is whole samples
  PanelMatrix<T> patches_;
  /// One sample in the order (y, x, channel) with the zeros around it that windows reach into.
  Index padded_width_;  ///< numbers in one of its lines
  Index padded_height_;
  Buffer<T> padded_;
  bool padded_is_clear_ = false;  ///< zeros around the map
  Buffer<T> row_;                 ///< one patch
};

}  // namespace hourglass
