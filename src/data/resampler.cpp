#include "data/resampler.h"

#include <array>
#include <fmt/format.h>
#include <samplerate.h>

#include "base/error.h"

namespace hourglass {

struct Resampler::State {
  SRC_STATE* converter = nullptr;
  double ratio = 1;
  ~State() {
    if (converter != nullptr) src_delete(converter);
  }
};

Resampler::Resampler(double from, double to) : state_(std::make_unique<State>()) {
  state_->ratio = to / from;
  int problem = 0;
  if (src_is_valid_ratio(state_->ratio) != 0) {
    state_->converter = src_new(SRC_SINC_MEDIUM_QUALITY, 1, &problem);
  }
  if (state_->converter != nullptr) return;
  fail(fmt::format("cannot bring sound from {} to {} samples a second", from, to));
}

Resampler::~Resampler() = default;

void Resampler::convert(const float* samples, Index count, bool last, std::vector<float>& out) {
  std::array<float, 4096> made;
  SRC_DATA data{};
  data.data_in = samples;
  data.input_frames = static_cast<long>(count);
  data.data_out = made.data();
  data.output_frames = static_cast<long>(made.size());
  data.end_of_input = last ? 1 : 0;
  data.src_ratio = state_->ratio;
  do {
    const int problem = src_process(state_->converter, &data);
    if (problem != 0) fail(fmt::format("cannot resample sound: {}", src_strerror(problem)));
    out.insert(out.end(), made.begin(), made.begin() + data.output_frames_gen);
    data.data_in += data.input_frames_used;
    data.input_frames -= data.input_frames_used;
  } while (data.input_frames > 0 || data.output_frames_gen > 0);
}

}  // namespace hourglass
