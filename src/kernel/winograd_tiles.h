#pragma once

#include "kernel/winograd.h"

namespace hourglass {

// The tiles of maps on their way to and from the products of winograd.cpp.

/// Between the matrices of two places: an odd number of cache lines, since what is written at all
/// places in turn would otherwise compete for the same few lines.
constexpr Index place_stride(Index rows, Index columns) {
  const Index lines = rows * panel_count(columns);
  return (lines + (lines % 2 == 0 ? 1 : 0)) * kPanelWidth;
}

/// The matrices of all places of some tiles, tiles × channels, one after another in memory.
template <class T>
struct Places {
  T* numbers;
  Index tiles;
  Index channels;

  Index stride() const { return place_stride(tiles, channels); }
  Panels<T> at(Index place) const {
    return {numbers + place * stride(), tiles, channels, tiles * kPanelWidth};
  }
  WinogradBlock<T> block(Index tile, Index panel) const {
    return {numbers + (panel * tiles + tile) * kPanelWidth, kWinogradPatch * stride(), stride()};
  }
};

/// The tiles of the samples of a range, counted through all samples, line by line.
Range tiles_of(const MapShape& map, Range samples);

/// The tiles of a map, transformed. Of inputs each is seen with a margin of one position.
template <class T>
void read_tiles(WinogradTransform transform, FeatureMap<const T> map, Range tiles,
                const Places<T>& to);

/// The way back: the tiles of a convolution's output, put where it says.
template <class T>
void write_tiles(const Places<T>& from, Range tiles, const WinogradConvolution<T>& work);

}  // namespace hourglass
