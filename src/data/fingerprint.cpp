#include "data/fingerprint.h"

#include <algorithm>
#include <bit>
#include <string_view>
#include <vector>

#include "base/interrupt.h"
#include "data/pictures.h"

namespace hourglass {
namespace {

constexpr Index kNumbersInBlock = Index{1} << 16;

// Takes in numbers one after another. Each goes through the finaliser of SplitMix64 (Steele et al.
// 2014), whose every output bit depends on every input bit.
class Mixer {
 public:
  void add(std::uint64_t number) {
    std::uint64_t z = (state_ ^ number) + 0x9E3779B97F4A7C15U;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    state_ = z ^ (z >> 31);
  }
  void add(std::string_view text) {
    add(text.size());
    for (const char c : text) add(static_cast<unsigned char>(c));
  }
  std::uint64_t state() const { return state_; }

 private:
  std::uint64_t state_ = 0;
};

void add_description(const Table& table, Mixer& mixer) {
  mixer.add(static_cast<std::uint64_t>(table.rows()));
  mixer.add(static_cast<std::uint64_t>(table.cols()));
  for (const Index size : table.sample_shape) mixer.add(static_cast<std::uint64_t>(size));
  for (const Column& column : table.columns) {
    mixer.add(column.name);
    mixer.add(static_cast<std::uint64_t>(column.kind));
    for (const std::string& level : column.levels) mixer.add(level);
  }
  for (const Series& series : table.series) mixer.add(static_cast<std::uint64_t>(series.rows));
  for (const Index row : table.left_out_rows) mixer.add(static_cast<std::uint64_t>(row));
}

std::uint64_t of_rows(const Table& table, Range rows) {
  std::vector<double> numbers(static_cast<std::size_t>(rows.size() * table.cols()));
  table.store->read(rows.begin, rows.end, numbers.data());
  Mixer mixer;
  for (const double number : numbers) mixer.add(std::bit_cast<std::uint64_t>(number));
  return mixer.state();
}

// Pixels are read so many rows at a time.
std::uint64_t of_picture(const Pictures& pictures, Index picture) {
  const Index height = pictures.height(picture), width = pictures.width(picture);
  Mixer mixer;
  mixer.add(static_cast<std::uint64_t>(height));
  mixer.add(static_cast<std::uint64_t>(width));
  mixer.add(static_cast<std::uint64_t>(pictures.channels()));
  const Index row_numbers = width * pictures.channels();
  const Index strip = std::clamp<Index>(kNumbersInBlock / row_numbers, 1, height);
  std::vector<float> pixels(static_cast<std::size_t>(strip * row_numbers));
  for (Index top = 0; top < height; top += strip) {
    const Index rows = std::min(strip, height - top);
    pictures.read(picture, top, 0, rows, width, pixels.data());
    for (Index i = 0; i < rows * row_numbers; ++i) {
      mixer.add(std::bit_cast<std::uint32_t>(pixels[static_cast<std::size_t>(i)]));
    }
  }
  return mixer.state();
}

}  // namespace

std::uint64_t fingerprint(const Table& table, ThreadPool& pool) {
  const Index block = std::max<Index>(1, kNumbersInBlock / std::max<Index>(1, table.cols()));
  const Index blocks =
      table.pictures ? table.pictures->count() : (table.rows() + block - 1) / block;
  std::vector<std::uint64_t> of_block(static_cast<std::size_t>(blocks));
  pool.for_each(blocks, [&](Index i) {
    throw_if_interrupted();
    of_block[static_cast<std::size_t>(i)] =
        table.pictures ? of_picture(*table.pictures, i)
                       : of_rows(table, {i * block, std::min(table.rows(), (i + 1) * block)});
  });
  Mixer mixer;
  add_description(table, mixer);
  for (const std::uint64_t each : of_block) mixer.add(each);
  return mixer.state();
}

}  // namespace hourglass
