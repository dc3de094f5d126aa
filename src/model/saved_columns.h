#pragma once

#include <map>
#include <string>
#include <vector>

#include "data/column_summary.h"
#include "data/encoding.h"
#include "model/safetensors.h"

namespace hourglass {

/// A table's summary as numbers for the file; all lists are empty where there is none.
struct SummaryNumbers {
  std::vector<double> rows, cells, missing, values, shares;
};

SummaryNumbers numbers_of(const TableSummary& summary);
std::vector<TensorBytes> tensors_of(const SummaryNumbers& numbers);

/// Takes its tensors by name out of `tensors`; none there (models from before there was a summary)
/// give none. Throws ErrorKind::kModel, naming `what`, unless it is one of the encoding's columns.
TableSummary summary_from(std::map<std::string, TensorBytes>& tensors, const Encoding& encoding,
                          const std::string& what);

}  // namespace hourglass
