#pragma once

#include <string>
#include <vector>

#include "data/input_file.h"
#include "data/reader.h"

namespace hourglass {

/// svmlight's sparse text: "label index:value …" a line, indices from 1 and ascending, an optional
/// "qid:n" after the label, comments from # on. Read as dense rows; the label is left out.
bool looks_like_svmlight(const InputFile& input);
Table read_svmlight(const InputFile& input, const ReadOptions& options);

/// The first word of every row.
std::vector<std::string> read_svmlight_labels(const InputFile& input);

}  // namespace hourglass
