#include "cli/comparison_table.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <vector>

#include "cli/text.h"

namespace hourglass::cli {
namespace {

// A column of text, ready to be lined up.
struct TextColumn {
  std::string title;
  std::vector<std::string> cells;
  std::vector<bool> best;
  bool numbers = false;
};

std::string settings_text(const Settings& settings) {
  std::vector<std::string> parts;
  for (const auto& [key, value] : settings) parts.push_back(fmt::format("{}={}", key, value));
  return fmt::format("{}", fmt::join(parts, " "));
}

std::string figure_text(const Figure& figure) {
  if (std::isnan(figure.mean)) return "–";
  const std::string mean = fmt::format("{:.3g}", figure.mean);
  return std::isnan(figure.deviation) ? mean : fmt::format("{} ± {:.1g}", mean, figure.deviation);
}

TextColumn words_column(const Comparison& comparison, const std::string& title,
                        std::string (*text)(const Contender&)) {
  TextColumn column{title, {}, {}, false};
  for (const Contender& contender : comparison.contenders) {
    column.cells.push_back(text(contender));
    column.best.push_back(false);
  }
  return column;
}

TextColumn figures_column(const Comparison& comparison, const ComparisonColumn& figures) {
  TextColumn column{figures.title, {}, {}, true};
  for (const Contender& contender : comparison.contenders) {
    column.cells.push_back(figure_text(contender.*figures.figure));
    column.best.push_back(false);
  }
  for (const std::size_t row : comparison.best(figures)) column.best[row] = true;
  return column;
}

bool is_blank(const TextColumn& column) {
  return std::ranges::all_of(column.cells,
                             [](const std::string& cell) { return cell.empty() || cell == "–"; });
}

std::vector<TextColumn> columns_of(const Comparison& comparison) {
  std::vector<TextColumn> columns;
  columns.push_back(
      words_column(comparison, "family", [](const Contender& c) { return c.family; }));
  columns.push_back(
      words_column(comparison, "dim", [](const Contender& c) { return grouped(c.latent_dim); }));
  columns.push_back(words_column(comparison, "setting",
                                 [](const Contender& c) { return settings_text(c.settings); }));
  for (const ComparisonColumn& column : comparison_columns()) {
    columns.push_back(figures_column(comparison, column));
  }
  columns.push_back(words_column(comparison, "warnings", [](const Contender& c) {
    return fmt::format("{}", fmt::join(c.warnings, " "));
  }));
  std::erase_if(columns, is_blank);
  return columns;
}

// A star takes a place of its own behind every number, so that the digits line up.
std::string cell_text(const TextColumn& column, std::size_t row, int width, bool colour) {
  const std::string& cell = column.cells[row];
  if (!column.numbers) return padded(cell, width);
  if (!colour) return padded_left(cell + (column.best[row] ? "*" : " "), width);
  const std::string text = padded_left(cell + " ", width);
  return column.best[row] ? fmt::format("\033[32m{}\033[0m", text) : text;
}

std::string measured_text(const Comparison& comparison) {
  std::string text = fmt::format(
      "{} trained on, {} to stop early by, {} to test on, which no training saw. test error: mean "
      "squared error in scaled units; noisy error: the same with gaussian noise of standard "
      "deviation {:g} on the input",
      counted(comparison.training_rows, "row"), grouped(comparison.validation_rows),
      grouped(comparison.test_rows), comparison.noise);
  if (comparison.seeds > 1) {
    text += fmt::format("; mean ± standard deviation of {} seeds", comparison.seeds);
  }
  return text;
}

}  // namespace

std::string comparison_table(const Comparison& comparison, bool colour) {
  const std::vector<TextColumn> columns = columns_of(comparison);
  std::vector<int> widths;
  for (const TextColumn& column : columns) {
    int width = text_width(column.title) + (column.numbers ? 1 : 0);
    for (const std::string& cell : column.cells) {
      width = std::max(width, text_width(cell) + (column.numbers ? 1 : 0));
    }
    widths.push_back(width);
  }
  const auto line = [&](auto cell) {
    std::string text;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      text += fmt::format("{}{}", i > 0 ? " " : "", cell(i));
    }
    text.erase(text.find_last_not_of(' ') + 1);
    text += '\n';
    return text;
  };
  std::string table = line([&](std::size_t i) {
    return columns[i].numbers ? padded_left(columns[i].title + " ", widths[i])
                              : padded(columns[i].title, widths[i]);
  });
  for (std::size_t row = 0; row < comparison.contenders.size(); ++row) {
    table += line([&](std::size_t i) { return cell_text(columns[i], row, widths[i], colour); });
  }
  const std::string mark = colour ? "" : "* best of its column. ";
  return fmt::format("{}\n{}", table, wrapped(mark + measured_text(comparison), 0));
}

Json comparison_json(const Comparison& comparison) {
  Json contenders = Json::array();
  for (const Contender& contender : comparison.contenders) {
    Json row = {{"family", contender.family}, {"latent_dim", contender.latent_dim}};
    row["settings"] = Json::object();
    for (const auto& [key, value] : contender.settings) row["settings"][key] = value;
    for (const ComparisonColumn& column : comparison_columns()) {
      const Figure& figure = contender.*column.figure;
      row[column.key] = figure.mean;
      if (comparison.seeds > 1) row[fmt::format("{}_sd", column.key)] = figure.deviation;
    }
    row["warnings"] = contender.warnings;
    contenders.push_back(row);
  }
  Json best = Json::object();
  for (const ComparisonColumn& column : comparison_columns()) {
    const std::vector<std::size_t> rows = comparison.best(column);
    if (!rows.empty()) best[column.key] = rows;
  }
  return {{"contenders", contenders},
          {"best", best},
          {"rows",
           {{"training", comparison.training_rows},
            {"validation", comparison.validation_rows},
            {"test", comparison.test_rows}}},
          {"features", comparison.features},
          {"seeds", comparison.seeds},
          {"noise", comparison.noise},
          {"notes", comparison.notes}};
}

}  // namespace hourglass::cli
