#include "network/inference.h"

#include <algorithm>
#include <atomic>

#include "base/error.h"
#include "kernel/dispatch.h"
#include "kernel/elementwise.h"
#include "kernel/norm.h"
#include "kernel/softmax.h"
#include "network/layer_kind.h"
#include "network/scratch.h"

namespace hourglass {
namespace {

// Rows computed together: a multiple of every kernel's tile, so that activations stay in cache, and
// fewer where samples are so large that a block would fill the memory.
constexpr Index kMostBlockRows = 96;
constexpr Index kMostBlockNumbers = Index{1} << 22;

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

/// Numbers that a sample of this shape takes up, whichever way it lies.
Index storage_of(const MapShape& shape) {
  return std::max(padded_cols(shape.size()), shape.positions() * padded_cols(shape.channels));
}

/// What one worker computes with: a block of samples in two places in turn, each large enough for
/// the output of any layer, outputs kept for a later layer to add, and the layers themselves.
template <class T>
class Workspace {
 public:
  /// `first`: another worker's, with which layers share what they have made of their weights.
  Workspace(const Network<T>& network, Index block_rows, Index storage, const Workspace* first)
      : network_(network) {
    const NetworkSpec& spec = network.spec();
    for (Buffer<T>& numbers : numbers_) numbers = Buffer<T>(block_rows * storage);
    kept_.resize(static_cast<std::size_t>(spec.layer_count()) + 1);
    for (Index i = 0; i < spec.layer_count(); ++i) {
      runners_.push_back(make_runner(i, first));
      scratch_.reserve(runners_.back()->scratch());
      const Index source = spec.layer(i).adds;
      if (source == kNothing) continue;
      kept(source).buffer = Buffer<T>(block_rows * storage_of(spec.input_shape(source + 1)));
    }
  }

  /// The block's first values, to be filled: flat, as layer `first` takes them in.
  FeatureMap<T> start(Index rows, Index first) {
    rows_ = rows;
    current_ = 0;
    values_ = place(network_.spec().input_shape(first), true);
    return values_;
  }

  /// From the input of layers.begin to the output of the last, flat.
  FeatureMap<T> run(Range layers) {
    keep(layers.begin - 1);
    for (Index i = layers.begin; i < layers.end; ++i) run_layer(i);
    lay_out(true);
    return values_;
  }

 private:
  struct Kept {
    Buffer<T> buffer;
    FeatureMap<T> map;
  };
  LayerRunnerPointer<T> make_runner(Index i, const Workspace* first) const {
    LayerRunnerPointer<T> shared =
        first ? first->runners_[static_cast<std::size_t>(i)]->for_another_thread() : nullptr;
    if (shared) return shared;
    return layer_kind(network_.layer(i).kind).template code<T>().make_runner(network_, i);
  }

  Range block() const { return {0, rows_}; }
  Kept& kept(Index layer) { return kept_[static_cast<std::size_t>(layer + 1)]; }

  FeatureMap<T> map_in(Buffer<T>& buffer, const MapShape& shape, bool flat) const {
    const Index rows = flat ? rows_ : rows_ * shape.positions();
    return {{buffer.data(), rows, flat ? shape.size() : shape.channels, rows * kPanelWidth}, shape};
  }
  FeatureMap<T> place(const MapShape& shape, bool flat) {
    return map_in(numbers_[current_], shape, flat);
  }
  FeatureMap<T> next_place(const MapShape& shape, bool flat) {
    current_ = 1 - current_;
    return place(shape, flat);
  }

  void lay_out(bool flat) {
    if (values_.shape.positions() == 1 || values_.flat() == flat) return;
    const FeatureMap<T> moved = next_place(values_.shape, flat);
    copy_maps<T>(values_, moved, block());
    values_ = moved;
  }

  /// If a later layer adds the output of this one.
  void keep(Index layer) {
    Kept& place = kept(layer);
    if (place.buffer.size() == 0) return;
    place.map = map_in(place.buffer, values_.shape, values_.flat());
    copy_maps<T>(values_, place.map, block());
  }

  /// One layer as it is after training: no dropout, batch norm by running statistics.
  void run_layer(Index i) {
    const LayerSpec& spec = network_.layer(i);
    const MapForm reads = layer_kind(spec.kind).reads;
    if (reads != MapForm::kEither) lay_out(reads == MapForm::kFlat);
    const FeatureMap<T> output = next_place(spec.shape(), !writes_map(network_.spec(), i));
    const bool has_norm = spec.norm != Norm::kNone;
    runners_[static_cast<std::size_t>(i)]->run(
        {network_, i, values_.numbers, has_norm ? Activation::kIdentity : spec.activation,
         output.numbers, scratch_.of(0)},
        block());
    values_ = output;
    const Range rows = values_.rows(block());
    if (has_norm) {
      norm_in_place(spec, network_.parameters(i), values_.numbers, rows);
      if (spec.activation != Activation::kIdentity) {
        activation_forward<T>(spec.activation, values_.numbers, values_.numbers, rows);
      }
    }
    if (i + 1 == network_.layer_count()) lay_out(true);
    if (spec.adds != kNothing) add_maps<T>(kept(spec.adds).map, values_, block());
    keep(i);
  }

  const Network<T>& network_;
  std::vector<LayerRunnerPointer<T>> runners_;
  Scratch<T> scratch_{1};
  Buffer<T> numbers_[2];
  std::vector<Kept> kept_;  // of the network's input and each layer
  FeatureMap<T> values_;
  Index rows_ = 0;
  Index current_ = 0;
};

}  // namespace

template <class T>
struct Inference<T>::State {
  State(const Network<T>& the_network, bool logits, std::vector<Range> categories,
        std::vector<float> scale, ThreadPool& the_pool)
      : network(the_network),
        from_logits(logits),
        groups(std::move(categories)),
        count_scale(std::move(scale)),
        pool(the_pool) {
    Index storage = 0;
    for (Index i = 0; i <= network.layer_count(); ++i) {
      storage = std::max(storage, storage_of(network.spec().input_shape(i)));
    }
    block_rows = std::clamp<Index>(kMostBlockNumbers / storage, 1, kMostBlockRows);
    for (int worker = 0; worker < pool.size(); ++worker) {
      workspaces.push_back(std::make_unique<Workspace<T>>(
          network, block_rows, storage, worker > 0 ? workspaces.front().get() : nullptr));
    }
  }

  /// Layers begin … end − 1 of `layers` on rows that come in at the first and go out after the
  /// last.
  void run(MatrixView<const T> in, Range layers, MatrixView<T> out, bool reconstructs) {
    HOURGLASS_CHECK(in.cols == network.layer_input(layers.begin));
    const bool means_alone = reconstructs && out.cols == network.spec().features;
    HOURGLASS_CHECK(means_alone || out.cols == network.layer(layers.end - 1).width);
    HOURGLASS_CHECK(out.rows == in.rows);
    const Index blocks = (in.rows + block_rows - 1) / block_rows;
    std::atomic<Index> next{0};
    const auto work = [&](int worker) {
      const FlushDenormals flush;
      for (Index i = next.fetch_add(1); i < blocks; i = next.fetch_add(1)) {
        const Range rows{i * block_rows, std::min(in.rows, (i + 1) * block_rows)};
        run_block(*workspaces[static_cast<std::size_t>(worker)], in, rows, layers, out,
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
    to_panels(in.row(rows.begin), in.cols, workspace.start(rows.size(), layers.begin).numbers,
              block);
    const Panels<T> values = finish(workspace, layers, reconstructs);
    const Panels<T> wanted{values.data, values.rows, out.cols, values.stride};
    from_panels<T>(wanted, out.row(rows.begin), out.cols, block);
  }

  /// The same of samples that lie in panels already, and the result left there.
  Panels<T> encode(Panels<const T> in, int worker) const {
    const FlushDenormals flush;
    return start(in, worker).run(encoder()).numbers;
  }

  Panels<T> reconstruct(Panels<const T> in, int worker,
                        const std::function<void(Panels<const T>)>& at_code) const {
    const FlushDenormals flush;
    Workspace<T>& workspace = start(in, worker);
    if (!at_code) return finish(workspace, {0, network.layer_count()}, true);
    at_code(workspace.run(encoder()).numbers);
    return finish(workspace, {encoder().end, network.layer_count()}, true);
  }

  Workspace<T>& start(Panels<const T> in, int worker) const {
    HOURGLASS_CHECK(in.cols == network.spec().features && in.rows <= block_rows);
    Workspace<T>& workspace = *workspaces[static_cast<std::size_t>(worker)];
    const Panels<T> first = workspace.start(in.rows, 0).numbers;
    for (Index p = 0; p < in.panels(); ++p) {
      std::copy_n(in.panel(p), in.rows * kPanelWidth, first.panel(p));
    }
    return workspace;
  }

  Range encoder() const { return {0, static_cast<Index>(network.spec().encoder.size())}; }

  /// From the samples the workspace was given to the output of the last layer.
  Panels<T> finish(Workspace<T>& workspace, Range layers, bool reconstructs) const {
    const Panels<T> values = workspace.run(layers).numbers;
    if (reconstructs) {
      const Range block{0, values.rows};
      if (from_logits) activation_forward<T>(Activation::kSigmoid, values, values, block);
      softmax<T>(values, groups, block);
      counts_to_targets<T>(values, count_scale, block);
    }
    return values;
  }

  const Network<T>& network;
  const bool from_logits;
  const std::vector<Range> groups;
  const std::vector<float> count_scale;
  ThreadPool& pool;
  Index block_rows = 0;
  std::vector<std::unique_ptr<Workspace<T>>> workspaces;
};

template <class T>
Inference<T>::Inference(const Network<T>& network, bool from_logits, ThreadPool& pool)
    : state_(std::make_unique<State>(network, from_logits, std::vector<Range>{},
                                     std::vector<float>{}, pool)) {}

template <class T>
Inference<T>::Inference(const Network<T>& network, const StepSpec& trained_with, ThreadPool& pool)
    : state_(std::make_unique<State>(
          network, info(trained_with.loss).from_logits,
          info(trained_with.loss).by_groups ? trained_with.groups : std::vector<Range>{},
          trained_with.count_scale, pool)) {}

template <class T>
Inference<T>::~Inference() = default;

template <class T>
void Inference<T>::encode(MatrixView<const T> samples, MatrixView<T> codes) {
  state_->run(samples, state_->encoder(), codes, false);
}

template <class T>
void Inference<T>::decode(MatrixView<const T> codes, MatrixView<T> reconstructions) {
  HOURGLASS_CHECK(!state_->network.spec().skips_code());
  state_->run(codes, {state_->encoder().end, state_->network.layer_count()}, reconstructions, true);
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

template <class T>
Index Inference<T>::block_rows() const {
  return state_->block_rows;
}

template <class T>
Panels<const T> Inference<T>::encode(Panels<const T> samples, int worker) {
  return state_->encode(samples, worker);
}

template <class T>
Panels<const T> Inference<T>::reconstruct(Panels<const T> samples, int worker,
                                          const std::function<void(Panels<const T>)>& at_code) {
  Panels<T> all = state_->reconstruct(samples, worker, at_code);
  all.cols = state_->network.spec().features;  // means alone where log variances go with them
  return all;
}

template class Inference<float>;
template class Inference<double>;

}  // namespace hourglass
