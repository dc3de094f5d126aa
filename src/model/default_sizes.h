#pragma once

#include <vector>

#include "model/family.h"
#include "model/model_spec.h"

namespace hourglass {

/// The sizes chosen when nothing is said, all in one place: functions of the data's shape.

/// A quarter of the features, between 2 and 32, but fewer than there are features if there are two.
Index default_latent_dim(Index features);

/// Twice the features, 16 … 1024, for codes of which few units are active at a time.
Index default_overcomplete_dim(Index features);

/// From about twice the features (16 … 512, for wide data as many as keep a layer's weights under
/// 8 million) by halves for tables and by quarters for images, two layers, none as narrow as the
/// code; with `one_layer` the first of them alone.
std::vector<Index> default_hidden(const DataShape& shape, Index latent_dim, bool one_layer);

/// Fewer rows than this are better learned by one hidden layer than by two.
inline constexpr Index kFewRows = 500;

/// A power of two near a 64th of the rows, 32 … 256: enough steps an epoch, and enough rows a step.
Index default_batch_size(Index rows);

/// As many as make `steps` steps; the last may be cut short.
Index epochs_of_steps(Index training_rows, Index batch_size, Index steps);

/// As many as make `wanted_steps` steps, 10 … 1000.
Index default_epochs(Index training_rows, Index batch_size, Index wanted_steps);

/// The rate at which each optimiser usually starts, lower in proportion for hidden layers wider
/// than 512: the more units a step moves at once, the farther it goes.
double default_learning_rate(Optimizer optimizer, const std::vector<Index>& hidden);

/// AdamW: as much as what is known beforehand, that weights are small, counts beside this many
/// rows. 0 for the others, whose decay is another thing (a term of the loss).
double default_weight_decay(Optimizer optimizer, Index training_rows);

/// A tenth of the epochs, at least 10.
Index default_patience(Index epochs);

}  // namespace hourglass
