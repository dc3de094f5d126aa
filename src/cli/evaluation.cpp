#include "cli/evaluation.h"

#include <array>
#include <cmath>
#include <fmt/format.h>

namespace hourglass::cli {
namespace {

struct Figure {
  const char* key;
  const char* name;
  double DetectionFigures::*value;
  const char* undefined;  ///< why there may be none
};
constexpr std::array kFigures = {
    Figure{"auroc", "AUROC", &DetectionFigures::auroc, "labels of one kind"},
    Figure{"average_precision", "average precision", &DetectionFigures::average_precision,
           "no anomalous row"},
    Figure{"f1_at_true_count", "F1 at the true count", &DetectionFigures::f1_at_true_count,
           "no anomalous row"},
    Figure{"precision", "precision", &DetectionFigures::precision, "nothing was flagged"},
    Figure{"recall", "recall", &DetectionFigures::recall, "no anomalous row"},
};

}  // namespace

void tell(const DetectionQuality& quality, FactList& facts) {
  facts.add("labels", counted(quality.anomalies, "anomalous row"));
  for (const Figure& figure : kFigures) {
    const double value = quality.*figure.value;
    facts.add(figure.name, std::isnan(value)
                               ? fmt::format("undefined ({})", figure.undefined)
                               : fmt::format("{}  ({} to {})", significant(value),
                                             significant(quality.low.*figure.value),
                                             significant(quality.high.*figure.value)));
  }
  facts.add("in brackets",
            fmt::format("95 % intervals, {}", counted(quality.resamples, "bootstrap resample")));
}

void tell(const DetectionQuality& quality, Json& json) {
  Json intervals = Json::object();
  for (const Figure& figure : kFigures) {
    json[figure.key] = quality.*figure.value;
    const double low = quality.low.*figure.value;
    intervals[figure.key] =
        std::isnan(low) ? Json() : Json::array({low, quality.high.*figure.value});
  }
  json["intervals"] = intervals;
  json["bootstrap_resamples"] = quality.resamples;
  json["anomalies"] = quality.anomalies;
}

std::vector<Warning> doubts(const DetectionQuality& quality, std::int64_t rows) {
  if (quality.anomalies > 0 && quality.anomalies < rows) return {};
  return {{"labels-of-one-kind",
           fmt::format("the labels call every row {}, so AUROC cannot be told{}; give labels with "
                       "rows of both kinds",
                       quality.anomalies == 0 ? "normal" : "anomalous",
                       quality.anomalies == 0 ? " nor average precision" : "")}};
}

}  // namespace hourglass::cli
