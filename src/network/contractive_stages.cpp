#include <cmath>
#include <deque>

#include "base/error.h"
#include "base/random.h"
#include "network/contractive.h"
#include "network/layer_kind.h"

namespace hourglass {
namespace {

/// An activation on the way to the code, at the values of the network itself: one for all probes.
template <class T>
struct Bend {
  Bend(const Signal<T>& output, Index of_layer, Index batch)
      : signal(output),
        layer(of_layer),
        slope(signal, batch),
        slope_gradient(signal.value.rows, signal.value.cols) {}

  const Signal<T>& signal;
  const Index layer;
  SignalSlope<T> slope;           // as signal.value, f′
  PanelMatrix<T> slope_gradient;  // as signal.value, f̄′ and then ∂term/∂z
};

/// y = D·x for D = diag f′ of a bend, in place; back, x̄ = D·ȳ. With ȳ left from the way back, the
/// way forward adds x ⊙ ȳ to f̄′.
template <class T>
class SlopeStage : public Stage<T> {
 public:
  SlopeStage(const Signal<T>& input, Bend<T>& bend)
      : input_(input), bend_(bend), gradient_(input.value.rows, input.value.cols) {
    this->output_.value = input.value;
    this->output_.gradient = gradient_.view();
    this->output_.rows_per_sample = input.rows_per_sample;
  }

  void add_forward(Program<T>& program) override {
    for_each_panel(program, [this](Index panel, Index row, Index count) {
      const T* slope = bend_.slope.view().row(panel, row);
      const T* gradient = gradient_.view().row(panel, row);
      T* slope_gradient = bend_.slope_gradient.view().row(panel, row);
      T* value = input_.value.row(panel, row);
      for (Index i = 0; i < count; ++i) {
        slope_gradient[i] += value[i] * gradient[i];
        value[i] *= slope[i];
      }
    });
  }

  void add_backward(Program<T>& program) override {
    for_each_panel(program, [this](Index panel, Index row, Index count) {
      const T* slope = bend_.slope.view().row(panel, row);
      const T* from = gradient_.view().row(panel, row);
      T* to = input_.gradient.row(panel, row);
      for (Index i = 0; i < count; ++i) to[i] = from[i] * slope[i];
    });
  }

 private:
  template <class Visit>
  void for_each_panel(Program<T>& program, Visit visit) {
    program.by_rows([this, visit](const StepState<T>&, Range samples) {
      const Range rows = input_.rows(samples);
      for (Index panel = 0; panel < input_.value.panels(); ++panel) {
        visit(panel, rows.begin, rows.size() * kPanelWidth);
      }
    });
  }

  const Signal<T>& input_;
  Bend<T>& bend_;
  PanelMatrix<T> gradient_;
};

/// With J = D_c A_c … D_0 A_0, A_l the linear part of a layer, a code-side vector s·p is carried
/// back to the input, s·pᵀJ, by the tangents' way back, with s² = 2λ / (n · probes), so that the
/// term is ½ Σ ‖s·pᵀJ‖². What its gradient asks for is the same row carried forward again: where
/// g_l = A_lᵀ D_l g_{l+1} came by on the way back and y_{l+1} = D_l A_l y_l does on the way
/// forward, y_0 = g_0 = s·pᵀJ, the gradient of the weights in A_l is that of a layer that read y_l
/// and whose output's gradient is D_l g_{l+1}, and f̄′_l = A_l y_l ⊙ g_{l+1}.
template <class T>
class Probe {
 public:
  Probe(const PenaltyContext<T>& context, std::deque<Bend<T>>& bends)
      : row_(context.batch, context.network.spec().features) {
    input_.value = input_.gradient = row_.view();
    auto bend = bends.begin();
    for (std::size_t i = 0; i < context.stages.all.size(); ++i) {
      const Index layer = context.stages.layer[i];
      if (layer > context.spec.layer) break;
      const Stage<T>& stage = *context.stages.all[i];
      add(stage.make_tangent(
          {context.network, context.learned, layer, context.batch, context.workers, {}}, end()));
      if (bend == bends.end() || &bend->signal != &stage.output()) continue;
      add(std::make_unique<SlopeStage<T>>(end(), *bend++));
    }
  }

  /// The code's: its gradient is to be filled before the passes.
  const Signal<T>& end() const { return stages_.empty() ? input_ : stages_.back()->output(); }
  /// s·pᵀJ, batch × features.
  Panels<const T> row() const { return row_.view(); }

  void add_passes(Program<T>& program) {
    for (auto stage = stages_.rbegin(); stage != stages_.rend(); ++stage) {
      (*stage)->add_backward(program);
    }
    for (const StagePointer<T>& stage : stages_) stage->add_forward(program);
  }
  void add_weight_gradients(Program<T>& program) {
    for (const StagePointer<T>& stage : stages_) stage->add_gradients(program, false);
  }

 private:
  void add(StagePointer<T> stage) {
    HOURGLASS_CHECK(stage != nullptr);
    stages_.push_back(std::move(stage));
  }

  PanelMatrix<T> row_;
  Signal<T> input_;  // value and gradient are one: what arrives is what goes forward again
  std::vector<StagePointer<T>> stages_;
};

template <class T>
class ContractiveStages : public Penalty<T> {
 public:
  explicit ContractiveStages(const PenaltyContext<T>& context)
      : spec_(context.spec), row_sum_(context.batch) {
    HOURGLASS_CHECK(spec_.probes > 0);
    for (std::size_t i = 0; i < context.stages.all.size(); ++i) {
      const Index layer = context.stages.layer[i];
      if (layer > spec_.layer) break;
      const Signal<T>& output = context.stages.all[i]->output();
      if (output.activation != Activation::kIdentity) {
        bends_.emplace_back(output, layer, context.batch);
      }
    }
    for (Index p = 0; p < spec_.probes; ++p) probes_.emplace_back(context, bends_);
    for (Index layer = 0; layer <= spec_.layer; ++layer) {
      multiply_adds_ += layer_layout(context.network.spec(), layer).multiply_adds;
    }
    context.learned.allocate_gradients();
  }

  void add_forward(Program<T>& program) override {
    program.by_rows([this](const StepState<T>& state, Range samples) {
      for (Bend<T>& bend : bends_) {
        bend.slope.compute(samples);
        clear(bend.slope_gradient.view(), bend.signal.rows(samples));
      }
      for (Index sample = samples.begin; sample < samples.end; ++sample) seed(state, sample);
    });
    for (Probe<T>& probe : probes_) probe.add_passes(program);
    program.by_rows([this](const StepState<T>&, Range samples) {
      for (Index sample = samples.begin; sample < samples.end; ++sample) measure(sample);
      for (Bend<T>& bend : bends_) {
        bend.slope.multiply_by_curvature(bend.slope_gradient.view(), samples);
      }
    });
  }

  void add_backward(Program<T>& program, Index layer) override {
    for (Bend<T>& bend : bends_) {
      if (bend.layer != layer) continue;
      program.by_rows([&bend](const StepState<T>&, Range samples) {
        add_rows<T>(bend.slope_gradient.view(), bend.signal.gradient, bend.signal.rows(samples));
      });
    }
  }

  bool touches_weights() const override { return true; }
  void add_weight_gradients(Program<T>& program) override {
    for (Probe<T>& probe : probes_) probe.add_weight_gradients(program);
  }

  /// Back, forward and to the weights: three products a probe.
  double flops_per_sample() const override {
    return 6 * multiply_adds_ * static_cast<double>(spec_.probes);
  }

  double value(const StepState<T>& state) const override {
    double sum = 0;
    for (Index row = 0; row < state.rows; ++row) sum += row_sum_[row];
    return sum / 2;
  }

 private:
  static void clear(Panels<T> numbers, Range rows) {
    for (Index panel = 0; panel < numbers.panels(); ++panel) {
      std::fill_n(numbers.row(panel, rows.begin), rows.size() * kPanelWidth, T(0));
    }
  }

  /// Random signs that are a function of the seed, step and sample.
  void seed(const StepState<T>& state, Index sample) {
    const T s = static_cast<T>(
        std::sqrt(2 * spec_.weight / static_cast<double>(state.rows * spec_.probes)));
    RandomStream stream(state.id.seed, RandomPurpose::kProbe,
                        static_cast<std::uint64_t>(state.id.step),
                        static_cast<std::uint64_t>(sample));
    for (const Probe<T>& probe : probes_) {
      const Signal<T>& code = probe.end();
      const Range rows = code.rows({sample, sample + 1});
      for (Index row = rows.begin; row < rows.end; ++row) {
        for (Index col = 0; col < code.gradient.cols; ++col) {
          code.gradient.at(row, col) = (stream.next() >> 31) != 0 ? s : -s;
        }
      }
    }
  }

  void measure(Index sample) {
    double sum = 0;
    for (const Probe<T>& probe : probes_) {
      for (Index panel = 0; panel < probe.row().panels(); ++panel) {
        const T* numbers = probe.row().row(panel, sample);
        T squares = 0;
        for (Index i = 0; i < kPanelWidth; ++i) squares += numbers[i] * numbers[i];
        sum += static_cast<double>(squares);
      }
    }
    row_sum_[sample] = sum;
  }

  const PenaltySpec spec_;
  std::deque<Bend<T>> bends_;  // in the order of the data; they and the probes stay in place
  std::deque<Probe<T>> probes_;
  double multiply_adds_ = 0;  // of a sample on its way to the layer
  Buffer<double> row_sum_;
};

}  // namespace

template <class T>
PenaltyPointer<T> make_contractive_stages(const PenaltyContext<T>& context) {
  return std::make_unique<ContractiveStages<T>>(context);
}

template PenaltyPointer<float> make_contractive_stages(const PenaltyContext<float>&);
template PenaltyPointer<double> make_contractive_stages(const PenaltyContext<double>&);

}  // namespace hourglass
