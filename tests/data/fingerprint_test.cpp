#include "data/fingerprint.h"

#include <cmath>
#include <gtest/gtest.h>
#include <set>

#include "data/pictures.h"
#include "data/test_table.h"

namespace hourglass {
namespace {

std::uint64_t of(const Table& table, int threads = 1) {
  ThreadPool pool(threads);
  return fingerprint(table, pool);
}

TEST(Fingerprint, IsTheSameForTheSameTable) {
  std::vector<double> values;
  for (int i = 0; i < 300'000; ++i) values.push_back(std::sin(i));
  const std::uint64_t expected = of(make_table(3, values));
  EXPECT_EQ(of(make_table(3, values), 3), expected);
  EXPECT_EQ(of(make_table(3, values, /*on_disk=*/true), 2), expected);
  Table elsewhere = make_table(3, values);
  elsewhere.source = "elsewhere.csv";
  EXPECT_EQ(of(elsewhere), expected);
  values.back() = std::nextafter(values.back(), 2);
  EXPECT_NE(of(make_table(3, values)), expected);
}

TEST(Fingerprint, TellsApartWhatATableMeans) {
  const std::vector<double> values = {0, 1, 1, 0, 2, 1};
  std::vector<Table> tables = {make_table(2, values), make_table(3, values),
                               make_table(1, values), make_table(2, {1, 0, 1, 0, 2, 1}),
                               make_table(2, values), make_table(2, values),
                               make_table(2, values), make_table(2, values)};
  tables[4].columns = {numeric("a"), numeric("b")};
  tables[5].columns = {numeric("a"), numeric("c")};
  tables[6].columns = {categorical("a", {"x", "y", "z"}), numeric("c")};
  tables[7].series = {{"one", 1}, {"two", 2}};
  std::set<std::uint64_t> seen;
  for (const Table& table : tables) seen.insert(of(table));
  EXPECT_EQ(seen.size(), tables.size());
}

Table of_pictures(Index height, Index width, float last_pixel) {
  PictureCollector collector({});
  Image image;
  image.height = height;
  image.width = width;
  image.pixels.assign(static_cast<std::size_t>(height * width), 0.5F);
  image.pixels.back() = last_pixel;
  collector.add(image, "a.png");
  Table table = make_table(1, {0});
  table.pictures = collector.finish();
  return table;
}

TEST(Fingerprint, IsOfThePixelsOfPictures) {
  EXPECT_EQ(of(of_pictures(300, 700, 0.5), 2), of(of_pictures(300, 700, 0.5)));
  EXPECT_NE(of(of_pictures(300, 700, 0.6F)), of(of_pictures(300, 700, 0.5)));
  EXPECT_NE(of(of_pictures(700, 300, 0.5)), of(of_pictures(300, 700, 0.5)));
}

}  // namespace
}  // namespace hourglass
