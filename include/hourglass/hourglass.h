#pragma once

/// Hourglass: autoencoders for data without labels.

#include <string>

#include "hourglass/compare.h"
#include "hourglass/data.h"
#include "hourglass/denoise.h"
#include "hourglass/denoise_sound.h"
#include "hourglass/detect.h"
#include "hourglass/detection_stream.h"
#include "hourglass/error.h"
#include "hourglass/export.h"
#include "hourglass/inpaint.h"
#include "hourglass/missing_cells.h"
#include "hourglass/model.h"
#include "hourglass/progress.h"
#include "hourglass/run.h"
#include "hourglass/search.h"
#include "hourglass/settings.h"
#include "hourglass/shipped.h"

namespace hourglass {

/// "0.1.0"
HOURGLASS_API std::string version();
/// Which arithmetic this machine gets and why: a line for each implementation that was considered.
HOURGLASS_API std::string describe_machine();

/// Asks running work to stop at the next step with kInterrupted; 0 takes that back, before other
/// work begins. Async-signal-safe.
HOURGLASS_API void interrupt(int signal_number) noexcept;

}  // namespace hourglass
