#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/file_lock.h"
#include "model/saved_model.h"
#include "train/checkpoint_schedule.h"
#include "train/run_description.h"
#include "train/run_metrics.h"
#include "train/run_part.h"

namespace hourglass {

/// The folder of a training that can be interrupted at any moment and resumed: run.json (what it
/// is), config.toml (its settings, resolved), metrics.jsonl, checkpoint.safetensors (the states of
/// all its fits), model.safetensors (the best so far, in the end the result) and a lock. It appears
/// whole or not at all, and its files are replaced atomically, so that there is always one of them
/// to go on from. Fits on several threads may use it at once.
class RunFolder {
 public:
  /// A run to be begun. Throws before any work is done: ErrorKind::kUsage if the folder holds
  /// something already, kFailed if it could not be made.
  static std::unique_ptr<RunFolder> create(const std::string& path, RunDescription description);
  /// One to go on with, of a table with this fingerprint. Throws ErrorKind::kModel if there is none
  /// or its files are broken, kData if the data are not what they were, kFailed if another process
  /// is training in it.
  static std::unique_ptr<RunFolder> open(const std::string& path, std::uint64_t data);

  /// The training as a whole.
  RunPart whole() { return {*this, ""}; }
  const std::string& path() const { return path_; }
  bool finished() const { return description_.finished; }
  /// Of a run in any folder.
  static std::string model_path(const std::string& folder);

  /// Makes the folder, once settings are known to go together; does nothing if it is there.
  void begin(const ModelSpec& resolved);

  /// What makes a model of the states there are, after each checkpoint, for use while training goes
  /// on; nothing if there is none, or none better than before. On the thread of one of the fits.
  using MakeModel = std::function<std::optional<SavedModel>(const FitStates&)>;
  void use_for_model_so_far(MakeModel make_model);

  /// Writes what was kept last: after an interruption. False if the run had not begun.
  bool save();
  /// The result. The run is then finished and its checkpoint is gone.
  void finish(const SavedModel& model);

 private:
  friend class FitKeeper;
  RunFolder(std::string path, RunDescription description);
  void hold();
  void make_folder(const ModelSpec& resolved);
  using Clock = std::chrono::steady_clock;
  /// `start`: when training was put aside for it.
  void keep(const std::string& part, FitState state, bool due, Clock::time_point start);
  void leave(const std::string& part);
  bool all_are_kept() const;
  void write_checkpoint(Clock::time_point start);
  std::string checkpoint_path() const { return path_ + "/checkpoint.safetensors"; }

  const std::string path_;
  RunDescription description_;
  CheckpointSchedule schedule_;
  std::optional<FileLock> lock_;
  std::atomic<Index> checkpoints_{0};  // written by this process

  mutable std::mutex mutex_;  // of all below
  bool begun_ = false;
  bool due_ = false;                     // a checkpoint, once all running parts have been kept
  FitStates states_;                     // kept last, of each part
  std::map<std::string, bool> running_;  // parts in a fit(): kept since the last checkpoint?
  std::optional<RunMetrics> metrics_;
  MakeModel make_model_;
};

}  // namespace hourglass
