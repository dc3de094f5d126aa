// An index from a stranger: parse_index() takes it or throws Error, whatever it holds; and what it
// takes can be searched.

#include "task/graph_search.h"
#include "task/saved_index.h"
#include "tensor_file_fuzz.h"

namespace hourglass {
namespace {

SavedIndex read(const std::string& bytes) {
  SavedIndex saved = parse_index(bytes, "fuzzed");
  const CodeIndex& index = saved.index;
  if (index.rows() * index.width > 100'000) return saved;
  ThreadPool pool(1);
  const std::vector<float> query = index.code_of(0);
  CodeSearch(index).nearest({query.data(), 1, index.width}, 3, pool);
  if (saved.graph) {
    const CodeGraph graph = graph_of(index, *saved.graph);
    nearest_by_graph(graph, index, {query.data(), 1, index.width}, 3, 10, pool);
  }
  return saved;
}

}  // namespace
}  // namespace hourglass

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  hourglass::fuzz_tensor_file(data, size, hourglass::read, [](const hourglass::SavedIndex& saved) {
    return hourglass::format_index(saved, saved.graph ? &*saved.graph : nullptr);
  });
  return 0;
}
