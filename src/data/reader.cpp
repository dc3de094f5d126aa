#include "data/reader.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/paths.h"
#include "data/csv.h"
#include "data/idx.h"
#include "data/image_file.h"
#include "data/image_folder.h"
#include "data/npy.h"
#include "data/npz.h"
#include "data/pictures.h"
#include "data/series_folder.h"
#include "data/sound_reader.h"
#include "data/sound_rows.h"
#include "data/sounds.h"
#include "data/svmlight.h"
#include "data/time_column.h"

namespace hourglass {
namespace {

struct Format {
  std::string_view name;
  bool (*matches)(const InputFile& input);
  Table (*read)(const InputFile& input, const ReadOptions& options);
};

Table read_sound(const std::string& path, const ReadOptions& options) {
  return options.pictures ? read_sounds(path, options) : read_sound_rows(path, options);
}
Table read_sound_file(const InputFile& input, const ReadOptions& options) {
  return read_sound(input.path(), options);
}

bool is_anything(const InputFile&) { return true; }
Table read_text_table(const InputFile& input, const ReadOptions& options) {
  return read_csv(input, options);
}

// The first that matches is taken. A new format is a file pair and a line here.
constexpr std::array kFormats = {
    Format{".npy", looks_like_npy, read_npy},
    Format{".npz", looks_like_npz, read_npz},
    Format{"IDX", looks_like_idx, read_idx},
    Format{"image", looks_like_image, read_image_file},
    Format{"sound", looks_like_sound, read_sound_file},
    Format{"svmlight", looks_like_svmlight, read_svmlight},
    Format{"CSV", is_anything, read_text_table},
};

const Format& format_of(const InputFile& input) {
  return *std::ranges::find_if(kFormats,
                               [&](const Format& format) { return format.matches(input); });
}

}  // namespace

std::unique_ptr<InputFile> open_text_table(const std::string& path) {
  if (is_folder(path)) return nullptr;
  auto input = std::make_unique<InputFile>(path);
  return format_of(*input).read == read_text_table ? std::move(input) : nullptr;
}

Table read_table(const std::string& path, const ReadOptions& options) {
  if (is_folder(path)) {
    if (holds_sounds(path)) return read_sound(path, options);
    if (holds_tables(path)) return read_series_folder(path, options);
    return options.pictures ? read_pictures(path, options) : read_image_folder(path, options);
  }
  const InputFile input(path);
  if (options.pictures && format_of(input).read == read_image_file) {
    return read_pictures(path, options);
  }
  std::vector<std::string> times;
  if (!options.time.empty()) times = read_times(input, options.time);
  Table table = format_of(input).read(input, options);
  keep_times(table, std::move(times));
  return table;
}

}  // namespace hourglass
