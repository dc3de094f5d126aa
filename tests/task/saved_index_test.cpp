#include "task/saved_index.h"

#include <functional>
#include <gtest/gtest.h>

#include "hourglass/error.h"
#include "model/model_bytes.h"
#include "small_index.h"
#include "task/graph_search.h"

namespace hourglass {
namespace {

constexpr Index kRows = 300;

SavedIndex small(Metric metric, bool with_graph) {
  SavedIndex saved;
  saved.index = index_of(metric, scattered(kRows, 10, 1));
  for (Index r = 0; r < kRows; ++r) {
    saved.index.names.push_back("row " + std::to_string(r));
    saved.index.labels.push_back(r % 2 == 0 ? "" : "odd, \xff");
  }
  saved.index.deleted[3] = 1;
  saved.model = std::string("a model\0its end", 15);
  saved.sources = {{"/a/b.csv", "X", "drop", 100}, {"", "X", "error", 200}};
  if (with_graph) {
    CodeGraph graph(10, kRows);
    extend_graph(graph, saved.index, {});
    saved.graph = graph.links();
    saved.graph_quality = {40, 0.97};
  }
  return saved;
}

std::string bytes_of(const SavedIndex& saved) {
  return format_index(saved, saved.graph ? &*saved.graph : nullptr);
}

TEST(SavedIndex, ComesBackAsItWas) {
  for (const Metric metric : {Metric::kCosine, Metric::kEuclidean, Metric::kHamming}) {
    const SavedIndex saved = small(metric, metric == Metric::kCosine);
    const SavedIndex again = parse_index(bytes_of(saved), "i");
    EXPECT_EQ(again.index.metric, metric);
    EXPECT_EQ(again.index.codes, saved.index.codes);
    EXPECT_EQ(again.index.bits.thresholds(), saved.index.bits.thresholds());
    for (Index r = 0; r < kRows; ++r) EXPECT_EQ(again.index.code_of(r), saved.index.code_of(r));
    EXPECT_EQ(again.index.names, saved.index.names);
    EXPECT_EQ(again.index.labels, saved.index.labels);
    EXPECT_EQ(again.index.deleted, saved.index.deleted);
    EXPECT_EQ(again.model, saved.model);
    ASSERT_EQ(again.sources.size(), 2U);
    EXPECT_EQ(again.sources[0].path, "/a/b.csv");
    EXPECT_EQ(again.sources[0].missing, "drop");
    EXPECT_EQ(again.graph.has_value(), saved.graph.has_value());
    EXPECT_EQ(bytes_of(again), bytes_of(saved));
  }
}

struct Rejection {
  const char* name;
  std::function<void(ModelBytes&)> break_it;
  const char* message;
  Metric metric = Metric::kCosine;
};

template <class Value>
std::function<void(ModelBytes&)> said(const char* key, Value value) {
  return [=](ModelBytes& file) {
    nlohmann::json json = file.part("hourglass.index");
    json[key] = value;
    file.set_part("hourglass.index", json);
  };
}

std::function<void(ModelBytes&)> graph_said(const char* key, Index value) {
  return [=](ModelBytes& file) {
    nlohmann::json json = file.part("hourglass.index");
    json["graph"][key] = value;
    file.set_part("hourglass.index", json);
  };
}

const std::vector<Rejection>& rejections() {
  static const std::vector<Rejection> table = {
      {"NoIndex",
       [](ModelBytes& file) { file.header["__metadata__"].erase("hourglass.index_version"); },
       "no Hourglass index"},
      {"VersionNewer",
       [](ModelBytes& file) { file.header["__metadata__"]["hourglass.index_version"] = "2"; },
       "newer Hourglass"},
      {"VersionNoNumber",
       [](ModelBytes& file) { file.header["__metadata__"]["hourglass.index_version"] = "x"; },
       "not a number"},
      {"DescriptionMissing",
       [](ModelBytes& file) { file.header["__metadata__"].erase("hourglass.index"); },
       "description is missing"},
      {"MetricUnknown", said("metric", "manhattan"), "metric is not known"},
      {"RowsMore", said("rows", kRows + 1), "not those of"},
      {"RowsNone", said("rows", 0), "has no codes"},
      {"RowsHuge", said("rows", std::int64_t{1} << 52), "not those of"},
      {"WidthHuge", said("width", std::int64_t{1} << 52), "not those of"},
      {"WidthNone", said("width", 0), "has no codes"},
      {"WidthOfBits", said("width", 11), "thresholds are not one a bit", Metric::kHamming},
      {"SourcesTooLong",
       said("sources",
            nlohmann::json::array({{{"path", ""}, {"key", ""}, {"missing", ""}, {"rows", 301}}})),
       "more rows than it"},
      {"SourcesTooShort", said("sources", nlohmann::json::array()), "fewer rows than it"},
      {"SourcesNoList", said("sources", 3), "sources"},
      {"CodeNotFinite",
       [](ModelBytes& file) { file.set_value("codes", 5, std::numeric_limits<float>::infinity()); },
       "not finite"},
      {"ThresholdNotFinite",
       [](ModelBytes& file) {
         file.set_value("thresholds", 5, std::numeric_limits<float>::quiet_NaN());
       },
       "not finite", Metric::kHamming},
      {"BitsPastTheLast",
       [](ModelBytes& file) { file.set_value("bits", 0, std::uint64_t{1} << 10); },
       "more than its thresholds", Metric::kHamming},
      {"DeletedTwice", [](ModelBytes& file) { file.set_value("deleted", 0, std::uint8_t{2}); },
       "neither 0 nor 1"},
      {"NamesTooFew", [](ModelBytes& file) { file.set_value("names", 5, std::uint8_t{'a'}); },
       "not one a row"},
      {"TypeWrong", [](ModelBytes& file) { file.header["codes"]["dtype"] = "U32"; },
       "a wrong type"},
      {"GraphEntry", graph_said("entry", kRows), "begins nowhere"},
      {"GraphDegree", graph_said("degree", 3), "wrong size"},
      {"GraphEf", graph_said("ef", 0), "not to be searched"},
      {"GraphLink", [](ModelBytes& file) { file.set_value("graph.base", 1, std::uint32_t{kRows}); },
       "cannot be followed"},
      {"GraphNoObject", said("graph", 3), "not an object"},
      {"GraphOfBits", said("graph", nlohmann::json::object()), "graph of bits", Metric::kHamming},
  };
  return table;
}

class IndexRejection : public testing::TestWithParam<Rejection> {};

TEST_P(IndexRejection, IsRefused) {
  const Metric metric = GetParam().metric;
  ModelBytes file(bytes_of(small(metric, metric != Metric::kHamming)));
  GetParam().break_it(file);
  try {
    parse_index(file.join(), "i.index");
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kModel);
    EXPECT_NE(std::string(error.what()).find(GetParam().message), std::string::npos)
        << error.what();
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
  }
}

INSTANTIATE_TEST_SUITE_P(All, IndexRejection, testing::ValuesIn(rejections()),
                         [](const auto& each) { return each.param.name; });

TEST(SavedIndex, ATensorMoreOrAChangedByteIsRefused) {
  const std::string whole = bytes_of(small(Metric::kCosine, true));
  std::string changed = whole;
  changed[changed.size() - 200] ^= 1;
  EXPECT_THROW(parse_index(changed, "i"), Error);
  EXPECT_THROW(parse_index(whole.substr(0, whole.size() - 1), "i"), Error);
  EXPECT_THROW(parse_index(whole.substr(0, 100), "i"), Error);
  EXPECT_THROW(parse_index("", "i"), Error);
}

}  // namespace
}  // namespace hourglass
