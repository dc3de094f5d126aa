#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "cli/text.h"

namespace hourglass::cli {

/// The mean of a figure over the pictures that have it; NaN if none has.
template <class Picture>
double mean_of(const std::vector<Picture>& pictures, double Picture::*figure) {
  double sum = 0, count = 0;
  for (const Picture& picture : pictures) {
    if (std::isnan(picture.*figure)) continue;
    sum += picture.*figure;
    count += 1;
  }
  return sum / count;
}

/// A line for each picture and, where there are several, `of_all` in one for their mean.
template <class Picture, class Text>
std::string quality_lines(const std::vector<Picture>& pictures, const Text& text_of,
                          const std::string& of_all) {
  FactList facts;
  for (const Picture& picture : pictures) facts.add(picture.name, text_of(picture));
  if (pictures.size() > 1) facts.add("mean", of_all);
  return facts.text();
}

}  // namespace hourglass::cli
