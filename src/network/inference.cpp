#include "network/inference.h"

#include <algorithm>
#include <atomic>

#include "base/error.h"
#include "kernel/dispatch.h"
#include "kernel/elementwise.h"
#include "kernel/norm.h"
#include "kernel/softmax.h"
#include "network/layer_kind.h"

namespace hourglass {
namespace {

constexpr Index kBlockRows = 96;  // a multiple of every kernel's tile; activations stay in cache

template <class T>
void norm_in_place(const LayerSpec& spec, const LayerParameters<T>& layer, Panels<T> values,
                   Range rows) {
  if (spec.norm == Norm::kBatch) {
    BatchNormInference<T> norm;
    norm.input = values;
    norm.scale = layer.norm_scale.data();
    norm.shift = layer.norm_shift.data();
    norm.running_mean = layer.running_mean.data();
    norm.running_variance = layer.running_variance.data();
    norm.output = values;
    batch_norm_inference(norm, rows);
  } else if (spec.norm == Norm::kLayer) {
    LayerNormForward<T> norm;
    norm.input = values;
    norm.scale = layer.norm_scale.data();
    norm.shift = layer.norm_shift.data();
    norm.output = values;
    layer_norm_forward(norm, rows);
  }
}

/// One layer as it is after training: no dropout, batch norm by running statistics.
template <class T>
void run_layer(const Network<T>& network, Index i, Panels<const T> input, Panels<T> output,
               Range rows) {
  const LayerSpec& spec = network.layer(i);
  const LayerParameters<T>& parameters = network.parameters(i);
  const bool has_norm = spec.norm != Norm::kNone;
  layer_kind(spec.kind).template code<T>().run(
      {network, i, input, has_norm ? Activation::kIdentity : spec.activation, output}, rows);
  if (!has_norm) return;
  norm_in_place(spec, parameters, output, rows);
  if (spec.activation != Activation::kIdentity) {
    activation_forward<T>(spec.activation, output, output, rows);
  }
}

/// What one worker computes in: a block of rows of the input and of two layers in turn, in memory
/// wide enough for any of them.
template <class T>
struct Workspace {
  explicit Workspace(Index width) : numbers{Buffer<T>(size(width)), Buffer<T>(size(width))} {}

  static Index size(Index width) { return kBlockRows * padded_cols(width); }
  Panels<T> block(Index which, Index rows, Index cols) {
    return {numbers[which].data(), rows, cols, kBlockRows * kPanelWidth};
  }
  Buffer<T> numbers[2];
};

}  // namespace

template <class T>
struct Inference<T>::State {
  State(const Network<T>& the_network, bool logits, std::vector<Range> categories,
        ThreadPool& the_pool)
      : network(the_network), from_logits(logits), groups(std::move(categories)), pool(the_pool) {
    Index widest = network.spec().features;
    for (Index i = 0; i < network.layer_count(); ++i) {
      widest = std::max(widest, network.layer(i).width);
    }
    for (int worker = 0; worker < pool.size(); ++worker) workspaces.emplace_back(widest);
  }

  /// Layers begin … end − 1 of `layers` on rows that come in at the first and go out after the
  /// last.
  void run(MatrixView<const T> in, Range layers, MatrixView<T> out, bool reconstructs) {
    HOURGLASS_CHECK(in.cols == network.layer_input(layers.begin));
    HOURGLASS_CHECK(out.cols == network.layer(layers.end - 1).width && out.rows == in.rows);
    const Index blocks = (in.rows + kBlockRows - 1) / kBlockRows;
    std::atomic<Index> next{0};
    const auto work = [&](int worker) {
      const FlushDenormals flush;
      for (Index i = next.fetch_add(1); i < blocks; i = next.fetch_add(1)) {
        const Range rows{i * kBlockRows, std::min(in.rows, (i + 1) * kBlockRows)};
        run_block(workspaces[static_cast<std::size_t>(worker)], in, rows, layers, out,
                  reconstructs);
      }
    };
    if (blocks <= 1) {
      work(0);
    } else {
      pool.run(work);
    }
  }

  void run_block(Workspace<T>& workspace, MatrixView<const T> in, Range rows, Range layers,
                 MatrixView<T> out, bool reconstructs) const {
    const Range block{0, rows.size()};
    Index current = 0;
    Panels<T> values = workspace.block(current, rows.size(), in.cols);
    to_panels(in.row(rows.begin), in.cols, values, block);
    for (Index i = layers.begin; i < layers.end; ++i) {
      current = 1 - current;
      const Panels<T> next = workspace.block(current, rows.size(), network.layer(i).width);
      run_layer<T>(network, i, values, next, block);
      values = next;
    }
    if (reconstructs) {
      if (from_logits) activation_forward<T>(Activation::kSigmoid, values, values, block);
      softmax<T>(values, groups, block);
    }
    from_panels<T>(values, out.row(rows.begin), out.cols, block);
  }

  const Network<T>& network;
  const bool from_logits;
  const std::vector<Range> groups;
  ThreadPool& pool;
  std::vector<Workspace<T>> workspaces;
};

template <class T>
Inference<T>::Inference(const Network<T>& network, bool from_logits, ThreadPool& pool)
    : state_(std::make_unique<State>(network, from_logits, std::vector<Range>{}, pool)) {}

template <class T>
Inference<T>::Inference(const Network<T>& network, const StepSpec& trained_with, ThreadPool& pool)
    : state_(std::make_unique<State>(
          network, info(trained_with.loss).from_logits,
          info(trained_with.loss).by_groups ? trained_with.groups : std::vector<Range>{}, pool)) {}

template <class T>
Inference<T>::~Inference() = default;

template <class T>
void Inference<T>::encode(MatrixView<const T> samples, MatrixView<T> codes) {
  const Index encoders = static_cast<Index>(state_->network.spec().encoder.size());
  state_->run(samples, {0, encoders}, codes, false);
}

template <class T>
void Inference<T>::decode(MatrixView<const T> codes, MatrixView<T> reconstructions) {
  const Index encoders = static_cast<Index>(state_->network.spec().encoder.size());
  state_->run(codes, {encoders, state_->network.layer_count()}, reconstructions, true);
}

template <class T>
void Inference<T>::reconstruct(MatrixView<const T> samples, MatrixView<T> reconstructions) {
  state_->run(samples, {0, state_->network.layer_count()}, reconstructions, true);
}

template <class T>
void Inference<T>::activations(MatrixView<const T> samples, Index layer, MatrixView<T> outputs) {
  HOURGLASS_CHECK(layer >= 0 && layer < state_->network.layer_count());
  state_->run(samples, {0, layer + 1}, outputs, false);
}

template class Inference<float>;
template class Inference<double>;

}  // namespace hourglass
