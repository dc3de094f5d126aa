#include "train/train_model.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <limits>
#include <optional>
#include <utility>

#include "model/convolutional.h"
#include "model/ensemble.h"
#include "model/saved_networks.h"
#include "network/inference.h"
#include "train/code_statistics.h"
#include "train/compare_with_pca.h"
#include "train/diagnose.h"
#include "train/evaluate.h"
#include "train/fit_members.h"
#include "train/model_so_far.h"
#include "train/pretrain.h"
#include "train/run_folder.h"
#include "train/variational.h"

namespace hourglass {
namespace {

// What is reported about training rows is measured on at most this many, evenly spaced; a table of
// ten million rows would otherwise be read once more for a number that a sample gives to four
// digits.
constexpr Index kMostMeasuredRows = 100000;
// Of patches of pictures, each of which is thousands of numbers.
constexpr Index kMostMeasuredPatches = 2000;
// PCA and dead units are looked at on fewer.
constexpr Index kMostDiagnosedRows = 10000;
// What codes are like is a matter of fewer still.
constexpr Index kMostCodeRows = 2000;

// Code units whose activation is the same for every one of these samples.
Index count_dead_units(const Network<float>& network, const Samples& samples, ThreadPool& pool) {
  const Index latent_dim = network.spec().latent_dim();
  Inference<float> inference(network, false, pool);
  std::vector<float> first(static_cast<std::size_t>(latent_dim));
  std::vector<bool> alive(static_cast<std::size_t>(latent_dim), false);
  for_each_block(samples, [&](const float* block, const float*, Index count, Index begin) {
    Matrix<float> codes(count, latent_dim);
    inference.encode({block, count, samples.features()}, codes.view());
    if (begin == 0) std::copy(codes.row(0), codes.row(0) + latent_dim, first.begin());
    for (Index r = 0; r < count; ++r) {
      for (Index k = 0; k < latent_dim; ++k) {
        const auto unit = static_cast<std::size_t>(k);
        if (codes.at(r, k) != first[unit]) alive[unit] = true;
      }
    }
  });
  return std::count(alive.begin(), alive.end(), false);
}

// Trains one model and keeps, while it does, what the summary and the warnings need.
class Training {
 public:
  Training(const Table& table, const RowRoles& roles, const TrainingJob& job, ThreadPool& pool)
      : table_(table), roles_(roles), job_(job), pool_(pool) {}

  TrainedModel run(const ProgressCallback& progress) {
    SavedModel& saved = model_.saved;
    saved.spec = job_.spec;
    choose_architecture_for(saved.spec, table_.sample_shape);
    encode_columns();
    resolve(saved.spec,
            shape_of(table_, saved.encoding, static_cast<Index>(roles_.training.size())),
            &saved.notes);
    make_members();
    begin_run();
    fit_all(progress);
    for (const Member& member : members_) model_.networks.push_back(as_stored(member.network));
    if (saved.spec.reference_codes > 0) keep_reference_codes();
    summarise();
    if (job_.diagnose) look_back();
    return std::move(model_);
  }

 private:
  // What is told of a model, and what calibrates it, is of the weights its file will have.
  std::shared_ptr<Network<float>> as_stored(std::shared_ptr<Network<float>> network) const {
    std::vector<NamedTensor> tensors = network->tensors();
    round_as_stored(model_.saved.spec, tensors);
    network->set_tensors(tensors);
    return network;
  }

  Samples samples_of(const Table& table, const std::vector<Index>& rows) const {
    return Samples(table, model_.saved.encoding, rows, job_.memory_limit_bytes,
                   job_.spec.missing == MissingPolicy::kImpute);
  }
  Samples samples(const std::vector<Index>& rows) const {
    Samples samples = samples_of(table_, rows);
    if (job_.shown != nullptr) {
      samples.show(std::make_shared<const Samples>(samples_of(*job_.shown, rows)));
    }
    return samples;
  }

  Encoding learn_columns() {
    if (job_.encoding) return *job_.encoding;
    EncodingOptions options;
    options.scaling = job_.spec.scaling;
    options.keep_shape = is_convolutional(model_.saved.spec);
    options.needs_unit_interval = info(job_.spec.step.loss).unit_interval_target;
    options.needs_counts = info(job_.spec.step.loss).whole_row;
    return learn_encoding(table_, roles_.training, options, &model_.saved.notes);
  }

  void encode_columns() {
    model_.saved.encoding = learn_columns();
    model_.saved.spec.scaling = model_.saved.encoding.scaling;
    fit_to_columns(model_.saved.spec.step, model_.saved.encoding);
  }

  std::shared_ptr<const Recording> recording() const {
    const ModelSpec& spec = model_.saved.spec;
    if (job_.drawn_damaged) return nullptr;
    for (const CorruptionSpec& corruption : spec.corruptions) {
      if (!info(corruption.corruption).needs_recording) continue;
      return std::make_shared<const Recording>(
          read_recording(spec.noise_from, model_.saved.encoding.features));
    }
    return nullptr;
  }

  void make_members() {
    const ModelSpec& spec = model_.saved.spec;
    const Encoding& encoding = model_.saved.encoding;
    const std::vector<CorruptionSpec> damage =
        job_.drawn_damaged ? std::vector<CorruptionSpec>{} : spec.corruptions;
    const std::shared_ptr<const Recording> noise = recording();
    for (Index i = 0; i < spec.ensemble; ++i) {
      Member member;
      member.spec = member_spec(spec, i);
      member.network = std::make_shared<Network<float>>(
          network_of(member.spec, encoding.features, encoding.sample_shape));
      member.network->initialise(member.spec.seed);
      member.corruptor = Corruptor(damage, encoding, member.spec.seed, noise, spec.holes_alone);
      member.part = job_.part / member_part(i);
      members_.push_back(std::move(member));
    }
  }

  void begin_run() {
    RunFolder* const run = job_.part.run();
    if (run == nullptr) return;
    run->begin(model_.saved.spec);
    // Models that only calibrate another are none to use.
    if (!job_.part.name().empty()) return;
    SavedModel begun = model_.saved;
    begun.training.training_rows = std::ssize(roles_.training);
    begun.training.validation_rows = std::ssize(roles_.validation);
    run->use_for_model_so_far(ModelSoFar(std::move(begun), job_.calibrate_so_far));
  }

  void fit_all(const ProgressCallback& progress) {
    const auto shared_validation = std::make_shared<const Samples>(samples(roles_.validation));
    std::optional<Samples> pretraining;
    if (model_.saved.spec.pretrain_epochs > 0) pretraining.emplace(samples(pretraining_rows()));
    const auto start = std::chrono::steady_clock::now();
    std::shared_ptr<const Samples> of_all;
    if (roles_.folds.empty() && !job_.drawn) {
      of_all = std::make_shared<const Samples>(samples(roles_.training));
    }
    const auto of_member = [&](Index member) {
      if (job_.drawn) {
        const std::uint64_t seed = members_[static_cast<std::size_t>(member)].spec.seed;
        return std::make_shared<const Samples>(job_.drawn(seed));
      }
      return of_all ? of_all : std::make_shared<const Samples>(samples(rows_of_member(member)));
    };
    const auto validation = [&](Index member) {
      return roles_.folds_validate ? std::make_shared<const Samples>(samples(fold_of(member)))
                                   : shared_validation;
    };
    fit_members(members_,
                {.training = of_member,
                 .in_memory = of_all ? of_all->in_memory() : !job_.drawn && parts_fit_in_memory(),
                 .validation = validation,
                 .pretraining = pretraining ? &*pretraining : nullptr,
                 .memory_limit_bytes = job_.memory_limit_bytes},
                pool_, progress);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    fit_ = fit_of_all(members_, seconds.count());
  }

  // Each of other rows, so that all together know more of them.
  void keep_reference_codes() {
    for (std::size_t m = 0; m < members_.size(); ++m) {
      const Member& member = members_[m];
      const std::vector<Index> learned =
          roles_.folds.empty() ? roles_.training : rows_of_member(static_cast<Index>(m));
      const Samples some =
          samples(some_of(learned, model_.saved.spec.reference_codes, member.spec.seed));
      model_.reference_codes.push_back(std::make_shared<const NearestPoint>(
          std::make_shared<const Matrix<float>>(codes_of(*member.network, some, pool_))));
    }
  }

  const std::vector<Index>& fold_of(Index member) const {
    return roles_.folds[static_cast<std::size_t>(member) % roles_.folds.size()];
  }

  // Without the member's fold, and no more than it has steps for.
  std::vector<Index> rows_of_member(Index member) const {
    std::vector<Index> rows = without(roles_.training, fold_of(member));
    const ModelSpec& spec = members_[static_cast<std::size_t>(member)].spec;
    if (spec.steps == 0) return rows;
    return some_of(rows, spec.steps * spec.batch_size, spec.seed);
  }

  bool parts_fit_in_memory() const {
    return std::ranges::all_of(roles_.folds, [&](const std::vector<Index>& fold) {
      const auto rows = static_cast<Index>(roles_.training.size() - fold.size());
      return Samples::fit(rows, model_.saved.encoding.features,
                          job_.spec.missing == MissingPolicy::kImpute, job_.memory_limit_bytes);
    });
  }

  // No more than leave room for what the layers make of them, whichever member's.
  std::vector<Index> pretraining_rows() const {
    Index bytes_per_row = 0;
    for (const Member& member : members_) {
      bytes_per_row = std::max(bytes_per_row, pretraining_bytes_per_row(*member.network));
    }
    const Index rows =
        std::max(model_.saved.spec.batch_size, job_.memory_limit_bytes / bytes_per_row);
    return evenly_spaced(roles_.training, rows);
  }

  const ModelSpec& first_spec() const { return members_.front().spec; }
  const Network<float>& first() const { return *members_.front().network; }

  double mean_over_members(const std::function<double(const Member&)>& figure) const {
    double sum = 0;
    for (const Member& member : members_) sum += figure(member);
    return sum / static_cast<double>(members_.size());
  }

  // Of the first member to do without each fold, on that fold, damaged as in training.
  double mean_loss_on_own_folds() const {
    double sum = 0;
    for (std::size_t k = 0; k < roles_.folds.size(); ++k) {
      const Member& member = members_[k];
      const Samples fold = samples(evenly_spaced(roles_.folds[k], kMostDiagnosedRows));
      sum += evaluate(*member.network, member.spec.step, fold, &member.corruptor, pool_).loss;
    }
    return sum / static_cast<double>(roles_.folds.size());
  }

  void summarise() {
    const ModelSpec& spec = model_.saved.spec;
    const Samples training = samples(
        evenly_spaced(learned_rows(), job_.drawn ? kMostMeasuredPatches : kMostMeasuredRows));
    findings_.training = evaluate(judging_networks(), spec.step, training, pool_);

    TrainingSummary& summary = model_.saved.training;
    // Told beside the validation loss, so measured as that was.
    summary.train_loss =
        spec.corruptions.empty()
            ? findings_.training.loss
            : mean_over_members([&](const Member& member) {
                return evaluate(*member.network, spec.step, training, &member.corruptor, pool_)
                    .loss;
              });
    const auto at_best = [&](double EpochRecord::*figure) {
      return mean_over_members([figure](const Member& member) {
        return member.fit.history[static_cast<std::size_t>(member.fit.best_epoch - 1)].*figure;
      });
    };
    summary.validation_loss =
        roles_.folds.empty() ? at_best(&EpochRecord::validation_loss) : mean_loss_on_own_folds();
    summary.validation_error = at_best(&EpochRecord::validation_error);
    summary.epochs = static_cast<Index>(fit_.history.size());
    summary.best_epoch = fit_.best_epoch;
    summary.training_rows = static_cast<Index>(roles_.training.size());
    summary.validation_rows = static_cast<Index>(roles_.validation.size());
    summary.seconds = fit_.seconds;
    summary.samples_per_second = fit_.samples_per_second;
    summary.stopped_early = fit_.stopped_early;
    summary.pca_loss = std::numeric_limits<double>::quiet_NaN();
    summary.model_mse = findings_.training.mean_squared_error;
  }

  // Rows that judging_networks() were not fitted to: those of calibration too, which early stopping
  // never saw. Where members do without a fold each, the first one.
  std::vector<Index> held_out_rows() const {
    if (!roles_.folds.empty()) return evenly_spaced(roles_.folds.front(), kMostDiagnosedRows);
    std::vector<Index> rows = roles_.validation;
    rows.insert(rows.end(), roles_.calibration.begin(), roles_.calibration.end());
    std::sort(rows.begin(), rows.end());
    return evenly_spaced(rows, kMostDiagnosedRows);
  }

  std::vector<Index> learned_rows() const {
    return roles_.folds.empty() ? roles_.training : without(roles_.training, roles_.folds.front());
  }

  Networks judging_networks() const {
    return roles_.folds.empty() ? model_.networks
                                : every_nth_member(model_, 0, std::ssize(roles_.folds)).networks;
  }

  // Errors are those of the mean reconstruction; what only a single network has, such as a code, is
  // looked at in the first member.
  void look_back() {
    const ModelSpec& spec = first_spec();
    const std::vector<Index> rows = held_out_rows();
    const Samples training = samples(evenly_spaced(learned_rows(), 2 * kMostDiagnosedRows));
    const Samples held_out = samples(rows);
    const bool any_held_out = !rows.empty();

    findings_.spec = &spec;
    findings_.fit = &fit_;
    findings_.features = training.features();
    findings_.held_out_rows = held_out.rows();
    model_.saved.training.evidence_lower_bound = evidence_lower_bound(
        first(), spec.step, any_held_out ? held_out : training, spec.seed, pool_);
    if (any_held_out) {
      findings_.held_out = evaluate(judging_networks(), spec.step, held_out, pool_);
    }
    // One row gives one code, whatever the units can do.
    if (training.rows() > 1) findings_.dead_units = count_dead_units(first(), training, pool_);

    // A code that is a map is no smaller than the sample: PCA of its size has nothing to show.
    // Nor is how a sum is spread an estimate of the features themselves.
    const bool comparable =
        spec.latent_dim < training.features() && !info(spec.step.loss).whole_row;
    if (training.features() <= kWidestPca && !training.has_mask() && comparable) {
      const PcaComparison pca = compare_with_pca(training, any_held_out ? held_out : training,
                                                 spec.latent_dim, spec.seed);
      model_.saved.training.pca_loss = pca.mean_squared_error;
      findings_.pca_mean_squared_error = pca.mean_squared_error;
      findings_.pca_training_mean_squared_error = pca.fitted_mean_squared_error;
      findings_.pca_feature_error = pca.feature_error;
    }
    if (any_held_out) {
      model_.saved.training.model_mse = findings_.held_out.mean_squared_error;
    }
    model_.saved.training.code = summarise_codes(
        first(), samples(evenly_spaced(any_held_out ? rows : roles_.training, kMostCodeRows)),
        pool_);
    model_.saved.warnings = diagnose(findings_);
  }

  const Table& table_;
  const RowRoles& roles_;
  const TrainingJob& job_;
  ThreadPool& pool_;
  TrainedModel model_;
  std::vector<Member> members_;
  FitResult fit_;  // of all of them
  Findings findings_;
};

}  // namespace

DataShape shape_of(const Table& table, const Encoding& encoding, Index training_rows) {
  DataShape shape;
  shape.rows = training_rows;
  shape.features = encoding.features;
  shape.image = encoding.sample_shape.size() >= 2;
  shape.unit_interval = table.unit_interval;
  shape.has_categories = !encoding.category_features().empty();
  shape.has_numbers = std::ranges::any_of(encoding.columns, [](const ColumnEncoding& column) {
    return column.column.kind == ColumnKind::kNumeric && !column.dropped;
  });
  shape.sample_shape = encoding.sample_shape;
  return shape;
}

TrainedModel train_model(const Table& table, const RowRoles& roles, const TrainingJob& job,
                         ThreadPool& pool, const ProgressCallback& progress) {
  return Training(table, roles, job, pool).run(progress);
}

}  // namespace hourglass
