#pragma once

#include "tensor/matrix.h"

namespace hourglass {

/// How many directions the rows really use: exp of the entropy of the eigenvalues of their
/// covariance, normalised to sum 1 (Roy & Vetterli 2007). Between 1 (all on a line) and
/// min(rows − 1, cols) (spread alike in every direction); 0 where all rows are equal or there is
/// but one.
double effective_rank(MatrixView<const float> rows);

}  // namespace hourglass
