#pragma once

#include <optional>
#include <string>
#include <vector>

#include <hourglass/hourglass.h>

#include "cli/arguments.h"
#include "cli/console.h"

namespace hourglass::cli {

/// Rows of a file, and their codes.
struct CodedRows {
  Data data;
  std::vector<float> codes;  ///< rows × latent_dim
};

/// The file's rows as the model codes them or, with --codes, codes as they are in it.
CodedRows read_coded(const Model& model, const std::string& path, const DataOptions& reading,
                     const Arguments& arguments, Console& console);

/// Texts of a source's rows without those of rows that --missing drop left out.
std::vector<std::string> of_rows_kept(std::vector<std::string> texts, const Data& data);

}  // namespace hourglass::cli
