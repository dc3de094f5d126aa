#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "base/paths.h"
#include "data/array_labels.h"
#include "data/column_choice.h"
#include "data/csv.h"
#include "data/idx.h"
#include "data/image_file.h"
#include "data/npy.h"
#include "data/npz.h"
#include "data/reader.h"
#include "data/series_folder.h"
#include "data/svmlight.h"
#include "data/text_number.h"

namespace hourglass {
namespace {

using Labels = std::vector<std::string>;

// "1.0", "+1" and "1" are the same label.
Labels unified(Labels labels) {
  for (std::string& label : labels) {
    double value = 0;
    if (classify_cell(label, &value) == CellKind::kNumber) label = number_label(value);
  }
  return labels;
}

Labels texts_of_file(const InputFile& input) {
  const std::size_t width = csv_column_names(input).size();
  if (width != 1) {
    data_error(fmt::format("{} has {} columns; labels need a file with one", input.path(), width));
  }
  return read_csv_column(input, "");
}

Labels texts_in_file(const std::string& path) {
  const InputFile input(path);
  if (looks_like_idx(input)) return table_labels(read_idx_labels(input, ReadOptions()));
  if (looks_like_npy(input)) {
    const std::unique_ptr<ByteSource> bytes = input.open();
    return read_array_labels(*bytes, path);
  }
  if (looks_like_npz(input)) {
    data_error(
        fmt::format("{} is an archive of arrays; labels need the name of an array in the "
                    "data file, or a file of their own (IDX, .npy, CSV)",
                    path));
  }
  return texts_of_file(input);
}

// The names that labels inside the data file can be asked for by.
std::vector<std::string> names_in(const InputFile& data) {
  if (looks_like_npz(data)) return npz_array_names(data);
  if (looks_like_npy(data) || looks_like_idx(data)) return {};
  if (looks_like_svmlight(data)) return {"label"};
  return csv_column_names(data);
}

Labels texts_in_data(const InputFile& data, const std::string& name) {
  if (looks_like_npz(data)) {
    NpzArray array(data, name);
    return read_array_labels(array.bytes(), array.name());
  }
  if (looks_like_svmlight(data)) return read_svmlight_labels(data);
  return read_csv_column(data, name);
}

bool is_in(const InputFile& data, const std::vector<std::string>& names, const std::string& name) {
  if (std::find(names.begin(), names.end(), name) != names.end()) return true;
  const bool numbered = !looks_like_npz(data) && !looks_like_svmlight(data);
  return numbered && find_column(names, static_cast<Index>(names.size()), name) >= 0;
}

enum class Place { kColumn, kBesideColumns, kFile };

// Inside the data first: a file that happens to have a column's name changes nothing.
Place place_of(const InputFile& data, const std::string& name_or_file) {
  std::vector<std::string> names = names_in(data);
  if (is_in(data, names, name_or_file)) {
    const bool beside = looks_like_npz(data) || looks_like_svmlight(data);
    return beside ? Place::kBesideColumns : Place::kColumn;
  }
  if (is_there(name_or_file)) return Place::kFile;
  constexpr std::size_t kShown = 20;
  const bool more = names.size() > kShown;
  if (more) names.resize(kShown);
  const std::string_view what = looks_like_npz(data) ? "an array" : "a column";
  const std::string there = names.empty() ? ""
                                          : fmt::format("; {} has {}{}", data.path(),
                                                        fmt::join(names, ", "), more ? ", …" : "");
  data_error(fmt::format("found no labels '{}': it is neither {} of {} nor a file{}", name_or_file,
                         what, data.path(), there));
}

// Images hold no labels: those need a file of their own. Throws if there is none.
bool need_a_file(const std::string& data_path, const std::string& name_or_file) {
  const bool images = is_folder(data_path) || looks_like_image(InputFile(data_path));
  if (images && !is_there(name_or_file)) {
    data_error(
        fmt::format("found no labels '{}': images have no columns; give a file with a label "
                    "a row, in the order of the names in {}",
                    name_or_file, data_path));
  }
  return images;
}

}  // namespace

std::vector<std::string> read_names(const std::string& name_or_file, const std::string& data_path,
                                    const ReadOptions& options) {
  if (is_folder(data_path) && holds_tables(data_path)) {
    // A file of their own holds those of all files; a column is in each.
    if (!labels_are_a_column(name_or_file, data_path)) return texts_in_file(name_or_file);
    Labels all;
    for (const std::string& path : tables_in(data_path)) {
      const Labels texts = read_names(name_or_file, path, options);
      all.insert(all.end(), texts.begin(), texts.end());
    }
    return all;
  }
  if (data_path.empty() || need_a_file(data_path, name_or_file)) {
    return texts_in_file(name_or_file);
  }
  const InputFile data(data_path);
  if (place_of(data, name_or_file) == Place::kFile) return texts_in_file(name_or_file);
  return texts_in_data(data, name_or_file);
}

std::vector<std::string> read_labels(const std::string& name_or_file, const std::string& data_path,
                                     const ReadOptions& options) {
  return unified(read_names(name_or_file, data_path, options));
}

bool labels_are_a_column(const std::string& name_or_file, const std::string& data_path) {
  if (is_folder(data_path) && holds_tables(data_path)) {
    return labels_are_a_column(name_or_file, tables_in(data_path).front());
  }
  if (need_a_file(data_path, name_or_file)) return false;
  return place_of(InputFile(data_path), name_or_file) == Place::kColumn;
}

}  // namespace hourglass
