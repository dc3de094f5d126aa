#include "kernel/pooling.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>

#include "kernel/upsampling.h"
#include "testing.h"

namespace hourglass {
namespace {

/// The input positions of one output position, as rows of the input.
std::vector<Index> covered(const MapShape& in, const MapShape& out, const Window& w, Index row) {
  std::vector<Index> rows;
  const Index sample = row / out.positions(), position = row % out.positions();
  for (Index y = 0; y < in.height; ++y) {
    for (Index x = 0; x < in.width; ++x) {
      if (y / w.stride_height == position / out.width &&
          x / w.stride_width == position % out.width) {
        rows.push_back(sample * in.positions() + y * in.width + x);
      }
    }
  }
  return rows;
}

class Pooling : public testing::Test {
 protected:
  const Window windows_[3] = {{2, 2, 2, 2}, {1, 3, 1, 3}, {3, 2, 3, 2}};
  const MapShape shapes_[4] = {{4, 6, 3}, {5, 7, 16}, {1, 5, 20}, {2, 2, 1}};
  const Index samples_ = 4;
  RandomStream random_{5, RandomPurpose::kSample};
};

TEST_F(Pooling, TakesTheLargestOrTheMeanAndPassesGradientsBack) {
  for (const Window& window : windows_) {
    for (const MapShape& in : shapes_) {
      const MapShape out{strided(in.height, window.stride_height),
                         strided(in.width, window.stride_width), in.channels};
      for (const Pool pool : {Pool::kMax, Pool::kMean}) {
        PanelMatrix<double> x =
            random_panels<double>(samples_ * in.positions(), in.channels, random_);
        PanelMatrix<double> y = garbage<double>(samples_ * out.positions(), out.channels);
        PanelMatrix<double> dy =
            random_panels<double>(samples_ * out.positions(), out.channels, random_);
        PanelMatrix<double> dx = garbage<double>(samples_ * in.positions(), in.channels);
        const Range all{0, samples_};
        pool_forward<double>(pool, window, {x.view(), in}, {y.view(), out}, all);
        PoolBackward<double> backward;
        backward.pool = pool;
        backward.window = window;
        backward.input = {x.view(), in};
        backward.output = {y.view(), out};
        backward.output_gradient = {dy.view(), out};
        backward.input_gradient = {dx.view(), in};
        pool_backward(backward, all);
        EXPECT_TRUE(padding_is_zero(y.view()));
        for (Index row = 0; row < y.rows(); ++row) {
          const std::vector<Index> rows = covered(in, out, window, row);
          for (Index c = 0; c < in.channels; ++c) {
            double largest = -2, sum = 0, passed = 0;
            for (const Index r : rows) {
              largest = std::max(largest, x.view().at(r, c));
              sum += x.view().at(r, c);
              passed += dx.view().at(r, c);
              const double share = pool == Pool::kMean ? 1.0 / static_cast<double>(rows.size())
                                   : x.view().at(r, c) == y.view().at(row, c) ? 1.0
                                                                              : 0.0;
              EXPECT_NEAR(dx.view().at(r, c), share * dy.view().at(row, c), 1e-12);
            }
            const double mean = sum / static_cast<double>(rows.size());
            EXPECT_NEAR(y.view().at(row, c), pool == Pool::kMax ? largest : mean, 1e-12);
            EXPECT_NEAR(passed, dy.view().at(row, c), 1e-12);
          }
        }
      }
    }
  }
}

// Each is the other's transpose: Σ change of output · gradient = Σ change of input · its gradient.
TEST_F(Pooling, ChangesOfAMaximumComeFromWhereItsGradientGoes) {
  for (const Window& window : windows_) {
    for (const MapShape& in : shapes_) {
      const MapShape out{strided(in.height, window.stride_height),
                         strided(in.width, window.stride_width), in.channels};
      PanelMatrix<double> x =
          random_panels<double>(samples_ * in.positions(), in.channels, random_);
      PanelMatrix<double> change =
          random_panels<double>(samples_ * in.positions(), in.channels, random_);
      PanelMatrix<double> dy =
          random_panels<double>(samples_ * out.positions(), out.channels, random_);
      for (Index r = 0; r < x.rows(); ++r) {  // so few values that many are equal
        for (Index c = 0; c < in.channels; ++c) x.view().at(r, c) = std::round(x.view().at(r, c));
      }
      PanelMatrix<double> y = garbage<double>(samples_ * out.positions(), out.channels);
      PanelMatrix<double> dx = garbage<double>(samples_ * in.positions(), in.channels);
      PanelMatrix<double> moved = garbage<double>(samples_ * out.positions(), out.channels);
      const Range all{0, samples_};
      pool_forward<double>(Pool::kMax, window, {x.view(), in}, {y.view(), out}, all);
      pool_backward<double>(
          {Pool::kMax, window, {x.view(), in}, {y.view(), out}, {dy.view(), out}, {dx.view(), in}},
          all);
      max_pool_tangent<double>(
          {window, {x.view(), in}, {y.view(), out}, {change.view(), in}, {moved.view(), out}}, all);
      EXPECT_TRUE(padding_is_zero(moved.view()));
      double of_outputs = 0, of_inputs = 0;
      for (Index c = 0; c < in.channels; ++c) {
        for (Index r = 0; r < y.rows(); ++r)
          of_outputs += moved.view().at(r, c) * dy.view().at(r, c);
        for (Index r = 0; r < x.rows(); ++r)
          of_inputs += change.view().at(r, c) * dx.view().at(r, c);
      }
      EXPECT_NEAR(of_outputs, of_inputs, 1e-12);
      EXPECT_NE(of_outputs, 0);
    }
  }
}

// Or a training gone wrong would go on unseen.
TEST_F(Pooling, LetsNaNThrough) {
  const MapShape in{2, 2, 1}, out{1, 1, 1};
  for (const Pool pool : {Pool::kMax, Pool::kMean}) {
    for (Index at = 0; at < 4; ++at) {
      PanelMatrix<float> x(4, 1), y(1, 1);
      for (Index row = 0; row < 4; ++row) x.view().at(row, 0) = static_cast<float>(row);
      x.view().at(at, 0) = std::numeric_limits<float>::quiet_NaN();
      pool_forward<float>(pool, windows_[0], {x.view(), in}, {y.view(), out}, {0, 1});
      EXPECT_TRUE(std::isnan(y.view().at(0, 0))) << at;
    }
  }
}

TEST_F(Pooling, OfEqualNumbersTheFirstTakesTheGradient) {
  const MapShape in{2, 2, 1}, out{1, 1, 1};
  PanelMatrix<float> x(4, 1), y(1, 1), dy(1, 1), dx(4, 1);
  dy.view().at(0, 0) = 3;
  pool_forward<float>(Pool::kMax, {2, 2, 2, 2}, {x.view(), in}, {y.view(), out}, {0, 1});
  PoolBackward<float> backward;
  backward.window = {2, 2, 2, 2};
  backward.input = {x.view(), in};
  backward.output = {y.view(), out};
  backward.output_gradient = {dy.view(), out};
  backward.input_gradient = {dx.view(), in};
  pool_backward(backward, {0, 1});
  EXPECT_EQ(dx.view().at(0, 0), 3);
  for (const Index r : {1, 2, 3}) EXPECT_EQ(dx.view().at(r, 0), 0);
}

TEST_F(Pooling, UpsamplingRepeatsPositionsAndAddsUpTheirGradients) {
  for (const Window& window : windows_) {
    for (const MapShape& large : shapes_) {
      const MapShape small{strided(large.height, window.stride_height),
                           strided(large.width, window.stride_width), large.channels};
      PanelMatrix<double> x =
          random_panels<double>(samples_ * small.positions(), small.channels, random_);
      PanelMatrix<double> y = garbage<double>(samples_ * large.positions(), large.channels);
      PanelMatrix<double> dx = garbage<double>(samples_ * small.positions(), small.channels);
      const Range all{0, samples_};
      upsample_forward<double>(window, {x.view(), small}, {y.view(), large}, all);
      upsample_backward<double>(window, {y.view(), large}, {dx.view(), small}, false, all);
      for (Index row = 0; row < x.rows(); ++row) {
        const std::vector<Index> rows = covered(large, small, window, row);
        for (Index c = 0; c < small.channels; ++c) {
          for (const Index r : rows) EXPECT_EQ(y.view().at(r, c), x.view().at(row, c));
          EXPECT_NEAR(dx.view().at(row, c), static_cast<double>(rows.size()) * x.view().at(row, c),
                      1e-12);
        }
      }
    }
  }
}

}  // namespace
}  // namespace hourglass
