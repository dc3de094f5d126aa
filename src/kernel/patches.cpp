#include "kernel/patches.h"

#include <algorithm>
#include <cstring>

namespace hourglass {
namespace {

// Numbers in a buffer of patches: a share of a core's second-level cache.
constexpr Index kPieceNumbers = Index{1} << 16;

/// The positions i of 0 … count − 1 whose window's element `k` lies inside: 0 ≤ i·stride + k −
/// centre < size.
Range inside(Index count, Index stride, Index offset, Index size) {
  const Index begin = offset >= 0 ? 0 : strided(-offset, stride);
  const Index end = size > offset ? strided(size - offset, stride) : 0;
  return {std::min(begin, count), std::clamp(end, std::min(begin, count), count)};
}

template <class T>
void copy_run(const T* from, T* to, Index count) {
  std::memcpy(to, from, static_cast<std::size_t>(count) * sizeof(T));
}

template <class T>
void copy_panel_row(const T* from, T* to) {
  std::memcpy(to, from, kPanelWidth * sizeof(T));
}

/// At least `count` numbers; up to a panel's width, some more after them, which is quicker than
/// counting: there must be room, and what comes there must be written later.
template <class T>
void copy_run_and_more(const T* from, T* to, Index count) {
  if (count <= 4) {
    std::memcpy(to, from, 4 * sizeof(T));
  } else if (count <= kPanelWidth) {
    copy_panel_row(from, to);
  } else {
    copy_run(from, to, count);
  }
}

}  // namespace

template <class T>
PatchBuffer<T>::PatchBuffer(const PatchGeometry& geometry) : geometry_(geometry) {
  const Index line_numbers = geometry.width() * padded_cols(geometry.columns());
  lines_ = std::clamp<Index>(kPieceNumbers / line_numbers, 1, geometry.height());
  samples_ = lines_ < geometry.height()
                 ? 1
                 : std::max<Index>(1, kPieceNumbers / (line_numbers * geometry.height()));
  patches_ = PanelMatrix<T>(samples_ * lines_ * geometry.width(), geometry.columns());
  const Window& window = geometry.window;
  const Index top = window.kernel_height / 2, left = window.kernel_width / 2;
  padded_height_ = std::max((geometry.height() - 1) * window.stride_height + window.kernel_height,
                            top + geometry.map.height);
  const Index across = std::max((geometry.width() - 1) * window.stride_width + window.kernel_width,
                                left + geometry.map.width);
  padded_width_ = across * geometry.map.channels;
  padded_ = Buffer<T>(padded_height_ * padded_width_ + kPanelWidth);
  row_ = Buffer<T>(padded_cols(geometry.columns()) + kPanelWidth);
}

template <class T>
bool PatchBuffer<T>::by_panels(const Panels<const T>& numbers) const {
  return geometry_.map.channels % kPanelWidth == 0 && numbers.cols == geometry_.map.channels;
}

template <class T>
void PatchBuffer<T>::gather_sample(FeatureMap<const T> map, Index sample, Range lines,
                                   Panels<T> patches) {
  if (by_panels(map.numbers)) return gather_panels(map, sample, lines, patches);
  if (lines.begin == 0) read_padded(map, sample);
  gather_runs(lines, patches);
}

template <class T>
void PatchBuffer<T>::gather_panels(FeatureMap<const T> map, Index sample, Range lines,
                                   Panels<T> patches) {
  const auto& [height, width, channels] = geometry_.map;
  const Window& window = geometry_.window;
  const Index across = geometry_.width();
  const Index panels = channels / kPanelWidth;
  for (Index ky = 0; ky < window.kernel_height; ++ky) {
    for (Index kx = 0; kx < window.kernel_width; ++kx) {
      const Index shift = kx - window.kernel_width / 2;
      const Range xs = inside(across, window.stride_width, shift, width);
      for (Index panel = 0; panel < panels; ++panel) {
        T* to = patches.panel((ky * window.kernel_width + kx) * panels + panel);
        for (Index line = lines.begin; line < lines.end; ++line, to += across * kPanelWidth) {
          const Index y = line * window.stride_height + ky - window.kernel_height / 2;
          if (y < 0 || y >= height || xs.empty()) {
            std::fill_n(to, across * kPanelWidth, T(0));
            continue;
          }
          std::fill_n(to, xs.begin * kPanelWidth, T(0));
          std::fill(to + xs.end * kPanelWidth, to + across * kPanelWidth, T(0));
          const T* from = map.numbers.row(panel, (sample * height + y) * width + shift);
          for (Index x = xs.begin; x < xs.end; ++x) {
            copy_panel_row(from + x * window.stride_width * kPanelWidth, to + x * kPanelWidth);
          }
        }
      }
    }
  }
}

template <class T>
void PatchBuffer<T>::read_padded(FeatureMap<const T> map, Index sample) {
  const Index left = geometry_.window.kernel_width / 2 * geometry_.map.channels;
  const Index top = geometry_.window.kernel_height / 2;
  if (!padded_is_clear_) std::fill(padded_.begin(), padded_.end(), T(0));
  padded_is_clear_ = true;  // around the map, which is all that is not overwritten
  for (Index y = 0; y < geometry_.map.height; ++y) {
    read_map_row(map, sample, y, padded_line(top + y) + left);
  }
}

template <class T>
void PatchBuffer<T>::gather_runs(Range lines, Panels<T> patches) {
  const Window& window = geometry_.window;
  const Index channels = geometry_.map.channels;
  const Index run = window.kernel_width * channels;  // contiguous in a line
  const Index columns = geometry_.columns();
  const Index padded = padded_cols(columns);
  const Index panels = patches.panels();
  const Index across = geometry_.width();
  T* const patch = row_.data();
  Index row = 0;
  for (Index line = lines.begin; line < lines.end; ++line) {
    for (Index x = 0; x < across; ++x, ++row) {
      for (Index ky = 0; ky < window.kernel_height; ++ky) {
        const T* from =
            padded_line(line * window.stride_height + ky) + x * window.stride_width * channels;
        copy_run_and_more(from, patch + ky * run, run);
      }
      for (Index i = columns; i < padded; ++i) patch[i] = 0;
      for (Index panel = 0; panel < panels; ++panel) {
        copy_panel_row(patch + panel * kPanelWidth, patches.row(panel, row));
      }
    }
  }
}

template <class T>
void PatchBuffer<T>::begin_sample(FeatureMap<T> map, Index sample, From from, const T* start) {
  const auto& [height, width, channels] = geometry_.map;
  if (!by_panels(map.numbers)) {
    std::fill(padded_.begin(), padded_.end(), T(0));
    padded_is_clear_ = false;
    if (from == From::kMap || start == nullptr) return;
    const Window& window = geometry_.window;
    for (Index y = 0; y < height; ++y) {
      T* to = padded_line(window.kernel_height / 2 + y) + window.kernel_width / 2 * channels;
      if (channels == 1) {
        std::fill_n(to, width, *start);
        continue;
      }
      for (Index x = 0; x < width; ++x, to += channels) copy_run(start, to, channels);
    }
    return;
  }
  if (from == From::kMap) return;
  for (Index panel = 0; panel < channels / kPanelWidth; ++panel) {
    T* to = map.numbers.row(panel, sample * height * width);
    T first[kPanelWidth] = {};
    if (start != nullptr) copy_panel_row(start + panel * kPanelWidth, first);
    for (Index i = 0; i < height * width; ++i) copy_panel_row(first, to + i * kPanelWidth);
  }
}

template <class T>
void PatchBuffer<T>::scatter_sample(Panels<const T> patches, Index sample, Range lines,
                                    FeatureMap<T> map) {
  if (by_panels(map.numbers)) {
    scatter_panels(patches, sample, lines, map);
  } else {
    scatter_runs(patches, lines);
  }
}

template <class T>
void PatchBuffer<T>::scatter_panels(Panels<const T> patches, Index sample, Range lines,
                                    FeatureMap<T> map) {
  const auto& [height, width, channels] = geometry_.map;
  const Window& window = geometry_.window;
  const Index across = geometry_.width();
  const Index panels = channels / kPanelWidth;
  for (Index ky = 0; ky < window.kernel_height; ++ky) {
    for (Index kx = 0; kx < window.kernel_width; ++kx) {
      const Index shift = kx - window.kernel_width / 2;
      const Range xs = inside(across, window.stride_width, shift, width);
      for (Index panel = 0; panel < panels; ++panel) {
        const T* from = patches.panel((ky * window.kernel_width + kx) * panels + panel);
        for (Index line = lines.begin; line < lines.end; ++line, from += across * kPanelWidth) {
          const Index y = line * window.stride_height + ky - window.kernel_height / 2;
          if (y < 0 || y >= height) continue;
          T* to = map.numbers.row(panel, (sample * height + y) * width + shift);
          for (Index x = xs.begin; x < xs.end; ++x) {
            T* sums = to + x * window.stride_width * kPanelWidth;
            const T* terms = from + x * kPanelWidth;
            for (Index c = 0; c < kPanelWidth; ++c) sums[c] += terms[c];
          }
        }
      }
    }
  }
}

template <class T>
void PatchBuffer<T>::scatter_runs(Panels<const T> patches, Range lines) {
  const Window& window = geometry_.window;
  const Index channels = geometry_.map.channels;
  const Index run = window.kernel_width * channels;
  const Index panels = patches.panels();
  T* const patch = row_.data();
  Index row = 0;
  for (Index line = lines.begin; line < lines.end; ++line) {
    for (Index x = 0; x < geometry_.width(); ++x, ++row) {
      const T* terms = patches.row(0, row);
      if (panels > 1) {
        for (Index panel = 0; panel < panels; ++panel) {
          copy_panel_row(patches.row(panel, row), patch + panel * kPanelWidth);
        }
        terms = patch;
      }
      for (Index ky = 0; ky < window.kernel_height; ++ky) {
        T* sums =
            padded_line(line * window.stride_height + ky) + x * window.stride_width * channels;
        for (Index i = 0; i < run; ++i) sums[i] += terms[ky * run + i];
      }
    }
  }
}

template <class T>
void PatchBuffer<T>::end_sample(FeatureMap<T> map, Index sample, From from) {
  if (by_panels(map.numbers)) return;
  const Window& window = geometry_.window;
  const Index left = window.kernel_width / 2 * geometry_.map.channels;
  for (Index y = 0; y < geometry_.map.height; ++y) {
    const T* line = padded_line(window.kernel_height / 2 + y) + left;
    if (from == From::kMap) {
      add_map_row(line, map, sample, y);
    } else {
      write_map_row(line, map, sample, y);
    }
  }
}

template class PatchBuffer<float>;
template class PatchBuffer<double>;

}  // namespace hourglass
