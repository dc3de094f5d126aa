#include "hourglass/search.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <iterator>
#include <mutex>
#include <optional>
#include <utility>

#include "api/state.h"
#include "base/atomic_file.h"
#include "base/error.h"
#include "data/writer.h"
#include "model/whole_file.h"
#include "task/code_search.h"
#include "task/graph_search.h"
#include "task/part_of.h"
#include "task/retrieval_quality.h"
#include "task/saved_index.h"

namespace hourglass {
namespace {

constexpr Index kMostHits = 1'000'000'000;

// Codes as they are handed over: whole rows of finite numbers.
MatrixView<const float> checked_codes(const std::vector<float>& codes, Index width,
                                      const char* what) {
  if (std::ssize(codes) % width != 0) {
    data_error(fmt::format("{} numbers are no whole {} of {} each: give those of a model alike",
                           codes.size(), what, width));
  }
  const auto bad = std::ranges::find_if(codes, [](float code) { return !std::isfinite(code); });
  if (bad != codes.end()) {
    const Index at = bad - codes.begin();
    data_error(
        fmt::format("row {}: number {} of its code is {}, and codes have to be finite: leave "
                    "the row out, or train a model that was learned from such rows",
                    at / width + 1, at % width + 1, *bad));
  }
  return {codes.data(), std::ssize(codes) / width, width};
}

void check_texts(const std::vector<std::string>& texts, Index rows, const char* what) {
  if (!texts.empty() && std::ssize(texts) != rows) {
    data_error(
        fmt::format("there are {} {} for {} rows: give one a row", texts.size(), what, rows));
  }
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (texts[i].find('\0') == std::string::npos) continue;
    data_error(fmt::format("row {}: one of its {} holds a zero byte: take it out", i + 1, what));
  }
}

// What further rows must bring, for the index to stay whole.
void check_texts_go_on(const std::vector<std::string>& there, const std::vector<std::string>& more,
                       const char* what, const char* option) {
  if (there.empty() || !more.empty()) return;
  data_error(fmt::format("rows of this index have {}, so those to be added need some: give {}",
                         what, option));
}

Metric chosen_metric(const IndexOptions& options) {
  if (options.metric.empty()) return options.bits ? Metric::kHamming : Metric::kCosine;
  const Metric metric = find_metric(options.metric);
  if (options.bits != (metric == Metric::kHamming)) {
    usage_error(fmt::format("metric '{}' is for {}: {}", options.metric,
                            options.bits ? "codes of numbers" : "bits",
                            options.bits ? "leave it out, or the bits" : "ask for bits as well"));
  }
  return metric;
}

}  // namespace

struct SearchIndex::State {
  Model model;
  SavedIndex saved;  // without its graph
  std::optional<CodeGraph> graph = {};
  // Made when it is first needed, and again when rows have changed.
  mutable std::mutex guard = {};
  mutable std::shared_ptr<const CodeSearch> exact = {};

  CodeIndex& index() { return saved.index; }
  const CodeIndex& index() const { return saved.index; }

  std::shared_ptr<const CodeSearch> exact_search() const {
    const std::lock_guard<std::mutex> lock(guard);
    if (!exact) exact = std::make_shared<const CodeSearch>(index());
    return exact;
  }

  void append(MatrixView<const float> codes, const RowTexts& texts,
              const std::vector<IndexSource>& sources, const RunOptions& run) {
    index().add(codes);
    const auto extend = [](std::vector<std::string>& to, const std::vector<std::string>& more) {
      to.insert(to.end(), more.begin(), more.end());
    };
    extend(index().names, texts.names);
    extend(index().labels, texts.labels);
    saved.sources.insert(saved.sources.end(), sources.begin(), sources.end());
    exact = nullptr;
    bring_graph_up_to_date(run);
  }

  // Rows that no way leads to, as behind many that are taken out, are looked for one by one.
  void complete(std::vector<std::vector<Hit>>& hits, MatrixView<const float> queries, Index k,
                ThreadPool& pool) const {
    for (Index q = 0; q < queries.rows; ++q) {
      std::vector<Hit>& own = hits[static_cast<std::size_t>(q)];
      if (std::ssize(own) >= std::min(k, index().rows_left())) continue;
      own = exact_search()->nearest({queries.row(q), 1, queries.cols}, k, pool).front();
    }
  }

  // A graph once it pays, and then one of all rows.
  void bring_graph_up_to_date(const RunOptions& run) {
    if (!graph && (saved.wants_no_graph || !graph_pays(index()))) return;
    ThreadPool pool(run.threads);
    if (!graph) graph.emplace(index().width, index().rows());
    extend_graph(*graph, index(), share_of_stage(run.progress, "linking"));
    saved.graph_quality = measure(*graph, index(), *exact_search(), pool);
  }
};

SearchIndex::SearchIndex(std::unique_ptr<State> state) : state_(std::move(state)) {}
SearchIndex::~SearchIndex() = default;
SearchIndex::SearchIndex(SearchIndex&&) noexcept = default;
SearchIndex& SearchIndex::operator=(SearchIndex&&) noexcept = default;

SearchIndex SearchIndex::build(const Model& model, const std::vector<float>& codes,
                               const IndexOptions& options, const RowTexts& texts,
                               const IndexSource& source, const RunOptions& run) {
  const Metric metric = chosen_metric(options);
  const Model first = model.member(0);
  const MatrixView<const float> view = checked_codes(codes, first.latent_dim(), "codes");
  if (view.rows == 0) data_error("there are no rows to index: give at least one");
  check_texts(texts.names, view.rows, "names");
  check_texts(texts.labels, view.rows, "labels");
  std::unique_ptr<State> state(new State{.model = first, .saved = {}});
  state->saved.model = format_model(pack(first.state().model));
  state->saved.wants_no_graph = options.exact;
  state->index().metric = metric;
  state->index().width = view.cols;
  if (options.bits) state->index().bits = BitCodes(medians_of(view));
  IndexSource from = source;
  from.rows = view.rows;
  state->append(view, texts, {from}, run);
  return SearchIndex(std::move(state));
}

SearchIndex SearchIndex::load(const std::string& path) {
  SavedIndex saved = parse_index(read_whole_file(path, "index"), path);
  Model model(std::make_shared<const Model::State>(
      Model::State{unpack(parse_model(saved.model, path + ": its model"))}));
  if (model.latent_dim() != saved.index.width || model.members() != 1) {
    model_error(fmt::format("{}: its codes are not its model's; make the index again", path));
  }
  std::unique_ptr<State> state(new State{.model = std::move(model), .saved = std::move(saved)});
  if (state->saved.graph) {
    state->graph = graph_of(state->index(), *state->saved.graph);
    state->saved.graph.reset();
  }
  return SearchIndex(std::move(state));
}

void SearchIndex::save(const std::string& path) const {
  if (!state_->graph) return write_file(path, format_index(state_->saved, nullptr));
  const GraphLinks links = state_->graph->links();
  write_file(path, format_index(state_->saved, &links));
}

void SearchIndex::add(const std::vector<float>& codes, const RowTexts& texts,
                      const IndexSource& source, const RunOptions& run) {
  CodeIndex& index = state_->index();
  const MatrixView<const float> view = checked_codes(codes, index.width, "codes");
  check_texts(texts.names, view.rows, "names");
  check_texts(texts.labels, view.rows, "labels");
  check_texts_go_on(index.names, texts.names, "names", "--names");
  check_texts_go_on(index.labels, texts.labels, "labels", "--labels");
  RowTexts kept;
  if (!index.names.empty()) kept.names = texts.names;
  if (!index.labels.empty()) kept.labels = texts.labels;
  IndexSource from = source;
  from.rows = view.rows;
  state_->append(view, kept, {from}, run);
}

void SearchIndex::remove(const std::vector<std::int64_t>& rows) {
  CodeIndex& index = state_->index();
  std::vector<std::uint8_t> deleted = index.deleted;
  for (const std::int64_t row : rows) {
    if (row < 0 || row >= index.rows()) {
      data_error(fmt::format("there is no row {}: this index has {}", row + 1, index.rows()));
    }
    std::uint8_t& flag = deleted[static_cast<std::size_t>(row)];
    if (flag != 0) data_error(fmt::format("row {} has been deleted from this index", row + 1));
    flag = 1;
  }
  index.deleted = std::move(deleted);
  for (const std::int64_t row : rows) {
    if (state_->graph) state_->graph->hide(row);
  }
  state_->exact = nullptr;
}

void SearchIndex::merge(const SearchIndex& other, const RunOptions& run) {
  const CodeIndex& theirs = other.state_->index();
  CodeIndex& ours = state_->index();
  if (other.state_->saved.model != state_->saved.model) {
    model_error(
        "the indexes were made with different models, so their codes do not compare: make "
        "both with the same one");
  }
  if (theirs.metric != ours.metric || theirs.bits.thresholds() != ours.bits.thresholds()) {
    model_error(
        fmt::format("the indexes compare codes in different ways ({} and {}{}): make one "
                    "with --add, or both with the same metric",
                    name_of(ours.metric), name_of(theirs.metric),
                    theirs.metric == ours.metric ? " of other bits" : ""));
  }
  check_texts_go_on(ours.names, theirs.names, "names", "an index with names");
  check_texts_go_on(ours.labels, theirs.labels, "labels", "an index with labels");
  std::vector<float> codes;
  RowTexts texts;
  std::vector<IndexSource> sources;
  Index row = 0;
  for (const IndexSource& source : other.state_->saved.sources) {
    const Index end = row + source.rows;
    for (; row < end; ++row) {
      if (other.removed(row)) continue;
      const std::vector<float> code = theirs.code_of(row);
      codes.insert(codes.end(), code.begin(), code.end());
      const auto at = static_cast<std::size_t>(row);
      if (!ours.names.empty()) texts.names.push_back(theirs.names[at]);
      if (!ours.labels.empty()) texts.labels.push_back(theirs.labels[at]);
    }
    sources.push_back(source);
  }
  // Where rows are left out, the place of one in its source is no longer known.
  if (theirs.rows_left() != theirs.rows()) sources = {{.path = ""}};
  if (sources.size() == 1) sources.front().rows = theirs.rows_left();
  state_->append({codes.data(), theirs.rows_left(), ours.width}, texts, sources, run);
}

const Model& SearchIndex::model() const { return state_->model; }
std::int64_t SearchIndex::rows() const { return state_->index().rows(); }
std::int64_t SearchIndex::rows_left() const { return state_->index().rows_left(); }
std::string SearchIndex::metric() const { return std::string(name_of(state_->index().metric)); }
bool SearchIndex::has_graph() const { return state_->graph.has_value(); }
GraphQuality SearchIndex::graph_quality() const { return state_->saved.graph_quality; }
const std::vector<std::string>& SearchIndex::labels() const { return state_->index().labels; }
const std::vector<IndexSource>& SearchIndex::sources() const { return state_->saved.sources; }

bool SearchIndex::removed(std::int64_t row) const {
  return state_->index().deleted[static_cast<std::size_t>(row)] != 0;
}

std::string SearchIndex::name(std::int64_t row) const {
  const std::vector<std::string>& names = state_->index().names;
  return names.empty() ? "" : names[static_cast<std::size_t>(row)];
}

void SearchIndex::set_labels(std::vector<std::string> labels) {
  check_texts(labels, rows(), "labels");
  state_->index().labels = std::move(labels);
}

std::vector<float> SearchIndex::code(std::int64_t row) const {
  if (row < 0 || row >= rows()) {
    data_error(fmt::format("there is no row {}: this index has {}", row + 1, rows()));
  }
  if (removed(row)) data_error(fmt::format("row {} has been deleted from this index", row + 1));
  return state_->index().code_of(row);
}

std::vector<std::vector<Hit>> SearchIndex::search(const std::vector<float>& queries,
                                                  const SearchOptions& options,
                                                  const RunOptions& run) const {
  if (options.k < 1 || options.k > kMostHits) {
    usage_error(fmt::format("k = {}: ask for 1 to {} hits", options.k, kMostHits));
  }
  if (options.ef < 0) usage_error(fmt::format("ef = {}: give 1 or more", options.ef));
  const MatrixView<const float> view = checked_codes(queries, state_->index().width, "queries");
  ThreadPool pool(threads_worth_waking(view.rows, run.threads));
  if (state_->graph && !options.exact) {
    const Index ef = options.ef > 0 ? options.ef : state_->saved.graph_quality.ef;
    if (finds_enough(state_->index(), options.k)) {
      auto hits = nearest_by_graph(*state_->graph, state_->index(), view, options.k, ef, pool);
      state_->complete(hits, view, options.k, pool);
      return hits;
    }
  }
  return state_->exact_search()->nearest(view, options.k, pool);
}

RetrievalQuality SearchIndex::judge(const std::vector<float>& queries,
                                    const std::vector<std::vector<Hit>>& hits,
                                    const std::vector<std::string>& query_labels,
                                    const RunOptions& run) const {
  const MatrixView<const float> view = checked_codes(queries, state_->index().width, "queries");
  if (labels().empty()) data_error("the rows of this index have no labels to judge hits by");
  if (std::ssize(query_labels) != view.rows || std::ssize(hits) != view.rows) {
    data_error(fmt::format("there are {} labels for {} queries: give one each", query_labels.size(),
                           view.rows));
  }
  ThreadPool pool(threads_worth_waking(view.rows, run.threads));
  return retrieval_quality(*state_->exact_search(), view, hits, query_labels, labels(), pool);
}

std::string hits_csv(const SearchIndex& index, const std::vector<std::vector<Hit>>& hits) {
  std::string text = "query,rank,row,name,distance\n";
  for (std::size_t q = 0; q < hits.size(); ++q) {
    for (std::size_t i = 0; i < hits[q].size(); ++i) {
      const Hit& hit = hits[q][i];
      const std::string name = index.name(hit.row);
      fmt::format_to(std::back_inserter(text), "{},{},{},{},{:.9g}\n", q + 1, i + 1, hit.row + 1,
                     name.empty() ? name : csv_cell(name), hit.distance);
    }
  }
  return text;
}

bool is_search_index(const std::string& path) { return is_index(path); }

std::vector<float> numbers_of(const Data& data, std::int64_t width) {
  const Table& table = data.state().table;
  if (table.cols() != width) {
    data_error(fmt::format("{} has {} columns and codes {} numbers: give what encode wrote",
                           table.source, table.cols(), width));
  }
  constexpr Index kBlock = 4096;
  std::vector<double> block(static_cast<std::size_t>(kBlock * width));
  std::vector<float> numbers;
  for (Index begin = 0; begin < table.rows(); begin += kBlock) {
    const Index end = std::min(table.rows(), begin + kBlock);
    table.store->read(begin, end, block.data());
    for (Index i = 0; i < (end - begin) * width; ++i) {
      numbers.push_back(static_cast<float>(block[static_cast<std::size_t>(i)]));
    }
  }
  return numbers;
}

}  // namespace hourglass
