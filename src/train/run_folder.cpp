#include "train/run_folder.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <sys/stat.h>
#include <utility>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/paths.h"
#include "base/stopwatch.h"
#include "model/settings.h"

namespace hourglass {
namespace {

namespace fs = std::filesystem;

constexpr const char* kLock = "/lock";

std::string without_last_slashes(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

std::string parent_of(const std::string& path) {
  const std::string parent = fs::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

void check_is_free(const std::string& path) {
  if (is_there(description_path(path))) {
    usage_error(fmt::format(
        "{} already holds a run: go on with --resume {}, or name another folder", path, path));
  }
  std::error_code unknown;
  if (is_there(path) && !(is_folder(path) && fs::is_empty(path, unknown))) {
    usage_error(
        fmt::format("{} is there already and holds something else: name another folder", path));
  }
}

// A folder under another name beside the one it is to become; gone again unless it does.
class FolderToBe {
 public:
  explicit FolderToBe(std::string path) : path_(std::move(path)) {
    temporary_ = path_ + ".part.XXXXXX";
    if (mkdtemp(temporary_.data()) == nullptr) {
      const std::string reason = system_reason();
      temporary_.clear();
      fail(fmt::format("cannot make the folder {}: {}", path_, reason));
    }
    chmod(temporary_.c_str(), 0755);
  }
  ~FolderToBe() {
    std::error_code ignored;
    if (!temporary_.empty()) fs::remove_all(temporary_, ignored);
  }
  FolderToBe(const FolderToBe&) = delete;
  FolderToBe& operator=(const FolderToBe&) = delete;

  const std::string& temporary() const { return temporary_; }

  void appear() {
    sync_folder(temporary_);
    if (std::rename(temporary_.c_str(), path_.c_str()) != 0) {
      fail(fmt::format("cannot make the folder {}: {}", path_, system_reason()));
    }
    temporary_.clear();
    sync_folder(parent_of(path_));
  }

 private:
  std::string path_;
  std::string temporary_;
};

// What a kill in the middle of writing left behind.
void remove_unfinished_files(const std::string& folder) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    if (entry.path().extension() == ".part") fs::remove(entry.path(), ignored);
  }
}

}  // namespace

RunFolder::RunFolder(std::string path, RunDescription description)
    : path_(std::move(path)),
      description_(std::move(description)),
      schedule_(description_.checkpoint_every) {}

std::string RunFolder::model_path(const std::string& folder) {
  return without_last_slashes(folder) + "/model.safetensors";
}

std::unique_ptr<RunFolder> RunFolder::create(const std::string& path, RunDescription description) {
  const std::string folder = without_last_slashes(path);
  check_is_free(folder);
  if (!is_folder(parent_of(folder))) {
    fail(fmt::format("cannot make the folder {}: there is no folder {}; make it first", folder,
                     parent_of(folder)));
  }
  return std::unique_ptr<RunFolder>(new RunFolder(folder, std::move(description)));
}

std::unique_ptr<RunFolder> RunFolder::open(const std::string& path, std::uint64_t data) {
  const std::string folder = without_last_slashes(path);
  std::unique_ptr<RunFolder> run(new RunFolder(folder, read_description(folder)));
  run->lock_.emplace(folder + kLock);
  run->hold();
  run->description_ = read_description(folder);  // whoever held it is done with it
  remove_unfinished_files(folder);
  if (run->description_.data != data) {
    data_error(
        fmt::format("the data are not those that the run in {} began with: bring them back, or "
                    "begin another run",
                    folder));
  }
  if (is_there(run->checkpoint_path())) run->states_ = read_checkpoint(run->checkpoint_path());
  run->metrics_.emplace(folder + "/metrics.jsonl", run->states_);
  run->begun_ = true;
  return run;
}

void RunFolder::hold() {
  if (lock_->try_lock()) return;
  fail(fmt::format("another process is training in {}: wait for it, or stop it", path_));
}

void RunFolder::begin(const ModelSpec& resolved) {
  const std::lock_guard lock(mutex_);
  if (begun_) return;
  make_folder(resolved);
  metrics_.emplace(path_ + "/metrics.jsonl", states_);
  begun_ = true;
}

void RunFolder::make_folder(const ModelSpec& resolved) {
  check_is_free(path_);  // another may have been quicker
  FolderToBe folder(path_);
  lock_.emplace(folder.temporary() + kLock);
  hold();
  write_file(folder.temporary() + "/config.toml", write_config(settings_from_spec(resolved)));
  write_description(description_, folder.temporary());
  folder.appear();
}

void RunFolder::use_for_model_so_far(MakeModel make_model) {
  const std::lock_guard lock(mutex_);
  make_model_ = std::move(make_model);
}

void RunFolder::keep(const std::string& part, FitState state, bool due, Clock::time_point start) {
  const std::lock_guard lock(mutex_);
  states_[part] = std::move(state);
  running_[part] = true;
  due_ = due_ || due;
  if (due_ && all_are_kept()) write_checkpoint(start);
}

void RunFolder::leave(const std::string& part) {
  const std::lock_guard lock(mutex_);
  running_.erase(part);
}

// Members side by side give their states one after the other, each between two of its own steps.
bool RunFolder::all_are_kept() const {
  return std::all_of(running_.begin(), running_.end(),
                     [](const auto& part) { return part.second; });
}

void RunFolder::write_checkpoint(Clock::time_point start) {
  write_file(checkpoint_path(), format_checkpoint(states_));
  for (auto& [part, is_kept] : running_) is_kept = false;
  due_ = false;
  // Before other fits are told, lest they find the next one due.
  schedule_.written(seconds_since(start));
  ++checkpoints_;
  if (!make_model_) return;
  if (const std::optional<SavedModel> model = make_model_(states_)) {
    write_model(*model, model_path(path_));
    schedule_.written(seconds_since(start));
  }
}

bool RunFolder::save() {
  const std::lock_guard lock(mutex_);
  if (begun_ && !states_.empty()) write_checkpoint(Clock::now());
  return begun_;
}

void RunFolder::finish(const SavedModel& model) {
  const std::lock_guard lock(mutex_);
  write_model(model, model_path(path_));
  description_.finished = true;
  write_description(description_, path_);
  std::error_code ignored;
  fs::remove(checkpoint_path(), ignored);
}

}  // namespace hourglass
