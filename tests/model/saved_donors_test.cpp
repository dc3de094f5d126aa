#include "model/saved_donors.h"

#include <functional>
#include <gtest/gtest.h>

#include "hourglass/error.h"

namespace hourglass {
namespace {

Encoding two_numbers_and_a_category() {
  Encoding encoding;
  encoding.columns.resize(3);
  encoding.columns[1].column.kind = ColumnKind::kCategorical;
  return encoding;
}

Donors read_back(const DonorNumbers& numbers) {
  std::map<std::string, TensorBytes> tensors;
  const std::vector<TensorBytes> list = tensors_of(numbers);
  for (const TensorBytes& tensor : list) tensors.emplace(tensor.name, tensor);
  const Donors donors = donors_from(tensors, two_numbers_and_a_category(), "its donors");
  EXPECT_TRUE(tensors.empty());
  return donors;
}

const Donors kDonors = {{{1, 2, 2}, {5, 3, 4}}, {}, {{-1}, {7}}};

TEST(SavedDonors, ComeBackAsTheyWere) {
  const Donors donors = read_back(numbers_of(kDonors));
  ASSERT_EQ(donors.size(), 3U);
  EXPECT_EQ(donors[0].expected, kDonors[0].expected);
  EXPECT_EQ(donors[0].values, kDonors[0].values);
  EXPECT_TRUE(donors[1].values.empty());
  EXPECT_EQ(donors[2].values, kDonors[2].values);
  EXPECT_TRUE(read_back({}).empty());
}

TEST(SavedDonors, MustFitTheColumns) {
  const auto refused = [](const std::function<void(DonorNumbers&)>& change) {
    DonorNumbers numbers = numbers_of(kDonors);
    change(numbers);
    EXPECT_THROW(read_back(numbers), Error);
  };
  refused([](DonorNumbers& n) { n.counts.pop_back(); });
  refused([](DonorNumbers& n) { n.counts[0] = 4; });
  refused([](DonorNumbers& n) { n.counts[0] = 2; });
  refused([](DonorNumbers& n) { n.counts[0] = -1; });
  refused([](DonorNumbers& n) { n.counts[0] = 2.5; });
  refused([](DonorNumbers& n) { n.counts = {3, 1, 0}; });  // a category's
  refused([](DonorNumbers& n) { n.values.push_back(1); });
  refused([](DonorNumbers& n) { n.values[0] = 1.0 / 0.0; });
  refused([](DonorNumbers& n) { n.expected[0] = 3; });  // out of order
  refused([](DonorNumbers& n) { n.counts.clear(); });
}

}  // namespace
}  // namespace hourglass
