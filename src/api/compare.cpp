#include "hourglass/compare.h"

#include <cctype>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "api/state.h"
#include "base/atomic_file.h"
#include "base/error.h"
#include "data/writer.h"
#include "task/compare.h"

namespace hourglass {
namespace {

// Labels are read for every row of the source; rows that were left out need none.
std::vector<std::string> labels_of_rows(const std::vector<std::string>& labels,
                                        const Table& table) {
  const auto source_rows = table.rows() + static_cast<Index>(table.left_out_rows.size());
  if (table.left_out_rows.empty() || static_cast<Index>(labels.size()) != source_rows) {
    return labels;
  }
  std::vector<std::string> kept;
  auto left_out = table.left_out_rows.begin();
  for (Index row = 0; row < source_rows; ++row) {
    if (left_out != table.left_out_rows.end() && *left_out == row) {
      ++left_out;
    } else {
      kept.push_back(labels[static_cast<std::size_t>(row)]);
    }
  }
  return kept;
}

std::vector<std::string> split_at(const std::string& text, char separator) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(separator, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

bool begins_with_letter(const std::string& text) {
  return !text.empty() && std::isalpha(static_cast<unsigned char>(text[0])) != 0;
}

std::string number_cell(double value) {
  return std::isnan(value) ? "" : fmt::format("{:.6g}", value);
}

std::string settings_text(const Settings& settings) {
  std::vector<std::string> parts;
  for (const auto& [key, value] : settings) parts.push_back(fmt::format("{}={}", key, value));
  return fmt::format("{}", fmt::join(parts, " "));
}

}  // namespace

Comparison compare(const Data& data, const Settings& settings, const CompareOptions& options,
                   const RunOptions& run) {
  const Table& table = data.state().table;
  CompareOptions fitted = options;
  fitted.labels = labels_of_rows(options.labels, table);
  ThreadPool pool(run.threads);
  return compare_contenders(table, settings, data.state().missing, fitted, pool, run.progress);
}

void write_comparison(const Comparison& comparison, const std::string& path) {
  AtomicFile file(path);
  const bool deviations = comparison.seeds > 1;
  std::string text = "family,latent_dim,settings";
  for (const ComparisonColumn& column : comparison_columns()) {
    text += fmt::format(",{}", column.key);
    if (deviations) text += fmt::format(",{}_sd", column.key);
  }
  text += ",warnings\n";
  for (const Contender& contender : comparison.contenders) {
    text += fmt::format("{},{},{}", contender.family, contender.latent_dim,
                        csv_cell(settings_text(contender.settings)));
    for (const ComparisonColumn& column : comparison_columns()) {
      const Figure& figure = contender.*column.figure;
      text += fmt::format(",{}", number_cell(figure.mean));
      if (deviations) text += fmt::format(",{}", number_cell(figure.deviation));
    }
    text += fmt::format(",{}\n", fmt::join(contender.warnings, " "));
  }
  file.write(text);
  file.commit();
}

std::vector<std::string> expand_values(const std::string& text) {
  if (text.find(';') != std::string::npos) return split_at(text, ';');
  std::vector<std::string> parts = split_at(text, ',');
  // "l1=1e-4,1e-3:hidden": what stands before the first number and after the last belongs to all.
  const std::size_t head_end = text.find_first_of("=:");
  if (parts.size() < 2 || !begins_with_letter(text) || head_end == std::string::npos ||
      begins_with_letter(parts[1])) {
    return parts;
  }
  const std::string head = text.substr(0, head_end + 1);
  std::string& last = parts.back();
  const std::size_t tail_start = text[head_end] == '=' ? last.find(':') : std::string::npos;
  std::string tail;
  if (tail_start != std::string::npos) {
    tail = last.substr(tail_start);
    last.resize(tail_start);
  }
  parts[0].erase(0, head.size());
  for (std::string& part : parts) part = fmt::format("{}{}{}", head, part, tail);
  return parts;
}

}  // namespace hourglass
