#include "kernel/loss.h"

#include <array>

namespace hourglass {
namespace {

constexpr std::array<LossInfo, 4> kTable = {{
    {Loss::kMse, "mse", "(y − t)²", false, false},
    {Loss::kMae, "mae", "|y − t|", false, false},
    {Loss::kHuber, "huber", "|y − t| ≤ δ ? (y − t)²/2 : δ·(|y − t| − δ/2)", false, false},
    {Loss::kBinaryCrossEntropy, "bce", "log(1 + exp(y)) − y·t", true, true},
}};

}  // namespace

std::span<const LossInfo> losses() { return kTable; }

const LossInfo& info(Loss loss) { return kTable[static_cast<std::size_t>(loss)]; }

std::optional<Loss> find_loss(std::string_view name) {
  for (const LossInfo& row : kTable) {
    if (row.name == name) return row.loss;
  }
  return std::nullopt;
}

}  // namespace hourglass
