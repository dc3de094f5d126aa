#pragma once

#include "network/layer_kind.h"

namespace hourglass {

/// Whether a convolution of this kind is worked out in Winograd's way (kernel/winograd.h); else by
/// patches.
bool winograd_serves(const LayerSpec& spec, const MapShape& input);

template <class T>
StagePointer<T> make_winograd_stage(const StageContext<T>& context, const Signal<T>& input);
template <class T>
LayerRunnerPointer<T> make_winograd_runner(const Network<T>& network, Index layer);

}  // namespace hourglass
