#include "task/metrics.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <fmt/format.h>
#include <limits>
#include <map>
#include <numeric>
#include <string_view>

#include "base/error.h"
#include "base/index.h"

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

// The labels in order of falling score, as runs of equal scores: visit(positives, negatives) for
// each.
template <class Visit>
void for_each_tie(const std::vector<double>& scores, const std::vector<bool>& positive,
                  const Visit& visit) {
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
  for (std::size_t i = 0; i < order.size();) {
    double positives = 0;
    double negatives = 0;
    const double score = scores[order[i]];
    for (; i < order.size() && scores[order[i]] == score; ++i) {
      (positive[order[i]] ? positives : negatives) += 1;
    }
    visit(positives, negatives);
  }
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
  double seen = 0;
  double wins = 0;
  double positives = 0;
  double negatives = 0;
  for_each_tie(scores, positive, [&](double tie_positives, double tie_negatives) {
    wins += tie_negatives * (seen + tie_positives / 2);
    seen += tie_positives;
    positives += tie_positives;
    negatives += tie_negatives;
  });
  if (positives == 0 || negatives == 0) return std::numeric_limits<double>::quiet_NaN();
  return wins / (positives * negatives);
}

double average_precision(const std::vector<double>& scores, const std::vector<bool>& positive) {
  const auto total = static_cast<double>(std::count(positive.begin(), positive.end(), true));
  if (total == 0) return std::numeric_limits<double>::quiet_NaN();
  double sum = 0;
  double hits = 0;
  double ranked = 0;
  for_each_tie(scores, positive, [&](double tie_positives, double tie_negatives) {
    hits += tie_positives;
    ranked += tie_positives + tie_negatives;
    sum += tie_positives / total * (hits / ranked);
  });
  return sum;
}

}  // namespace hourglass
