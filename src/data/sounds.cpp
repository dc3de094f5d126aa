#include "data/sounds.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <map>
#include <utility>

#include "base/error.h"
#include "base/paths.h"
#include "data/image_file.h"
#include "data/rows_without_cells.h"
#include "data/sound_channels.h"
#include "data/sound_kinds.h"
#include "data/sound_reader.h"

namespace hourglass {
namespace {

namespace fs = std::filesystem;

double power_of(const std::vector<float>& samples) {
  double sum = 0;
  for (const float x : samples) sum += static_cast<double>(x) * static_cast<double>(x);
  return samples.empty() ? 0 : sum / static_cast<double>(samples.size());
}

// One file's channels.
std::vector<std::vector<float>> read_channels(const std::string& path, Index rate) {
  std::vector<std::vector<float>> whole;
  for_each_sound_block(path, rate, [&](const std::vector<std::vector<float>>& block) {
    whole.resize(block.size());
    for (std::size_t c = 0; c < block.size(); ++c) {
      whole[c].insert(whole[c].end(), block[c].begin(), block[c].end());
    }
  });
  return whole;
}

}  // namespace

/// Collects recordings one after the other.
class SoundCollector {
 public:
  SoundCollector(Index rate, const ReadOptions& options)
      : writer_(static_cast<std::uint64_t>(options.memory_limit_bytes), options.scratch_folder) {
    sounds_.rate_ = rate;
  }

  // Whether there is something to hear.
  bool add(const std::vector<float>& samples, const std::string& name) {
    const double power = power_of(samples);
    if (power == 0) return false;
    sounds_.entries_.push_back({name, std::ssize(samples), power, writer_.size()});
    writer_.append(samples.data(), samples.size() * sizeof(float));
    return true;
  }

  std::shared_ptr<const Sounds> finish() {
    sounds_.bytes_ = writer_.finish();
    return std::make_shared<const Sounds>(std::move(sounds_));
  }

 private:
  Sounds sounds_;
  ByteStoreWriter writer_;
};

void Sounds::read(Index sound, Index begin, Index count, float* samples) const {
  const Entry& from = entry(sound);
  const Index first = std::clamp<Index>(begin, 0, from.samples);
  const Index last = std::clamp<Index>(begin + count, first, from.samples);
  std::fill_n(samples, count, 0.0F);
  if (first == last) return;
  bytes_->read(from.offset + static_cast<std::uint64_t>(first) * sizeof(float),
               static_cast<std::size_t>(last - first) * sizeof(float),
               reinterpret_cast<std::byte*>(samples + (first - begin)));
}

std::vector<std::string> sound_files(const std::string& path, Index* left_out) {
  if (left_out != nullptr) *left_out = 0;
  if (!is_folder(path)) return {path};
  std::vector<std::string> files;
  std::error_code problem;
  fs::directory_iterator entry(path, problem);
  for (; !problem && entry != fs::directory_iterator(); entry.increment(problem)) {
    const std::string name = entry->path().filename().string();
    if (name.starts_with('.')) continue;
    std::error_code ignored;
    if (is_sound_name(name) && entry->is_regular_file(ignored)) {
      files.push_back(entry->path().string());
    } else if (left_out != nullptr) {
      ++*left_out;
    }
  }
  if (problem) data_error(fmt::format("cannot read the folder {}: {}", path, problem.message()));
  if (files.empty()) {
    data_error(
        fmt::format("the folder {} holds no WAV, FLAC or Ogg file; name one that does", path));
  }
  std::ranges::sort(files);
  return files;
}

Index rate_of_most(const std::vector<std::string>& files) {
  std::map<Index, Index> files_at;
  for (const std::string& file : files) ++files_at[SoundReader(InputFile(file)).format().rate];
  return std::ranges::max_element(files_at, {}, [](const auto& each) { return each.second; })
      ->first;
}

std::string left_out_line(const std::string& folder, Index left_out) {
  return fmt::format(
      "{}: {} no sound by name and left out", folder,
      left_out == 1 ? "one file or folder is" : fmt::format("{} files or folders are", left_out));
}

bool holds_sounds(const std::string& folder) {
  bool any = false;
  std::error_code problem;
  fs::directory_iterator entry(folder, problem);
  for (; !problem && entry != fs::directory_iterator(); entry.increment(problem)) {
    const std::string name = entry->path().filename().string();
    if (name.starts_with('.')) continue;
    if (image_format_for(name) != nullptr) return false;
    any = any || is_sound_name(name);
  }
  return any;
}

Table read_sounds(const std::string& path, const ReadOptions& options) {
  Index left_out = 0;
  const std::vector<std::string> files = sound_files(path, &left_out);
  const Index rate = options.rate > 0 ? options.rate : rate_of_most(files);
  SoundCollector collector(rate, options);
  Table table;
  table.source = path;
  std::vector<std::string> silent;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const std::string name = fs::path(files[i]).filename().string();
    for (const std::vector<float>& channel : read_channels(files[i], rate)) {
      if (collector.add(channel, name)) {
        table.row_names.push_back(name);
      } else {
        silent.push_back(name);
      }
    }
    if (options.progress) {
      options.progress(static_cast<double>(i + 1) / static_cast<double>(files.size()));
    }
  }
  if (table.row_names.empty()) {
    data_error(fmt::format("{}: {} silent; give recordings of something", path,
                           files.size() == 1 ? "it is" : "all of its files are"));
  }
  if (!silent.empty()) {
    table.warnings.push_back(fmt::format(
        "{}: {} silent and left out, the first of them in {}", path,
        silent.size() == 1 ? "one channel is" : fmt::format("{} channels are", silent.size()),
        silent.front()));
  }
  if (left_out > 0) {
    table.warnings.push_back(left_out_line(path, left_out));
  }
  table.sounds = collector.finish();
  table.rate = rate;
  table.store = std::make_shared<RowsWithoutCells>(table.sounds->count());
  return table;
}

}  // namespace hourglass
