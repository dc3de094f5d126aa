#include "data/csv_plan.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unordered_map>

#include "base/error.h"
#include "data/column_choice.h"
#include "data/text_number.h"

namespace hourglass {
namespace {

constexpr std::size_t kNamesShown = 10;

std::string list_of(std::vector<std::string> names) {
  const bool more = names.size() > kNamesShown;
  const std::size_t count = names.size();
  if (more) names.resize(kNamesShown);
  std::string list = fmt::format("'{}'", fmt::join(names, "', '"));
  return more ? fmt::format("{} and {} more", list, count - kNamesShown) : list;
}

std::string columns_hold(const std::vector<std::string>& names, std::string_view one,
                         std::string_view many) {
  const bool single = names.size() == 1;
  return fmt::format("column{} {} {}", single ? "" : "s", list_of(names), single ? one : many);
}

enum class Held { kNumbers, kCategories, kDates, kIdentifiers, kNothing };

Held what_is_held(const CsvColumnFacts& facts) {
  constexpr Index kFewRows = 50;
  if (facts.filled() == 0) {
    return facts.missing_words == 0 && facts.empty > 1 ? Held::kNothing : Held::kNumbers;
  }
  if (facts.texts == 0) return Held::kNumbers;
  if (facts.dates == facts.texts && facts.numbers == 0) return Held::kDates;
  const Index distinct = static_cast<Index>(facts.distinct.size());
  const bool each_its_own = facts.texts > kFewRows && facts.numbers == 0 &&
                            static_cast<double>(distinct) > 0.9 * static_cast<double>(facts.texts);
  return each_its_own ? Held::kIdentifiers : Held::kCategories;
}

// Read as categories they would train without a word, and mean nothing.
bool holds_decimal_commas(const CsvColumnFacts& facts) {
  return facts.texts > 0 && !facts.distinct.empty() &&
         std::all_of(facts.distinct.begin(), facts.distinct.end(), [](std::string text) {
           const std::size_t comma = text.find(',');
           double value = 0;
           if (comma == std::string::npos) return false;
           text[comma] = '.';
           return classify_cell(text, &value) == CellKind::kNumber;
         });
}

CsvPlan plan_from_facts(const CsvFacts& facts, const ReadOptions& options,
                        const std::string& path) {
  CsvPlan plan;
  plan.use.assign(facts.columns.size(), CellUse::kSkip);
  plan.target.assign(facts.columns.size(), -1);
  std::vector<CellUse> asked(facts.columns.size(), CellUse::kSkip);
  const auto ask = [&](const std::vector<std::string>& words, CellUse use) {
    for (const std::string& word : words) {
      const Index c = find_column_or_fail(facts.names, facts.width(), word, path);
      asked[static_cast<std::size_t>(c)] = use;
    }
  };
  ask(options.numeric, CellUse::kNumeric);
  ask(options.categorical, CellUse::kCategorical);

  std::vector<std::string> dates, identifiers, empty, commas;
  for (const Index column : choose_columns(facts.names, facts.width(), options, path).kept) {
    const auto c = static_cast<std::size_t>(column);
    const std::string& name = facts.names[c];
    CellUse use = asked[c];
    if (use == CellUse::kSkip) {
      const Held held = what_is_held(facts.columns[c]);
      if (held == Held::kNumbers) use = CellUse::kNumeric;
      if (held == Held::kCategories) use = CellUse::kCategorical;
      if (held == Held::kDates) dates.push_back(name);
      if (holds_decimal_commas(facts.columns[c])) commas.push_back(name);
      if (held == Held::kIdentifiers) identifiers.push_back(name);
      if (held == Held::kNothing) empty.push_back(name);
    }
    if (use == CellUse::kSkip) continue;
    plan.use[c] = use;
    plan.target[c] = static_cast<Index>(plan.columns.size());
    const bool numeric = use == CellUse::kNumeric;
    plan.columns.push_back({name, numeric ? ColumnKind::kNumeric : ColumnKind::kCategorical, {}});
  }
  if (!commas.empty()) {
    data_error(
        fmt::format("{}: {}; write decimal points, or read them as categories with "
                    "--categorical",
                    path,
                    columns_hold(commas, "holds numbers with commas, such as 0,5",
                                 "hold numbers with commas, such as 0,5")));
  }
  if (!dates.empty()) {
    plan.warnings.push_back(
        columns_hold(dates, "holds dates and was left out", "hold dates and were left out"));
  }
  if (!identifiers.empty()) {
    plan.warnings.push_back(columns_hold(identifiers,
                                         "holds another text in nearly every row and was left out",
                                         "hold other texts in nearly every row and were left out") +
                            " (--categorical keeps such columns)");
  }
  if (!empty.empty()) {
    plan.warnings.push_back(
        columns_hold(empty, "is empty and was left out", "are empty and were left out"));
  }
  return plan;
}

// Positions in the file of a model's columns.
std::vector<Index> find_expected(const CsvFacts& facts, const std::vector<Column>& expected,
                                 const std::string& path) {
  std::vector<Index> positions;
  std::vector<std::string> missing;
  std::unordered_map<std::string, Index> by_name;
  for (Index c = 0; c < facts.width(); ++c)
    by_name.emplace(facts.names[static_cast<std::size_t>(c)], c);
  for (const Column& column : expected) {
    const auto found = by_name.find(column.name);
    // "column 7" is the seventh of a file without header, then as now.
    positions.push_back(found != by_name.end() ? found->second
                        : column.name.starts_with("column ")
                            ? find_column({}, facts.width(), column.name)
                            : -1);
    if (positions.back() < 0) missing.push_back(column.name);
  }
  if (missing.empty()) return positions;
  if (!facts.has_header && facts.columns.size() == expected.size()) {
    for (std::size_t c = 0; c < expected.size(); ++c) positions[c] = static_cast<Index>(c);
    return positions;
  }
  if (facts.has_header) {
    data_error(fmt::format("{} lacks {}that the model needs", path, columns_hold(missing, "", "")));
  }
  data_error(
      fmt::format("{} has {} columns and no header, and the model needs {} columns; give a "
                  "file with the columns the model was trained on",
                  path, facts.width(), expected.size()));
}

CsvPlan plan_from_expected(const CsvFacts& facts, const ReadOptions& options,
                           const std::string& path) {
  CsvPlan plan;
  plan.use.assign(facts.columns.size(), CellUse::kSkip);
  plan.target.assign(facts.columns.size(), -1);
  plan.columns = *options.expected;
  plan.levels_are_known = true;
  const std::vector<Index> positions = find_expected(facts, plan.columns, path);
  for (std::size_t e = 0; e < positions.size(); ++e) {
    const auto c = static_cast<std::size_t>(positions[e]);
    if (plan.target[c] >= 0) {
      data_error(
          fmt::format("{}: column '{}' is needed twice by the model; give names to the "
                      "columns",
                      path, facts.names[c]));
    }
    plan.target[c] = static_cast<Index>(e);
    plan.use[c] =
        plan.columns[e].kind == ColumnKind::kNumeric ? CellUse::kNumeric : CellUse::kCategorical;
  }
  std::vector<std::string> extra;
  for (std::size_t c = 0; c < facts.columns.size(); ++c) {
    const Held held = what_is_held(facts.columns[c]);
    const bool would_be_left_out = held != Held::kNumbers && held != Held::kCategories;
    if (plan.target[c] < 0 && !would_be_left_out) extra.push_back(facts.names[c]);
  }
  for (const std::string& word : options.drop) {
    const Index c = find_column(facts.names, facts.width(), word);
    if (c >= 0) std::erase(extra, facts.names[static_cast<std::size_t>(c)]);
  }
  if (!extra.empty()) {
    plan.warnings.push_back(columns_hold(extra, "is not one of the model's and was left out",
                                         "are not the model's and were left out"));
  }
  return plan;
}

}  // namespace

CsvPlan plan_csv(const CsvFacts& facts, const ReadOptions& options, const std::string& path) {
  const bool known = options.expected != nullptr && !options.expected->empty();
  CsvPlan plan =
      known ? plan_from_expected(facts, options, path) : plan_from_facts(facts, options, path);
  if (plan.columns.empty()) {
    data_error(fmt::format("{} has no column left to learn from: {}", path,
                           fmt::join(plan.warnings, "; ")));
  }
  plan.warnings.insert(plan.warnings.begin(), facts.warnings.begin(), facts.warnings.end());
  return plan;
}

}  // namespace hourglass
