#include "task/image_quality.h"

#include <array>
#include <cmath>
#include <limits>

#include "base/error.h"

namespace hourglass {
namespace {

constexpr Index kRadius = 5;
constexpr Index kWindow = 2 * kRadius + 1;
constexpr double kC1 = 0.01 * 0.01;
constexpr double kC2 = 0.03 * 0.03;

// Of one direction; they add up to 1.
std::array<double, kWindow> gaussian_weights() {
  std::array<double, kWindow> weights{};
  double sum = 0;
  for (Index i = 0; i < kWindow; ++i) {
    const auto distance = static_cast<double>(i - kRadius);
    sum += weights[static_cast<std::size_t>(i)] = std::exp(-distance * distance / (2 * 1.5 * 1.5));
  }
  for (double& weight : weights) weight /= sum;
  return weights;
}

// Weighted means of x, y, x², y² and xy, which all of a window's statistics follow from.
using Moments = std::array<double, 5>;

void add(Moments& sum, double weight, const Moments& values) {
  for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += weight * values[k];
}

double similarity(const Moments& mean) {
  const auto [x, y, xx, yy, xy] = mean;
  const double covariance = xy - x * y;
  const double variances = (xx - x * x) + (yy - y * y);
  return (2 * x * y + kC1) * (2 * covariance + kC2) / ((x * x + y * y + kC1) * (variances + kC2));
}

void check_alike(const Image& a, const Image& b) {
  HOURGLASS_CHECK(a.height == b.height && a.width == b.width && a.channels == b.channels);
}

// Mean over the windows of one row of places, of one channel.
class SsimRow {
 public:
  explicit SsimRow(Index width) : columns_(static_cast<std::size_t>(width)) {}

  // Of windows whose centre, of a.width pixels in `counts`, is not 0.
  double sum(const Image& a, const Image& b, Index top, Index channel, const std::uint8_t* counts) {
    static const std::array<double, kWindow> weights = gaussian_weights();
    for (Index x = 0; x < a.width; ++x) {
      Moments& column = columns_[static_cast<std::size_t>(x)];
      column = {};
      for (Index i = 0; i < kWindow; ++i) {
        const auto at = static_cast<std::size_t>(((top + i) * a.width + x) * a.channels + channel);
        const auto p = static_cast<double>(a.pixels[at]), q = static_cast<double>(b.pixels[at]);
        add(column, weights[static_cast<std::size_t>(i)], {p, q, p * p, q * q, p * q});
      }
    }
    double sum = 0;
    for (Index left = 0; left + kWindow <= a.width; ++left) {
      if (counts[left + kRadius] == 0) continue;
      Moments mean{};
      for (Index i = 0; i < kWindow; ++i) {
        add(mean, weights[static_cast<std::size_t>(i)],
            columns_[static_cast<std::size_t>(left + i)]);
      }
      sum += similarity(mean);
    }
    return sum;
  }

 private:
  std::vector<Moments> columns_;  // a's width: a window's height of each column
};

}  // namespace

double psnr_of_error(double mean_squared_error) { return -10 * std::log10(mean_squared_error); }

double psnr(const Image& picture, const Image& clean) {
  check_alike(picture, clean);
  double sum = 0;
  for (std::size_t i = 0; i < picture.pixels.size(); ++i) {
    const double error =
        static_cast<double>(picture.pixels[i]) - static_cast<double>(clean.pixels[i]);
    sum += error * error;
  }
  return psnr_of_error(sum / static_cast<double>(picture.pixels.size()));
}

double squared_error_in(const Holes& holes, const Image& picture, const Image& clean) {
  check_alike(picture, clean);
  double sum = 0;
  for (std::size_t i = 0; i < picture.pixels.size(); ++i) {
    if (holes[i / static_cast<std::size_t>(picture.channels)] == 0) continue;
    const double error =
        static_cast<double>(picture.pixels[i]) - static_cast<double>(clean.pixels[i]);
    sum += error * error;
  }
  return sum / static_cast<double>(count_of(holes) * picture.channels);
}

double ssim(const Image& picture, const Image& clean) {
  return ssim_in(Holes(static_cast<std::size_t>(picture.height * picture.width), 1), picture,
                 clean);
}

double ssim_in(const Holes& holes, const Image& picture, const Image& clean) {
  check_alike(picture, clean);
  SsimRow row(picture.width);
  double sum = 0;
  Index windows = 0;
  for (Index top = 0; top + kWindow <= picture.height; ++top) {
    const std::uint8_t* const counts = holes.data() + (top + kRadius) * picture.width;
    for (Index left = 0; left + kWindow <= picture.width; ++left) {
      windows += counts[left + kRadius] != 0 ? 1 : 0;
    }
    for (Index channel = 0; channel < picture.channels; ++channel) {
      sum += row.sum(picture, clean, top, channel, counts);
    }
  }
  if (windows == 0) return std::numeric_limits<double>::quiet_NaN();
  return sum / static_cast<double>(windows * picture.channels);
}

}  // namespace hourglass
