#include "task/picture_training.h"

#include <cmath>
#include <filesystem>
#include <fmt/format.h>
#include <limits>
#include <optional>
#include <utility>

#include "base/error.h"
#include "data/picture_patches.h"
#include "data/reader.h"
#include "task/image_quality.h"

namespace hourglass {
namespace {

constexpr Index kUsualPatch = 64;

void check_settings(const ModelSpec& spec) {
  if (spec.scaling != Scaling::kAuto && spec.scaling != Scaling::kNone) {
    usage_error(
        "pictures of any sizes are learned in their own unit, 0 to 1: leave scaling out, or give "
        "scaling none");
  }
  if (spec.window > 0) {
    usage_error("--window is for series, and these are pictures: leave it out");
  }
}

// The rows of the pictures' patches that these pictures became.
std::vector<Index> rows_of_pictures(const std::vector<Index>& pictures,
                                    const std::vector<Range>& rows_of) {
  std::vector<Index> rows;
  for (const Index picture : pictures) {
    const Range range = rows_of[static_cast<std::size_t>(picture)];
    for (Index row = range.begin; row < range.end; ++row) rows.push_back(row);
  }
  return rows;
}

// Pictures are not scaled, so their errors are in units of a picture's range.
ProgressCallback telling_psnr(const ProgressCallback& progress) {
  if (!progress) return {};
  return [progress](const Progress& moment) {
    Progress told = moment;
    told.psnr = psnr_of_error(moment.validation_error);
    progress(told);
  };
}

// The same pictures with the noise they came with, one of the same name and size for each.
Table read_noisy(const Table& clean, const std::string& path) {
  ReadOptions options;
  options.pictures = true;
  Table noisy = read_table(path, options);
  if (!noisy.pictures) data_error(fmt::format("{} holds no pictures: give a folder of them", path));
  const auto stem = [](const std::string& name) { return std::filesystem::path(name).stem(); };
  if (noisy.rows() != clean.rows()) {
    data_error(fmt::format("{} holds {} pictures and {} {}: give one of the same name for each",
                           path, noisy.rows(), clean.source, clean.rows()));
  }
  if (noisy.pictures->channels() != clean.pictures->channels()) {
    data_error(fmt::format("one of {} and {} is in colour and the other grey: give both alike",
                           path, clean.source));
  }
  for (Index i = 0; i < clean.rows(); ++i) {
    const std::string& name = noisy.row_names[static_cast<std::size_t>(i)];
    const std::string& wanted = clean.row_names[static_cast<std::size_t>(i)];
    if (stem(name) != stem(wanted)) {
      data_error(fmt::format("{} has {} where {} has {}: give one of the same name for each", path,
                             name, clean.source, wanted));
    }
    const Index height = noisy.pictures->height(i), width = noisy.pictures->width(i);
    if (height != clean.pictures->height(i) || width != clean.pictures->width(i)) {
      data_error(fmt::format(
          "{} is {} x {} in {} and {} x {} in {}: give pictures of the same size", name, height,
          width, path, clean.pictures->height(i), clean.pictures->width(i), clean.source));
    }
  }
  return noisy;
}

}  // namespace

TrainedModel train_on_pictures(const Table& table, const TrainingJob& job, ThreadPool& pool,
                               const ProgressCallback& progress) {
  check_settings(job.spec);
  TrainingJob by_patches = job;
  ModelSpec& spec = by_patches.spec;
  if (spec.patch == 0) spec.patch = kUsualPatch;
  spec.scaling = Scaling::kNone;
  by_patches.diagnose = false;

  const RowRoles pictures = assign_roles(all_rows(table.rows()), spec.validation, 0, 0, spec.seed);
  std::vector<Range> rows_of;
  const Table patches = table_of_patches(table, spec.patch, &rows_of);
  RowRoles roles;
  roles.training = rows_of_pictures(pictures.training, rows_of);
  roles.validation = rows_of_pictures(pictures.validation, rows_of);
  // As many as lie side by side, so that an epoch sees about as much as there is.
  const auto drawn_from = [&](const Table& from, std::uint64_t seed) {
    return Samples(std::make_shared<DrawnPatches>(from.pictures, pictures.training, spec.patch,
                                                  std::ssize(roles.training), seed));
  };
  std::optional<Table> noisy, noisy_patches;
  if (!spec.noisy_from.empty()) {
    noisy = read_noisy(table, spec.noisy_from);
    noisy_patches = table_of_patches(*noisy, spec.patch, nullptr);
    by_patches.shown = &*noisy_patches;
  }
  by_patches.drawn = [&](std::uint64_t seed) {
    Samples drawn = drawn_from(table, seed);
    // By the same seed at the same places.
    if (noisy) drawn.show(std::make_shared<const Samples>(drawn_from(*noisy, seed)));
    return drawn;
  };

  TrainedModel model = train_model(patches, roles, by_patches, pool, telling_psnr(progress));
  TrainingSummary& summary = model.saved.training;
  summary.validation_psnr = psnr_of_error(summary.validation_error);
  return model;
}

}  // namespace hourglass
