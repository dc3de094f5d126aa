#include "kernel/feature_map.h"

#include <algorithm>
#include <cstring>

namespace hourglass {
namespace {

/// Numbers of a row of positions that lie side by side: up to the end of a panel or, in a map, of a
/// position's channels.
template <class T>
struct Run {
  T* first;
  Index count;
  Index padding;  ///< columns of padding after them
};

/// The run from number `at` of row `y` on, in the order (x, channel).
template <class T>
Run<T> run_at(const FeatureMap<T>& map, Index sample, Index y, Index at) {
  const auto& [height, width, channels] = map.shape;
  const bool flat = map.flat();
  const Index position = flat ? 0 : at / channels;  // divisions are what this costs
  const Index column = flat ? y * width * channels + at : at - position * channels;
  const Index row = flat ? sample : (sample * height + y) * width + position;
  const Index lane = column % kPanelWidth;
  const Index left = flat ? width * channels - at : channels - column;
  const Index count = std::min(kPanelWidth - lane, left);
  const bool ends = column + count == map.numbers.cols;
  return {map.numbers.row(column / kPanelWidth, row) + lane, count,
          ends ? kPanelWidth - lane - count : 0};
}

template <bool kAdd, class T>
void move_numbers(const T* from, const Run<T>& to, Index count) {
  for (Index i = 0; i < count; ++i) to.first[i] = kAdd ? to.first[i] + from[i] : from[i];
  if (!kAdd && count == to.count) std::fill_n(to.first + count, to.padding, T(0));
}

template <class T>
bool in_whole_panels(const FeatureMap<T>& map) {
  return map.shape.channels % kPanelWidth == 0;
}

/// Where 16 neighbouring channels of a position lie, in either layout.
template <class T>
T* channels_at(const FeatureMap<T>& map, Index sample, Index position, Index panel) {
  const Index panels = map.shape.channels / kPanelWidth;
  return map.flat() ? map.numbers.row(position * panels + panel, sample)
                    : map.numbers.row(panel, sample * map.shape.positions() + position);
}

template <bool kAdd, class T>
void move_panels(FeatureMap<const T> from, FeatureMap<T> to, Index sample) {
  for (Index position = 0; position < to.shape.positions(); ++position) {
    for (Index panel = 0; panel < to.shape.channels / kPanelWidth; ++panel) {
      const T* x = channels_at(from, sample, position, panel);
      T* y = channels_at(to, sample, position, panel);
      for (Index c = 0; c < kPanelWidth; ++c) y[c] = kAdd ? y[c] + x[c] : x[c];
    }
  }
}

template <bool kAdd, class T>
void move_row(const T* numbers, FeatureMap<T> map, Index sample, Index y) {
  const Index size = map.shape.width * map.shape.channels;
  for (Index at = 0; at < size;) {
    const Run<T> to = run_at(map, sample, y, at);
    move_numbers<kAdd>(numbers + at, to, to.count);
    at += to.count;
  }
}

template <bool kAdd, class T>
void move_runs(FeatureMap<const T> from, FeatureMap<T> to, Index sample) {
  const Index size = from.shape.width * from.shape.channels;
  for (Index y = 0; y < from.shape.height; ++y) {
    for (Index at = 0; at < size;) {
      const Run<const T> source = run_at(from, sample, y, at);
      const Run<T> target = run_at(to, sample, y, at);
      const Index count = std::min(source.count, target.count);
      move_numbers<kAdd>(source.first, target, count);
      at += count;
    }
  }
}

template <bool kAdd, class T>
void move_maps(FeatureMap<const T> from, FeatureMap<T> to, Range samples) {
  for (Index sample = samples.begin; sample < samples.end; ++sample) {
    if (in_whole_panels(to)) {
      move_panels<kAdd, T>(from, to, sample);
    } else {
      move_runs<kAdd, T>(from, to, sample);
    }
  }
}

}  // namespace

template <class T>
void copy_maps(FeatureMap<const T> from, FeatureMap<T> to, Range samples) {
  move_maps<false, T>(from, to, samples);
}

template <class T>
void add_maps(FeatureMap<const T> from, FeatureMap<T> to, Range samples) {
  move_maps<true, T>(from, to, samples);
}

template <class T>
void read_map_row(FeatureMap<const T> map, Index sample, Index y, T* numbers) {
  const Index size = map.shape.width * map.shape.channels;
  for (Index at = 0; at < size;) {
    const Run<const T> from = run_at(map, sample, y, at);
    if (from.count == kPanelWidth) {
      std::memcpy(numbers + at, from.first, kPanelWidth * sizeof(T));
    } else {
      for (Index i = 0; i < from.count; ++i) numbers[at + i] = from.first[i];
    }
    at += from.count;
  }
}

template <class T>
void write_map_row(const T* numbers, FeatureMap<T> map, Index sample, Index y) {
  move_row<false, T>(numbers, map, sample, y);
}

template <class T>
void add_map_row(const T* numbers, FeatureMap<T> map, Index sample, Index y) {
  move_row<true, T>(numbers, map, sample, y);
}

namespace {

/// Sixteen sums side by side over all numbers of a panel.
template <class T>
void add_panel_rows(const T* numbers, Index rows, T* sums) {
  T lanes[kPanelWidth];
  std::copy_n(sums, kPanelWidth, lanes);
  for (Index r = 0; r < rows; ++r, numbers += kPanelWidth) {
    for (Index c = 0; c < kPanelWidth; ++c) lanes[c] += numbers[c];
  }
  std::copy_n(lanes, kPanelWidth, sums);
}

/// Flat samples: the channels come round and round.
template <class T>
void add_flat_samples(const FeatureMap<const T>& map, Range samples, T* sums) {
  const Index channels = map.shape.channels;
  for (Index panel = 0; panel < map.numbers.panels(); ++panel) {
    T lanes[kPanelWidth] = {};
    add_panel_rows(map.numbers.row(panel, samples.begin), samples.size(), lanes);
    const Index first = panel * kPanelWidth;
    const Index used = std::min(kPanelWidth, map.numbers.cols - first);
    for (Index c = 0; c < used; ++c) sums[(first + c) % channels] += lanes[c];
  }
}

}  // namespace

template <class T>
void sum_channels(FeatureMap<const T> map, Range samples, T* sums) {
  std::fill_n(sums, padded_cols(map.shape.channels), T(0));
  if (map.flat()) return add_flat_samples(map, samples, sums);
  const Range rows = map.rows(samples);
  for (Index panel = 0; panel < map.numbers.panels(); ++panel) {
    add_panel_rows(map.numbers.row(panel, rows.begin), rows.size(), sums + panel * kPanelWidth);
  }
}

#define HOURGLASS_INSTANTIATE(T)                                         \
  template void sum_channels<T>(FeatureMap<const T>, Range, T*);         \
  template void copy_maps<T>(FeatureMap<const T>, FeatureMap<T>, Range); \
  template void add_maps<T>(FeatureMap<const T>, FeatureMap<T>, Range);  \
  template void read_map_row<T>(FeatureMap<const T>, Index, Index, T*);  \
  template void write_map_row<T>(const T*, FeatureMap<T>, Index, Index); \
  template void add_map_row<T>(const T*, FeatureMap<T>, Index, Index)
HOURGLASS_INSTANTIATE(float);
HOURGLASS_INSTANTIATE(double);
#undef HOURGLASS_INSTANTIATE

}  // namespace hourglass
