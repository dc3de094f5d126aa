#include "task/metrics.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <fmt/format.h>
#include <map>
#include <string_view>

#include "base/error.h"
#include "base/index.h"
#include "task/ranking.h"

namespace hourglass {
namespace {

constexpr std::array<std::string_view, 11> kNormalWords = {
    "", "normal", "false", "no", "inlier", "ok", "n", "good", "healthy", "benign", "negative"};
constexpr std::array<std::string_view, 9> kAnomalousWords = {
    "anomaly", "anomalous", "abnormal", "true", "yes", "outlier", "y", "malignant", "positive"};

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

bool is_number(const std::string& text, double* value) {
  char* end = nullptr;
  *value = std::strtod(text.c_str(), &end);
  return !text.empty() && *end == '\0';
}

template <class Words>
bool contains(const Words& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

[[noreturn]] void unclear_labels(const std::string& example) {
  data_error(
      fmt::format("the labels do not say which rows are anomalous: '{}' and others; use 0 and 1, "
                  "or normal and anomaly",
                  example));
}

}  // namespace

std::vector<bool> anomalous(const std::vector<std::string>& labels) {
  std::map<std::string, Index> counts;
  for (const std::string& label : labels) ++counts[lower(label)];

  std::map<std::string, bool> meaning;
  std::vector<std::string> unknown;
  for (const auto& [label, count] : counts) {
    double value = 0;
    if (is_number(label, &value)) {
      meaning[label] = value != 0;
    } else if (contains(kNormalWords, label)) {
      meaning[label] = false;
    } else if (contains(kAnomalousWords, label)) {
      meaning[label] = true;
    } else {
      unknown.push_back(label);
    }
  }
  const bool knows_normal =
      std::any_of(meaning.begin(), meaning.end(), [](const auto& entry) { return !entry.second; });
  if (counts.size() == 2 && !knows_normal && (unknown.empty() || meaning.empty())) {
    // Two names, or two numbers such as 1 and -1: the rarer is the anomaly.
    const std::string& first = counts.begin()->first;
    const std::string& second = counts.rbegin()->first;
    meaning[first] = counts[first] < counts[second];
    meaning[second] = !meaning[first];
  } else if (counts.size() > 2 && !knows_normal && unknown.empty()) {
    unclear_labels(counts.begin()->first);
  } else if (!meaning.empty()) {
    // Beside a label that means normal, any other name is the name of an anomaly.
    for (const std::string& label : unknown) meaning[label] = knows_normal;
  } else if (!unknown.empty()) {
    unclear_labels(unknown.front());
  }
  std::vector<bool> result;
  result.reserve(labels.size());
  for (const std::string& label : labels) result.push_back(meaning[lower(label)]);
  return result;
}

double auroc(const std::vector<double>& scores, const std::vector<bool>& positive) {
  return Ranking(scores, positive).auroc();
}

double average_precision(const std::vector<double>& scores, const std::vector<bool>& positive) {
  return Ranking(scores, positive).average_precision();
}

}  // namespace hourglass
