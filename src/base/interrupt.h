#pragma once

namespace hourglass {

/// A wish to stop that long work looks at between steps. Set from a signal handler or another
/// thread.
void request_interrupt(int signal_number) noexcept;
/// The signal that asked to stop (e.g. SIGINT), or 0.
int requested_interrupt() noexcept;
void clear_interrupt() noexcept;
/// Throws ErrorKind::kInterrupted if a stop was asked for.
void throw_if_interrupted();

}  // namespace hourglass
