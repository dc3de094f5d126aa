#include "task/picture_denoiser.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <memory>
#include <utility>

#include "base/error.h"
#include "base/interrupt.h"
#include "data/corruption_kinds.h"
#include "data/mirrored.h"
#include "kernel/elementwise.h"
#include "model/convolutional.h"
#include "network/ensemble_inference.h"

namespace hourglass {
namespace {

// Large enough that little is computed twice, small enough that a few lie in memory at once.
constexpr Index kTile = 256;
constexpr Index kOverlap = 64;
// What lies as far as this decides nearly all of what the default network makes of a pixel.
constexpr Index kMargin = 24;

Index rounded_up(Index value, Index step) { return (value + step - 1) / step * step; }

// What one worker runs tiles with.
struct TileRoom {
  explicit TileRoom(Index values)
      : input(1, values), pixels(static_cast<std::size_t>(values)), raw(pixels.size()) {}
  PanelMatrix<float> input;
  std::vector<float> pixels;
  std::vector<double> raw;
};

// Pixels in the data's units → as the network sees them. Missing ones become what holes were filled
// with when it learned.
void to_features(const Encoding& encoding, TileRoom& room) {
  std::ranges::copy(room.pixels, room.raw.begin());
  if (encoding.scaling != Scaling::kNone) {
    encode_rows(encoding, room.raw.data(), 1, room.pixels.data(), nullptr);
  }
  const float blank = blank_of(encoding);
  for (std::size_t i = 0; i < room.raw.size(); ++i) {
    if (std::isnan(room.raw[i])) room.pixels[i] = blank;
  }
}

// The way back, in place.
void from_features(const Encoding& encoding, TileRoom& room, float* pixels) {
  if (encoding.scaling == Scaling::kNone) return;
  decode_rows(encoding, pixels, 1, room.raw.data());
  std::ranges::transform(room.raw, pixels, [](double value) { return static_cast<float>(value); });
}

// A tile of a band of rows; what lies right of the picture is its mirror image.
void cut_tile(const std::vector<float>& band, Index width, Index channels, Index rows, Index left,
              Index tile_width, float* tile) {
  for (Index y = 0; y < rows; ++y) {
    const float* row = band.data() + y * width * channels;
    for (Index x = left; x < left + tile_width; ++x, tile += channels) {
      std::copy_n(row + mirrored(x, width) * channels, channels, tile);
    }
  }
}

// Rows top … of the picture into a band; what lies below it is its mirror image.
void load_rows(const PictureView& picture, Index top, Index first, Index count,
               std::vector<float>& band) {
  for (Index y = first; y < count; ++y) {
    const float* from =
        picture.pixels + mirrored(top + y, picture.height) * picture.width * picture.step;
    float* to = band.data() + y * picture.width * picture.channels;
    for (Index x = 0; x < picture.width; ++x, from += picture.step) {
      to = std::copy_n(from, picture.channels, to);
    }
  }
}

void store_rows(const std::vector<float>& band, const PictureView& picture, Index top,
                Index count) {
  const float* from = band.data();
  for (Index y = top; y < top + count; ++y) {
    float* to = picture.pixels + y * picture.width * picture.step;
    for (Index x = 0; x < picture.width; ++x, to += picture.step, from += picture.channels) {
      std::copy_n(from, picture.channels, to);
    }
  }
}

// The band's rows from `rows` on become its first ones.
void move_up(std::vector<float>& band, Index row_values, Index rows) {
  std::copy(band.begin() + rows * row_values, band.end(), band.begin());
}

void blend_tile(const float* tile, const float* down, const TileAxis& across, Index position,
                Index channels, std::vector<float>& band, Index rows) {
  const float* share = across.shares_of(position);
  for (Index y = 0; y < rows; ++y) {
    const float* from = tile + y * across.size * channels;
    float* to = band.data() + (y * across.extent + across.start(position)) * channels;
    for (Index x = 0; x < across.inside(position); ++x) {
      for (Index c = 0; c < channels; ++c) *to++ += down[y] * share[x] * *from++;
    }
  }
}

}  // namespace

PictureDenoiser::PictureDenoiser(const TrainedModel& model, ThreadPool& pool)
    : model_(model), pool_(pool) {
  const std::vector<Index>& shape = model.saved.encoding.sample_shape;
  HOURGLASS_CHECK(shape.size() == 2 || shape.size() == 3);
  const ModelSpec& spec = model.saved.spec;
  channels_ = shape.size() > 2 ? shape[2] : 1;
  learned_ = {shape[0], shape[1]};
  scaled_ = model.saved.encoding.scaling != Scaling::kNone;
  resizable_ = is_convolutional(spec) && !spec.bottleneck && !scaled_;
  if (resizable_) align_ = Index{1} << spec.channels.size();
}

PictureDenoiser::Tile PictureDenoiser::tile_for(const PictureView& picture) const {
  if (!resizable_) return learned_;
  const Index largest = std::max(2 * align_, rounded_up(kTile, align_));
  return {std::min(largest, rounded_up(picture.height, align_)),
          std::min(largest, rounded_up(picture.width, align_))};
}

const Networks& PictureDenoiser::networks_for(const Tile& tile) {
  if (!resizable_) return model_.networks;
  if (!resized_.empty() && tile.height == laid_out_.height && tile.width == laid_out_.width) {
    return resized_;
  }
  resized_.clear();
  for (const auto& network : model_.networks) {
    auto resized = std::make_shared<Network<float>>(
        convolutional_network(model_.saved.spec, {tile.height, tile.width, channels_}));
    resized->copy_from(*network);
    resized_.push_back(std::move(resized));
  }
  laid_out_ = tile;
  return resized_;
}

// Every tile of a band, each on one thread, into `results`, one after the other.
void PictureDenoiser::run_tiles(const Networks& networks, const std::vector<float>& band,
                                const PictureView& picture, const TileAxis& across,
                                const Tile& tile, std::vector<float>& results) const {
  const Index values = tile.height * tile.width * channels_;
  results.resize(static_cast<std::size_t>(across.count() * values));
  EnsembleInference inference(networks, model_.saved.spec.step, pool_);
  std::atomic<Index> next{0};
  pool_.run([&](int worker) {
    std::unique_ptr<TileRoom> room;
    for (Index i = next++; i < across.count(); i = next++) {
      if (!room) room = std::make_unique<TileRoom>(values);
      cut_tile(band, picture.width, channels_, tile.height, across.start(i), tile.width,
               room->pixels.data());
      to_features(model_.saved.encoding, *room);
      to_panels<float>(room->pixels.data(), values, room->input.view(), {0, 1});
      from_panels<float>(inference.reconstruct(std::as_const(room->input).view(), worker),
                         results.data() + i * values, values, {0, 1});
      from_features(model_.saved.encoding, *room, results.data() + i * values);
    }
  });
}

void PictureDenoiser::denoise(const PictureView& picture,
                              const std::function<void(double)>& progress) {
  HOURGLASS_CHECK(picture.channels == channels_);
  const Tile tile = tile_for(picture);
  const Networks& networks = networks_for(tile);
  const auto step = [&](Index size) {
    const Index wanted = resizable_ ? kTile - kOverlap : size / 2;
    return std::max<Index>(align_, std::min(wanted, size) / align_ * align_);
  };
  const Index margin = resizable_ ? kMargin : 0;
  const TileAxis down(picture.height, tile.height, step(tile.height), align_, margin);
  const TileAxis across(picture.width, tile.width, step(tile.width), align_, margin);
  const Index row_values = picture.width * channels_;
  std::vector<float> band(static_cast<std::size_t>(tile.height * row_values));
  std::vector<float> blended(band.size());
  std::vector<float> results;
  Index loaded = 0;  // rows of `band` that are there already
  for (Index i = 0; i < down.count(); ++i) {
    throw_if_interrupted();
    load_rows(picture, down.start(i), loaded, tile.height, band);
    run_tiles(networks, band, picture, across, tile, results);
    for (Index j = 0; j < across.count(); ++j) {
      blend_tile(results.data() + j * tile.height * tile.width * channels_, down.shares_of(i),
                 across, j, channels_, blended, down.inside(i));
    }
    // Rows that no later band touches are done.
    const bool last = i + 1 == down.count();
    const Index done = last ? down.inside(i) : down.start(i + 1) - down.start(i);
    store_rows(blended, picture, down.start(i), done);
    loaded = tile.height - done;
    move_up(band, row_values, done);
    move_up(blended, row_values, done);
    std::fill(blended.begin() + loaded * row_values, blended.end(), 0.0F);
    if (progress) progress(static_cast<double>(i + 1) / static_cast<double>(down.count()));
  }
}

}  // namespace hourglass
