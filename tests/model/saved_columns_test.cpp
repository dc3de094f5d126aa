#include "model/saved_columns.h"

#include <functional>
#include <gtest/gtest.h>

#include "hourglass/error.h"
#include "model/saved_model.h"
#include "tiny_model.h"

namespace hourglass {
namespace {

// Of the tiny model's columns: a number, a category of three levels, and two not summarised.
SavedModel summarised_model() {
  SavedModel model = tiny_model();
  model.columns.rows = 40;
  model.columns.columns = {
      {{1.5, 2}, {0.1, 0.2, 0.3, 0.4, 0}, 0.25}, {{}, {0, 0.5, 0.25, 0.25}, 0}, {}, {}};
  return model;
}

TEST(SavedColumns, ComeBackAsTheyWere) {
  const SavedModel model = summarised_model();
  const TableSummary back = parse_model(format_model(model), "tiny").columns;
  EXPECT_EQ(back.rows, 40);
  ASSERT_EQ(back.columns.size(), 4U);
  for (std::size_t c = 0; c < 4; ++c) {
    EXPECT_EQ(back.columns[c].values, model.columns.columns[c].values);
    EXPECT_EQ(back.columns[c].shares, model.columns.columns[c].shares);
    EXPECT_EQ(back.columns[c].missing, model.columns.columns[c].missing);
  }
  EXPECT_TRUE(parse_model(format_model(tiny_model()), "tiny").columns.columns.empty());
}

TEST(SavedColumns, OfAnotherShapeAreRefused) {
  const std::vector<std::function<void(TableSummary&)>> damages = {
      [](TableSummary& summary) { summary.rows = 0; },
      [](TableSummary& summary) { summary.columns.pop_back(); },
      [](TableSummary& summary) {
        summary.columns[0].values = {2, 1.5};
      },
      [](TableSummary& summary) { summary.columns[0].values.pop_back(); },
      [](TableSummary& summary) { summary.columns[0].shares.pop_back(); },
      [](TableSummary& summary) { summary.columns[0].shares[0] = -1; },
      [](TableSummary& summary) { summary.columns[0].missing = 2; },
      [](TableSummary& summary) { summary.columns[1].shares.push_back(0); },
  };
  for (std::size_t i = 0; i < damages.size(); ++i) {
    SavedModel model = summarised_model();
    damages[i](model.columns);
    try {
      parse_model(format_model(model), "tiny");
      ADD_FAILURE() << "damage " << i;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kModel);
      EXPECT_NE(std::string(error.what()).find("tiny: its summary of the columns"),
                std::string::npos);
    }
  }
}

}  // namespace
}  // namespace hourglass
