#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "network/contractive.h"
#include "network/layer_weights.h"
#include "network/tile_grid.h"

namespace hourglass {
namespace {

// Rows of the chain computed at a time: small enough for a level and its neighbour to stay in
// cache.
constexpr Index kBlockRows = 96;

/// With layers 0 … c, W_l in × out and D_l = diag f′(z_l), a code-side vector p gives
///   u_c = s·p,  v_l = u_l D_l,  u_{l−1} = v_l W_lᵀ,  pᵀJ = v_0 W_0ᵀ / s,
/// each a row of width l. There are `vectors` rows a sample, one for each p; s² = 2λ / (n ·
/// probes), so that the term is ½ Σ ‖v_0 W_0ᵀ‖². The way back is the chain rule along the same
/// rows: with v̄_0 = v_0 W_0ᵀ W_0,
///   f̄′_l = Σ_p v̄_l ⊙ u_l,  s_l = v̄_l D_l,  v̄_{l+1} = s_l W_{l+1},  W̄_{l+1} = Σ s_lᵀ v_{l+1}.
/// The first layer is the widest. ‖v_0 W_0ᵀ‖² is either computed as it stands, or through
/// G = W_0ᵀ W_0, once a step, as v_0 G v_0ᵀ, whichever takes fewer operations. G and its gradient
/// are symmetric, so half of each is worked out and mirrored.
template <class T>
class ContractiveChain : public Penalty<T> {
 public:
  explicit ContractiveChain(const PenaltyContext<T>& context)
      : spec_(context.spec),
        vectors_(spec_.probes > 0 ? spec_.probes : context.signal().value.cols),
        through_gram_(gram_is_cheaper(context)),
        first_(*context.learned.find(0, TensorRole::kWeight)),
        row_sum_(context.batch) {
    for (Index l = 0; l <= spec_.layer; ++l) levels_.emplace_back(context, l, vectors_);
    const Index rows = context.batch * vectors_;
    const Index units = levels_.front().width();
    if (through_gram_) {
      gram_ = PanelMatrix<T>(units, units);
      gram_gradient_ = PanelMatrix<T>(units, units);
    } else {
      jacobian_ = PanelMatrix<T>(rows, first_.ref.inputs);
      first_.uses.push_back({jacobian_.view(), levels_.front().v.view(), vectors_});
    }
    for (Index l = 1; l <= spec_.layer; ++l) {
      context.learned.find(l, TensorRole::kWeight)
          ->uses.push_back({level(l - 1).v_gradient.view(), level(l).v.view(), vectors_});
    }
    context.learned.allocate_gradients();
  }

  void add_forward(Program<T>& program) override {
    if (through_gram_) {
      add_gram(program, first_.ref.panels(), gram_.view(),
               [](const StepState<T>&, Index all) { return all; });
    }
    program.by_rows([this](const StepState<T>& state, Range samples) {
      const Index step = std::max<Index>(1, kBlockRows / vectors_);
      for (Index begin = samples.begin; begin < samples.end; begin += step) {
        visit(state, {begin, std::min(samples.end, begin + step)});
      }
    });
  }

  void add_backward(Program<T>& program, Index layer) override {
    if (layer > spec_.layer) return;
    program.by_rows([this, layer](const StepState<T>&, Range rows) {
      add_rows<T>(level(layer).slope_gradient.view(), level(layer).signal.gradient, rows);
    });
  }

  bool touches_weights() const override { return true; }

  /// Three products for each of the chain's weights, and for the first three or one and a half.
  double flops_per_sample() const override {
    double products = 0;
    for (std::size_t l = 1; l < levels_.size(); ++l) {
      products += 3 * static_cast<double>(levels_[l - 1].width() * levels_[l].width());
    }
    const Index units = levels_.front().width();
    products += through_gram_ ? 1.5 * static_cast<double>(units * units)
                              : 3 * static_cast<double>(units * first_.ref.inputs);
    return 2 * products * static_cast<double>(vectors_);
  }

  /// Ḡ = ½ Σ v_0ᵀ v_0 gives W̄_0 = W_0 (Ḡ + Ḡᵀ) = W_0 Σ v_0ᵀ v_0.
  void add_weight_gradients(Program<T>& program) override {
    if (!through_gram_) return;
    add_gram(program, levels_.front().v.view(), gram_gradient_.view(),
             [this](const StepState<T>& state, Index) { return state.rows * vectors_; });
    program.barrier();
    const Index step = 4 * dense_tiles<T>().rows;
    program.by_tiles((first_.ref.inputs + step - 1) / step, [this, step](const StepState<T>&,
                                                                         Index tile) {
      DenseBackwardData<T> product;
      product.output_gradient = first_.ref.panels();
      product.weights_transposed = gram_gradient_.view();
      product.input_gradient = first_.gradient_panels();
      product.accumulate = true;
      dense_backward_data(product, {tile * step, std::min(first_.ref.inputs, (tile + 1) * step)});
    });
  }

  double value(const StepState<T>& state) const override {
    double sum = 0;
    for (Index row = 0; row < state.rows; ++row) sum += row_sum_[row];
    return sum / 2;
  }

 private:
  /// What belongs to one layer; rows of the chain are batch · vectors.
  struct Level {
    Level(const PenaltyContext<T>& context, Index l, Index vectors)
        : signal(context.output(l)),
          weights(layer_weights(context.network, l)),
          slope(signal, context.batch),
          slope_gradient(context.batch, signal.value.cols),
          u(context.batch * vectors, signal.value.cols),
          v(context.batch * vectors, signal.value.cols),
          v_gradient(context.batch * vectors, signal.value.cols) {}

    Index width() const { return signal.value.cols; }

    const Signal<T>& signal;
    LayerWeights<T> weights;
    SignalSlope<T> slope;           // batch × width, f′
    PanelMatrix<T> slope_gradient;  // batch × width, f̄′ and then ∂term/∂z
    PanelMatrix<T> u, v;            // rows × width
    PanelMatrix<T> v_gradient;      // rows × width, v̄ and then s
  };

  Level& level(Index l) { return levels_[static_cast<std::size_t>(l)]; }

  static bool gram_is_cheaper(const PenaltyContext<T>& context) {
    const double features = static_cast<double>(context.network.layer_input(0));
    const double units = static_cast<double>(context.network.layer(0).width);
    const Index vectors =
        context.spec.probes > 0 ? context.spec.probes : context.signal().value.cols;
    const double rows = static_cast<double>(context.batch * vectors);
    return 1.5 * (rows + features) * units < 3 * rows * features;
  }

  /// gram = aᵀ · a over the rows that `count` gives: the tiles that reach the diagonal or lie above
  /// it, and below it the same numbers once more.
  template <class Count>
  void add_gram(Program<T>& program, Panels<const T> a, Panels<T> gram, Count count) {
    const TileGrid grid(a.cols, a.cols, dense_tiles<T>());
    std::vector<Index> upper;
    for (Index tile = 0; tile < grid.count(); ++tile) {
      if (grid.panels(tile).end * kPanelWidth > grid.inputs(tile).begin) upper.push_back(tile);
    }
    program.by_tiles(std::ssize(upper), [=](const StepState<T>& state, Index i) {
      const Index tile = upper[static_cast<std::size_t>(i)];
      const Index rows = count(state, a.rows);
      DenseBackwardWeights<T> work;
      work.input = a.first_rows(rows);
      work.output_gradient = a.first_rows(rows);
      work.weight_gradient = gram;
      dense_backward_weights(work, grid.inputs(tile), grid.panels(tile));
    });
    program.barrier();
    program.by_tiles(gram.panels(), [gram](const StepState<T>&, Index panel) {
      const Index end = std::min(gram.cols, (panel + 1) * kPanelWidth);
      for (Index col = panel * kPanelWidth; col < end; ++col) {
        for (Index row = col + 1; row < gram.rows; ++row) gram.at(row, col) = gram.at(col, row);
      }
    });
  }

  void visit(const StepState<T>& state, Range samples) {
    const Range rows{samples.begin * vectors_, samples.end * vectors_};
    seed(state, samples);
    for (Index l = spec_.layer; l >= 0; --l) {
      level(l).slope.compute(samples);
      times_slope(level(l), level(l).u.view(), level(l).v.view(), samples);
      if (l > 0) {
        multiply(level(l).v.view(), level(l).weights.transposed, level(l - 1).u.view(), rows);
      }
    }
    measure(samples, rows);
    for (Index l = 0; l <= spec_.layer; ++l) {
      Level& here = level(l);
      sum_over_vectors(here, samples);
      here.slope.multiply_by_curvature(here.slope_gradient.view(), samples);
      times_slope(here, here.v_gradient.view(), here.v_gradient.view(), samples);
      if (l == spec_.layer) break;
      multiply(here.v_gradient.view(), level(l + 1).weights.weights, level(l + 1).v_gradient.view(),
               rows);
    }
  }

  /// u_c = s·p: unit vectors, or random signs that are a function of the seed, step and sample.
  void seed(const StepState<T>& state, Range samples) {
    const double probes = spec_.probes > 0 ? static_cast<double>(spec_.probes) : 1;
    const T s =
        static_cast<T>(std::sqrt(2 * spec_.weight / (static_cast<double>(state.rows) * probes)));
    const Panels<T> u = level(spec_.layer).u.view();
    for (Index sample = samples.begin; sample < samples.end; ++sample) {
      RandomStream stream(state.id.seed, RandomPurpose::kProbe,
                          static_cast<std::uint64_t>(state.id.step),
                          static_cast<std::uint64_t>(sample));
      for (Index p = 0; p < vectors_; ++p) {
        for (Index col = 0; col < u.cols; ++col) {
          const bool exact = spec_.probes == 0;
          const T value = exact ? (col == p ? s : T(0)) : ((stream.next() >> 31) != 0 ? s : -s);
          u.at(sample * vectors_ + p, col) = value;
        }
      }
    }
  }

  /// to = from ⊙ f′ of the row's sample.
  void times_slope(Level& here, Panels<const T> from, Panels<T> to, Range samples) const {
    for (Index panel = 0; panel < to.panels(); ++panel) {
      for (Index sample = samples.begin; sample < samples.end; ++sample) {
        const T* slope = here.slope.view().row(panel, sample);
        for (Index row = sample * vectors_; row < (sample + 1) * vectors_; ++row) {
          const T* in = from.row(panel, row);
          T* out = to.row(panel, row);
          for (Index i = 0; i < kPanelWidth; ++i) out[i] = in[i] * slope[i];
        }
      }
    }
  }

  static void multiply(Panels<const T> input, Panels<const T> weights, Panels<T> output,
                       Range rows) {
    DenseForward<T> product;
    product.input = input;
    product.weights = weights;
    product.output = output;
    dense_forward(product, rows);
  }

  /// v̄_0 and each sample's share of Σ ‖v_0 W_0ᵀ‖² = Σ ⟨v_0, v̄_0⟩.
  void measure(Range samples, Range rows) {
    Level& here = levels_.front();
    if (through_gram_) {
      multiply(here.v.view(), gram_.view(), here.v_gradient.view(), rows);
    } else {
      multiply(here.v.view(), here.weights.transposed, jacobian_.view(), rows);
      multiply(jacobian_.view(), here.weights.weights, here.v_gradient.view(), rows);
    }
    for (Index sample = samples.begin; sample < samples.end; ++sample) {
      double sum = 0;
      for (Index panel = 0; panel < here.v.view().panels(); ++panel) {
        const T* a = here.v.view().row(panel, sample * vectors_);
        const T* b = here.v_gradient.view().row(panel, sample * vectors_);
        T lanes[kPanelWidth] = {};
        for (Index i = 0; i < vectors_ * kPanelWidth; i += kPanelWidth) {
          for (Index lane = 0; lane < kPanelWidth; ++lane) lanes[lane] += a[i + lane] * b[i + lane];
        }
        for (const T lane : lanes) sum += static_cast<double>(lane);
      }
      row_sum_[sample] = sum;
    }
  }

  /// f̄′ = Σ_p v̄ ⊙ u.
  void sum_over_vectors(Level& here, Range samples) const {
    for (Index panel = 0; panel < here.u.view().panels(); ++panel) {
      for (Index sample = samples.begin; sample < samples.end; ++sample) {
        const T* u = here.u.view().row(panel, sample * vectors_);
        const T* v = here.v_gradient.view().row(panel, sample * vectors_);
        T lanes[kPanelWidth] = {};
        for (Index i = 0; i < vectors_ * kPanelWidth; i += kPanelWidth) {
          for (Index lane = 0; lane < kPanelWidth; ++lane) lanes[lane] += u[i + lane] * v[i + lane];
        }
        std::copy_n(lanes, kPanelWidth, here.slope_gradient.view().row(panel, sample));
      }
    }
  }

  const PenaltySpec spec_;
  const Index vectors_;  // rows a sample: units of the code, or probes
  const bool through_gram_;
  LearnedTensor<T>& first_;
  std::vector<Level> levels_;
  PanelMatrix<T> gram_, gram_gradient_;  // units × units of the first layer
  PanelMatrix<T> jacobian_;              // rows × features, without the Gram matrix
  Buffer<double> row_sum_;
};

}  // namespace

template <class T>
PenaltyPointer<T> make_contractive_chain(const PenaltyContext<T>& context) {
  return std::make_unique<ContractiveChain<T>>(context);
}

template PenaltyPointer<float> make_contractive_chain(const PenaltyContext<float>&);
template PenaltyPointer<double> make_contractive_chain(const PenaltyContext<double>&);

}  // namespace hourglass
