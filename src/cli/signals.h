#pragma once

namespace hourglass::cli {

/// Ctrl-C and SIGTERM ask running work to stop, and a second one ends the process at once; a closed
/// pipe and a file past its size limit become errors of the write that met them.
void install_signal_handlers();

/// The signal that asked to stop, or 0.
int received_signal();

}  // namespace hourglass::cli
