#include "kernel/patches.h"

#include <gtest/gtest.h>

#include "maps.h"
#include "tensor/matrix.h"

namespace hourglass {
namespace {

struct Case {
  MapShape map;
  Window window;
  bool flat;
};

/// Channels that fill panels and such that do not, in both layouts; windows that miss the edge,
/// that are larger than the map, and maps so large that a sample is cut.
std::vector<Case> cases() {
  std::vector<Case> all;
  for (const bool flat : {false, true}) {
    for (const MapShape& map : {MapShape{5, 6, 1}, MapShape{4, 7, 3}, MapShape{1, 9, 5},
                                MapShape{6, 5, 16}, MapShape{3, 4, 32}, MapShape{1, 1, 8},
                                MapShape{2, 3, 40}, MapShape{90, 90, 1}, MapShape{40, 50, 16}}) {
      for (const Window& window : {Window{3, 3, 1, 1}, Window{3, 3, 2, 2}, Window{1, 1, 2, 3},
                                   Window{1, 5, 1, 2}, Window{7, 3, 3, 1}}) {
        all.push_back({map, window, flat});
      }
    }
  }
  return all;
}

TEST(Patches, AreWhatTheWindowSees) {
  RandomStream random(1, RandomPurpose::kSample);
  for (const Case& c : cases()) {
    const PatchGeometry g{c.map, c.window};
    const Index samples = c.map.size() > 1000 ? 2 : 7;
    const PanelMatrix<float> numbers = random_maps<float>(c.map, c.flat, samples, random);
    const FeatureMap<const float> map{numbers.view(), c.map};
    PatchBuffer<float> buffer(g);
    Matrix<float> expected(samples * g.positions(), g.columns());
    for (Index row = 0; row < expected.rows(); ++row) {
      const Index sample = row / g.positions(), position = row % g.positions();
      visit_patch(g, position / g.width(), position % g.width(),
                  [&](Index column, Index y, Index x, Index channel) {
                    expected.at(row, column) = element(map, sample, y, x, channel);
                  });
    }
    const Range wanted{1, samples};
    Index next = wanted.begin * g.positions();
    buffer.gather(map, wanted, [&](Panels<const float> patches, Range rows) {
      EXPECT_EQ(rows.begin, next);
      next = rows.end;
      ASSERT_EQ(patches.rows, rows.size());
      ASSERT_EQ(patches.cols, g.columns());
      EXPECT_TRUE(padding_is_zero(patches));
      for (Index r = 0; r < rows.size(); ++r) {
        for (Index k = 0; k < patches.cols; ++k) {
          ASSERT_EQ(patches.at(r, k), expected.at(rows.begin + r, k)) << k;
        }
      }
    });
    EXPECT_EQ(next, wanted.end * g.positions());
  }
}

TEST(Patches, GoBackToWhereTheyCameFrom) {
  RandomStream random(2, RandomPurpose::kSample);
  using Buffer = PatchBuffer<double>;
  for (const Case& c : cases()) {
    for (const bool onto_map : {false, true}) {
      const PatchGeometry g{c.map, c.window};
      const Index samples = c.map.size() > 1000 ? 2 : 7;
      PanelMatrix<double> numbers = random_maps<double>(c.map, c.flat, samples, random);
      const FeatureMap<double> map{numbers.view(), c.map};
      const std::vector<double> start = random_row<double>(c.map.channels, random);
      const PanelMatrix<double> terms =
          random_panels<double>(samples * g.positions(), g.columns(), random);
      PanelMatrix<double> copy(numbers.rows(), numbers.cols());
      const FeatureMap<double> expected{copy.view(), c.map};
      copy_maps<double>(map, expected, {0, samples});
      const Range wanted{1, samples};
      for (Index sample = wanted.begin; sample < wanted.end; ++sample) {
        for (Index y = 0; y < c.map.height && !onto_map; ++y) {
          for (Index x = 0; x < c.map.width; ++x) {
            for (Index k = 0; k < c.map.channels; ++k) {
              element(expected, sample, y, x, k) = start[static_cast<std::size_t>(k)];
            }
          }
        }
        for (Index position = 0; position < g.positions(); ++position) {
          visit_patch(g, position / g.width(), position % g.width(),
                      [&](Index column, Index y, Index x, Index channel) {
                        element(expected, sample, y, x, channel) +=
                            terms.view().at(sample * g.positions() + position, column);
                      });
        }
      }
      Buffer buffer(g);
      buffer.scatter(map, wanted, onto_map ? Buffer::From::kMap : Buffer::From::kStart,
                     start.data(), [&](Panels<double> patches, Range rows) {
                       for (Index r = 0; r < rows.size(); ++r) {
                         for (Index k = 0; k < g.columns(); ++k) {
                           patches.at(r, k) = terms.view().at(rows.begin + r, k);
                         }
                       }
                     });
      EXPECT_TRUE(padding_is_zero(numbers.view()));
      for (Index r = 0; r < numbers.rows(); ++r) {
        for (Index k = 0; k < numbers.cols(); ++k) {
          ASSERT_NEAR(numbers.view().at(r, k), copy.view().at(r, k), 1e-12);
        }
      }
    }
  }
}

TEST(FeatureMap, ChangesItsLayoutAndBack) {
  RandomStream random(3, RandomPurpose::kSample);
  for (const MapShape& shape : {MapShape{3, 4, 1}, MapShape{2, 5, 3}, MapShape{4, 3, 16},
                                MapShape{2, 2, 32}, MapShape{3, 2, 20}, MapShape{1, 70, 1}}) {
    const Index samples = 5;
    PanelMatrix<float> flat = random_panels<float>(samples, shape.size(), random);
    PanelMatrix<float> map = garbage<float>(samples * shape.positions(), shape.channels);
    PanelMatrix<float> back = garbage<float>(samples, shape.size());
    const FeatureMap<float> flat_map{flat.view(), shape}, as_map{map.view(), shape},
        again{back.view(), shape};
    copy_maps<float>(flat_map, as_map, {0, samples});
    copy_maps<float>(as_map, again, {0, samples});
    EXPECT_TRUE(equal_bits(flat, back));
    EXPECT_TRUE(padding_is_zero(map.view()));
    for (Index y = 0; y < shape.height; ++y) {
      EXPECT_EQ(element(as_map, 2, y, 1, 0), element(flat_map, 2, y, 1, 0));
    }
    add_maps<float>(flat_map, as_map, {1, 3});
    std::vector<float> sums(static_cast<std::size_t>(padded_cols(shape.channels)), 777);
    sum_channels<float>(as_map, {1, 3}, sums.data());
    for (Index c = 0; c < padded_cols(shape.channels); ++c) {
      double expected = 0;
      for (Index p = 0; p < shape.positions() && c < shape.channels; ++p) {
        for (const Index s : {1, 2}) {
          expected += 2.0 * flat.view().at(s, p * shape.channels + c);
        }
      }
      EXPECT_NEAR(sums[static_cast<std::size_t>(c)], expected, 1e-4);
    }
  }
}

}  // namespace
}  // namespace hourglass
