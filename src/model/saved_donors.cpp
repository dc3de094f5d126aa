#include "model/saved_donors.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "model/saved_encoding.h"

namespace hourglass {
namespace {

struct NumberList {
  const char* tensor;
  std::vector<double> DonorNumbers::*list;
};
constexpr NumberList kLists[] = {
    {"donors.counts", &DonorNumbers::counts},
    {"donors.expected", &DonorNumbers::expected},
    {"donors.values", &DonorNumbers::values},
};

bool is_count(double value) {
  return value >= 0 && value <= static_cast<double>(kMostDonors) && value == std::floor(value);
}

bool all_finite(const std::vector<double>& values) {
  return std::ranges::all_of(values, [](double value) { return std::isfinite(value); });
}

}  // namespace

DonorNumbers numbers_of(const Donors& donors) {
  DonorNumbers numbers;
  for (const ColumnDonors& column : donors) {
    numbers.counts.push_back(static_cast<double>(column.values.size()));
    numbers.expected.insert(numbers.expected.end(), column.expected.begin(), column.expected.end());
    numbers.values.insert(numbers.values.end(), column.values.begin(), column.values.end());
  }
  return numbers;
}

std::vector<TensorBytes> tensors_of(const DonorNumbers& numbers) {
  std::vector<TensorBytes> tensors;
  for (const NumberList& each : kLists) {
    const std::vector<double>& list = numbers.*each.list;
    if (!list.empty()) tensors.push_back(tensor_bytes(each.tensor, list));
  }
  return tensors;
}

Donors donors_from(std::map<std::string, TensorBytes>& tensors, const Encoding& encoding,
                   const std::string& what) {
  DonorNumbers numbers;
  for (const NumberList& each : kLists) {
    numbers.*each.list = take_doubles(tensors, each.tensor, what);
  }
  const auto refuse = [&] { model_error(what + " do not fit the model's columns"); };
  if (!all_finite(numbers.expected) || !all_finite(numbers.values)) refuse();
  if (numbers.counts.empty() && numbers.expected.empty() && numbers.values.empty()) return {};
  if (numbers.counts.size() != encoding.columns.size()) refuse();
  if (numbers.expected.size() != numbers.values.size()) refuse();
  Donors donors(numbers.counts.size());
  std::size_t begin = 0;
  for (std::size_t c = 0; c < donors.size(); ++c) {
    const ColumnEncoding& column = encoding.columns[c];
    const bool numeric = column.column.kind == ColumnKind::kNumeric && !column.dropped;
    if (!is_count(numbers.counts[c]) || (!numeric && numbers.counts[c] > 0)) refuse();
    const auto count = static_cast<std::size_t>(numbers.counts[c]);
    if (count > numbers.values.size() - begin) refuse();
    const auto part = [&](const std::vector<double>& list) {
      const auto first = list.begin() + static_cast<std::ptrdiff_t>(begin);
      return std::vector<double>(first, first + static_cast<std::ptrdiff_t>(count));
    };
    donors[c] = {part(numbers.expected), part(numbers.values)};
    if (!std::ranges::is_sorted(donors[c].expected)) refuse();
    begin += count;
  }
  if (begin != numbers.values.size()) refuse();
  return donors;
}

}  // namespace hourglass
