#include "kernel/loss.h"

#include <array>

namespace hourglass {
namespace {

constexpr std::array<LossInfo, 8> kTable = {{
    {Loss::kMse, "mse", "(y − t)²", false, false, false},
    {Loss::kMae, "mae", "|y − t|", false, false, false},
    {Loss::kHuber, "huber", "|y − t| ≤ δ ? (y − t)²/2 : δ·(|y − t| − δ/2)", false, false, false},
    {Loss::kBinaryCrossEntropy, "bce", "log(1 + exp(y)) − y·t", true, true, false},
    // Welsch's: as a squared error's half near 0, and no more than σ² however far.
    {Loss::kCorrentropy, "correntropy", "σ²·(1 − exp(−(y − t)²/2σ²))", false, false, false},
    // Over a category of k features; divided by ln k, guessing costs 1, as much as a standardised
    // number's variance.
    {Loss::kMixed, "mixed", "(y − t)²; of a category Σ t·(log Σ exp(y) − y) / ln k", false, false,
     true},
    // The negative log-likelihood of a Gaussian without its constant, ½ log 2π, as in PyTorch: the
    // network says how sure it is of each number (Nix & Weigend 1994).
    {Loss::kGaussianNll, "gaussian-nll", "½·((y − t)²·exp(−s) + s)", false, false, false, 2},
    // Of counts: the cross-entropy, in nats, between how a row's sum is spread over its features
    // and a softmax of the outputs, as in the replicated softmax (Salakhutdinov & Hinton, NIPS
    // 2009). It is one number a row, and counts as that of each of its features. A row whose sum is
    // not above 0 has none.
    {Loss::kMultinomial, "multinomial", "log Σ exp(y) − Σ t·y / Σ t, of a whole row", false, false,
     true, 1, true},
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
