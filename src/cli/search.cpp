#include <cmath>
#include <fmt/format.h>
#include <optional>

#include <hourglass/hourglass.h>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/paths.h"
#include "base/stopwatch.h"
#include "cli/arguments.h"
#include "cli/coded_rows.h"
#include "cli/console.h"
#include "cli/json.h"
#include "cli/requests.h"
#include "cli/text.h"

namespace hourglass::cli {
namespace {

constexpr const char* kSearching = "What to search for";
constexpr std::int64_t kMostRows = 1'000'000'000;

using Hits = std::vector<std::vector<Hit>>;

struct Queries {
  std::vector<float> codes;
  std::optional<Data> data;   // what they were read from
  std::int64_t own_row = -1;  // of the index, which is no hit of itself
  std::vector<std::string> labels;
};

void check_one_kind_of_query(const Arguments& arguments) {
  const int given = static_cast<int>(!arguments.positional("QUERY").empty()) +
                    static_cast<int>(arguments.has("--row")) +
                    static_cast<int>(arguments.has("--vector"));
  if (given == 1) return;
  usage_error(given == 0 ? fmt::format("QUERY is missing: {}, or --row N or --vector X,X,...",
                                       synopsis(arguments.verb()))
                         : std::string("QUERY, --row and --vector each say what to search for: "
                                       "give one of them"));
}

std::vector<float> numbers_from(const Arguments& arguments) {
  std::vector<float> numbers;
  for (const std::string& word : arguments.list("--vector")) {
    std::size_t used = 0;
    float number = 0;
    try {
      number = std::stof(word, &used);
    } catch (const std::exception&) {
      used = 0;
    }
    if (used != word.size() || word.empty() || !std::isfinite(number)) {
      usage_error(fmt::format("--vector: '{}' is no number", word));
    }
    numbers.push_back(number);
  }
  return numbers;
}

Queries from_vector(const SearchIndex& index, const Arguments& arguments, Console& console) {
  Queries queries;
  const std::vector<float> numbers = numbers_from(arguments);
  queries.data = Data::from_rows(numbers.data(), 1, std::ssize(numbers));
  queries.codes = arguments.has("--codes")
                      ? numbers_of(*queries.data, index.model().latent_dim())
                      : index.model().encode(*queries.data, run_options_from(arguments, console));
  if (arguments.has("--codes")) queries.data.reset();
  return queries;
}

// Labels of queries and of the index may be columns of one name.
std::string query_labels_option(const Arguments& arguments) {
  const std::string labels = arguments.text("--labels");
  return arguments.text("--query-labels", is_there(labels) ? "" : labels);
}

Queries from_file(const SearchIndex& index, const Arguments& arguments, Console& console) {
  const std::string path = arguments.positional("QUERY");
  DataOptions reading = data_options_from(arguments, {}, arguments.text("--output"), console);
  reading.labels = query_labels_option(arguments);
  CodedRows rows = read_coded(index.model(), path, reading, arguments, console);
  Queries queries;
  if (!reading.labels.empty()) {
    queries.labels = of_rows_kept(read_labels(reading.labels, path, reading), rows.data);
  }
  queries.codes = std::move(rows.codes);
  if (!arguments.has("--codes")) queries.data = std::move(rows.data);
  return queries;
}

Queries queries_from(const SearchIndex& index, const Arguments& arguments, Console& console) {
  if (arguments.has("--vector")) return from_vector(index, arguments, console);
  if (!arguments.has("--row")) return from_file(index, arguments, console);
  Queries queries;
  queries.own_row = arguments.integer("--row", 1, 1, kMostRows) - 1;
  queries.codes = index.code(queries.own_row);
  return queries;
}

// Labels that the index is judged by instead of those it was made with.
void take_labels(SearchIndex& index, const Arguments& arguments, Console& console) {
  if (!arguments.has("--labels")) return;
  const std::string labels = arguments.text("--labels");
  const std::vector<IndexSource>& sources = index.sources();
  const bool whole = sources.size() == 1 && is_there(sources.front().path);
  DataOptions reading = data_options_from(arguments, {}, "", console);
  if (whole) reading.key = sources.front().key;
  index.set_labels(read_labels(labels, whole ? sources.front().path : "", reading));
}

void check_can_judge(const SearchIndex& index, const Queries& queries, const Arguments& arguments) {
  const bool wanted = arguments.has("--labels") || arguments.has("--query-labels");
  if (!wanted) return;
  if (queries.labels.empty()) {
    usage_error("--labels are those of the index: give --query-labels for what is searched for");
  }
  if (index.labels().empty()) {
    usage_error("--query-labels are compared with those of the index: give --labels as well");
  }
}

Hits search_for(const SearchIndex& index, const Queries& queries, const SearchOptions& options,
                const RunOptions& running) {
  if (queries.own_row < 0) return index.search(queries.codes, options, running);
  SearchOptions one_more = options;
  ++one_more.k;
  Hits hits = index.search(queries.codes, one_more, running);
  std::erase_if(hits.front(), [&](const Hit& hit) { return hit.row == queries.own_row; });
  if (std::ssize(hits.front()) > options.k) hits.front().pop_back();
  return hits;
}

Json hits_json(const SearchIndex& index, const Hits& hits) {
  Json list = Json::array();
  for (const std::vector<Hit>& own : hits) {
    Json of_query = Json::array();
    for (const Hit& hit : own) {
      of_query.push_back(
          {{"row", hit.row + 1}, {"name", index.name(hit.row)}, {"distance", hit.distance}});
    }
    list.push_back(std::move(of_query));
  }
  return list;
}

struct Outcome {
  Hits hits;
  std::optional<RetrievalQuality> quality;
  double seconds = 0;  // of searching alone
};

void tell(const Outcome& outcome, const SearchIndex& index, const Arguments& arguments,
          Console& console) {
  const std::string output = arguments.text("--output");
  const std::int64_t k = arguments.integer("-k", 10, 1, kMostRows);
  if (console.json()) {
    Json json = {{"queries", std::ssize(outcome.hits)}, {"k", k}, {"rows", index.rows_left()}};
    if (outcome.quality) {
      json["precision_at_k"] = outcome.quality->precision_at_k;
      json["mean_average_precision"] = outcome.quality->mean_average_precision;
      json["without_match"] = outcome.quality->without_match;
    }
    json["seconds"] = outcome.seconds;
    json["queries_per_second"] =
        static_cast<double>(outcome.hits.size()) / std::max(outcome.seconds, 1e-9);
    if (output.empty()) json["hits"] = hits_json(index, outcome.hits);
    return console.result(printed(json));
  }
  if (output.empty()) console.result(hits_csv(index, outcome.hits));
  FactList facts;
  if (outcome.quality) {
    facts.add(fmt::format("precision at {}", k), significant(outcome.quality->precision_at_k));
    facts.add("mean average precision", significant(outcome.quality->mean_average_precision));
  }
  facts.add("searching took", duration(outcome.seconds));
  console.summary(fmt::format("{} {} among {}\n", grouped(std::ssize(outcome.hits)),
                              outcome.hits.size() == 1 ? "query" : "queries",
                              counted(index.rows_left(), "row")) +
                  facts.text() + (output.empty() ? "" : "hits written to " + output + "\n"));
}

void run(const Arguments& arguments, Console& console) {
  check_one_kind_of_query(arguments);
  const std::string output = arguments.text("--output");
  const std::string sheet = arguments.text("--sheet");
  if (!output.empty()) check_output(output, {".csv"});
  if (!sheet.empty()) check_output(sheet, {".png"});
  SearchOptions options;
  options.k = arguments.integer("-k", options.k, 1, kMostRows);
  options.ef = arguments.integer("--ef", 0, 1, kMostRows);
  options.exact = arguments.has("--exact");
  const RunOptions running = run_options_from(arguments, console);

  SearchIndex index = SearchIndex::load(arguments.positional("INDEX"));
  take_labels(index, arguments, console);
  const Queries queries = queries_from(index, arguments, console);
  check_can_judge(index, queries, arguments);
  Outcome outcome;
  const Stopwatch watch;
  outcome.hits = search_for(index, queries, options, running);
  outcome.seconds = watch.seconds();
  if (!queries.labels.empty() && !index.labels().empty()) {
    outcome.quality = index.judge(queries.codes, outcome.hits, queries.labels, running);
  }
  if (!sheet.empty()) {
    draw_hits(index, queries.data ? &*queries.data : nullptr, outcome.hits, sheet, running);
  }
  if (!output.empty()) write_file(output, hits_csv(index, outcome.hits));
  console.end_progress();
  tell(outcome, index, arguments, console);
}

}  // namespace

Verb search_verb() {
  return {
      .name = "search",
      .summary = "find the rows of an index that are most like others",
      .description =
          {"Finds for each row of QUERY the rows of INDEX whose codes are nearest, and writes "
           "query, rank, row, name and distance of each, rows counted from 1. QUERY holds samples "
           "of the kind that the index's model learned: a table, an array, an image or a folder of "
           "them.",
           "With labels of both sides it tells how well rows of a query's label come first: "
           "precision at k, and the mean average precision over the whole index."},
      .arguments = {{.name = "INDEX", .description = "A file that index wrote."},
                    {.name = "QUERY", .description = "Samples to search for.", .optional = true}},
      .options = {{.name = "--output",
                   .short_name = "-o",
                   .value = "HITS.csv",
                   .description = "The file to write; without it hits are printed.",
                   .group = "Output",
                   .completes = Completes::kFile},
                  {.name = "--sheet",
                   .value = "SHEET.png",
                   .description = "Draw each query, if it is an image, before the images found for "
                                  "it, read again from where they were when they were indexed.",
                   .group = "Output",
                   .completes = Completes::kFile},
                  {.name = "-k",
                   .value = "N",
                   .description = "How many rows to find for each query.",
                   .group = kSearching,
                   .default_text = "10",
                   .range = "[1, 1000000000]"},
                  {.name = "--row",
                   .value = "N",
                   .description = "Search for a row of the index, counted from 1, itself left out.",
                   .group = kSearching},
                  {.name = "--vector",
                   .value = "X,X,...",
                   .description = "Search for a sample, or with --codes a code, given as numbers.",
                   .group = kSearching},
                  {.name = "--codes",
                   .description = "QUERY holds codes that encode wrote, not samples.",
                   .group = kSearching},
                  {.name = "--exact",
                   .description = "Compare with every row, also where there is a graph.",
                   .group = kSearching},
                  {.name = "--ef",
                   .value = "N",
                   .description = "Rows of the graph that are looked at more closely: more are "
                                  "slower and surer.",
                   .group = kSearching,
                   .default_text = "what was enough when the index was made"},
                  {.name = "--query-labels",
                   .value = "NAME-or-FILE",
                   .description = "Labels of QUERY; --labels are those of the index, unless it was "
                                  "made with some. A column of one name may be given once.",
                   .group = "Reading data",
                   .completes = Completes::kFile}},
      .uses = kReadsData | kReadsColumns | kEvaluates | kComputes,
      .examples = {{"Photographs like one",
                    "hourglass search photos.index one.png -k 10 -o hits.csv --sheet hits.png"},
                   {"How good codes of digits are for searching",
                    "hourglass search digits.index t10k-images.gz --labels train-labels.gz "
                    "--query-labels t10k-labels.gz"}},
      .run = run,
  };
}

}  // namespace hourglass::cli
