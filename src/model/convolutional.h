#pragma once

#include <string>
#include <vector>

#include "model/model_spec.h"

namespace hourglass {

// Convolutional networks as a spec describes them: an entry of `channels` for each level, at which
// the encoder halves the map (rounding up) and back from which the decoder doubles it.

/// True where the architecture is, or for these samples becomes, a convolutional one.
bool is_convolutional(const ModelSpec& spec);

/// Replaces architecture = auto by what the family asks for and the samples allow. Throws
/// ErrorKind::kUsage where convolutions make no sense on them, with what does.
void choose_architecture_for(ModelSpec& spec, const std::vector<Index>& sample_shape);

/// True for samples so large that dense layers would be wasted on them: images above 64 × 64.
bool are_large_images(const std::vector<Index>& sample_shape);

/// What a sample of this shape is to the convolutions of a spec: {height, width, channels}. Throws
/// ErrorKind::kUsage where it is nothing, or where its numbers are not `features`.
MapShape map_of_samples(const ModelSpec& spec, const std::vector<Index>& sample_shape,
                        Index features);

/// As many levels as leave 4 to 8 positions along the shorter side (of a series, the longer), each
/// with twice the channels, 16 … 128.
std::vector<Index> default_channels(const MapShape& input);

/// A dense layer between the last map and the code, of which the latter would otherwise be a linear
/// function: 256 wide, none where that is not between the two sizes. For chosen channels and code.
std::vector<Index> default_hidden_after_maps(const ModelSpec& spec, const MapShape& input);

/// Numbers in the map of the last level: the code's size where there is no bottleneck.
Index last_map_size(const ModelSpec& spec, const MapShape& input);

/// Throws ErrorKind::kUsage for settings that do not go together.
void check_convolutions(const ModelSpec& spec, const MapShape& input);

/// The layers of a resolved spec.
NetworkSpec convolutional_network(const ModelSpec& spec, const MapShape& input);

}  // namespace hourglass
