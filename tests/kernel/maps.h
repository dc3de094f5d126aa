#pragma once

#include "kernel/patches.h"
#include "kernel/testing.h"

namespace hourglass {

/// Random maps, flat or a position a row.
template <class T>
PanelMatrix<T> random_maps(const MapShape& map, bool flat, Index samples, RandomStream& random) {
  return flat ? random_panels<T>(samples, map.size(), random)
              : random_panels<T>(samples * map.positions(), map.channels, random);
}

template <class T>
T& element(FeatureMap<T> map, Index sample, Index y, Index x, Index channel) {
  const Index position = y * map.shape.width + x;
  return map.flat() ? map.numbers.at(sample, position * map.shape.channels + channel)
                    : map.numbers.at(sample * map.shape.positions() + position, channel);
}

/// Calls visit(sample, y, x, channel) for each element of maps.
template <class Visit>
void visit_elements(const MapShape& map, Index samples, const Visit& visit) {
  for (Index sample = 0; sample < samples; ++sample) {
    for (Index y = 0; y < map.height; ++y) {
      for (Index x = 0; x < map.width; ++x) {
        for (Index c = 0; c < map.channels; ++c) visit(sample, y, x, c);
      }
    }
  }
}

/// Calls visit(column of the patch, y, x, channel) for each number of patch (line, across) that
/// lies inside the map.
template <class Visit>
void visit_patch(const PatchGeometry& g, Index line, Index across, const Visit& visit) {
  for (Index ky = 0; ky < g.window.kernel_height; ++ky) {
    for (Index kx = 0; kx < g.window.kernel_width; ++kx) {
      const Index y = line * g.window.stride_height + ky - g.window.kernel_height / 2;
      const Index x = across * g.window.stride_width + kx - g.window.kernel_width / 2;
      if (y < 0 || x < 0 || y >= g.map.height || x >= g.map.width) continue;
      for (Index c = 0; c < g.map.channels; ++c) {
        visit((ky * g.window.kernel_width + kx) * g.map.channels + c, y, x, c);
      }
    }
  }
}

}  // namespace hourglass
