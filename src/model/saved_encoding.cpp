#include "model/saved_encoding.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "base/checked.h"
#include "base/error.h"
#include "model/json_text.h"
#include "model/setting_rows.h"

namespace hourglass {
namespace {

constexpr Index kMostColumns = Index{1} << 24;
constexpr std::size_t kMostDimensions = 8;

// Which tensor holds which number of a column.
struct NumberField {
  const char* tensor;
  std::vector<double> EncodingNumbers::*list;
  double ColumnEncoding::*field;
};
constexpr NumberField kNumbers[] = {
    {"encoding.shift", &EncodingNumbers::shift, &ColumnEncoding::shift},
    {"encoding.scale", &EncodingNumbers::scale, &ColumnEncoding::scale},
    {"encoding.constant", &EncodingNumbers::constant, &ColumnEncoding::constant},
    {"encoding.observed_min", &EncodingNumbers::observed_min, &ColumnEncoding::observed_min},
    {"encoding.observed_max", &EncodingNumbers::observed_max, &ColumnEncoding::observed_max},
};

// Scalings go by the names that the setting has.
std::string scaling_name(Scaling scaling) {
  ModelSpec spec;
  spec.scaling = scaling;
  return find_setting("scaling")->print(spec);
}

Scaling scaling_from(const nlohmann::json& value, const std::string& what) {
  ModelSpec spec;
  try {
    find_setting("scaling")->parse(spec, text_from_json(value, what));
  } catch (const Error& error) {
    model_error(fmt::format("{}: {}", what, error.what()));
  }
  if (spec.scaling == Scaling::kAuto) model_error(what + ": scaling was never decided");
  return spec.scaling;
}

nlohmann::json categories_json(const Encoding& encoding) {
  nlohmann::json list = nlohmann::json::array();
  for (std::size_t c = 0; c < encoding.columns.size(); ++c) {
    const ColumnEncoding& column = encoding.columns[c];
    if (column.column.kind != ColumnKind::kCategorical) continue;
    nlohmann::json levels = nlohmann::json::array();
    for (const std::string& level : column.column.levels) levels.push_back(text_json(level));
    list.push_back({{"column", c}, {"levels", levels}, {"kept_levels", column.kept_levels}});
  }
  return list;
}

void read_names(const nlohmann::json& json, Encoding& encoding, const std::string& what) {
  const nlohmann::json& names = json_list(json, "names", what);
  if (names.empty()) return;
  if (names.size() != encoding.columns.size()) {
    model_error(
        fmt::format("{} names {} of {} columns", what, names.size(), encoding.columns.size()));
  }
  for (std::size_t c = 0; c < names.size(); ++c) {
    encoding.columns[c].column.name = text_from_json(names[c], what + ": 'names'");
  }
}

ColumnEncoding& column_at(Encoding& encoding, Index position, const std::string& what) {
  if (position >= encoding.table_columns()) {
    model_error(
        fmt::format("{} speaks of column {} of {}", what, position + 1, encoding.table_columns()));
  }
  return encoding.columns[static_cast<std::size_t>(position)];
}

void read_categories(const nlohmann::json& json, Encoding& encoding, const std::string& what) {
  for (const nlohmann::json& entry : json_list(json, "categorical", what)) {
    ColumnEncoding& column = column_at(encoding, json_count(entry, "column", what), what);
    if (column.column.kind == ColumnKind::kCategorical) {
      model_error(fmt::format("{} describes the categories of a column twice", what));
    }
    column.column.kind = ColumnKind::kCategorical;
    for (const nlohmann::json& level : json_list(entry, "levels", what)) {
      column.column.levels.push_back(text_from_json(level, what + ": 'levels'"));
    }
    const auto level_count = static_cast<Index>(column.column.levels.size());
    for (const nlohmann::json& value : json_list(entry, "kept_levels", what)) {
      const Index level = json_count(value, what + ": 'kept_levels'");
      const bool ascends = column.kept_levels.empty() || level > column.kept_levels.back();
      if (level >= level_count || !ascends) {
        model_error(fmt::format("{} keeps levels that are not there, or out of order", what));
      }
      column.kept_levels.push_back(level);
    }
  }
}

void read_dropped(const nlohmann::json& json, Encoding& encoding, const std::string& what) {
  for (const nlohmann::json& value : json_list(json, "dropped", what)) {
    column_at(encoding, json_count(value, what + ": 'dropped'"), what).dropped = true;
  }
}

void read_sample_shape(const nlohmann::json& json, Encoding& encoding, const std::string& what) {
  const nlohmann::json& shape = json_list(json, "sample_shape", what);
  std::uint64_t product = 1;
  for (const nlohmann::json& size : shape) {
    encoding.sample_shape.push_back(json_count(size, what + ": 'sample_shape'"));
    product = checked_multiply(product, static_cast<std::uint64_t>(encoding.sample_shape.back()))
                  .value_or(0);
  }
  if (shape.empty() || shape.size() > kMostDimensions ||
      product != static_cast<std::uint64_t>(encoding.table_columns())) {
    model_error(
        fmt::format("{}: sample_shape does not hold {} columns", what, encoding.table_columns()));
  }
}

bool is_usable(const ColumnEncoding& column) {
  if (column.column.kind == ColumnKind::kCategorical) {
    if (!column.dropped || std::isnan(column.constant)) return true;
    const auto levels = static_cast<double>(column.column.levels.size());
    return column.constant >= -1 && column.constant < levels &&
           column.constant == std::floor(column.constant);
  }
  if (column.dropped) return !std::isinf(column.constant);
  return std::isfinite(column.shift) && std::isfinite(column.scale) && column.scale > 0 &&
         std::isfinite(column.observed_min) && std::isfinite(column.observed_max) &&
         column.observed_min <= column.observed_max;
}

}  // namespace

EncodingNumbers numbers_of(const Encoding& encoding) {
  EncodingNumbers numbers;
  for (const NumberField& field : kNumbers) {
    for (const ColumnEncoding& column : encoding.columns) {
      (numbers.*field.list).push_back(column.*field.field);
    }
  }
  return numbers;
}

std::vector<TensorBytes> tensors_of(const EncodingNumbers& numbers) {
  std::vector<TensorBytes> tensors;
  for (const NumberField& field : kNumbers) {
    tensors.push_back(tensor_bytes(field.tensor, numbers.*field.list));
  }
  return tensors;
}

nlohmann::json encoding_json(const Encoding& encoding) {
  nlohmann::json names = nlohmann::json::array();
  nlohmann::json dropped = nlohmann::json::array();
  bool named = false;
  for (std::size_t c = 0; c < encoding.columns.size(); ++c) {
    const ColumnEncoding& column = encoding.columns[c];
    names.push_back(text_json(column.column.name));
    named = named || !column.column.name.empty();
    if (column.dropped) dropped.push_back(c);
  }
  // The columns of an image have no names, and 784 empty ones would say nothing.
  if (!named) names.clear();
  return {{"scaling", scaling_name(encoding.scaling)},
          {"sample_shape", encoding.sample_shape},
          {"unit_interval", encoding.unit_interval},
          {"columns", encoding.columns.size()},
          {"names", names},
          {"categorical", categories_json(encoding)},
          {"dropped", dropped}};
}

std::vector<double> take_doubles(std::map<std::string, TensorBytes>& tensors,
                                 const std::string& tensor, const std::string& what) {
  const auto found = tensors.find(tensor);
  if (found == tensors.end()) return {};
  if (found->second.type != TensorType::kF64 || found->second.shape.size() != 1) {
    model_error(fmt::format("{}: tensor '{}' is not a list of F64", what, tensor));
  }
  std::vector<double> values = found->second.doubles();
  tensors.erase(found);
  return values;
}

Encoding encoding_from(const nlohmann::json& json, std::map<std::string, TensorBytes>& tensors,
                       const std::string& what) {
  Encoding encoding;
  encoding.scaling = scaling_from(json_field(json, "scaling", what), what);
  encoding.unit_interval = json_truth(json, "unit_interval", what);
  const Index columns = json_count(json, "columns", what);
  if (columns < 1 || columns > kMostColumns) {
    model_error(
        fmt::format("{} has {} columns; 1 to {} are possible", what, columns, kMostColumns));
  }
  // Tensors first: their bytes are there, whatever number the JSON claims.
  EncodingNumbers numbers;
  for (const NumberField& field : kNumbers) {
    numbers.*field.list = take_doubles(tensors, field.tensor, what);
    if (std::ssize(numbers.*field.list) != columns) {
      model_error(fmt::format("{}: tensor '{}' has {} values for {} columns", what, field.tensor,
                              (numbers.*field.list).size(), columns));
    }
  }
  encoding.columns.resize(static_cast<std::size_t>(columns));
  for (const NumberField& field : kNumbers) {
    for (std::size_t c = 0; c < encoding.columns.size(); ++c) {
      encoding.columns[c].*field.field = (numbers.*field.list)[c];
    }
  }
  read_sample_shape(json, encoding, what);
  read_names(json, encoding, what);
  read_categories(json, encoding, what);
  read_dropped(json, encoding, what);
  for (std::size_t c = 0; c < encoding.columns.size(); ++c) {
    if (!is_usable(encoding.columns[c])) {
      model_error(fmt::format("{}: the numbers of column {} cannot be used", what, c + 1));
    }
  }
  encoding.lay_out_features();
  if (encoding.features < 1) model_error(what + ": every column is dropped");
  return encoding;
}

}  // namespace hourglass
