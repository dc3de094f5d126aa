#pragma once

#include "base/thread_pool.h"
#include "data/corruptor.h"
#include "data/samples.h"
#include "hourglass/progress.h"
#include "model/model_spec.h"
#include "network/network.h"
#include "train/run_part.h"

namespace hourglass {

/// Greedy layer-wise pre-training (Hinton & Salakhutdinov 2006; Bengio et al. 2007): each layer of
/// the encoder and the one that mirrors it are trained by themselves, for `pretrain_epochs` epochs,
/// to reconstruct what the layers below make of the samples, from the outermost inwards. `network`
/// then holds what they learned, as the start of training as a whole. The outermost pair learns by
/// the spec's loss from corrupted samples, as the whole will; the others by squared error.
/// Layers must be dense and mirror each other (resolve() sees to that). Holds
/// pretraining_bytes_per_row() for each row. Returns the seconds spent in epochs. Throws as fit()
/// does. Each pair's training is a part of `part`.
double pretrain(Network<float>& network, const ModelSpec& spec, const Samples& training,
                const Corruptor& corruptor, ThreadPool& pool, const ProgressCallback& progress,
                const RunPart& part = {});

/// Room for what two layers, one on top of the other, make of a row.
Index pretraining_bytes_per_row(const Network<float>& network);

}  // namespace hourglass
