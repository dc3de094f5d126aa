#include "train/variational.h"

#include <cmath>
#include <functional>
#include <limits>

#include "base/random.h"
#include "kernel/elementwise.h"
#include "network/gaussian_layer.h"
#include "network/inference.h"
#include "network/loss_pass.h"
#include "train/evaluate.h"

namespace hourglass {
namespace {

Index code_layer(const NetworkSpec& network) {
  return static_cast<Index>(network.encoder.size()) - 1;
}

// μ beside log σ², 2 · latent_dim numbers a row.
struct CodeBlock {
  const Matrix<float>& parameters;
  const float* samples;
  const float* mask;
  Index count;
  Index begin;
};

void for_each_code_block(const Network<float>& network, const Samples& samples, ThreadPool& pool,
                         const std::function<void(const CodeBlock&)>& visit) {
  const Index layer = code_layer(network.spec()) - 1;
  Inference<float> inference(network, /*from_logits=*/false, pool);
  for_each_block(samples, [&](const float* block, const float* mask, Index count, Index begin) {
    Matrix<float> parameters(count, network.layer(layer).width);
    inference.activations({block, count, samples.features()}, layer, parameters.view());
    visit({parameters, block, mask, count, begin});
  });
}

double divergence_of(const float* parameters, Index latent_dim) {
  double sum = 0;
  for (Index k = 0; k < latent_dim; ++k) {
    sum += divergence_from_standard<double>(parameters[k], parameters[latent_dim + k]);
  }
  return sum;
}

Matrix<float> drawn_codes(const CodeBlock& block, Index latent_dim, std::uint64_t seed) {
  Matrix<float> codes(block.count, latent_dim);
  for (Index r = 0; r < block.count; ++r) {
    RandomStream stream(seed, RandomPurpose::kSample, static_cast<std::uint64_t>(block.begin + r));
    const float* parameters = block.parameters.row(r);
    for (Index k = 0; k < latent_dim; ++k) {
      const double deviation = std::exp(static_cast<double>(parameters[latent_dim + k]) / 2);
      codes.at(r, k) = parameters[k] + static_cast<float>(deviation * stream.normal());
    }
  }
  return codes;
}

// The loss summed over all features that are there.
double summed_loss(const StepSpec& step, const Matrix<float>& outputs, const CodeBlock& block) {
  const Index features = outputs.cols() / info(step.loss).outputs_per_feature;
  const Range rows{0, block.count};
  PanelMatrix<float> output(block.count, outputs.cols()), target(block.count, features), mask;
  to_panels(outputs.data(), outputs.cols(), output.view(), rows);
  to_panels(block.samples, features, target.view(), rows);
  std::vector<double> row_loss(static_cast<std::size_t>(block.count));
  LossArguments<float> arguments = loss_arguments<float>(step);
  arguments.output = output.view();
  arguments.target = target.view();
  if (block.mask != nullptr) {
    mask = PanelMatrix<float>(block.count, features);
    to_panels(block.mask, features, mask.view(), rows);
    arguments.mask = mask.view();
  }
  arguments.row_loss = row_loss.data();
  loss_and_gradient(arguments, rows);
  double sum = 0;
  for (const double loss : row_loss) sum += loss;
  return sum;
}

}  // namespace

bool draws_codes(const NetworkSpec& network) {
  return network.encoder.back().kind == LayerKind::kGaussian;
}

double evidence_lower_bound(const Network<float>& network, const StepSpec& step,
                            const Samples& samples, std::uint64_t seed, ThreadPool& pool) {
  if (!draws_codes(network.spec())) return std::numeric_limits<double>::quiet_NaN();
  const Index latent_dim = network.spec().latent_dim();
  Inference<float> inference(network, /*from_logits=*/false, pool);
  double sum = 0;
  for_each_code_block(network, samples, pool, [&](const CodeBlock& block) {
    Matrix<float> outputs(block.count, network.spec().outputs());
    inference.decode(drawn_codes(block, latent_dim, seed), outputs.view());
    sum += summed_loss(step, outputs, block);
    for (Index r = 0; r < block.count; ++r) {
      sum += divergence_of(block.parameters.row(r), latent_dim);
    }
  });
  return -sum / static_cast<double>(samples.rows());
}

}  // namespace hourglass
