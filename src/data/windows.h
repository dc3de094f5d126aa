#pragma once

#include <string>
#include <vector>

#include "data/encoding.h"
#include "data/table.h"

namespace hourglass {

// Series: a table whose rows are time steps, in order. What a model of windows sees as one sample
// is `window` consecutive steps, one after another: steps × columns numbers.

/// The stretches of consecutive steps: a new one begins with each file and behind rows left out.
std::vector<Range> unbroken_runs(const Table& steps);

/// Of a run whose steps are these rows of the source, counted from 0, and too few for a window:
/// they could have no score. Throws ErrorKind::kData.
[[noreturn]] void refuse_short_run(const std::string& source, Range rows, Index window);

/// First steps of the windows that lie within one of the runs and within `part`: every `stride`-th
/// of each such stretch, and its last, so that every step of a stretch no shorter than a window is
/// covered (while stride ≤ window).
std::vector<Index> windows_within(const std::vector<Range>& runs, Range part, Index window,
                                  Index stride);

/// Those of them that cover one of `steps`.
std::vector<Index> windows_covering(Range steps, const std::vector<Range>& runs, Range part,
                                    Index window, Index stride);

/// A table with a row for each window, cut out when it is read and kept nowhere; columns are
/// nameless, samples {window, columns}. Shares the store.
Table window_table(const Table& steps, std::vector<Index> first_steps, Index window);

/// What is learned of a step's columns, said of each step of a window.
Encoding encoding_of_windows(const Encoding& step, Index window);
/// The way back: how a single step is encoded.
Encoding encoding_of_steps(const Encoding& windows, Index window);

}  // namespace hourglass
