#pragma once

#include <string>
#include <vector>

#include "model/model_spec.h"

namespace hourglass {

/// The entries NAME[=WEIGHT][:LAYER] of the setting `penalty`. LAYER is code (where none is given),
/// encoder.0, decoder.1, …; without a weight it follows from the data's width.
/// An entry sets the penalty of that name on that layer and leaves others, such as the family's,
/// as they are; "none" takes away all before it.

/// Applies the text to what is there. Throws ErrorKind::kUsage "penalty = l2=1 …: give …".
void read_penalties(std::vector<PenaltySetting>& penalties, const std::string& text);

/// The text that makes `penalties` of `defaults`, those of the family.
std::string print_penalties(const std::vector<PenaltySetting>& penalties,
                            const std::vector<PenaltySetting>& defaults);

/// Fills in weights left open. `network`: as it is before add_penalty_layers().
void resolve_penalties(std::vector<PenaltySetting>& penalties, const NetworkSpec& network);

/// Lets the penalties that are made of layers put theirs in: after the layer they name, by the
/// names that layers have before. The other penalties name layers as they stand afterwards.
void add_penalty_layers(const std::vector<PenaltySetting>& penalties, NetworkSpec& network);

/// The same for the engine. Throws ErrorKind::kUsage for a layer the network does not have, and
/// where it cannot have the penalty, with the nearest thing that works.
std::vector<PenaltySpec> penalties_of(const ModelSpec& spec, const NetworkSpec& network);

}  // namespace hourglass
