#pragma once

#include <functional>

#include "base/thread_pool.h"
#include "data/table.h"
#include "train/row_roles.h"
#include "train/trained_model.h"

namespace hourglass {

/// Gives a model that fills holes of whole images the linear estimate that fills them together with
/// its network, and its summary the PSNR of both, of the rows held out with holes as in training.
///
/// The estimate is learned from the rows, shifted by up to a twentieth of their sides, and from
/// their mirror images if that does those held out hardly any harm. How much white noise it expects
/// is chosen by those too, and the network's share by least squares; then it is learned once more
/// from all rows. Of many rows some are drawn, at most 32,768. It is not kept where it adds nothing
/// to the network, and not learned without rows held out, nor of images of more than kLargestSample
/// numbers. A function of the table, the model and its seed, whatever the threads. `progress` (may
/// be empty) is told the share done.
void learn_linear_filling(TrainedModel& model, const Table& table, const RowRoles& roles,
                          ThreadPool& pool, const std::function<void(double)>& progress);

inline constexpr Index kLargestSample = Index{1} << 14;

}  // namespace hourglass
