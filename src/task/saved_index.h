#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hourglass/search.h"
#include "task/code_graph.h"
#include "task/code_index.h"

namespace hourglass {

/// Everything in an index's file; see docs/search.md.
struct SavedIndex {
  CodeIndex index;
  std::string model;                 ///< the bytes of the saved model that makes the codes
  std::vector<IndexSource> sources;  ///< what the rows came from, in their order
  std::optional<GraphLinks> graph;  ///< of all rows, taken out or not; none where bits are compared
  GraphQuality graph_quality;       ///< with a graph
  bool wants_no_graph = false;      ///< however many rows there are
};

inline constexpr int kIndexFormatVersion = 1;

/// The layout of saved models, see model/safetensors.h.
std::string format_index(const SavedIndex& index, const GraphLinks* links);

/// Trusts nothing: sizes, codes that are finite, texts, links that can be followed, checksums. The
/// model is there for parse_model() to judge. Throws ErrorKind::kModel naming the file.
SavedIndex parse_index(const std::string& bytes, const std::string& name);

/// Whether a file says of itself that it is an index.
bool is_index(const std::string& path);

}  // namespace hourglass
