// hnswlib by itself, as bench/search.py sets it beside an index of ours: the same points, links and
// candidates. Usage: hnswlib_bench POINTS ROWS QUERIES COUNT WIDTH EF HITS, files of raw float32;
// writes the labels of the 10 nearest of each query, raw uint64, nearest last, and prints JSON.

#include <chrono>
#include <cstdio>
#include <fstream>
#include <hnswlib/hnswlib.h>
#include <string>
#include <sys/resource.h>
#include <vector>

namespace {

std::vector<float> read_floats(const char* path, std::size_t count) {
  std::vector<float> numbers(count);
  std::ifstream(path, std::ios::binary)
      .read(reinterpret_cast<char*>(numbers.data()),
            static_cast<std::streamsize>(count * sizeof(float)));
  return numbers;
}

double seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 8) return 2;
  const std::size_t rows = std::stoul(argv[2]), count = std::stoul(argv[4]);
  const std::size_t width = std::stoul(argv[5]);
  constexpr std::size_t kWanted = 10;
  const std::vector<float> points = read_floats(argv[1], rows * width);
  const std::vector<float> queries = read_floats(argv[3], count * width);

  hnswlib::L2Space space(width);
  const double begin = seconds();
  hnswlib::HierarchicalNSW<float> graph(&space, rows, 16, 100, 100);
  for (std::size_t r = 0; r < rows; ++r) graph.addPoint(points.data() + r * width, r);
  const double built = seconds();

  graph.setEf(std::stoul(argv[6]));
  std::vector<std::size_t> hits;
  for (std::size_t q = 0; q < count; ++q) {
    auto found = graph.searchKnn(queries.data() + q * width, kWanted);
    for (; !found.empty(); found.pop()) hits.push_back(found.top().second);
  }
  const double done = seconds();
  std::ofstream(argv[7], std::ios::binary)
      .write(reinterpret_cast<const char*>(hits.data()),
             static_cast<std::streamsize>(hits.size() * sizeof(std::size_t)));
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("{\"build_seconds\": %.3f, \"queries_per_second\": %.1f, \"megabytes\": %.1f}\n",
              built - begin, static_cast<double>(count) / (done - built),
              static_cast<double>(usage.ru_maxrss) / 1024);
  return 0;
}
