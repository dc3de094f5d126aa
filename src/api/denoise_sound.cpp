#include "hourglass/denoise_sound.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fmt/format.h>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include "api/state.h"
#include "base/error.h"
#include "base/paths.h"
#include "data/image_writer.h"
#include "data/sound_reader.h"
#include "data/sound_writer.h"
#include "data/sounds.h"
#include "task/part_of.h"
#include "task/sound_denoiser.h"
#include "task/sound_quality.h"

namespace hourglass {
namespace {

namespace fs = std::filesystem;

// The clean sound beside a noisy one, read along.
class Companion {
 public:
  Companion(const std::string& path, const SoundFormat& wanted, const std::string& noisy)
      : path_(path), noisy_(noisy), reader_(InputFile(path)) {
    const SoundFormat& format = reader_.format();
    if (format.rate == wanted.rate && format.channels == wanted.channels) return;
    data_error(
        fmt::format("{} has {} channels of {} samples a second, and {} has {} of {}: give "
                    "the same sound without noise",
                    path, format.channels, format.rate, noisy, wanted.channels, wanted.rate));
  }

  const float* next(Index count) {
    block_.resize(static_cast<std::size_t>(count * reader_.format().channels));
    if (reader_.read(block_.data(), count) != count) refuse("shorter");
    return block_.data();
  }
  void check_end() {
    block_.resize(static_cast<std::size_t>(reader_.format().channels));
    if (reader_.read(block_.data(), 1) != 0) refuse("longer");
  }

 private:
  [[noreturn]] void refuse(const char* how) const {
    data_error(
        fmt::format("{} is {} than {}: give the same sound without noise", path_, how, noisy_));
  }

  std::string path_, noisy_;
  SoundReader reader_;
  std::vector<float> block_;
};

// The mean over channels that have one.
double mean_decibels(const std::vector<SiSdr>& of_channels) {
  double sum = 0, count = 0;
  for (const SiSdr& channel : of_channels) {
    const double decibels = channel.decibels();
    if (std::isnan(decibels)) continue;
    sum += decibels;
    count += 1;
  }
  return sum / count;
}

// One recording on its way from file to file.
class Passage {
 public:
  Passage(SoundGains& gains, const std::string& input, const std::string& output,
          const std::string& clean)
      : input_(input), reader_(InputFile(input)), channels_(reader_.format().channels) {
    for (Index c = 0; c < channels_; ++c) {
      denoisers_.emplace_back(gains, static_cast<double>(reader_.format().rate));
    }
    done_.resize(denoisers_.size());
    if (!output.empty()) writer_ = std::make_unique<SoundWriter>(output, reader_.format());
    if (clean.empty()) return;
    // What comes out is later than what goes in, so the clean sound is read twice.
    for (auto* companion : {&beside_input_, &beside_output_}) {
      companion->emplace(clean, reader_.format(), input);
    }
    before_.resize(denoisers_.size());
    after_.resize(denoisers_.size());
  }

  DenoisedSound run(const std::function<void(double)>& progress) {
    std::vector<float> block(static_cast<std::size_t>(kSoundBlock * channels_));
    for (Index count = kSoundBlock; count == kSoundBlock;) {
      count = reader_.read(block.data(), kSoundBlock);
      pass_on(block.data(), count);
      hand_over();
      if (progress) progress(reader_.fraction());
    }
    for (std::size_t c = 0; c < denoisers_.size(); ++c) denoisers_[c].finish(done_[c]);
    hand_over();
    if (samples_ == 0) {
      data_error(fmt::format("{} holds no samples; give a recording of something", input_));
    }
    if (beside_input_) beside_input_->check_end();
    if (writer_) writer_->finish();
    const auto rate = reader_.format().rate;
    DenoisedSound told{fs::path(input_).filename().string(),
                       static_cast<double>(samples_) / static_cast<double>(rate),
                       rate,
                       channels_,
                       std::numeric_limits<double>::quiet_NaN(),
                       std::numeric_limits<double>::quiet_NaN()};
    if (beside_input_) {
      told.noisy_si_sdr = mean_decibels(before_);
      told.si_sdr = mean_decibels(after_);
    }
    return told;
  }

 private:
  void pass_on(const float* block, Index count) {
    samples_ += count;
    measure(beside_input_, block, count, before_);
    std::vector<float> channel(static_cast<std::size_t>(count));
    for (std::size_t c = 0; c < denoisers_.size(); ++c) {
      for (Index i = 0; i < count; ++i) {
        channel[static_cast<std::size_t>(i)] = block[i * channels_ + static_cast<Index>(c)];
      }
      denoisers_[c].push(channel.data(), count, done_[c]);
    }
  }

  // What all channels have done, as they are all cut alike.
  void hand_over() {
    const auto count = std::ssize(done_.front());
    std::vector<float> block(static_cast<std::size_t>(count * channels_));
    for (std::size_t c = 0; c < done_.size(); ++c) {
      for (Index i = 0; i < count; ++i) {
        block[static_cast<std::size_t>(i * channels_) + c] = done_[c][static_cast<std::size_t>(i)];
      }
      done_[c].clear();
    }
    measure(beside_output_, block.data(), count, after_);
    if (writer_) writer_->write(block.data(), count);
  }

  void measure(std::optional<Companion>& companion, const float* block, Index count,
               std::vector<SiSdr>& sums) const {
    if (!companion || count == 0) return;
    const float* const clean = companion->next(count);
    for (std::size_t c = 0; c < sums.size(); ++c) {
      sums[c].add(block + c, clean + c, count, channels_);
    }
  }

  std::string input_;
  SoundReader reader_;
  Index channels_;
  Index samples_ = 0;
  std::vector<SoundDenoiser> denoisers_;  // one a channel
  std::vector<std::vector<float>> done_;  // the same: what has come out of it
  std::unique_ptr<SoundWriter> writer_;
  std::optional<Companion> beside_input_, beside_output_;
  std::vector<SiSdr> before_, after_;
};

// Where what becomes of a file goes.
std::string output_for(const std::string& file, const std::string& input,
                       const std::string& output) {
  if (output.empty()) return output;
  const bool into_folder = is_folder(input) || output.ends_with('/') || is_folder(output);
  if (!into_folder) return output;
  make_folder(output);
  return (fs::path(output) / fs::path(file).filename()).string();
}

std::string clean_for(const std::string& file, const std::string& clean) {
  return clean.empty() || !is_folder(clean)
             ? clean
             : (fs::path(clean) / fs::path(file).filename()).string();
}

}  // namespace

bool denoises_sound(const Model& model) { return denoises_sound(model.state().model.saved); }

DenoiseSoundReport denoise_sound(const Model& model, const std::string& input,
                                 const std::string& output, const std::string& clean,
                                 const RunOptions& run) {
  if (!denoises_sound(model)) {
    usage_error(
        "this model was not trained on sound: train one with --for denoise on a folder of "
        "recordings");
  }
  if (is_folder(input) && !clean.empty() && !is_folder(clean)) {
    data_error(fmt::format("{} is a folder and {} is none: give the folder of the clean sounds",
                           input, clean));
  }
  DenoiseSoundReport report;
  Index left_out = 0;
  const std::vector<std::string> files = sound_files(input, &left_out);
  if (left_out > 0) report.warnings.push_back(left_out_line(input, left_out));
  ThreadPool pool(run.threads);
  SoundGains gains(model.state().model, pool);
  const auto progress = share_of_stage(run.progress, "denoising");
  for (std::size_t i = 0; i < files.size(); ++i) {
    const std::string to = output_for(files[i], input, output);
    const std::string beside = clean_for(files[i], clean);
    if (!to.empty()) {
      refuse_overwriting({to}, input);
      if (!beside.empty()) refuse_overwriting({to}, beside);
    }
    const auto share = [&](double of_file) {
      if (progress) {
        progress((static_cast<double>(i) + of_file) / static_cast<double>(files.size()));
      }
    };
    report.sounds.push_back(Passage(gains, files[i], to, beside).run(share));
  }
  return report;
}

}  // namespace hourglass
