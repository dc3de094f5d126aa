#include "train/evaluate.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "base/error.h"
#include "base/interrupt.h"
#include "kernel/elementwise.h"
#include "kernel/loss.h"
#include "kernel/softmax.h"
#include "network/inference.h"
#include "network/loss_pass.h"

namespace hourglass {
namespace {

constexpr Index kBlockElements = Index{1} << 20;

// Loss, squared error and moments of one block after another, each added in row order.
class Accumulator {
 public:
  Accumulator(const StepSpec& step, Index features, Index outputs, Index block_rows)
      : step_(step),
        output_(block_rows, outputs),
        target_(block_rows, features),
        mask_(block_rows, features),
        row_loss_(static_cast<std::size_t>(block_rows)),
        squared_(static_cast<std::size_t>(features)),
        sum_(static_cast<std::size_t>(features)),
        sum_of_squares_(static_cast<std::size_t>(features)),
        counted_(static_cast<std::size_t>(features)) {}

  // Row-major; targets, mask: count × features; outputs: all that the last layer gives, logits
  // where the loss wants them.
  void add(const float* outputs, const float* targets, const float* mask, Index count) {
    const Index features = target_.cols();
    const Range rows{0, count};
    to_panels(outputs, output_.cols(), output_.view(), rows);
    to_panels(targets, features, target_.view(), rows);
    LossArguments<float> arguments = loss_arguments<float>(step_);
    arguments.output = output_.view().first_rows(count);
    arguments.target = target_.view().first_rows(count);
    if (mask != nullptr) {
      to_panels(mask, features, mask_.view(), rows);
      arguments.mask = mask_.view().first_rows(count);
    }
    arguments.row_loss = row_loss_.data();
    loss_and_gradient(arguments, rows);
    for (Index r = 0; r < count; ++r) loss_ += row_loss_[static_cast<std::size_t>(r)];
  }

  // The same rows once more with the reconstructions, at the start of each row of outputs, rather
  // than logits.
  void add_errors(const float* outputs, const float* targets, const float* mask, Index count) {
    const Index features = target_.cols();
    for (Index r = 0; r < count; ++r) {
      for (Index f = 0; f < features; ++f) {
        const Index i = r * features + f;
        if (mask != nullptr && mask[i] == 0) continue;
        const auto slot = static_cast<std::size_t>(f);
        const double target = targets[i];
        const double error = target - static_cast<double>(outputs[r * output_.cols() + f]);
        squared_[slot] += error * error;
        sum_[slot] += target;
        sum_of_squares_[slot] += target * target;
        counted_[slot] += 1;
      }
    }
  }

  Evaluation result() const {
    Evaluation evaluation;
    double counted = 0;
    double squared = 0;
    for (std::size_t f = 0; f < squared_.size(); ++f) {
      counted += counted_[f];
      squared += squared_[f];
      const double n = std::max(1.0, counted_[f]);
      const double mean = sum_[f] / n;
      evaluation.feature_error.push_back(squared_[f] / n);
      evaluation.feature_variance.push_back(std::max(0.0, sum_of_squares_[f] / n - mean * mean));
    }
    counted = std::max(1.0, counted);
    evaluation.loss = loss_ / counted;
    evaluation.mean_squared_error = squared / counted;
    return evaluation;
  }

 private:
  StepSpec step_;
  PanelMatrix<float> output_, target_, mask_;
  std::vector<double> row_loss_;
  double loss_ = 0;
  std::vector<double> squared_, sum_, sum_of_squares_, counted_;
};

void apply_sigmoid(Matrix<float>& values, Index count) {
  for (Index i = 0; i < count * values.cols(); ++i) {
    values.data()[i] = activate(Activation::kSigmoid, values.data()[i]);
  }
}

// What a loss takes the last layer's numbers for, in place.
void make_reconstructions(const StepSpec& step, Index features, Matrix<float>& outputs,
                          Index count) {
  const LossInfo& loss = info(step.loss);
  if (loss.from_logits) apply_sigmoid(outputs, count);
  if (loss.by_groups) softmax<float>(outputs.data(), features, step.groups, count);
  counts_to_targets<float>(outputs.data(), features, step.count_scale, count);
}

// Adds up what the members of an ensemble give, in their order, to its mean.
class MemberMean {
 public:
  // `sum` becomes the mean of `members` matrices like it.
  MemberMean(MatrixView<float> sum, Index members) : sum_(sum), members_(members) {}

  void add(const float* values) {
    HOURGLASS_CHECK(added_ < members_);
    const Index count = sum_.rows * sum_.cols;
    if (added_ == 0) {
      std::copy_n(values, count, sum_.data);
    } else {
      for (Index i = 0; i < count; ++i) sum_.data[i] += values[i];
    }
    if (++added_ < members_) return;
    for (Index i = 0; i < count; ++i) sum_.data[i] /= static_cast<float>(members_);
  }

 private:
  MatrixView<float> sum_;
  const Index members_;
  Index added_ = 0;
};

}  // namespace

Index evaluation_block_rows(Index features) {
  return std::clamp<Index>(kBlockElements / std::max<Index>(1, features), 1, 8192);
}

void for_each_block(const Samples& samples,
                    const std::function<void(const float*, const float*, Index, Index)>& visit) {
  const Index step = evaluation_block_rows(samples.features());
  Matrix<float> block;
  Matrix<float> mask;
  if (!samples.in_memory()) {
    block = Matrix<float>(std::min(step, samples.rows()), samples.features());
    if (samples.has_mask()) mask = Matrix<float>(block.rows(), block.cols());
  }
  for (Index begin = 0; begin < samples.rows(); begin += step) {
    throw_if_interrupted();
    const Index end = std::min(begin + step, samples.rows());
    if (samples.in_memory()) {
      const float* mask_rows = samples.has_mask() ? samples.mask_matrix().row(begin) : nullptr;
      visit(samples.matrix().row(begin), mask_rows, end - begin, begin);
    } else {
      float* mask_rows = samples.has_mask() ? mask.data() : nullptr;
      samples.read(begin, end, block.data(), mask_rows);
      visit(block.data(), mask_rows, end - begin, begin);
    }
  }
}

ShownBlocks::ShownBlocks(const Samples& samples) : samples_(samples) {
  if (samples.shown() == nullptr) return;
  const Index rows = std::min(evaluation_block_rows(samples.features()), samples.rows());
  numbers_.resize(static_cast<std::size_t>(rows * samples.features()));
}

const float* ShownBlocks::of(const float* block, Index count, Index begin) {
  if (samples_.shown() == nullptr) return block;
  samples_.shown()->read(begin, begin + count, numbers_.data(), nullptr);
  return numbers_.data();
}

Evaluation evaluate(const Network<float>& network, const StepSpec& step, const Samples& samples,
                    const Corruptor* corruptor, ThreadPool& pool) {
  const bool corrupts = corruptor != nullptr && !corruptor->empty();
  Inference<float> inference(network, /*from_logits=*/false, pool);
  const Index features = samples.features();
  const Index block_rows = std::min(evaluation_block_rows(features), samples.rows());
  Accumulator sums(step, features, network.spec().outputs(), block_rows);
  Matrix<float> outputs(block_rows, network.spec().outputs());
  Matrix<float> corrupted, holes;
  std::optional<BlockCorruptor> corruption;
  if (corrupts) {
    corrupted = Matrix<float>(block_rows, features);
    corruption.emplace(*corruptor, features, pool);
    if (corruptor->holes_alone()) holes = Matrix<float>(block_rows, features);
  }
  ShownBlocks shown(samples);
  for_each_block(samples, [&](const float* block, const float* mask, Index count, Index begin) {
    const float* input = shown.of(block, count, begin);
    if (corrupts) {
      if (corruptor->holes_alone()) {
        if (mask == nullptr) {
          std::fill_n(holes.data(), count * features, 1.0f);
        } else {
          std::copy_n(mask, count * features, holes.data());
        }
        mask = holes.data();
      }
      corruption->corrupt({input, count, features}, corrupted.view(), {0, begin}, holes.view());
      input = corrupted.data();
    }
    inference.reconstruct({input, count, features}, {outputs.data(), count, outputs.cols()});
    sums.add(outputs.data(), block, mask, count);
    make_reconstructions(step, features, outputs, count);
    sums.add_errors(outputs.data(), block, mask, count);
  });
  return sums.result();
}

Evaluation evaluate(const Networks& networks, const StepSpec& step, const Samples& samples,
                    ThreadPool& pool) {
  const auto members = static_cast<Index>(networks.size());
  if (members == 1) return evaluate(*networks.front(), step, samples, nullptr, pool);
  std::vector<std::unique_ptr<Inference<float>>> inferences;
  for (const auto& network : networks) {
    inferences.push_back(std::make_unique<Inference<float>>(*network, /*from_logits=*/false, pool));
  }
  const Index features = samples.features();
  const Index width = networks.front()->spec().outputs();
  const Index block_rows = std::min(evaluation_block_rows(features), samples.rows());
  Accumulator sums(step, features, width, block_rows);
  Matrix<float> outputs(block_rows, width);
  Matrix<float> mean(block_rows, width);
  ShownBlocks shown(samples);
  for_each_block(samples, [&](const float* block, const float* mask, Index count, Index begin) {
    const float* const input = shown.of(block, count, begin);
    MemberMean adding({mean.data(), count, width}, members);
    for (const auto& inference : inferences) {
      inference->reconstruct({input, count, features}, {outputs.data(), count, width});
      sums.add(outputs.data(), block, mask, count);
      make_reconstructions(step, features, outputs, count);
      adding.add(outputs.data());
    }
    sums.add_errors(mean.data(), block, mask, count);
  });
  Evaluation evaluation = sums.result();
  evaluation.loss /= static_cast<double>(members);
  return evaluation;
}

}  // namespace hourglass
