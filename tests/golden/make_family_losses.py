"""Writes tests/data/family_losses.json: ten training losses of each family in PyTorch, and what its
penalties add to them.

Usage: make_family_losses.py OUTPUT.json      (needs PyTorch; written with 1.13)

Penalties stand here as they are defined, their Jacobians by automatic differentiation. What is
random comes from Hourglass's own counter-based numbers, so that both draw the same. Weights and
batches are multiples of 1/1024 as in make_training_losses.py.
"""

import itertools
import json
import math
import sys

import torch

from make_training_losses import (BATCHES, ROWS, STEPS, UNIT, Layer, build, element_loss,
                                  fill_with_units, make_optimizer, named_parameters)

SEED = 7 * 2**32 + 11  # more than 32 bits: both words of the key count
FEATURES = 12
THRESHOLD_MEMORY = 0.99

BASE = dict(features=FEATURES, encoder=[8, 4], activation="elu", norm="none", tied=False,
            masked=False, loss="mse", optimizer="adam", learning_rate=0.01, weight_decay=0.0,
            clip_norm=0.0, penalties=[])
SGD = dict(optimizer="sgd", learning_rate=0.1, momentum=0.9)

CASES = [
    dict(BASE, name="sparse-l1", encoder=[20], activation="relu",
         penalties=[dict(kind="l1", weight=0.03, layer=0)]),
    dict(BASE, name="sparse-kl", encoder=[20], activation="sigmoid",
         penalties=[dict(kind="kl", weight=0.02, layer=0, target=0.1)]),
    dict(BASE, name="sparse-kl with memory, hidden layer", activation="sigmoid", **SGD,
         penalties=[dict(kind="kl", weight=0.02, layer=0, target=0.1, memory=0.75)]),
    dict(BASE, name="k-sparse", encoder=[20], activation="identity", tied=True,
         penalties=[dict(kind="top-k", weight=3)]),
    dict(BASE, name="batch-top-k", encoder=[10, 20], code_activation="identity",
         penalties=[dict(kind="batch-top-k", weight=3)]),
    dict(BASE, name="contractive, one layer, tied", encoder=[20], activation="sigmoid", tied=True,
         penalties=[dict(kind="contractive", weight=0.2, layer=0)]),
    dict(BASE, name="contractive, one layer, probes", encoder=[8], activation="tanh",
         penalties=[dict(kind="contractive", weight=0.02, layer=0, probes=3)]),
    dict(BASE, name="contractive, deep", encoder=[8, 6, 3], activation="gelu", **SGD,
         penalties=[dict(kind="contractive", weight=100.0, layer=2)]),
    # A first layer wider than the features: Hourglass multiplies whole Jacobians here, above not.
    dict(BASE, name="contractive, deep and wide", encoder=[20, 4], activation="softplus",
         penalties=[dict(kind="contractive", weight=5.0, layer=1)]),
    dict(BASE, name="contractive, deep, probes", encoder=[20, 4],
         penalties=[dict(kind="contractive", weight=0.02, layer=1, probes=3)]),
    dict(BASE, name="variational", encoder=[8, 3],
         penalties=[dict(kind="variational", weight=0.5)]),
    dict(BASE, name="denoising", corrupted=True, optimizer="adamw", weight_decay=0.01),
    dict(BASE, name="robust", loss="correntropy", correntropy_sigma=0.5, optimizer="adamw",
         weight_decay=0.01),
    dict(BASE, name="contractive, l1 and weight decay", activation="tanh", weight_decay=0.02,
         clip_norm=0.1, **SGD, penalties=[dict(kind="contractive", weight=0.1, layer=1),
                                          dict(kind="l1", weight=0.02, layer=0)]),
    dict(BASE, name="denoising k-sparse with kl", encoder=[10, 20], activation="sigmoid",
         code_activation="sigmoid", corrupted=True,
         penalties=[dict(kind="kl", weight=0.02, layer=1, target=0.2),
                    dict(kind="top-k", weight=5)]),
]

# Of RandomPurpose in src/base/random.h.
SAMPLE, PROBE = 7, 8


def random_numbers(purpose, step, row):
    """32-bit numbers without end: Philox4x32-10 over counters (block, purpose, step, row)."""
    low = 2**32 - 1
    for block in itertools.count():
        c, key = (block, purpose, step, row), (SEED & low, SEED >> 32)
        for _ in range(10):
            a, b = c[0] * 0xD2511F53, c[2] * 0xCD9E8D57
            c = (b >> 32 ^ c[1] ^ key[0], b & low, a >> 32 ^ c[3] ^ key[1], a & low)
            key = (key[0] + 0x9E3779B9 & low, key[1] + 0xBB67AE85 & low)
        yield from c


def uniform(numbers):
    return (next(numbers) >> 5 << 26 | next(numbers) >> 6) / 2**53


def normals(step, row, count):
    """Of the standard Gaussian, in pairs (Box-Muller)."""
    numbers = random_numbers(SAMPLE, step, row)
    drawn = []
    while len(drawn) < count:
        radius = math.sqrt(-2 * math.log(1 - uniform(numbers)))
        angle = 2 * math.pi * uniform(numbers)
        drawn += [radius * math.cos(angle), radius * math.sin(angle)]
    return drawn[:count]


def signs(step, row, probes, units):
    numbers = random_numbers(PROBE, step, row)
    return [[1.0 if next(numbers) >> 31 else -1.0 for _ in range(units)] for _ in range(probes)]


# What a penalty makes of the code: (penalty, code, step, memory) -> code; a step of None is after
# training. `memory` holds what is carried from step to step.


def keep_top_k(penalty, code, step, memory):
    kept = torch.zeros_like(code).scatter(1, code.topk(penalty["weight"], dim=1).indices, 1.0)
    return code * kept


def keep_batch_top_k(penalty, code, step, memory):
    if step is None:
        threshold = memory["threshold"]
    else:
        threshold = code.detach().flatten().topk(penalty["weight"] * len(code)).values[-1]
        before = memory.get("threshold", threshold)
        memory["threshold"] = THRESHOLD_MEMORY * before + (1 - THRESHOLD_MEMORY) * threshold
    return code * (code >= threshold)


def draw(penalty, code, step, memory):
    mean, log_variance = code.chunk(2, dim=1)
    if step is None:
        return mean
    noise = torch.tensor([normals(step, row, mean.shape[1]) for row in range(len(mean))])
    return mean + torch.exp(log_variance / 2) * noise


CODES = {"top-k": keep_top_k, "batch-top-k": keep_batch_top_k, "variational": draw}

# What a penalty's weight multiplies: (penalty, samples, hidden layer, step, memory) -> term.


def l1(penalty, x, h, step, memory):
    return h.abs().sum() / len(x)


def kl(penalty, x, h, step, memory):
    """At the remembered mean, with the slope as if the batch alone had made it."""
    mean, share, rho = h.mean(dim=0), penalty.get("memory", 0), penalty["target"]
    remembered = share * memory.get("mean", mean).detach() + (1 - share) * mean.detach()
    memory["mean"] = remembered
    mean = mean + (remembered - mean).detach()
    return (rho * torch.log(rho / mean) + (1 - rho) * torch.log((1 - rho) / (1 - mean))).sum()


def contractive(penalty, x, h, step, memory):
    """A sample's units depend on that sample alone, so one gradient serves a whole batch."""
    jacobian = torch.stack([torch.autograd.grad(unit.sum(), x, create_graph=True)[0]
                            for unit in h.unbind(dim=1)], dim=1)  # rows x units x features
    probes = penalty.get("probes", 0)
    if probes > 0:
        directions = [signs(step, row, probes, h.shape[1]) for row in range(len(x))]
        jacobian = torch.tensor(directions) @ jacobian / math.sqrt(probes)
    return (jacobian ** 2).sum() / len(x)


def divergence(penalty, x, h, step, memory):
    mean, log_variance = h.chunk(2, dim=1)
    code = torch.distributions.Normal(mean, torch.exp(log_variance / 2))
    standard = torch.distributions.Normal(torch.tensor(0.0), torch.tensor(1.0))
    return torch.distributions.kl_divergence(code, standard).sum() / len(x) / x.shape[1]


TERMS = {"l1": l1, "kl": kl, "contractive": contractive, "variational": divergence}


class Autoencoder:
    def __init__(self, case):
        self.penalties = case["penalties"]
        self.encoder, self.decoder = build(case)
        if any(penalty["kind"] == "variational" for penalty in self.penalties):
            before, width = [case["features"], *case["encoder"]][-2:]
            self.encoder[-1] = Layer(before, 2 * width, "identity", "none")
        self.parameters = [parameter for layer in [*self.encoder, *self.decoder]
                           for parameter in layer.parameters()]
        self.memory = {}

    def run(self, x, step):
        """The reconstruction and, without the code that a penalty makes, the encoder's layers."""
        layers = [x]
        for layer in self.encoder:
            layers.append(layer(layers[-1]))
        h = layers[-1]
        for penalty in self.penalties:
            if penalty["kind"] in CODES:
                h = CODES[penalty["kind"]](penalty, h, step, self.memory)
        for layer in self.decoder:
            h = layer(h)
        return h, layers[1:]

    def penalty(self, x, layers, step):
        total = torch.tensor(0.0)
        for penalty in self.penalties:
            if penalty["kind"] in TERMS:
                h = layers[penalty.get("layer", -1)]
                term = TERMS[penalty["kind"]](penalty, x, h, step, self.memory)
                total = total + penalty["weight"] * term
        return total


def statistics(case):
    """The threshold of batch-top-k, which Hourglass lists after the encoder's own tensors."""
    if any(penalty["kind"] == "batch-top-k" for penalty in case["penalties"]):
        name = f"encoder.{len(case['encoder'])}.statistics"
        return [dict(name=name, shape=[1], values=[0])]
    return []


def run(case, seed, targets, inputs):
    torch.manual_seed(seed)
    network = Autoencoder(case)
    with torch.no_grad():
        for parameter in network.parameters:
            parameter.add_(0.05 * torch.randn_like(parameter))
    tensors = [dict(name=name, shape=list(tensor.shape), values=fill_with_units(tensor))
               for name, tensor in named_parameters(network.encoder, network.decoder)]
    ours = 2 * len(network.encoder)  # a weight and a bias each
    tensors[ours:ours] = statistics(case)
    optimizer = make_optimizer(case, network.encoder, network.decoder)
    losses, terms = [], []
    for step in range(STEPS):
        x = inputs[step % BATCHES].clone().requires_grad_()
        output, layers = network.run(x, step)
        loss = element_loss(case, output, targets[step % BATCHES]).mean()
        penalty = network.penalty(x, layers, step)
        losses.append(loss.item())
        terms.append(penalty.item())
        optimizer.zero_grad()
        (loss + penalty).backward()
        if case["clip_norm"] > 0:
            torch.nn.utils.clip_grad_norm_(network.parameters, case["clip_norm"])
        optimizer.step()
    with torch.no_grad():
        output, _ = network.run(targets[0], None)
    evaluated = element_loss(case, output, targets[0]).mean().item()
    return dict(case, parameters=tensors, losses=losses, penalty_terms=terms, evaluated=evaluated)


def main():
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    torch.manual_seed(0)
    batches = [torch.rand(ROWS, FEATURES) for _ in range(BATCHES)]
    batch_values = [fill_with_units(batch) for batch in batches]
    corrupted = [(batch + 0.3 * torch.randn(ROWS, FEATURES)) * (torch.rand(ROWS, FEATURES) < 0.8)
                 for batch in batches]
    corrupted_values = [fill_with_units(batch) for batch in corrupted]
    cases = [run(case, seed, batches, corrupted if case.get("corrupted") else batches)
             for seed, case in enumerate(CASES, start=1)]
    document = dict(made_by="tests/golden/make_family_losses.py, PyTorch " + torch.__version__,
                    unit=UNIT, rows=ROWS, seed=SEED, batches=batch_values,
                    corrupted_batches=corrupted_values, cases=cases)
    with open(sys.argv[1], "w") as file:
        json.dump(document, file, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main()
