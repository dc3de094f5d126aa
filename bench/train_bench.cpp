// Times whole training steps of a dense autoencoder: the counterpart of bench/torch_train.py, on
// the same numbers. bench/train.py writes those, runs both in turn and compares.
//
// Usage: train_bench FOLDER WIDTHS BATCH WARM_UP_STEPS STEPS THREADS
//   FOLDER holds data.f32 (rows × features), order.i64 (row of each sample of each batch, used
//   round and round) and weight_I.f32 (out × in) and bias_I.f32 for each layer.
//   WIDTHS is the encoder, e.g. 784,128,32; the decoder mirrors it.
// Prints one line of JSON.

#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/thread_pool.h"
#include "kernel/dispatch.h"
#include "kernel/elementwise.h"
#include "kernel/peak.h"
#include "network/network.h"
#include "network/training_plan.h"
#include "tensor/matrix.h"

namespace hourglass {
namespace {

template <class T>
std::vector<T> read_numbers(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) throw std::runtime_error(path + " cannot be read");
  std::vector<T> numbers(static_cast<std::size_t>(file.tellg()) / sizeof(T));
  file.seekg(0);
  file.read(reinterpret_cast<char*>(numbers.data()),
            static_cast<std::streamsize>(numbers.size() * sizeof(T)));
  return numbers;
}

std::vector<Index> parse_widths(const std::string& text) {
  std::vector<Index> widths;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t used = 0;
    widths.push_back(std::stoll(text.substr(at), &used));
    at += used + 1;
  }
  if (widths.size() < 2) throw std::runtime_error("two widths at least: features and code");
  return widths;
}

/// ReLU between layers; code and reconstruction are linear.
NetworkSpec mirrored(const std::vector<Index>& widths) {
  NetworkSpec spec;
  spec.features = widths.front();
  for (std::size_t i = 1; i < widths.size(); ++i) spec.encoder.push_back({.width = widths[i]});
  for (std::size_t i = widths.size() - 1; i-- > 0;) spec.decoder.push_back({.width = widths[i]});
  spec.encoder.back().activation = Activation::kIdentity;
  spec.decoder.back().activation = Activation::kIdentity;
  return spec;
}

void set_weights(Network<float>& network, const std::string& folder) {
  std::vector<NamedTensor> tensors = network.tensors();
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const char* kind = i % 2 == 0 ? "/weight_" : "/bias_";
    std::vector<float> values = read_numbers<float>(folder + kind + std::to_string(i / 2) + ".f32");
    if (values.size() != tensors[i].values.size())
      throw std::runtime_error(tensors[i].name + " has another size than the file");
    tensors[i].values = std::move(values);
  }
  network.set_tensors(tensors);
}

/// The samples in memory and the order in which they come.
struct Feed {
  std::vector<float> data;
  std::vector<std::int64_t> order;
  Index features;
  Matrix<float> staging;  ///< batch × features

  /// Gathers batch `step` into `panels`.
  void load(Index step, Panels<float> panels, ThreadPool& pool) {
    const Index batch = panels.rows;
    const Index batches = static_cast<Index>(order.size()) / batch;
    const std::int64_t* rows = order.data() + step % batches * batch;
    auto gather = [&](Range range) {
      for (Index r = range.begin; r < range.end; ++r)
        std::memcpy(staging.row(r), data.data() + rows[r] * features,
                    static_cast<std::size_t>(features) * sizeof(float));
      to_panels<float>(staging.data(), features, panels, range);
    };
    // Waking threads costs more than gathering a small batch does.
    if (batch * features < 65'536)
      gather({0, batch});
    else
      pool.run([&](int worker) { gather(share_of(batch, worker, pool.size())); });
  }
};

int run(const std::vector<std::string>& words) {
  const std::string& folder = words[0];
  const NetworkSpec spec = mirrored(parse_widths(words[1]));
  const Index batch = std::stoll(words[2]);
  const Index warm_up = std::stoll(words[3]);
  const Index steps = std::stoll(words[4]);
  ThreadPool pool(std::stoi(words[5]));

  Network<float> network(spec);
  set_weights(network, folder);
  StepSpec step_spec;
  step_spec.optimizer = Optimizer::kAdam;
  TrainingPlan<float> plan(network, step_spec, batch, pool);
  plan.use_input_as_target();
  Feed feed{read_numbers<float>(folder + "/data.f32"),
            read_numbers<std::int64_t>(folder + "/order.i64"), spec.features,
            Matrix<float>(batch, spec.features)};

  FlushDenormals flush;
  std::vector<double> losses(static_cast<std::size_t>(warm_up + steps));
  auto started = std::chrono::steady_clock::now();
  for (Index step = 0; step < warm_up + steps; ++step) {
    if (step == warm_up) started = std::chrono::steady_clock::now();
    feed.load(step, plan.input(), pool);
    losses[static_cast<std::size_t>(step)] = plan.step(batch, 1e-3, {.seed = 0, .step = step});
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - started;

  std::printf("{\"seconds\": %.9g, \"implementation\": \"%s\", \"threads\": %d, ", seconds.count(),
              implementation_name().c_str(), pool.size());
  std::printf("\"core_gflops\": %.6g, \"losses\": [", measure_fma_gflops(0.2));
  for (std::size_t i = 0; i < losses.size(); ++i)
    std::printf("%s%.9g", i == 0 ? "" : ", ", losses[i]);
  std::printf("]}\n");
  return 0;
}

}  // namespace
}  // namespace hourglass

int main(int argc, char** argv) {
  try {
    if (argc != 7)
      throw std::runtime_error("FOLDER WIDTHS BATCH WARM_UP_STEPS STEPS THREADS are wanted");
    return hourglass::run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "train_bench: %s\n", error.what());
    return 1;
  }
}
