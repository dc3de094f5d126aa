#pragma once

#include "data/holes.h"

namespace hourglass {

/// Makes what holes were filled with meet what is known around them: `filled` holds the same
/// picture as a model sees it, known pixels included, and the difference from those to `known`,
/// carried on smoothly into the holes (as a membrane spanned over them: the discrete Laplace
/// equation), is added there. Known pixels become those of `known`, bit for bit. At least one is.
void meet_known(const Image& known, const Holes& holes, Image& filled);

}  // namespace hourglass
