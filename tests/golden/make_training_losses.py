"""Writes tests/data/training_losses.json: ten training losses of small autoencoders in PyTorch.

Usage: make_training_losses.py OUTPUT.json      (needs PyTorch; written with 1.13)

Weights and batches are multiples of 1/1024, written as whole numbers, so that they are the same in
every precision. PyTorch runs in float64: what is written is the mathematics, not its rounding.
"""

import json
import math
import sys

import torch
from torch import nn

UNIT = 1024
STEPS = 10
BATCHES = 4
ROWS = 16

ACTIVATIONS = {
    "identity": nn.Identity,
    "relu": nn.ReLU,
    "leaky_relu": nn.LeakyReLU,
    "elu": nn.ELU,
    "gelu": nn.GELU,
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "softplus": nn.Softplus,
}
NORMS = {"none": None, "batch": nn.BatchNorm1d, "layer": nn.LayerNorm}

CASES = [
    dict(name="relu mse adam", features=20, encoder=[16, 8, 3], activation="relu", norm="none",
         tied=False, masked=False, loss="mse", optimizer="adam", learning_rate=0.01,
         weight_decay=0.0, clip_norm=0.0),
    dict(name="tanh bce nesterov batch norm", features=14, encoder=[12, 4], activation="tanh",
         norm="batch", tied=False, masked=False, loss="bce", optimizer="sgd", learning_rate=0.1,
         momentum=0.9, weight_decay=0.01, clip_norm=0.0),
    dict(name="gelu huber adamw layer norm masked", features=14, encoder=[12, 4],
         activation="gelu", norm="layer", tied=False, masked=True, loss="huber", huber_delta=0.25,
         optimizer="adamw", learning_rate=0.01, weight_decay=0.1, clip_norm=0.0),
    dict(name="sigmoid mse rmsprop tied clipped", features=14, encoder=[12, 4],
         activation="sigmoid", norm="none", tied=True, masked=False, loss="mse",
         optimizer="rmsprop", learning_rate=0.005, beta2=0.99, weight_decay=0.001, clip_norm=0.05),
    dict(name="elu mae adam clipped batch norm masked", features=14, encoder=[12, 4],
         activation="elu", norm="batch", tied=False, masked=True, loss="mae", optimizer="adam",
         learning_rate=0.01, weight_decay=0.01, clip_norm=0.1),
    dict(name="elu correntropy adam masked", features=14, encoder=[12, 4], activation="elu",
         norm="none", tied=False, masked=True, loss="correntropy", correntropy_sigma=0.3,
         optimizer="adam", learning_rate=0.01, weight_decay=0.0, clip_norm=0.0),
    dict(name="tanh mixed adam masked", features=14, encoder=[12, 4], activation="tanh",
         norm="none", tied=False, masked=True, loss="mixed", groups=[[2, 5], [5, 7], [10, 14]],
         optimizer="adam", learning_rate=0.01, weight_decay=0.0, clip_norm=0.0),
    dict(name="elu gaussian-nll adam masked", features=14, encoder=[12, 4], activation="elu",
         norm="none", tied=False, masked=True, loss="gaussian-nll", outputs_per_feature=2,
         optimizer="adam", learning_rate=0.01, weight_decay=0.0, clip_norm=0.0),
]


class Layer(nn.Module):
    """Product, norm, activation. With `mirror`, the product uses that layer's weight transposed."""

    def __init__(self, inputs, outputs, activation, norm, mirror=None):
        super().__init__()
        self.mirror = [mirror]  # in a list, so that it is not registered twice
        self.product = nn.Linear(inputs, outputs)
        if mirror is not None:
            del self.product.weight
        self.norm = NORMS[norm](outputs) if NORMS[norm] else nn.Identity()
        self.activation = ACTIVATIONS[activation]()

    def forward(self, x):
        mirror = self.mirror[0]
        weight = self.product.weight if mirror is None else mirror.product.weight.t()
        z = nn.functional.linear(x, weight, self.product.bias)
        return self.activation(self.norm(z))


def build(case):
    widths = [case["features"], *case["encoder"]]
    encoder = [Layer(a, b, case["activation"], case["norm"]) for a, b in zip(widths, widths[1:])]
    if "code_activation" in case:
        encoder[-1].activation = ACTIVATIONS[case["code_activation"]]()
    back = widths[::-1]
    decoder = []
    for i, (a, b) in enumerate(zip(back, back[1:])):
        last = i == len(back) - 2
        if last:
            b *= case.get("outputs_per_feature", 1)
        decoder.append(Layer(a, b, "identity" if last else case["activation"],
                             "none" if last else case["norm"],
                             encoder[-1 - i] if case["tied"] else None))
    return encoder, decoder


def named_parameters(encoder, decoder):
    """(name, tensor) in the order in which Hourglass lists them."""
    for side, layers in (("encoder", encoder), ("decoder", decoder)):
        for i, layer in enumerate(layers):
            for part, module in (("", layer.product), ("norm.", layer.norm)):
                for kind in ("weight", "bias"):
                    tensor = getattr(module, kind, None)
                    if tensor is not None:
                        yield f"{side}.{i}.{part}{kind}", tensor
            if isinstance(layer.norm, nn.BatchNorm1d):
                yield f"{side}.{i}.norm.running_mean", layer.norm.running_mean
                yield f"{side}.{i}.norm.running_var", layer.norm.running_var


def fill_with_units(tensor):
    """Rounds to multiples of 1/UNIT in place and returns them as whole numbers."""
    whole = torch.round(tensor.detach() * UNIT)
    with torch.no_grad():
        tensor.copy_(whole / UNIT)
    return [int(x) for x in whole.flatten()]


def make_optimizer(case, encoder, decoder):
    groups = {True: [], False: []}
    for layer in [*encoder, *decoder]:
        for name, parameter in layer.named_parameters():
            groups[name == "product.weight"].append(parameter)
    parameters = [dict(params=groups[True], weight_decay=case["weight_decay"]),
                  dict(params=groups[False], weight_decay=0.0)]
    rate = case["learning_rate"]
    return {
        "adam": lambda: torch.optim.Adam(parameters, lr=rate),
        "adamw": lambda: torch.optim.AdamW(parameters, lr=rate),
        "sgd": lambda: torch.optim.SGD(parameters, lr=rate, momentum=case.get("momentum", 0),
                                       nesterov=True),
        "rmsprop": lambda: torch.optim.RMSprop(parameters, lr=rate, alpha=case["beta2"]),
    }[case["optimizer"]]()


def correntropy(case, output, target):
    variance = case["correntropy_sigma"] ** 2
    return variance * (1 - torch.exp(-(output - target) ** 2 / (2 * variance)))


def mixed(case, output, target):
    """Squared errors; over each group a softmax's cross-entropy by ln of the group's size."""
    parts = []
    done = 0
    for begin, end in [*case["groups"], [case["features"]] * 2]:
        parts.append((output[:, done:begin] - target[:, done:begin]) ** 2)
        shares = nn.functional.log_softmax(output[:, begin:end], dim=1)
        parts.append(-target[:, begin:end] * shares / math.log(max(2, end - begin)))
        done = end
    return torch.cat(parts, dim=1)


def gaussian(output, target):
    """Means, then numbers that tanh keeps within ±10 as log variances."""
    means, numbers = output.chunk(2, dim=1)
    variances = torch.exp(10 * torch.tanh(numbers / 10))
    return nn.functional.gaussian_nll_loss(means, target, variances, eps=1e-12, reduction="none")


def element_loss(case, output, target):
    functional = nn.functional
    return {
        "mse": lambda: functional.mse_loss(output, target, reduction="none"),
        "mae": lambda: functional.l1_loss(output, target, reduction="none"),
        "huber": lambda: functional.huber_loss(output, target, reduction="none",
                                               delta=case.get("huber_delta", 1.0)),
        "bce": lambda: functional.binary_cross_entropy_with_logits(output, target,
                                                                   reduction="none"),
        "correntropy": lambda: correntropy(case, output, target),
        "mixed": lambda: mixed(case, output, target),
        "gaussian-nll": lambda: gaussian(output, target),
    }[case["loss"]]()


def run(case, seed):
    torch.manual_seed(seed)
    encoder, decoder = build(case)
    with torch.no_grad():
        for layer in [*encoder, *decoder]:
            for parameter in layer.parameters():
                parameter.add_(0.05 * torch.randn_like(parameter))
    parameters = [dict(name=name, shape=list(tensor.shape), values=fill_with_units(tensor))
                  for name, tensor in named_parameters(encoder, decoder)]
    batches = [torch.rand(ROWS, case["features"]) for _ in range(BATCHES)]
    batch_values = [fill_with_units(batch) for batch in batches]
    masks = [(torch.rand(ROWS, case["features"]) < 0.8).to(torch.float64)
             if case["masked"] else torch.ones(ROWS, case["features"]) for _ in range(BATCHES)]
    network = nn.Sequential(*encoder, *decoder)
    optimizer = make_optimizer(case, encoder, decoder)
    losses = []
    for step in range(STEPS):
        x, mask = batches[step % BATCHES], masks[step % BATCHES]
        loss = (element_loss(case, network(x), x) * mask).sum() / mask.sum()
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        if case["clip_norm"] > 0:
            nn.utils.clip_grad_norm_(network.parameters(), case["clip_norm"])
        optimizer.step()
    network.eval()
    evaluated = (element_loss(case, network(batches[0]), batches[0])).mean().item()
    result = dict(case, parameters=parameters, batches=batch_values, losses=losses,
                  evaluated=evaluated)
    if case["masked"]:
        result["masks"] = [[int(x) for x in mask.flatten()] for mask in masks]
    return result


def main():
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    cases = [run(case, seed) for seed, case in enumerate(CASES, start=1)]
    document = dict(made_by="tests/golden/make_training_losses.py, PyTorch " + torch.__version__,
                    unit=UNIT, rows=ROWS, cases=cases)
    with open(sys.argv[1], "w") as file:
        json.dump(document, file, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main()
