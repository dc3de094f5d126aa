#include "model/job_forms.h"

#include <gtest/gtest.h>

#include "data/test_table.h"
#include "model/job.h"

namespace hourglass {
namespace {

constexpr Index kRows = 50;
constexpr Index kWords = 120;

// Few of many words in any text.
std::vector<double> counts() {
  std::vector<double> values(std::size_t{kRows * kWords});
  for (std::size_t i = 0; i < values.size(); i += 10) values[i] = static_cast<double>(i % 3);
  return values;
}

TEST(JobForms, SearchAmongCountsIsAJobOfItsOwn) {
  EXPECT_EQ(form_of_job("search", make_table(kWords, counts())), kSearchCounts);
  EXPECT_EQ(form_of_job("detect", make_table(kWords, counts())), "detect");
}

TEST(JobForms, WhatIsNoCountIsSearchedAsItIs) {
  std::vector<double> fractions = counts();
  fractions[7] = 0.5;
  EXPECT_EQ(form_of_job("search", make_table(kWords, fractions)), "search");
  std::vector<double> below = counts();
  below[7] = -1;
  EXPECT_EQ(form_of_job("search", make_table(kWords, below)), "search");
  EXPECT_EQ(form_of_job("search", make_table(kWords, std::vector<double>(kRows * kWords, 1.0))),
            "search");
  Table images = make_table(kWords, counts());
  images.sample_shape = {12, 10};
  EXPECT_EQ(form_of_job("search", images), "search");
}

TEST(JobForms, RowsLackCellsAndPicturesHaveHoles) {
  Table table = make_table(kWords, counts());
  EXPECT_EQ(form_of_job("inpaint", table), kInpaintCells);
  table.sample_shape = {12, 10};
  EXPECT_EQ(form_of_job("inpaint", table), "inpaint");
}

}  // namespace
}  // namespace hourglass
