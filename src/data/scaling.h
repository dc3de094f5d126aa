#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "data/encoding.h"
#include "data/scaling_statistics.h"

namespace hourglass {

/// One line of the table of scalings: its name in settings and what it does to a column.
struct ScalingInfo {
  Scaling scaling;
  std::string_view name;  ///< "standard", "min-max", "robust", "none", "centred", "log", "tf-idf",
                          ///< "auto"
  std::string_view description;  ///< completes "scaling: …"
};
const ScalingInfo& info(Scaling scaling);

/// Resolves `auto` and checks the choice against the loss's needs, see EncodingOptions.
Scaling choose_scaling(const Table& table, const std::vector<ColumnStatistics>& statistics,
                       const EncodingOptions& options, std::vector<std::string>* notes);

/// Sets shift and scale of the numeric columns that are not dropped.
void set_scales(Encoding& encoding, const Table& table, const std::vector<Index>& rows,
                const std::vector<ColumnStatistics>& statistics);

}  // namespace hourglass
