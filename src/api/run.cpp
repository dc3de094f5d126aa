#include <fmt/format.h>
#include <memory>

#include "api/state.h"
#include "base/error.h"
#include "base/interrupt.h"
#include "data/fingerprint.h"
#include "hourglass/hourglass.h"
#include "model/job.h"
#include "task/detector.h"
#include "train/run_folder.h"

namespace hourglass {
namespace {

Model trained(const Data& data, const Settings& settings, const RunPart& part, ThreadPool& pool,
              const ProgressCallback& progress) {
  TrainingJob job;
  job.spec = spec_for(data, settings);
  job.part = part;
  return Model(std::make_shared<const Model::State>(
      Model::State{train_calibrated(data.state().table, job, detects(job.spec), pool, progress)}));
}

// The wish to stop has been followed; what is kept now must not be stopped by it, too.
void save_in_peace(RunFolder& folder) {
  const int signal = requested_interrupt();
  clear_interrupt();
  const bool saved = folder.save();
  request_interrupt(signal);
  if (!saved) return;
  throw Error(
      ErrorKind::kInterrupted,
      fmt::format("interrupted: a checkpoint is saved; go on with --resume {}", folder.path()));
}

Model trained_in(RunFolder& folder, const Data& data, const Settings& settings, ThreadPool& pool,
                 const ProgressCallback& progress) {
  try {
    Model model = trained(data, settings, folder.whole(), pool, progress);
    folder.finish(pack(model.state().model));
    return model;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kInterrupted) save_in_peace(folder);
    throw;
  }
}

// Of all that is learned from: the samples, and what noise is taken from.
std::uint64_t fingerprint_of(const Data& data, const Settings& settings, ThreadPool& pool) {
  std::uint64_t seen = fingerprint(data.state().table, pool);
  const ModelSpec spec = spec_for(data, settings);
  ReadOptions as_pictures;
  as_pictures.pictures = true;
  if (!spec.noise_from.empty()) {
    const bool of_sound = data.state().table.sounds != nullptr;
    const ReadOptions options = of_sound ? as_pictures : ReadOptions{};
    seen = 31 * seen + fingerprint(read_table(spec.noise_from, options), pool);
  }
  if (!spec.noisy_from.empty()) {
    seen = 31 * seen + fingerprint(read_table(spec.noisy_from, as_pictures), pool);
  }
  return seen;
}

RunDescription description_of(const KeepOptions& keep, const Settings& settings) {
  return {.settings = settings, .checkpoint_every = keep.checkpoint_every, .notes = keep.notes};
}

}  // namespace

void check(const KeepOptions& keep) {
  if (!keep.folder.empty()) RunFolder::create(keep.folder, description_of(keep, {}));
}

KeptRun kept_run(const std::string& folder) {
  const RunDescription description = read_description(folder);
  return {description.settings, description.notes, RunFolder::model_path(folder),
          description.finished};
}

Model Model::train(const Data& data, const Settings& settings, const RunOptions& run,
                   const KeepOptions& keep) {
  ThreadPool pool(run.threads);
  if (keep.folder.empty()) return trained(data, settings, {}, pool, run.progress);
  check(keep);
  RunDescription description = description_of(keep, settings);
  description.data = fingerprint_of(data, settings, pool);
  const auto folder = RunFolder::create(keep.folder, std::move(description));
  return trained_in(*folder, data, settings, pool, run.progress);
}

Model Model::resume(const std::string& folder, const Data& data, const RunOptions& run) {
  const KeptRun kept = kept_run(folder);
  if (kept.finished) return load(kept.model_path);
  ThreadPool pool(run.threads);
  const auto opened = RunFolder::open(folder, fingerprint_of(data, kept.settings, pool));
  // Another process may have come to the end meanwhile.
  if (opened->finished()) return load(kept.model_path);
  return trained_in(*opened, data, kept.settings, pool, run.progress);
}

}  // namespace hourglass
