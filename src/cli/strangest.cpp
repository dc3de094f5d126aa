#include "cli/strangest.h"

#include <algorithm>
#include <fmt/format.h>
#include <numeric>

#include "cli/text.h"

namespace hourglass::cli {
namespace {

constexpr std::size_t kShown = 10;
constexpr const char* kTime = "time";

// Positions of the highest scores, highest first; of equal ones the earlier row first.
std::vector<std::size_t> strangest_rows(const std::vector<double>& scores) {
  std::vector<std::size_t> rows(scores.size());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  const std::size_t shown = std::min(kShown, rows.size());
  std::partial_sort(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(shown), rows.end(),
                    [&](std::size_t a, std::size_t b) {
                      return scores[a] != scores[b] ? scores[a] > scores[b] : a < b;
                    });
  rows.resize(shown);
  return rows;
}

std::string reason(const Contribution& part) {
  return fmt::format("{} = {} (expected {})", shortened(part.feature, 32),
                     shortened(part.observed, 16), shortened(part.expected, 24));
}

// "nearest: row 12 (0.53), row 7 (0.61)"
std::string nearest(const DetectionScores& scores, std::size_t position) {
  std::string text = "nearest:";
  const auto count = static_cast<std::size_t>(scores.nearest.count);
  for (std::size_t i = position * count; i < (position + 1) * count; ++i) {
    text += fmt::format("{} row {} ({:.3g})", i > position * count ? "," : "",
                        scores.nearest.row[i], scores.nearest.distance[i]);
  }
  return text;
}

// As it is shown; empty where rows have no times.
std::string time_of(const DetectionScores& scores, std::size_t position) {
  return scores.time.empty() ? "" : one_line(shortened(scores.time[position], 32));
}

// Of the column of times and the gap before it; 0 where there are none.
int width_of_times(const DetectionScores& scores, const std::vector<std::size_t>& rows) {
  if (scores.time.empty()) return 0;
  int width = text_width(kTime);
  for (const std::size_t row : rows) width = std::max(width, text_width(time_of(scores, row)));
  return width + 2;
}

std::string_view heading(bool named, bool explained) {
  if (named) return explained ? "  file, and what does not fit" : "  file";
  return explained ? "  what does not fit" : "";
}

}  // namespace

std::string strangest_table(const DetectionScores& scores) {
  const bool explained = scores.explained() > 0;
  const bool named = !scores.row_name.empty();
  const std::vector<std::size_t> rows = strangest_rows(scores.anomaly_score);
  const int time_width = width_of_times(scores, rows);
  const auto time_column = [&](const std::string& time) { return padded_left(time, time_width); };
  const std::string margin = fmt::format("\n{:{}}", "", 42 + time_width);
  std::string text =
      fmt::format("{:>9}{}  {:>10}  {:>8}  {}{}\n", "row", time_column(time_width > 0 ? kTime : ""),
                  "score", "p-value", "flagged", heading(named, explained));
  for (const std::size_t row : rows) {
    text += fmt::format("{:>9}{}  {:>10.4g}  {:>8.2g}  {:<7}", scores.row_number(row),
                        time_column(time_of(scores, row)), scores.anomaly_score[row],
                        scores.p_value[row], scores.is_anomaly[row] != 0 ? "yes" : "");
    std::string between = "  ";
    if (named) {
      text += between + one_line(shortened(scores.row_name[row], 64));
      between = margin;
    }
    if (explained) {
      for (const Contribution& part : scores.explain(row)) {
        text += between + one_line(reason(part));
        between = margin;
      }
    }
    if (scores.nearest.count > 0) text += margin + nearest(scores, row);
    while (text.ends_with(' ')) text.pop_back();
    text += '\n';
  }
  return text;
}

Json strangest_json(const DetectionScores& scores) {
  Json list = Json::array();
  for (const std::size_t row : strangest_rows(scores.anomaly_score)) {
    Json features = Json::array();
    for (const Contribution& part : scores.explain(row)) {
      features.push_back({{"feature", part.feature},
                          {"error", part.error},
                          {"observed", part.observed},
                          {"expected", part.expected}});
    }
    list.push_back({{"row", scores.row_number(row)},
                    {"anomaly_score", scores.anomaly_score[row]},
                    {"p_value", scores.p_value[row]},
                    {"is_anomaly", scores.is_anomaly[row] != 0},
                    {"features", features}});
    const auto count = static_cast<std::size_t>(scores.nearest.count);
    for (std::size_t i = row * count; i < (row + 1) * count; ++i) {
      list.back()["nearest"].push_back(
          {{"row", scores.nearest.row[i]}, {"distance", scores.nearest.distance[i]}});
    }
    if (!scores.time.empty()) list.back()["time"] = scores.time[row];
    if (!scores.row_name.empty()) list.back()["name"] = scores.row_name[row];
  }
  return list;
}

}  // namespace hourglass::cli
