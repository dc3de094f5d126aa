#include "task/hole_trials.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "data/corruptor.h"
#include "task/image_quality.h"
#include "task/moved_images.h"

namespace hourglass {
namespace {

// Beyond the positions that validation has in the epoch of what is corrupted alike every time.
constexpr Index kFirstPosition = Index{1} << 31;

Image image_of(const std::vector<double>& numbers, const ImageShape& shape) {
  Image image;
  image.height = shape.height;
  image.width = shape.width;
  image.channels = shape.channels;
  image.bit_depth = 32;
  for (const double number : numbers) image.pixels.push_back(static_cast<float>(number));
  return image;
}

}  // namespace

std::vector<HoleTrial> hole_trials(const SavedModel& model, const Table& table,
                                   const std::vector<Index>& rows, Index count, ThreadPool& pool) {
  const Encoding& encoding = model.encoding;
  const ImageShape shape = image_shape(encoding.sample_shape);
  std::vector<CorruptionSpec> cuts;
  std::ranges::copy_if(model.spec.corruptions, std::back_inserter(cuts),
                       [](const CorruptionSpec& each) {
                         return !info(each.corruption).needs_recording;  // noise, and cuts nothing
                       });
  const Corruptor corruptor(std::move(cuts), encoding, model.spec.seed, nullptr,
                            model.spec.holes_alone);
  BlockCorruptor corruption(corruptor, encoding.features, pool);
  Matrix<float> features(1, encoding.features), seen(1, encoding.features);
  Matrix<float> cut(1, encoding.features);
  std::vector<double> numbers(static_cast<std::size_t>(table.cols()));
  std::vector<HoleTrial> trials;
  for (Index i = 0; i < count; ++i) {
    table.store->gather(&rows[static_cast<std::size_t>(i % std::ssize(rows))], 1, numbers.data());
    encode_rows(encoding, numbers.data(), 1, features.data(), cut.data());
    corruption.corrupt(features, seen.view(), {0, kFirstPosition + i}, cut.view());
    HoleTrial trial{image_of(numbers, shape), {}};
    for (Index pixel = 0; pixel < shape.pixels(); ++pixel) {
      trial.holes.push_back(cut.at(0, pixel * shape.channels) != 0 ? 1 : 0);
    }
    const Index missing = count_of(trial.holes);
    if (missing > 0 && missing < shape.pixels()) trials.push_back(std::move(trial));
  }
  return trials;
}

double error_of(const HoleTrial& trial, const Image& filled) {
  return squared_error_in(trial.holes, filled, trial.clean);
}

}  // namespace hourglass
