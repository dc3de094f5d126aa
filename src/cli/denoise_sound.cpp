#include "cli/denoise_sound.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/stopwatch.h"
#include "cli/json.h"
#include "cli/picture_report.h"
#include "cli/requests.h"
#include "cli/text.h"

namespace hourglass::cli {
namespace {

double seconds_of_all(const DenoiseSoundReport& report) {
  double seconds = 0;
  for (const DenoisedSound& sound : report.sounds) seconds += sound.seconds;
  return seconds;
}

Json report_json(const DenoiseSoundReport& report, double seconds) {
  Json each = Json::array();
  for (const DenoisedSound& sound : report.sounds) {
    each.push_back({{"name", sound.name},
                    {"sound_seconds", sound.seconds},
                    {"rate", sound.rate},
                    {"channels", sound.channels},
                    {"noisy_si_sdr", sound.noisy_si_sdr},
                    {"si_sdr", sound.si_sdr}});
  }
  const double before = mean_of(report.sounds, &DenoisedSound::noisy_si_sdr);
  const double after = mean_of(report.sounds, &DenoisedSound::si_sdr);
  return {{"sounds", report.sounds.size()},
          {"sound_seconds", seconds_of_all(report)},
          {"noisy_si_sdr", before},
          {"si_sdr", after},
          {"si_sdr_improvement", after - before},
          {"seconds", seconds},
          {"of_each", each}};
}

std::string quality_text(const DenoisedSound& sound) {
  return fmt::format("SI-SDR {:.2f} dB, before {:.2f} dB", sound.si_sdr, sound.noisy_si_sdr);
}

std::string report_text(const DenoiseSoundReport& report, const std::string& output, bool measured,
                        double seconds) {
  std::string text =
      fmt::format("{} of {} denoised in {}\n", counted(std::ssize(report.sounds), "recording"),
                  duration(seconds_of_all(report)), duration(seconds));
  if (measured) {
    DenoisedSound mean;
    mean.noisy_si_sdr = mean_of(report.sounds, &DenoisedSound::noisy_si_sdr);
    mean.si_sdr = mean_of(report.sounds, &DenoisedSound::si_sdr);
    text += quality_lines(report.sounds, quality_text, quality_text(mean));
  }
  return output.empty() ? text : text + "written to " + output + "\n";
}

}  // namespace

void denoise_sounds(const Model& model, const Arguments& arguments, Console& console) {
  if (arguments.has("--colour") || arguments.has("--turns")) {
    usage_error(
        "--colour and --turns are for models of pictures, and this one is of sound: leave them "
        "out");
  }
  const std::string output = arguments.text("--output");
  const std::string clean = arguments.text("--clean");
  const Stopwatch watch;
  const DenoiseSoundReport report = denoise_sound(model, arguments.positional("INPUT"), output,
                                                  clean, run_options_from(arguments, console));
  const double seconds = watch.seconds();
  console.end_progress();
  console.warnings(report.warnings);
  if (console.json()) console.result(printed(report_json(report, seconds)));
  console.summary(report_text(report, output, !clean.empty(), seconds));
}

}  // namespace hourglass::cli
