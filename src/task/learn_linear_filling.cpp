#include "task/learn_linear_filling.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>
#include <utility>

#include "base/interrupt.h"
#include "task/hole_filler.h"
#include "task/hole_trials.h"
#include "task/image_quality.h"
#include "task/linear_hole_filler.h"
#include "task/moved_images.h"

namespace hourglass {
namespace {

constexpr Index kMostComponents = 512;
// Of images drawn for an estimate: so many numbers in all, between these bounds.
constexpr Index kNumbersDrawn = Index{1} << 25;
constexpr Index kFewestDrawn = 1 << 11, kMostDrawn = 1 << 15;
// Holes that estimates are judged by.
constexpr Index kTrials = 64;
// White noise, as shares of the pixels' mean variance.
constexpr std::array kNoises = {0.03, 0.1, 0.3, 1.0};
// Rows held out are often of the very things learned from. What is new needs a smoother estimate
// than those, so the smoothest is taken of all whose error is within this of the least.
constexpr double kAsGood = 1.02;
// The error of an estimate that there is none of.
constexpr double kNone = std::numeric_limits<double>::infinity();

Index images_for(const ImageShape& shape) {
  return std::clamp(kNumbersDrawn / shape.numbers(), kFewestDrawn, kMostDrawn);
}

// Some of the rows, those of which nothing is missing.
std::vector<Index> whole_rows(const Table& table, const std::vector<Index>& rows, Index most,
                              std::uint64_t seed) {
  std::vector<Index> whole;
  std::vector<double> numbers(static_cast<std::size_t>(table.cols()));
  for (const Index row : some_of(rows, most, seed)) {
    table.store->gather(&row, 1, numbers.data());
    if (std::ranges::all_of(numbers, [](double value) { return std::isfinite(value); })) {
      whole.push_back(row);
    }
  }
  return whole;
}

// What varies in images, and how much a pixel does in the mean.
struct Components {
  Pca pca;
  double variance;

  bool any_vary() const { return variance > 0 && std::isfinite(variance); }
  GaussianEstimate with_noise(double share) const { return gaussian_from(pca, share * variance); }
};

// Over all that is missing.
double squared_error(const HoleTrial& trial, const Image& filled) {
  return error_of(trial, filled) * static_cast<double>(count_of(trial.holes));
}

class Learning {
 public:
  Learning(TrainedModel& model, const Table& table, const RowRoles& roles, ThreadPool& pool)
      : model_(model),
        table_(table),
        pool_(pool),
        seed_(model.saved.spec.seed),
        shape_(image_shape(model.saved.encoding.sample_shape)),
        training_(whole_rows(table, roles.training, images_for(shape_), seed_)),
        known_(whole_rows(table, all_rows(table.rows()), images_for(shape_), seed_)),
        held_out_(whole_rows(table, roles.validation, kTrials, seed_)) {}

  void run(const std::function<void(double)>& tell_progress) {
    if (training_.size() < 2 || known_.size() < 2 || held_out_.empty()) return;
    trials_ = hole_trials(model_.saved, table_, held_out_, kTrials, pool_);
    if (trials_.empty()) return;
    fill_by_network();
    tell_progress(0.1);
    const Choice plain = choose(false);
    tell_progress(0.4);
    const Choice mirrored = choose(true);
    tell_progress(0.7);
    const bool mirrors = mirrored.error <= kAsGood * plain.error;
    const Choice& chosen = mirrors ? mirrored : plain;
    if (!std::isfinite(chosen.error)) return;
    const double share = network_share(chosen.filled);
    summarise(chosen.filled, share);
    if (share == 1) return;  // a network that the estimate adds nothing to
    const Components components = components_of(known_, mirrors);
    if (!components.any_vary()) return;
    model_.saved.linear = {
        std::make_shared<const GaussianEstimate>(components.with_noise(chosen.noise)), share};
    tell_progress(1);
  }

 private:
  struct Choice {
    double noise = 0;
    double error = kNone;
    std::vector<Image> filled;  // the trials
  };

  Components components_of(const std::vector<Index>& rows, bool mirrored) const {
    constexpr Index kExact = 2048;
    const MovedImages images(table_, rows, shape_, mirrored, images_for(shape_), seed_);
    Pca pca = fit_pca(
        images.count(), shape_.numbers(),
        [&](Index begin, Index end, float* out) {
          throw_if_interrupted();
          images.read(begin, end, out);
        },
        kMostComponents, kExact, seed_);
    const double variance = pca.total_variance / static_cast<double>(shape_.numbers());
    return {std::move(pca), variance};
  }

  void fill_by_network() {
    HoleFiller filler(model_, pool_);
    for (const HoleTrial& trial : trials_) {
      throw_if_interrupted();
      Image filled = trial.clean;
      filler.fill(filled, trial.holes, "", 1, {});
      by_network_.push_back(std::move(filled));
    }
  }

  // The noise with which an estimate from the training rows fills holes best.
  Choice choose(bool mirrored) const {
    const Components components = components_of(training_, mirrored);
    if (!components.any_vary()) return {};
    const GaussianEstimate estimate = components.with_noise(1);
    std::array<std::vector<Image>, kNoises.size()> filled;
    std::array<std::vector<double>, kNoises.size()> errors;
    for (std::size_t n = 0; n < kNoises.size(); ++n) {
      filled[n].resize(trials_.size());
      errors[n].resize(trials_.size());
    }
    pool_.for_each(std::ssize(trials_), [&](Index i) {
      const auto at = static_cast<std::size_t>(i);
      const HoleTrial& trial = trials_[at];
      LinearHoleFiller filler(estimate, trial.holes);
      for (std::size_t n = 0; n < kNoises.size(); ++n) {
        Image& image = filled[n][at] = trial.clean;
        filler.expect_noise(kNoises[n] * components.variance);
        const bool solved = filler.fill(image);
        clamp_in_holes(model_.saved.encoding, trial.holes, image);
        errors[n][at] = solved ? squared_error(trial, image) : kNone;
      }
    });
    std::array<double, kNoises.size()> sums;
    std::ranges::transform(errors, sums.begin(), [](const std::vector<double>& of_trials) {
      return std::accumulate(of_trials.begin(), of_trials.end(), 0.0);
    });
    const double as_good = kAsGood * std::ranges::min(sums);
    std::size_t smoothest = kNoises.size() - 1;
    while (sums[smoothest] > as_good) --smoothest;
    return {kNoises[smoothest], sums[smoothest], std::move(filled[smoothest])};
  }

  // By least squares over all that is missing.
  double network_share(const std::vector<Image>& by_estimate) const {
    double products = 0, squares = 0;
    for_each_missing(by_estimate, [&](double estimate, double network, double clean) {
      products += (network - estimate) * (clean - estimate);
      squares += (network - estimate) * (network - estimate);
    });
    return squares > 0 ? std::clamp(products / squares, 0.0, 1.0) : 1;
  }

  void summarise(const std::vector<Image>& by_estimate, double share) {
    double together = 0, alone = 0, count = 0;
    for (std::size_t t = 0; t < trials_.size(); ++t) {
      Image mixed = by_network_[t];
      mix(by_estimate[t], share, mixed);
      together += squared_error(trials_[t], mixed);
      alone += squared_error(trials_[t], by_estimate[t]);
      count += static_cast<double>(count_of(trials_[t].holes));
    }
    const double white = white_of(model_.saved.encoding);
    model_.saved.training.validation_psnr = psnr_of_error(together / (count * white * white));
    model_.saved.training.linear_psnr = psnr_of_error(alone / (count * white * white));
  }

  // visit(estimate, network, clean) for each missing number of the trials.
  template <class Visit>
  void for_each_missing(const std::vector<Image>& by_estimate, const Visit& visit) const {
    for (std::size_t t = 0; t < trials_.size(); ++t) {
      const Image& clean = trials_[t].clean;
      for (std::size_t i = 0; i < clean.pixels.size(); ++i) {
        if (trials_[t].holes[i / static_cast<std::size_t>(clean.channels)] == 0) continue;
        visit(by_estimate[t].pixels[i], by_network_[t].pixels[i], clean.pixels[i]);
      }
    }
  }

  TrainedModel& model_;
  const Table& table_;
  ThreadPool& pool_;
  std::uint64_t seed_;
  ImageShape shape_;
  // Whole rows: some learned from, some of all, some held out.
  std::vector<Index> training_, known_, held_out_;
  std::vector<HoleTrial> trials_;
  std::vector<Image> by_network_;  // the trials, filled
};

}  // namespace

void learn_linear_filling(TrainedModel& model, const Table& table, const RowRoles& roles,
                          ThreadPool& pool, const std::function<void(double)>& progress) {
  const Encoding& encoding = model.saved.encoding;
  if (roles.validation.empty() || encoding.table_columns() > kLargestSample) return;
  Learning(model, table, roles, pool).run([&](double share) {
    if (progress) progress(share);
  });
}

}  // namespace hourglass
