// The kernels of a training step, one by one, with the share of the core's multiply-add peak each
// reaches. Run alone on the machine: `kernel_bench --benchmark_repetitions=5`.
#include <benchmark/benchmark.h>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "base/random.h"
#include "kernel/dense.h"
#include "kernel/dispatch.h"
#include "kernel/loss.h"
#include "kernel/peak.h"

namespace hourglass {
namespace {

double peak_gflops = 0;

PanelMatrix<float> random_panels(Index rows, Index cols, std::uint64_t seed) {
  RandomStream random(seed, RandomPurpose::kSample);
  PanelMatrix<float> matrix(rows, cols);
  for (Index r = 0; r < rows; ++r) {
    for (Index c = 0; c < cols; ++c) matrix.view().at(r, c) = float(random.uniform(-1, 1));
  }
  return matrix;
}

/// One layer with everything a step needs. Arguments: in, out, batch.
struct Layer {
  Index in, out, batch;
  PanelMatrix<float> x, w, wt, z, h, dz, dx, dw, m, v;
  Buffer<float> bias, db, bias_m, bias_v;
  UpdateRule<float> rule;

  explicit Layer(const benchmark::State& state)
      : in(state.range(0)),
        out(state.range(1)),
        batch(state.range(2)),
        x(random_panels(batch, in, 1)),
        w(random_panels(in, out, 2)),
        wt(out, in),
        h(batch, out),
        dz(random_panels(batch, out, 3)),
        dx(batch, in),
        dw(in, out),
        m(in, out),
        v(in, out),
        bias(padded_cols(out)),
        db(padded_cols(out)),
        bias_m(padded_cols(out)),
        bias_v(padded_cols(out)) {
    transpose_panels<float>(w.view(), wt.view(), {0, panel_count(out)});
    // Random weights must not grow or vanish over millions of rounds.
    rule.learning_rate = 1e-9f;
    rule.bias_correction1 = 0.5f;
    rule.bias_correction2 = 0.5f;
  }

  DenseBackwardWeights<float> gradient() {
    DenseBackwardWeights<float> layer;
    layer.input = x.view();
    layer.output_gradient = dz.view();
    layer.weight_gradient = dw.view();
    layer.bias_gradient = db.data();
    return layer;
  }
  DenseBackwardWeights<float> fused() {
    DenseBackwardWeights<float> layer = gradient();
    layer.rule = &rule;
    layer.weights = w.view();
    layer.weights_transposed = wt.view();
    layer.weight_state = {m.view().data, v.view().data};
    layer.bias = bias.data();
    layer.bias_state = {bias_m.data(), bias_v.data()};
    return layer;
  }
};

void report(benchmark::State& state, const Layer& layer) {
  const double operations = 2.0 * double(layer.in * layer.out * layer.batch);
  const double done = operations * double(state.iterations());
  state.counters["GFLOP/s"] = benchmark::Counter(done * 1e-9, benchmark::Counter::kIsRate);
  state.counters["share of peak"] =
      benchmark::Counter(done * 1e-9 / peak_gflops, benchmark::Counter::kIsRate);
}

void forward(benchmark::State& state, Activation activation) {
  Layer layer(state);
  const DenseForward<float> dense = {
      layer.x.view(), layer.w.view(), layer.bias.data(), activation, {}, layer.h.view()};
  for (auto _ : state) dense_forward(dense, {0, layer.batch});
  report(state, layer);
}

void backward_data(benchmark::State& state) {
  Layer layer(state);
  const DenseBackwardData<float> dense = {layer.dz.view(), layer.wt.view(), Activation::kRelu, {},
                                          layer.x.view(),  layer.dx.view()};
  for (auto _ : state) dense_backward_data(dense, {0, layer.batch});
  report(state, layer);
}

void backward_weights(benchmark::State& state) {
  Layer layer(state);
  const auto dense = layer.gradient();
  for (auto _ : state) dense_backward_weights(dense, {0, layer.in}, {0, panel_count(layer.out)});
  report(state, layer);
}

void backward_weights_adam(benchmark::State& state) {
  Layer layer(state);
  const auto dense = layer.fused();
  for (auto _ : state) dense_backward_weights(dense, {0, layer.in}, {0, panel_count(layer.out)});
  report(state, layer);
}

void shapes(benchmark::internal::Benchmark* b) {
  b->ArgNames({"in", "out", "batch"});
  for (const auto& s : std::vector<std::vector<std::int64_t>>{{30, 64, 32},
                                                              {64, 32, 32},
                                                              {32, 8, 32},
                                                              {30, 64, 256},
                                                              {64, 32, 256},
                                                              {784, 128, 256},
                                                              {128, 784, 256},
                                                              {128, 32, 256},
                                                              {784, 1000, 256},
                                                              {1000, 500, 256}}) {
    b->Args(s);
  }
}

void forward_relu(benchmark::State& state) { forward(state, Activation::kRelu); }
void forward_tanh(benchmark::State& state) { forward(state, Activation::kTanh); }
BENCHMARK(forward_relu)->Apply(shapes);
BENCHMARK(forward_tanh)->Apply(shapes);
BENCHMARK(backward_data)->Apply(shapes);
BENCHMARK(backward_weights)->Apply(shapes);
BENCHMARK(backward_weights_adam)->Apply(shapes);

void loss(benchmark::State& state) {
  const auto kind = static_cast<Loss>(state.range(0));
  const auto y = random_panels(32, 30, 1), t = random_panels(32, 30, 2);
  PanelMatrix<float> gradient(32, 30);
  double rows[32];
  const LossArguments<float> arguments = {kind, 1, y.view(),        t.view(),
                                          {},   1, gradient.view(), rows};
  for (auto _ : state) loss_and_gradient(arguments, {0, 32});
  state.SetLabel(std::string(info(kind).name));
}
BENCHMARK(loss)->DenseRange(0, 3);

}  // namespace
}  // namespace hourglass

int main(int argc, char** argv) {
  if (const char* name = std::getenv("HOURGLASS_IMPLEMENTATION")) {
    if (!hourglass::force_implementation(name)) {
      std::fprintf(stderr, "kernel_bench: this machine cannot run \"%s\"\n", name);
      return 2;
    }
  }
  const hourglass::FlushDenormals flush;
  hourglass::peak_gflops = hourglass::measure_fma_gflops(0.5);
  benchmark::AddCustomContext("implementation", hourglass::implementation_name());
  benchmark::AddCustomContext("peak GFLOP/s of one core", std::to_string(hourglass::peak_gflops));
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
