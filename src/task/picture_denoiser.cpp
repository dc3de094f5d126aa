#include "task/picture_denoiser.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <memory>
#include <utility>

#include "base/error.h"
#include "base/interrupt.h"
#include "base/ordered_work.h"
#include "data/corruption_kinds.h"
#include "data/mirrored.h"
#include "data/picture_patches.h"
#include "kernel/elementwise.h"
#include "model/convolutional.h"
#include "network/ensemble_inference.h"

namespace hourglass {
namespace {

// Large enough that little is computed twice, small enough that one lies in memory for each thread.
constexpr Index kLargestTile = 512;
constexpr Index kOverlap = 64;
// Of tiles that are turned, and therefore square: of smaller ones most would be overlap.
constexpr Index kSmallestSquare = 192;
// What lies as far as this decides nearly all of what the networks of the job make of a pixel.
constexpr Index kMargin = 24;

Index divided_up(Index value, Index by) { return (value + by - 1) / by; }
Index rounded_up(Index value, Index step) { return divided_up(value, step) * step; }

// The side of tiles that cover a line evenly, as large as they may be.
Index even_side(Index extent, Index align) {
  const Index largest = std::max(2 * align, rounded_up(kLargestTile, align));
  const Index tiles = divided_up(std::max(extent - kOverlap, Index{1}), largest - kOverlap);
  return std::min(largest, rounded_up(divided_up(extent + (tiles - 1) * kOverlap, tiles), align));
}

// A tile on its way through the network.
struct TileRoom {
  explicit TileRoom(Index values)
      : input(1, values), pixels(static_cast<std::size_t>(values)), raw(pixels.size()) {}
  Index number = 0;  // of the tile, row by row
  PanelMatrix<float> input;
  std::vector<float> pixels;
  std::vector<double> raw;
};

// A square becomes the mean of what clean() makes of it, in place, in all the ways it can be
// turned.
template <class Clean>
void clean_in_all_turns(std::vector<float>& pixels, Index side, Index channels,
                        const Clean& clean) {
  const std::vector<float> upright = pixels;
  std::vector<float> back(pixels.size()), sums(pixels.size());
  for (Index way = 0; way < kWaysToTurn; ++way) {
    turn_patch(upright.data(), side, channels, way, pixels.data());
    clean();
    turn_patch(pixels.data(), side, channels, way_back(way), back.data());
    std::ranges::transform(sums, back, sums.begin(), std::plus());
  }
  std::ranges::transform(sums, pixels.begin(),
                         [](float sum) { return sum / static_cast<float>(kWaysToTurn); });
}

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
void from_features(const Encoding& encoding, TileRoom& room) {
  if (encoding.scaling == Scaling::kNone) return;
  decode_rows(encoding, room.pixels.data(), 1, room.raw.data());
  std::ranges::transform(room.raw, room.pixels.begin(),
                         [](double value) { return static_cast<float>(value); });
}

// What lies right of the picture and below it is its mirror image.
void cut_tile(const PictureView& picture, Index top, Index left, Index height, Index width,
              float* tile) {
  for (Index y = top; y < top + height; ++y) {
    const float* row = picture.pixels + mirrored(y, picture.height) * picture.width * picture.step;
    for (Index x = left; x < left + width; ++x, tile += picture.channels) {
      std::copy_n(row + mirrored(x, picture.width) * picture.step, picture.channels, tile);
    }
  }
}

// Puts tiles, which come in their order, together again: a band of rows at a time, which goes into
// the picture once no later tile has a part in it. No later tile is cut out of those rows either.
class TileBlender {
 public:
  TileBlender(const PictureView& picture, const TileAxis& down, const TileAxis& across)
      : picture_(picture),
        down_(down),
        across_(across),
        band_(static_cast<std::size_t>(down.size * picture.width * picture.channels)) {}

  void add(Index number, const float* tile) {
    const Index i = number / across_.count(), j = number % across_.count();
    blend(tile, i, j);
    if (j + 1 < across_.count()) return;
    const bool last = i + 1 == down_.count();
    finish_rows(down_.start(i), last ? down_.inside(i) : down_.start(i + 1) - down_.start(i));
  }

 private:
  void blend(const float* tile, Index i, Index j) {
    const Index channels = picture_.channels;
    const float* share = across_.shares_of(j);
    for (Index y = 0; y < down_.inside(i); ++y) {
      const float* from = tile + y * across_.size * channels;
      float* to = band_.data() + (y * across_.extent + across_.start(j)) * channels;
      for (Index x = 0; x < across_.inside(j); ++x) {
        for (Index c = 0; c < channels; ++c) *to++ += down_.shares_of(i)[y] * share[x] * *from++;
      }
    }
  }

  // The band's first rows are the picture's from `top` on; those after them become its first.
  void finish_rows(Index top, Index count) {
    const float* from = band_.data();
    float* to = picture_.pixels + top * picture_.width * picture_.step;
    for (Index i = 0; i < count * picture_.width; ++i, to += picture_.step) {
      std::copy_n(from, picture_.channels, to);
      from += picture_.channels;
    }
    const auto rest = band_.begin() + count * picture_.width * picture_.channels;
    std::fill(std::copy(rest, band_.end(), band_.begin()), band_.end(), 0.0F);
  }

  const PictureView& picture_;
  const TileAxis& down_;
  const TileAxis& across_;
  std::vector<float> band_;
};

}  // namespace

bool PictureDenoiser::can_turn(const TrainedModel& model) {
  const std::vector<Index>& shape = model.saved.encoding.sample_shape;
  return shape.size() >= 2 && shape[0] == shape[1] &&
         model.saved.encoding.scaling == Scaling::kNone;
}

PictureDenoiser::PictureDenoiser(const TrainedModel& model, ThreadPool& pool, bool turns)
    : model_(model), pool_(pool), turns_(turns) {
  HOURGLASS_CHECK(!turns || can_turn(model));
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
  const Tile tile{even_side(picture.height, align_), even_side(picture.width, align_)};
  if (!turns_) return tile;
  const auto [shorter, longer] = std::minmax(tile.height, tile.width);
  const Index side = std::max(shorter, std::min(longer, rounded_up(kSmallestSquare, align_)));
  return {side, side};
}

TileAxis PictureDenoiser::axis(Index extent, Index size) const {
  const Index wanted = resizable_ ? size - kOverlap : size / 2;
  const Index step = std::max(align_, wanted / align_ * align_);
  return {extent, size, std::min(step, size), align_, resizable_ ? kMargin : 0};
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

void PictureDenoiser::denoise(const PictureView& picture,
                              const std::function<void(double)>& progress) {
  HOURGLASS_CHECK(picture.channels == channels_);
  const Tile tile = tile_for(picture);
  const Index values = tile.height * tile.width * channels_;
  const Encoding& encoding = model_.saved.encoding;
  EnsembleInference inference(networks_for(tile), model_.saved.spec.step, pool_);
  const TileAxis down = axis(picture.height, tile.height);
  const TileAxis across = axis(picture.width, tile.width);
  const Index tiles = down.count() * across.count();
  TileBlender blender(picture, down, across);
  std::vector<std::unique_ptr<TileRoom>> rooms(static_cast<std::size_t>(places_for(pool_)));
  const auto room_in = [&](int place) -> TileRoom& {
    std::unique_ptr<TileRoom>& room = rooms[static_cast<std::size_t>(place)];
    if (!room) room = std::make_unique<TileRoom>(values);
    return *room;
  };
  Index taken = 0;
  const auto clean = [&](TileRoom& room, int worker) {
    to_features(encoding, room);
    to_panels<float>(room.pixels.data(), values, room.input.view(), {0, 1});
    from_panels<float>(inference.reconstruct(std::as_const(room.input).view(), worker),
                       room.pixels.data(), values, {0, 1});
    from_features(encoding, room);
  };
  OrderedWork work;
  work.take = [&](int place) {
    throw_if_interrupted();
    if (taken == tiles) return false;
    room_in(place).number = taken++;
    return true;
  };
  work.work = [&](int place, int worker) {
    TileRoom& room = room_in(place);
    cut_tile(picture, down.start(room.number / across.count()),
             across.start(room.number % across.count()), tile.height, tile.width,
             room.pixels.data());
    if (turns_) {
      clean_in_all_turns(room.pixels, tile.height, channels_, [&] { clean(room, worker); });
    } else {
      clean(room, worker);
    }
  };
  std::atomic<Index> done{0};
  work.hand_on = [&](int place) {
    blender.add(done, room_in(place).pixels.data());
    ++done;
  };
  const auto tell = [&] {
    if (progress) progress(static_cast<double>(done) / static_cast<double>(tiles));
  };
  work.tell = tell;
  run_in_order(pool_, work);
  tell();
}

}  // namespace hourglass
