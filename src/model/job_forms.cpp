#include "model/job_forms.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "model/job.h"

namespace hourglass {

bool are_images(const Table& table) {
  return table.pictures || table.sounds || table.sample_shape.size() > 1;
}

namespace {

bool are_rows(const Table& table) { return !are_images(table); }
bool are_sounds(const Table& table) { return table.sounds != nullptr; }

std::vector<double> some_rows(const Table& table, Index most) {
  const Index count = std::min(table.rows(), most);
  std::vector<Index> rows;
  for (Index i = 0; i < count; ++i) rows.push_back(i * table.rows() / count);
  std::vector<double> values(static_cast<std::size_t>(count * table.cols()));
  table.store->gather(rows.data(), count, values.data());
  return values;
}

// Of many columns, nearly all of them 0 in any row, and whole numbers.
bool are_counts(const Table& table) {
  constexpr Index kFewestColumns = 100;
  constexpr Index kLookedAt = 200;
  constexpr double kZeros = 0.8;
  const bool numbers = std::ranges::all_of(
      table.columns, [](const Column& column) { return column.kind == ColumnKind::kNumeric; });
  if (are_images(table) || !numbers || table.cols() < kFewestColumns) return false;
  const std::vector<double> values = some_rows(table, kLookedAt);
  const auto is_count = [](double value) { return value >= 0 && value == std::floor(value); };
  const auto zeros = static_cast<double>(std::ranges::count(values, 0.0));
  return std::ranges::all_of(values, is_count) &&
         zeros > kZeros * static_cast<double>(values.size());
}

struct Form {
  const char* job;
  bool (*suits)(const Table&);
  const char* becomes;
};
constexpr Form kForms[] = {
    {"inpaint", are_rows, kInpaintCells},
    {"denoise", are_sounds, kDenoiseSound},
    {"search", are_counts, kSearchCounts},
};

}  // namespace

std::string form_of_job(const std::string& job, const Table& table) {
  for (const Form& form : kForms) {
    if (job == form.job && form.suits(table)) return form.becomes;
  }
  return job;
}

}  // namespace hourglass
