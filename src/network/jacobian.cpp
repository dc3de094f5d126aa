#include "network/jacobian.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <utility>

#include "base/error.h"
#include "base/random.h"
#include "kernel/dense.h"
#include "kernel/dispatch.h"
#include "kernel/elementwise.h"
#include "kernel/norm.h"
#include "network/inference.h"
#include "network/layer_kind.h"
#include "network/layer_weights.h"

namespace hourglass {
namespace {

constexpr Index kBlockRows = 96;
// Random directions a sample where there is no exact way: its norm is then off by about a tenth,
// and the mean over some samples by far less.
constexpr Index kProbes = 64;

Panels<float> block_of(Buffer<float>& memory, Index rows, Index cols) {
  return {memory.data(), rows, cols, kBlockRows * kPanelWidth};
}

Buffer<float> block_memory(Index cols) { return Buffer<float>(kBlockRows * padded_cols(cols)); }

// What the way forward leaves of one layer for the way back.
struct LayerValues {
  explicit LayerValues(Index width)
      : before(block_memory(width)), after(block_memory(width)), normalised(block_memory(width)) {}

  Buffer<float> before;      // the activation's input
  Buffer<float> after;       // its output
  Buffer<float> normalised;  // layer norm: x̂
  Buffer<float> inverse_stddev = Buffer<float>(kBlockRows);
};

// A block of samples on its way through the encoder and back; one for each worker.
class BlockJacobian {
 public:
  explicit BlockJacobian(const Network<float>& network)
      : network_(network), layers_(static_cast<Index>(network.spec().encoder.size())) {
    Index widest = network.spec().features;
    for (Index i = 0; i < layers_; ++i) {
      values_.emplace_back(network.layer(i).width);
      runners_.push_back(layer_kind(network.layer(i).kind).code<float>().make_runner(network, i));
      widest = std::max(widest, network.layer(i).width);
    }
    input_ = block_memory(network.spec().features);
    for (Buffer<float>& gradient : gradients_) gradient = block_memory(widest);
  }

  // squared_norms: one for each of `count` samples.
  void run(const float* samples, Index count, double* squared_norms) {
    count_ = count;
    forward(samples);
    std::fill_n(squared_norms, count, 0.0);
    for (Index unit = 0; unit < network_.spec().latent_dim(); ++unit) {
      add_squares(backward(unit), squared_norms);
    }
  }

 private:
  Range rows() const { return {0, count_}; }
  LayerValues& values(Index layer) { return values_[static_cast<std::size_t>(layer)]; }
  Panels<float> panels(Buffer<float>& memory, Index layer) const {
    return block_of(memory, count_, network_.layer(layer).width);
  }

  void forward(const float* samples) {
    const Index features = network_.spec().features;
    Panels<float> signal = block_of(input_, count_, features);
    to_panels(samples, features, signal, rows());
    for (Index i = 0; i < layers_; ++i) {
      const Panels<float> before = panels(values(i).before, i);
      const Panels<float> after = panels(values(i).after, i);
      if (network_.layer(i).kind != LayerKind::kDense) {
        runners_[static_cast<std::size_t>(i)]->run(
            {network_, i, signal, Activation::kIdentity, after}, rows());
        signal = after;
        continue;
      }
      DenseForward<float> product;
      product.input = signal;
      product.weights = layer_weights(network_, i).weights;
      product.bias = network_.parameters(i).bias.data();
      product.output = before;
      dense_forward(product, rows());
      normalise(i, before);
      activation_forward<float>(network_.layer(i).activation, before, after, rows());
      signal = after;
    }
  }

  void normalise(Index layer, Panels<float> signal) {
    const LayerParameters<float>& parameters = network_.parameters(layer);
    const Norm norm = network_.layer(layer).norm;
    if (norm == Norm::kBatch) {
      batch_norm_inference<float>(
          {signal, parameters.norm_scale.data(), parameters.norm_shift.data(),
           parameters.running_mean.data(), parameters.running_variance.data(), signal},
          rows());
    } else if (norm == Norm::kLayer) {
      layer_norm_forward<float>(
          {signal, parameters.norm_scale.data(), parameters.norm_shift.data(),
           panels(values(layer).normalised, layer), values(layer).inverse_stddev.data(), signal},
          rows());
    }
  }

  // The gradient of a code unit with respect to the samples.
  Panels<float> backward(Index unit) {
    Index current = 0;
    Panels<float> gradient = panels(gradients_[current], layers_ - 1);
    for (Index p = 0; p < gradient.panels(); ++p) {
      std::fill_n(gradient.panel(p), count_ * kPanelWidth, 0.0F);
    }
    for (Index r = 0; r < count_; ++r) gradient.at(r, unit) = 1;
    bool one_column = true;  // only the unit's own differs from zero
    for (Index i = layers_ - 1; i >= 0; --i) {
      current = 1 - current;
      const Panels<float> below = block_of(gradients_[current], count_, network_.layer_input(i));
      if (network_.layer(i).kind != LayerKind::kDense) {
        through_code_layer(i, gradient, below);
        gradient = below;
        continue;
      }
      through_activation_and_norm(i, gradient);
      if (std::exchange(one_column, false) && network_.layer(i).norm != Norm::kLayer) {
        scale_weights(i, unit, gradient, below);
      } else {
        DenseBackwardData<float> product;
        product.output_gradient = gradient;
        product.weights_transposed = layer_weights(network_, i).transposed;
        product.input_gradient = below;
        dense_backward_data(product, rows());
      }
      gradient = below;
    }
    return gradient;
  }

  // Back to what the code was made of: the units that stayed, or the mean.
  void through_code_layer(Index layer, Panels<float> gradient, Panels<float> below) {
    const bool gaussian = network_.layer(layer).kind == LayerKind::kGaussian;
    const Panels<float> code = panels(values(layer).after, layer);
    for (Index p = 0; p < below.panels(); ++p) {
      std::fill_n(below.panel(p), count_ * kPanelWidth, 0.0F);
    }
    for (Index c = 0; c < gradient.cols; ++c) {
      for (Index r = 0; r < count_; ++r) {
        if (gaussian || code.at(r, c) != 0) below.at(r, c) = gradient.at(r, c);
      }
    }
  }

  // In place, from the layer's output to its product.
  void through_activation_and_norm(Index layer, Panels<float> gradient) {
    LayerValues& kept = values(layer);
    activation_backward<float>(network_.layer(layer).activation, panels(kept.before, layer),
                               panels(kept.after, layer), gradient, gradient, rows());
    const LayerParameters<float>& parameters = network_.parameters(layer);
    if (network_.layer(layer).norm == Norm::kLayer) {
      LayerNormBackward<float> norm;
      norm.output_gradient = gradient;
      norm.normalised = panels(kept.normalised, layer);
      norm.inverse_stddev = kept.inverse_stddev.data();
      norm.scale = parameters.norm_scale.data();
      norm.input_gradient = gradient;
      layer_norm_backward(norm, rows());
    } else if (network_.layer(layer).norm == Norm::kBatch) {
      // With running statistics a batch norm only stretches each column.
      for (Index c = 0; c < gradient.cols; ++c) {
        const double variance = static_cast<double>(parameters.running_variance[c]) + kNormEpsilon;
        const auto stretch =
            static_cast<float>(static_cast<double>(parameters.norm_scale[c]) / std::sqrt(variance));
        for (Index r = 0; r < count_; ++r) gradient.at(r, c) *= stretch;
      }
    }
  }

  // Where only one unit's column differs from zero, the product is that unit's weights, scaled.
  void scale_weights(Index layer, Index unit, Panels<float> gradient, Panels<float> below) const {
    const Panels<const float> transposed = layer_weights(network_, layer).transposed;
    for (Index p = 0; p < below.panels(); ++p) {
      const float* weights = transposed.row(p, unit);
      for (Index r = 0; r < count_; ++r) {
        const float slope = gradient.at(r, unit);
        float* out = below.row(p, r);
        for (Index c = 0; c < kPanelWidth; ++c) out[c] = slope * weights[c];
      }
    }
  }

  void add_squares(Panels<float> gradient, double* squared_norms) const {
    for (Index p = 0; p < gradient.panels(); ++p) {
      for (Index r = 0; r < count_; ++r) {
        const float* values = gradient.row(p, r);
        double sum = 0;
        for (Index c = 0; c < kPanelWidth; ++c) {
          sum += static_cast<double>(values[c]) * static_cast<double>(values[c]);
        }
        squared_norms[r] += sum;
      }
    }
  }

  const Network<float>& network_;
  const Index layers_;
  Index count_ = 0;
  Buffer<float> input_;
  std::vector<LayerValues> values_;
  std::vector<LayerRunnerPointer<float>> runners_;
  Buffer<float> gradients_[2];
};

bool exact_way_known(const NetworkSpec& network) {
  return std::all_of(network.encoder.begin(), network.encoder.end(), [](const LayerSpec& layer) {
    return layer.kind == LayerKind::kDense || layer.kind == LayerKind::kTopK ||
           layer.kind == LayerKind::kBatchTopK || layer.kind == LayerKind::kGaussian;
  });
}

}  // namespace

std::vector<double> encoder_jacobian_norms(const Network<float>& network,
                                           MatrixView<const float> samples, ThreadPool& pool) {
  HOURGLASS_CHECK(samples.cols == network.spec().features);
  if (!exact_way_known(network.spec())) {
    return encoder_jacobian_norms_by_probes(network, samples, kProbes, pool);
  }
  std::vector<double> norms(static_cast<std::size_t>(samples.rows));
  std::atomic<Index> next{0};
  const auto work = [&](int) {
    const FlushDenormals flush;
    BlockJacobian block(network);
    for (Index begin = next.fetch_add(kBlockRows); begin < samples.rows;
         begin = next.fetch_add(kBlockRows)) {
      block.run(samples.row(begin), std::min(kBlockRows, samples.rows - begin),
                norms.data() + begin);
    }
  };
  pool.run(work);
  for (double& norm : norms) norm = std::sqrt(norm);
  return norms;
}

std::vector<double> encoder_jacobian_norms_by_probes(const Network<float>& network,
                                                     MatrixView<const float> samples, Index probes,
                                                     ThreadPool& pool) {
  // A direction is √features long, so this is small; rounding then costs less than a thousandth.
  constexpr float kStep = 1e-3F;
  Inference<float> inference(network, false, pool);
  const Index latent_dim = network.spec().latent_dim();
  Matrix<float> moved(2 * probes, samples.cols);
  Matrix<float> codes(2 * probes, latent_dim);
  std::vector<double> norms;
  for (Index r = 0; r < samples.rows; ++r) {
    RandomStream stream(0, RandomPurpose::kProbe, static_cast<std::uint64_t>(r));
    for (Index p = 0; p < probes; ++p) {
      for (Index f = 0; f < samples.cols; ++f) {
        const float shift = (stream.next() >> 31) != 0 ? kStep : -kStep;
        moved.at(2 * p, f) = samples.at(r, f) + shift;
        moved.at(2 * p + 1, f) = samples.at(r, f) - shift;
      }
    }
    inference.encode(moved, codes.view());
    double sum = 0;
    for (Index p = 0; p < probes; ++p) {
      for (Index k = 0; k < latent_dim; ++k) {
        const double slope = (static_cast<double>(codes.at(2 * p, k)) -
                              static_cast<double>(codes.at(2 * p + 1, k))) /
                             (2 * static_cast<double>(kStep));
        sum += slope * slope;
      }
    }
    norms.push_back(std::sqrt(sum / static_cast<double>(probes)));
  }
  return norms;
}

double encoder_jacobian_cost(const Network<float>& network) {
  const auto layers = static_cast<Index>(network.spec().encoder.size());
  double forward = 0;
  double last_product = 0;
  for (Index i = 0; i < layers; ++i) {
    const LayerLayout layout = layer_layout(network.spec(), i);
    forward += layout.multiply_adds;
    if (layout.multiply_adds > 0) last_product = layout.multiply_adds;
  }
  const double units = static_cast<double>(network.spec().latent_dim());
  if (!exact_way_known(network.spec())) return 2 * static_cast<double>(kProbes) * forward;
  // Once forward, and back once a unit; the code's own product is one row of its weights.
  return forward + units * (forward - last_product) + last_product;
}

}  // namespace hourglass
