// Times whole training steps: the counterpart of bench/torch_train.py, on the same numbers.
// bench/train.py writes those, runs both in turn and compares.
//
// Usage: train_bench initial FOLDER SHAPE
//        train_bench time FOLDER SHAPE BATCH WARM_UP_STEPS STEPS THREADS
//   FOLDER holds case.toml (settings), data.f32 (rows × features) and order.i64 (row of each sample
//   of each batch, used round and round); SHAPE is a sample's, as 784 or 28,28.
// `initial` writes the weights that training starts from, each tensor as FOLDER/NAME.f32 in
// PyTorch's layout. Both print one line of JSON.

#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/thread_pool.h"
#include "data/corruptor.h"
#include "kernel/dispatch.h"
#include "kernel/elementwise.h"
#include "kernel/peak.h"
#include "model/convolutional.h"
#include "model/settings.h"
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

std::vector<Index> parse_shape(const std::string& text) {
  std::vector<Index> shape;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t used = 0;
    shape.push_back(std::stoll(text.substr(at), &used));
    at += used + 1;
  }
  return shape;
}

/// What is trained: the settings of FOLDER/case.toml, for samples of this shape.
struct Case {
  Case(const std::string& folder, const std::vector<Index>& shape) {
    encoding.scaling = Scaling::kNone;
    encoding.sample_shape = shape;
    const Index features =
        std::accumulate(shape.begin(), shape.end(), Index{1}, std::multiplies<Index>());
    encoding.columns.resize(static_cast<std::size_t>(features));
    encoding.lay_out_features();
    spec = spec_from_settings(read_config(folder + "/case.toml"));
    choose_architecture_for(spec, shape);
    resolve(spec, {.rows = 1000, .features = features, .sample_shape = shape}, nullptr);
  }

  Network<float> network() const {
    Network<float> network(network_of(spec, encoding.features, encoding.sample_shape));
    network.initialise(spec.seed);
    return network;
  }

  ModelSpec spec;
  Encoding encoding;
};

void write_initial(const std::string& folder, const std::vector<Index>& shape) {
  nlohmann::json tensors = nlohmann::json::array();
  for (const NamedTensor& tensor : Case(folder, shape).network().tensors()) {
    std::ofstream file(folder + "/" + tensor.name + ".f32", std::ios::binary);
    file.write(reinterpret_cast<const char*>(tensor.values.data()),
               static_cast<std::streamsize>(tensor.values.size() * sizeof(float)));
    if (!file) throw std::runtime_error(folder + " cannot be written to");
    tensors.push_back({tensor.name, tensor.shape});
  }
  std::printf("%s\n", tensors.dump().c_str());
}

/// The samples in memory and the order in which they come.
class Feed {
 public:
  Feed(const std::string& folder, const Case& what, TrainingPlan<float>& plan, Index batch,
       ThreadPool& pool)
      : data_(read_numbers<float>(folder + "/data.f32")),
        order_(read_numbers<std::int64_t>(folder + "/order.i64")),
        features_(what.encoding.features),
        staging_(batch, features_),
        corruptor_(what.spec.corruptions, what.encoding, what.spec.seed, nullptr),
        plan_(plan),
        pool_(pool) {
    if (corruptor_.empty()) {
      plan.use_input_as_target();
      clean_ = plan.input();
    } else {
      blocks_.emplace(corruptor_, features_, pool);
      clean_ = plan.target();
    }
    if (!blocks_) plan.fill_with([this](Range rows, int) { gather(rows); });
  }

  /// Makes `step` the one whose batch the plan gets.
  void load(Index step) {
    const Index batch = clean_.rows;
    const Index batches = static_cast<Index>(order_.size()) / batch;
    rows_ = order_.data() + step % batches * batch;
    if (!blocks_) return;
    pool_.run([&](int part) { gather(share_of(batch, part, pool_.size())); });
    blocks_->corrupt(clean_, plan_.input(), {1, step * batch});
  }

 private:
  void gather(Range range) {
    for (Index r = range.begin; r < range.end; ++r) {
      std::memcpy(staging_.row(r), data_.data() + rows_[r] * features_,
                  static_cast<std::size_t>(features_) * sizeof(float));
    }
    to_panels<float>(staging_.data(), features_, clean_, range);
  }

  std::vector<float> data_;
  std::vector<std::int64_t> order_;
  Index features_;
  Matrix<float> staging_;  // batch × features
  Corruptor corruptor_;
  std::optional<BlockCorruptor> blocks_;
  TrainingPlan<float>& plan_;
  ThreadPool& pool_;
  Panels<float> clean_;
  const std::int64_t* rows_ = nullptr;  // of the current batch's samples
};

void time_steps(const std::vector<std::string>& words) {
  const std::string& folder = words[0];
  const Case what(folder, parse_shape(words[1]));
  const Index batch = std::stoll(words[2]);
  const Index warm_up = std::stoll(words[3]);
  const Index steps = std::stoll(words[4]);
  ThreadPool pool(std::stoi(words[5]));

  Network<float> network = what.network();
  TrainingPlan<float> plan(network, what.spec.step, batch, pool);
  Feed feed(folder, what, plan, batch, pool);

  const FlushDenormals flush;
  std::vector<double> losses(static_cast<std::size_t>(warm_up + steps));
  auto started = std::chrono::steady_clock::now();
  for (Index step = 0; step < warm_up + steps; ++step) {
    if (step == warm_up) started = std::chrono::steady_clock::now();
    feed.load(step);
    const double loss = plan.step(batch, 1e-3, {.seed = 0, .step = step});
    losses[static_cast<std::size_t>(step)] = loss + plan.penalty();
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - started;

  ThreadPool cores(plan.workers(batch));
  const nlohmann::json result = {{"seconds", seconds.count()},
                                 {"implementation", implementation_name()},
                                 {"threads", pool.size()},
                                 {"workers", plan.workers(batch)},
                                 {"flop_per_sample", plan.flops_per_sample()},
                                 {"core_gflops", measure_fma_gflops(0.2)},
                                 {"cores_gflops", measure_fma_gflops(0.2, cores)},
                                 {"losses", losses}};
  std::printf("%s\n", result.dump().c_str());
}

void run(const std::vector<std::string>& words) {
  if (words.size() == 3 && words[0] == "initial") {
    write_initial(words[1], parse_shape(words[2]));
  } else if (words.size() == 7 && words[0] == "time") {
    time_steps({words.begin() + 1, words.end()});
  } else {
    throw std::runtime_error(
        "initial FOLDER SHAPE or time FOLDER SHAPE BATCH WARM_UP_STEPS STEPS THREADS is wanted");
  }
}

}  // namespace
}  // namespace hourglass

int main(int argc, char** argv) {
  try {
    hourglass::run({argv + 1, argv + argc});
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "train_bench: %s\n", error.what());
    return 1;
  }
}
