#pragma once

#include "base/thread_pool.h"
#include "data/samples.h"
#include "network/network.h"

namespace hourglass {

/// What is known of a network whose codes are drawn from a Gaussian (penalty variational).
bool draws_codes(const NetworkSpec& network);

/// The evidence lower bound in nats, mean over samples (Kingma & Welling 2014): minus the loss of a
/// code drawn once for each sample, summed over features, minus the divergence. With bce it is that
/// of Bernoulli pixels; with mse, up to a constant, of Gaussian ones of variance ½, with
/// gaussian-nll of the variance that is predicted. NaN for
/// networks that draw no codes. A function of the seed; equal for any number of threads.
double evidence_lower_bound(const Network<float>& network, const StepSpec& step,
                            const Samples& samples, std::uint64_t seed, ThreadPool& pool);

}  // namespace hourglass
