#include "hourglass/data.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "api/state.h"
#include "base/error.h"
#include "data/reader.h"
#include "data/windows.h"
#include "model/convolutional.h"
#include "model/job.h"
#include "model/job_forms.h"
#include "model/settings.h"
#include "task/part_of.h"
#include "tensor/matrix.h"
#include "train/row_roles.h"

namespace hourglass {
namespace {

MissingPolicy missing_policy(const std::string& name) {
  if (name == "error") return MissingPolicy::kError;
  if (name == "impute") return MissingPolicy::kImpute;
  if (name == "drop") return MissingPolicy::kDrop;
  usage_error(fmt::format("missing = '{}' is not known: give error, impute or drop", name));
}

// Numbers a program handed over.
class GivenRows : public RowStore {
 public:
  GivenRows(const float* values, Index rows, Index cols) : values_(rows, cols) {
    std::copy(values, values + rows * cols, values_.data());
  }
  Index rows() const override { return values_.rows(); }
  Index cols() const override { return values_.cols(); }
  void read(Index begin, Index end, double* out) const override {
    std::copy(values_.row(begin), values_.row(end), out);
  }
  void gather(const Index* rows, Index count, double* out) const override {
    for (Index i = 0; i < count; ++i) {
      std::copy(values_.row(rows[i]), values_.row(rows[i]) + cols(), out + i * cols());
    }
  }
  bool in_memory() const override { return true; }

 private:
  Matrix<float> values_;
};

Data wrap(Table table, MissingPolicy missing) {
  return Data(std::make_shared<const Data::State>(Data::State{std::move(table), missing}));
}

}  // namespace

std::vector<Column> columns_of(const Model& model) {
  const SavedModel& saved = model.state().model.saved;
  const Encoding row =
      saved.spec.window > 0 ? encoding_of_steps(saved.encoding, saved.spec.window) : saved.encoding;
  std::vector<Column> columns;
  for (const ColumnEncoding& column : row.columns) columns.push_back(column.column);
  return columns;
}

ReadOptions read_options(const DataOptions& options) {
  ReadOptions read;
  read.key = options.key;
  read.columns = options.columns;
  read.drop = options.drop;
  read.time = options.time;
  if (!read.time.empty()) read.drop.push_back(read.time);
  read.categorical = options.categorical;
  read.numeric = options.numeric;
  read.missing = missing_policy(options.missing);
  read.scratch_folder = options.scratch_folder;
  read.pictures = options.pictures;
  read.rate = options.rate;
  read.once = options.once;
  read.threads = options.threads;
  read.progress = share_of_stage(options.progress, "reading");
  return read;
}

static bool gives(const Settings& settings, const std::string& wanted) {
  return std::ranges::any_of(settings,
                             [&](const auto& setting) { return setting.first == wanted; });
}

// The last of several counts; empty where none is given.
static std::string last_given(const Settings& settings, const std::string& key) {
  std::string value;
  for (const auto& setting : settings) {
    if (setting.first == key) value = setting.second;
  }
  return value;
}

// Small images of one size have holes filled in by a network that sees the whole of them.
static bool suits_convolutions(const Table& table, const std::string& job) {
  if (job == "denoise") return are_images(table);
  const bool of_any_size = table.pictures != nullptr;
  return job == "inpaint" && (of_any_size || are_large_images(table.sample_shape));
}

// Strengths of noise in photographs are told in levels of 8 bits wherever they are compared.
static void to_unit_of_pictures(std::vector<CorruptionSpec>& corruptions) {
  for (CorruptionSpec& corruption : corruptions) {
    if (!info(corruption.corruption).level_is_a_value) continue;
    corruption.low /= 255;
    corruption.high /= 255;
  }
}

// What dense layers would do is given by any of these.
static bool asks_for_an_architecture(const Settings& settings) {
  return std::any_of(settings.begin(), settings.end(), [](const auto& setting) {
    const std::string& key = setting.first;
    return key == "family" || key == "architecture" || key == "hidden" || key == "tied" ||
           (key == "job" && setting.second != "any");
  });
}

// What a model of sound is to be given later has to be brought to the same rate.
static void check_rate(ModelSpec& spec, const Table& table) {
  if (spec.rate != 0 && spec.rate != table.rate) {
    usage_error(
        table.rate == 0
            ? fmt::format("rate is for sound and {} is none: leave it out", table.source)
            : fmt::format("rate = {} and {} was read at {} samples a second: read it at that rate",
                          spec.rate, table.source, table.rate));
  }
  spec.rate = table.rate;
}

ModelSpec spec_for(const Data& data, const Settings& settings) {
  Settings chosen = settings;
  const Table& table = data.state().table;
  const std::string job = last_given(settings, "job");
  const std::string form = form_of_job(job, table);
  if (form != job) chosen.emplace_back("job", form);
  if (form == kInpaintCells && gives(settings, "window")) {
    usage_error(
        "--for inpaint fills in missing cells by the others of their row, and --window asks for "
        "rows to be seen together: leave it out");
  }
  if (table.sounds && form != kDenoiseSound) {
    usage_error(fmt::format("{} is sound: train on it --for denoise", table.source));
  }
  if ((!asks_for_an_architecture(settings) && are_large_images(table.sample_shape)) ||
      (suits_convolutions(table, job) && !gives(settings, "family"))) {
    chosen.insert(chosen.begin(), {"family", "convolutional"});
  }
  ModelSpec spec = spec_from_settings(chosen);
  if (table.rate > 0 || spec.rate > 0) check_rate(spec, table);
  const bool in_levels = spec.noise_unit == NoiseUnit::kLevels ||
                         (spec.noise_unit == NoiseUnit::kAuto && table.pictures);
  if (in_levels && gives(settings, "corrupt")) to_unit_of_pictures(spec.corruptions);
  spec.noise_unit = NoiseUnit::kOwn;
  if (!table.pictures && !table.sounds) {
    if (gives(settings, "patch") && spec.patch > 0) {
      usage_error(
          fmt::format("patch is for pictures learned from with --for denoise or inpaint, and {} is "
                      "read as samples of one size: leave it out",
                      table.source));
    }
    if (!spec.noisy_from.empty()) {
      usage_error(
          fmt::format("--noisy is for pictures learned from with --for denoise, and {} is read as "
                      "samples of one size: leave it out, or give a folder of pictures",
                      table.source));
    }
    spec.patch = 0;
  }
  if (data.state().missing != MissingPolicy::kError) spec.missing = data.state().missing;
  return spec;
}

Data::Data(std::shared_ptr<const State> state) : state_(std::move(state)) {}

// Labels are for evaluating, never for learning, and so are names.
ReadOptions feature_options(const std::string& path, const DataOptions& options) {
  ReadOptions read = read_options(options);
  for (const std::string& given : {options.labels, options.names}) {
    if (!given.empty() && labels_are_a_column(given, path)) read.drop.push_back(given);
  }
  return read;
}

Data Data::read(const std::string& path, const DataOptions& options) {
  const ReadOptions read = feature_options(path, options);
  return wrap(read_table(path, read), read.missing);
}

Data Data::read_for(const Model& model, const std::string& path, const DataOptions& options) {
  const std::vector<Column> expected = columns_of(model);
  ReadOptions read = feature_options(path, options);
  read.expected = &expected;
  read.rate = model.state().model.saved.spec.rate;
  return wrap(read_table(path, read), read.missing);
}

Data Data::from_rows(const float* values, std::int64_t rows, std::int64_t cols) {
  if (rows < 1 || cols < 1) {
    data_error(fmt::format("{} × {} numbers hold no sample: give at least 1 × 1", rows, cols));
  }
  for (Index i = 0; i < rows * cols; ++i) {
    if (!std::isfinite(values[i])) {
      data_error(fmt::format("row {}, column {} is {}: give finite numbers", i / cols + 1,
                             i % cols + 1, values[i]));
    }
  }
  Table table;
  table.store = std::make_shared<GivenRows>(values, rows, cols);
  table.sample_shape = {cols};
  table.source = "given rows";
  return wrap(std::move(table), MissingPolicy::kError);
}

std::int64_t Data::rows() const { return state_->table.rows(); }
std::int64_t Data::columns() const { return state_->table.cols(); }
std::vector<std::int64_t> Data::sample_shape() const { return state_->table.sample_shape; }
const std::vector<std::string>& Data::warnings() const { return state_->table.warnings; }

std::vector<std::int64_t> Data::left_out_rows() const {
  std::vector<std::int64_t> rows;
  for (const Index row : state_->table.left_out_rows) rows.push_back(row + 1);
  return rows;
}

const std::vector<std::string>& Data::row_names() const { return state_->table.row_names; }

std::vector<std::string> read_labels(const std::string& name_or_file, const std::string& data_path,
                                     const DataOptions& options) {
  return read_labels(name_or_file, data_path, read_options(options));
}

std::vector<std::string> read_names(const std::string& name_or_file, const std::string& data_path,
                                    const DataOptions& options) {
  return read_names(name_or_file, data_path, read_options(options));
}

}  // namespace hourglass
