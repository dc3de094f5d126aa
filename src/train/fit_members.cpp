#include "train/fit_members.h"

#include <algorithm>
#include <exception>
#include <mutex>

#include "base/error.h"
#include "network/training_plan.h"
#include "train/members_progress.h"
#include "train/pretrain.h"

namespace hourglass {
namespace {

void fit_one(std::vector<Member>& members, Index index, const MemberSamples& samples,
             ThreadPool& pool, const ProgressCallback& progress) {
  Member& member = members[static_cast<std::size_t>(index)];
  double pretraining = 0;
  if (samples.pretraining != nullptr && member.spec.pretrain_epochs > 0) {
    pretraining = pretrain(*member.network, member.spec, *samples.pretraining, member.corruptor,
                           pool, progress, member.part);
  }
  const std::shared_ptr<const Samples> training = samples.training(index);
  const std::shared_ptr<const Samples> validation = samples.validation(index);
  member.fit = fit(*member.network, member.spec, *training, validation.get(), member.corruptor,
                   pool, progress, member.part);
  member.fit.seconds += pretraining;
}

bool fit_into_memory(const std::vector<Member>& members, const MemberSamples& samples,
                     Index at_once) {
  if (samples.pretraining == nullptr) return true;
  Index bytes_per_row = 1;
  for (const Member& member : members) {
    bytes_per_row = std::max(bytes_per_row, pretraining_bytes_per_row(*member.network));
  }
  return samples.pretraining->rows() <= samples.memory_limit_bytes / bytes_per_row / at_once;
}

// Threads are best given a member each unless one member's steps keep more of them busy than there
// are members. Tables on disk are read in long runs, which several readers would break up.
bool best_side_by_side(const std::vector<Member>& members, const MemberSamples& samples,
                       const ThreadPool& pool) {
  const auto at_once = std::min<Index>(std::ssize(members), pool.size());
  if (!samples.in_memory || !fit_into_memory(members, samples, at_once)) return false;
  const Member& first = members.front();
  const int kept_busy = workers_for_step(first.network->spec(), first.spec.batch_size);
  return at_once >= std::min<Index>(kept_busy, pool.size());
}

// Members from a shared queue, each whole on the thread that took it.
void fit_side_by_side(std::vector<Member>& members, const MemberSamples& samples, ThreadPool& pool,
                      MembersProgress& progress) {
  std::mutex mutex;
  std::exception_ptr error;
  pool.for_each(std::ssize(members), [&](Index i) {
    if (progress.is_stopped()) return;
    try {
      ThreadPool alone(1);
      fit_one(members, i, samples, alone, progress.of_member(i));
      progress.finished(i);
    } catch (const MembersProgress::Stopped&) {
    } catch (...) {
      const std::lock_guard lock(mutex);
      if (!error) error = std::current_exception();
      progress.stop();
    }
  });
  if (error) std::rethrow_exception(error);
}

}  // namespace

void fit_members(std::vector<Member>& members, const MemberSamples& samples, ThreadPool& pool,
                 const ProgressCallback& progress) {
  HOURGLASS_CHECK(!members.empty());
  if (members.size() == 1) return fit_one(members, 0, samples, pool, progress);
  MembersProgress together(progress, std::ssize(members));
  if (best_side_by_side(members, samples, pool)) {
    return fit_side_by_side(members, samples, pool, together);
  }
  for (Index i = 0; i < std::ssize(members); ++i) {
    fit_one(members, i, samples, pool, together.of_member(i));
    together.finished(i);
  }
}

FitResult fit_of_all(const std::vector<Member>& members, double seconds) {
  if (members.size() == 1) return members.front().fit;
  FitResult all;
  all.stopped_early = true;
  for (const Member& member : members) {
    const FitResult& fit = member.fit;
    if (fit.history.size() > all.history.size()) {
      all.history = fit.history;
      all.best_epoch = fit.best_epoch;
    }
    all.samples += fit.samples;
    all.stopped_early = all.stopped_early && fit.stopped_early;
  }
  all.seconds = seconds;
  all.samples_per_second = seconds > 0 ? static_cast<double>(all.samples) / seconds : 0;
  return all;
}

}  // namespace hourglass
