#include <cmath>
#include <filesystem>
#include <fmt/format.h>

#include <hourglass/hourglass.h>

#include "base/error.h"
#include "base/stopwatch.h"
#include "cli/arguments.h"
#include "cli/coded_rows.h"
#include "cli/console.h"
#include "cli/json.h"
#include "cli/requests.h"
#include "cli/text.h"

namespace hourglass::cli {
namespace {

constexpr const char* kIndexing = "What to index";
constexpr const char* kChanging = "Changing an index";

// Rows, what they are called, and where they can be seen again.
struct Rows {
  CodedRows coded;
  RowTexts texts;
  IndexSource source;
};

Rows read_rows(const Model& model, const std::string& path, const std::string& output,
               const Arguments& arguments, Console& console) {
  DataOptions reading = data_options_from(arguments, {}, output, console);
  reading.names = arguments.text("--names");
  Rows rows{
      .coded = read_coded(model, path, reading, arguments, console), .texts = {}, .source = {}};
  const Data& data = rows.coded.data;
  rows.texts.names = data.row_names();
  if (arguments.has("--names")) {
    rows.texts.names = of_rows_kept(read_names(reading.names, path, reading), data);
  }
  if (arguments.has("--labels")) {
    rows.texts.labels = of_rows_kept(read_labels(reading.labels, path, reading), data);
  }
  if (!arguments.has("--codes")) {
    std::error_code code;
    rows.source.path = std::filesystem::absolute(path, code).string();
    rows.source.key = reading.key;
    rows.source.missing = reading.missing;
  }
  return rows;
}

void refuse_with_an_index(const Arguments& arguments) {
  for (const char* option : {"--metric", "--bits", "--exact", "--member"}) {
    if (!arguments.has(option)) continue;
    usage_error(fmt::format("{} is settled when an index is made, and {} is one: leave it out",
                            option, arguments.positional("MODEL")));
  }
  if (!arguments.positional("DATA").empty()) {
    usage_error(fmt::format("{} is an index: give --add DATA to add rows to it",
                            arguments.positional("MODEL")));
  }
  for (const char* option : {"--add", "--delete", "--merge"}) {
    if (arguments.has(option)) return;
  }
  usage_error(fmt::format("{} is an index: give --add, --delete or --merge to change it",
                          arguments.positional("MODEL")));
}

// "3,17" → 2, 16
std::vector<std::int64_t> rows_from(const Arguments& arguments) {
  std::vector<std::int64_t> rows;
  for (const std::string& word : arguments.list("--delete")) {
    std::size_t used = 0;
    std::int64_t row = 0;
    try {
      row = std::stoll(word, &used);
    } catch (const std::exception&) {
      used = 0;
    }
    if (used != word.size() || row < 1) {
      usage_error(fmt::format("--delete {}: give rows of the index, counted from 1", word));
    }
    rows.push_back(row - 1);
  }
  return rows;
}

SearchIndex changed(const std::string& output, const Arguments& arguments, Console& console) {
  refuse_with_an_index(arguments);
  const std::vector<std::int64_t> deleted = rows_from(arguments);
  const RunOptions running = run_options_from(arguments, console);
  SearchIndex index = SearchIndex::load(arguments.positional("MODEL"));
  if (!deleted.empty()) index.remove(deleted);
  for (const std::string& path : arguments.all("--add")) {
    const Rows rows = read_rows(index.model(), path, output, arguments, console);
    index.add(rows.coded.codes, rows.texts, rows.source, running);
  }
  for (const std::string& path : arguments.all("--merge")) {
    index.merge(SearchIndex::load(path), running);
  }
  return index;
}

SearchIndex made(const std::string& output, const Arguments& arguments, Console& console) {
  for (const char* option : {"--add", "--delete", "--merge"}) {
    if (!arguments.has(option)) continue;
    usage_error(
        fmt::format("{} changes an index, and {} is none", option, arguments.positional("MODEL")));
  }
  const std::string path = arguments.positional("DATA");
  if (path.empty()) usage_error(fmt::format("DATA is missing: {}", synopsis(arguments.verb())));
  IndexOptions options;
  options.metric = arguments.text("--metric");
  options.bits = arguments.has("--bits") || options.metric == "hamming";
  options.exact = arguments.has("--exact");
  const Model model = member_from(arguments);
  const Rows rows = read_rows(model, path, output, arguments, console);
  return SearchIndex::build(model, rows.coded.codes, options, rows.texts, rows.source,
                            run_options_from(arguments, console));
}

std::string what_it_is(const SearchIndex& index) {
  const std::int64_t deleted = index.rows() - index.rows_left();
  std::string text = fmt::format(
      "{} of {}, compared by {}", counted(index.rows_left(), "row"),
      counted(index.model().latent_dim(), index.metric() == "hamming" ? "bit" : "number"),
      index.metric());
  if (deleted > 0) text += fmt::format("; {} deleted", grouped(deleted));
  if (!index.has_graph()) return text + "; searched row by row\n";
  const GraphQuality quality = index.graph_quality();
  return text + fmt::format("; searched by a graph, recall at 10 is {} with ef {}\n",
                            significant(quality.recall_at_10), quality.ef);
}

void run(const Arguments& arguments, Console& console) {
  const std::string output = required_output(arguments);
  check_output(output, {});
  const Stopwatch watch;
  const bool is_there_already = is_search_index(arguments.positional("MODEL"));
  const SearchIndex index =
      is_there_already ? changed(output, arguments, console) : made(output, arguments, console);
  index.save(output);
  const double seconds = watch.seconds();
  console.end_progress();
  if (console.json()) {
    const GraphQuality quality = index.graph_quality();
    console.result(printed({{"rows", index.rows_left()},
                            {"deleted_rows", index.rows() - index.rows_left()},
                            {"latent_dim", index.model().latent_dim()},
                            {"metric", index.metric()},
                            {"graph", index.has_graph()},
                            {"ef", index.has_graph() ? Json(quality.ef) : Json()},
                            {"recall_at_10", quality.recall_at_10},
                            {"output", output},
                            {"seconds", seconds}}));
  }
  console.summary(what_it_is(index) + "written to " + output + " in " + duration(seconds) + "\n");
}

}  // namespace

Verb index_verb() {
  return {
      .name = "index",
      .summary = "make codes searchable, or add, delete and merge rows",
      .description =
          {"Keeps the code of every row of DATA, with the model, for search to look in. Images "
           "are called by the names of their files.",
           "Where there are many rows, codes of numbers are linked to a graph by which nearly all "
           "of the nearest are found much faster than row by row; how nearly is measured and told.",
           "With an index in the place of MODEL that is changed: rows are added, deleted or taken "
           "over from another index of the same model. Rows keep their numbers."},
      .arguments = {{.name = "MODEL", .description = "A file that train wrote, or an index."},
                    {.name = "DATA",
                     .description = "Samples of the kind the model learned.",
                     .optional = true}},
      .options = {{.name = "--output",
                   .short_name = "-o",
                   .value = "INDEX",
                   .description = "The file to write; may be the index that is changed.",
                   .group = kIndexing,
                   .completes = Completes::kFile},
                  {.name = "--metric",
                   .value = "NAME",
                   .description = "How far apart two codes are; hamming is of bits.",
                   .group = kIndexing,
                   .default_text = "cosine, of bits hamming",
                   .choices = {"cosine", "euclidean", "hamming"}},
                  {.name = "--bits",
                   .description = "Keep of each number of a code only whether it is above the "
                                  "median: 32 times smaller.",
                   .group = kIndexing},
                  {.name = "--names",
                   .value = "NAME-or-FILE",
                   .description = "What rows are called: a column, an array in the .npz, or a file "
                                  "with a name a row. A column is left out of the features.",
                   .group = kIndexing,
                   .completes = Completes::kFile},
                  {.name = "--codes",
                   .description = "The file holds codes that encode wrote, not samples.",
                   .group = kIndexing},
                  {.name = "--exact",
                   .description = "No graph, however many rows there are.",
                   .group = kIndexing},
                  {.name = "--add",
                   .value = "DATA",
                   .description = "Add these rows behind those there are.",
                   .group = kChanging,
                   .repeatable = true,
                   .completes = Completes::kFile},
                  {.name = "--delete",
                   .value = "N,N,...",
                   .description = "Delete rows by their numbers, counted from 1.",
                   .group = kChanging,
                   .repeatable = true},
                  {.name = "--merge",
                   .value = "INDEX",
                   .description = "Add the rows of another index of the same model.",
                   .group = kChanging,
                   .repeatable = true,
                   .completes = Completes::kFile}},
      .uses = kReadsData | kReadsColumns | kEvaluates | kComputes | kHasCodes,
      .examples = {{"Photographs to be searched for alike ones",
                    "hourglass index photos.model photos/ -o photos.index"},
                   {"Some more of them",
                    "hourglass index photos.index --add more/ -o photos.index"}},
      .run = run,
  };
}

}  // namespace hourglass::cli
