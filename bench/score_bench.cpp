// What bench/score.py measures beside whole commands, one a call; prints one line of JSON.
//
// Usage: score_bench peak                          this machine's multiply-adds, one core
//        score_bench bandwidth THREADS             bytes read and written by copying memory
//        score_bench read FILE THREADS             its bytes, from the page cache into buffers
//        score_bench parse FILE.csv THREADS        its numbers, kept nowhere
//        score_bench row MODEL DATA                one row at a time through the C++ interface

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

#include <hourglass/hourglass.h>

#include "base/ordered_work.h"
#include "base/thread_pool.h"
#include "data/byte_source.h"
#include "data/csv_stream.h"
#include "data/input_file.h"
#include "kernel/dispatch.h"
#include "kernel/peak.h"

namespace hourglass {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

void peak() {
  std::printf("{\"core_gflops\": %.6g, \"implementation\": \"%s\"}\n", measure_fma_gflops(0.3),
              implementation_name().c_str());
}

// The fastest of several copies of more than any cache holds, each thread its own part.
void bandwidth(int threads) {
  constexpr std::size_t kBytes = std::size_t{256} << 20;
  ThreadPool pool(threads);
  std::vector<std::vector<char>> from(static_cast<std::size_t>(threads), std::vector<char>(kBytes));
  std::vector<std::vector<char>> to = from;
  double fastest = 0;
  for (int i = 0; i < 7; ++i) {
    const auto started = Clock::now();
    pool.run([&](int worker) {
      const auto at = static_cast<std::size_t>(worker);
      std::memcpy(to[at].data(), from[at].data(), kBytes);
    });
    const double bytes = 2.0 * static_cast<double>(kBytes) * threads;
    fastest = std::max(fastest, bytes / seconds_since(started));
  }
  std::printf("{\"bytes_per_second\": %.6g}\n", fastest);
}

void read(const std::string& path, int threads) {
  constexpr std::uint64_t kBlock = std::uint64_t{256} << 10;
  const InputFile file(path);
  ThreadPool pool(threads);
  std::atomic<std::uint64_t> next{0};
  const auto started = Clock::now();
  pool.run([&](int) {
    std::vector<char> buffer(kBlock);
    for (std::uint64_t at = next.fetch_add(kBlock); at < file.size(); at = next.fetch_add(kBlock)) {
      read_file_at(*file.file(), at, buffer.data(), std::min(kBlock, file.size() - at), path);
    }
  });
  std::printf("{\"seconds\": %.6g}\n", seconds_since(started));
}

void parse(const std::string& path, int threads) {
  const InputFile file(path);
  const ReadOptions options;
  ThreadPool pool(threads);
  const auto started = Clock::now();
  CsvStream rows(file, options, CsvTuning());
  rows.prepare(places_for(pool), pool.size());
  run_in_order(pool, {.take = [&](int place) { return rows.take(place); },
                      .work = [&](int place, int worker) { rows.read(place, worker); },
                      .hand_on = [&](int place) { rows.settle(place); }});
  std::printf("{\"seconds\": %.6g}\n", seconds_since(started));
}

void score_one_row(const std::string& model_path, const std::string& data_path) {
  const Model model = Model::load(model_path);
  const Data data = Data::read_for(model, data_path);
  const std::vector<float> row(static_cast<std::size_t>(data.columns()), 1.0F);
  constexpr int kTimes = 2000;
  std::vector<double> seconds;
  for (int i = 0; i < kTimes; ++i) {
    const auto started = Clock::now();
    detect(model, Data::from_rows(row.data(), 1, data.columns()));
    seconds.push_back(seconds_since(started));
  }
  std::sort(seconds.begin(), seconds.end());
  std::printf("{\"median\": %.6g, \"quartiles\": [%.6g, %.6g]}\n", seconds[kTimes / 2],
              seconds[kTimes / 4], seconds[3 * kTimes / 4]);
}

void run(const std::vector<std::string>& words) {
  const std::string& what = words.at(0);
  if (what == "peak") return peak();
  if (what == "bandwidth") return bandwidth(std::stoi(words.at(1)));
  if (what == "read") return read(words.at(1), std::stoi(words.at(2)));
  if (what == "parse") return parse(words.at(1), std::stoi(words.at(2)));
  if (what == "row") return score_one_row(words.at(1), words.at(2));
  throw std::runtime_error("peak, bandwidth, read, parse or row is wanted, not " + what);
}

}  // namespace
}  // namespace hourglass

int main(int argc, char** argv) {
  try {
    hourglass::run({argv + 1, argv + argc});
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "score_bench: %s\n", error.what());
    return 1;
  }
}
