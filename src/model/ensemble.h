#pragma once

#include "model/model_spec.h"

namespace hourglass {

/// An ensemble is several autoencoders trained as one model on the same rows, encoded alike. The
/// spec is that of all; what sets a member apart follows from it and from the member's number.

inline constexpr Index kMostMembers = 256;

/// What a member's random numbers (initial weights, order of batches, dropout, corruption) start
/// from. The first member's is `seed` itself, so that an ensemble of one is the plain model. Below
/// 2⁶³, as a setting must be.
std::uint64_t member_seed(std::uint64_t seed, Index member);

/// The spec that member `member` of a resolved spec has by itself: hidden widths and latent_dim
/// times its factor (rounded, at least 1), its activation, its seed, and no other members.
ModelSpec member_spec(const ModelSpec& spec, Index member);

/// Throws ErrorKind::kUsage for an ensemble of which some member could not be: `features` and
/// `sample_shape` are those of network_of().
void check_members(const ModelSpec& spec, Index features, const std::vector<Index>& sample_shape);

}  // namespace hourglass
