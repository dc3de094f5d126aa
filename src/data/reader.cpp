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
#include "data/series_folder.h"
#include "data/svmlight.h"
#include "data/time_column.h"

namespace hourglass {
namespace {

struct Format {
  std::string_view name;
  bool (*matches)(const InputFile& input);
  Table (*read)(const InputFile& input, const ReadOptions& options);
};

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
    Format{"svmlight", looks_like_svmlight, read_svmlight},
    Format{"CSV", is_anything, read_text_table},
};

}  // namespace

std::unique_ptr<InputFile> open_text_table(const std::string& path) {
  if (is_folder(path)) return nullptr;
  auto input = std::make_unique<InputFile>(path);
  const auto* format = std::ranges::find_if(
      kFormats, [&](const Format& candidate) { return candidate.matches(*input); });
  const bool is_text = format == kFormats.end() || format->read == read_text_table;
  return is_text ? std::move(input) : nullptr;
}

Table read_table(const std::string& path, const ReadOptions& options) {
  if (is_folder(path)) {
    return holds_tables(path) ? read_series_folder(path, options)
                              : read_image_folder(path, options);
  }
  const InputFile input(path);
  if (!options.time.empty()) check_order_of_time(input, options.time);
  for (const Format& format : kFormats) {
    if (format.matches(input)) return format.read(input, options);
  }
  return read_csv(input, options);
}

}  // namespace hourglass
