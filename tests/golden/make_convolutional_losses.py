"""Writes tests/data/convolutional_losses.json: ten training losses of small networks over maps in
PyTorch. The networks are those of tests/network/network_cases.h of the same names.

Usage: make_convolutional_losses.py OUTPUT.json      (needs PyTorch; written with 1.13)

Samples are flat in the order (y, x, channel), as Hourglass has them; numbers are multiples of
1/1024 as in make_training_losses.py.
"""

import json
import sys

import torch
from torch import nn
from torch.nn import functional

from make_training_losses import (ACTIVATIONS, BATCHES, ROWS, STEPS, UNIT, element_loss,
                                  fill_with_units, make_optimizer)

ADAM = dict(loss="mse", optimizer="adam", learning_rate=0.01, weight_decay=0.0, clip_norm=0.0)
CASES = [
    dict(name="strided elu batch norm", network="strided", activation="elu", norm="batch",
         channels=5, input=[5, 6, 2], **ADAM),
    dict(name="strided relu clipped", network="strided", activation="relu", norm="none",
         channels=3, input=[5, 6, 2], **dict(ADAM, clip_norm=0.05, weight_decay=0.01)),
    dict(name="max pool gelu", network="max_pool", activation="gelu", norm="none", skips=False,
         input=[5, 4, 1], **ADAM),
    dict(name="mean pool elu layer norm skips", network="mean_pool", activation="elu",
         norm="layer", skips=True, input=[5, 4, 1],
         **dict(ADAM, loss="mae", optimizer="sgd", momentum=0.9, learning_rate=0.05)),
    dict(name="series tanh bce", network="series", activation="tanh", norm="none",
         input=[1, 7, 1], **dict(ADAM, loss="bce")),
]


class LayerNorm(nn.LayerNorm):
    """Over the channels of each position."""

    def forward(self, x):
        return super().forward(x.movedim(1, -1)).movedim(-1, 1)


class Layer(nn.Module):
    """Product, norm, activation; `product` may be a function without parameters."""

    def __init__(self, product, activation="identity", norm=None):
        super().__init__()
        self.product = product if isinstance(product, nn.Module) else None
        self.function = product
        self.norm = norm or nn.Identity()
        self.activation = ACTIVATIONS[activation]()

    def forward(self, x):
        return self.activation(self.norm(self.function(x)))


class Flat(nn.Linear):
    def forward(self, x):
        return super().forward(x.movedim(1, -1).flatten(1))


class Spread(nn.Linear):
    """From a code to maps of height x width x channels."""

    def __init__(self, inputs, height, width, channels):
        super().__init__(inputs, height * width * channels)
        self.shape = (height, width, channels)

    def forward(self, x):
        return super().forward(x).unflatten(1, self.shape).movedim(-1, 1)


def strided(case):
    hidden, channels = case["activation"], case["channels"]

    def norm(width):
        return nn.BatchNorm2d(width) if case["norm"] == "batch" else None

    def down(inputs, outputs):
        return Layer(nn.Conv2d(inputs, outputs, 3, 2, 1), hidden, norm(outputs))

    def up(inputs, outputs, extra, last=False):
        product = nn.ConvTranspose2d(inputs, outputs, 3, 2, 1, output_padding=extra)
        return Layer(product) if last else Layer(product, hidden, norm(outputs))

    encoder = [down(2, channels), down(channels, 4), Layer(Flat(16, 3))]
    # 2 x 2 -> 3 x 3 -> 5 x 6
    decoder = [Layer(Spread(3, 2, 2, 4), hidden), up(4, channels, (0, 0)),
               up(channels, 2, (0, 1), last=True)]
    return encoder, decoder


def pooled(case):
    hidden = case["activation"]
    pool = {"max_pool": lambda x: functional.max_pool2d(x, 2, ceil_mode=True),
            "mean_pool": lambda x: functional.avg_pool2d(x, 2, ceil_mode=True,
                                                         count_include_pad=False)}

    def same(inputs, outputs, activation, normed=True):
        norm = LayerNorm(outputs) if normed and case["norm"] == "layer" else None
        return Layer(nn.Conv2d(inputs, outputs, 3, 1, 1), activation, norm)

    encoder = [same(1, 3, hidden), Layer(pool[case["network"]]), same(3, 2, "tanh", False)]
    decoder = [same(2, 3, hidden),
               Layer(lambda x: functional.interpolate(x, scale_factor=2)[:, :, :5, :4]),
               same(3, 3, hidden), same(3, 1, "identity", False)]
    return encoder, decoder


def series(case):
    hidden = case["activation"]
    encoder = [Layer(nn.Conv1d(1, 16, 3, 2, 1), hidden), Layer(nn.Conv1d(16, 2, 3, 2, 1), hidden)]
    # 2 -> 4 -> 7
    decoder = [Layer(nn.ConvTranspose1d(2, 16, 3, 2, 1, output_padding=1), hidden),
               Layer(nn.ConvTranspose1d(16, 1, 3, 2, 1, output_padding=0))]
    return encoder, decoder


NETWORKS = {"strided": strided, "max_pool": pooled, "mean_pool": pooled, "series": series}


def apply(case, encoder, decoder, flat):
    height, width, channels = case["input"]
    shape = (width, channels) if case["network"] == "series" else (height, width, channels)
    x = flat.unflatten(1, shape).movedim(-1, 1)
    outputs = [x]  # the input, then each layer's
    for layer in encoder:
        outputs.append(layer(outputs[-1]))
    for i, layer in enumerate(decoder):
        h = layer(outputs[-1])
        if case.get("skips"):
            source = {0: 2, 2: 1, 3: 0}.get(i)
            h = h if source is None else h + outputs[source]
        outputs.append(h)
    return outputs[-1].movedim(1, -1).flatten(1)


def named_parameters(encoder, decoder):
    for side, layers in (("encoder", encoder), ("decoder", decoder)):
        for i, layer in enumerate(layers):
            for part, module in (("", layer.product), ("norm.", layer.norm)):
                for kind in ("weight", "bias"):
                    tensor = getattr(module, kind, None)
                    if tensor is not None:
                        yield f"{side}.{i}.{part}{kind}", tensor
            if isinstance(layer.norm, nn.BatchNorm2d):
                yield f"{side}.{i}.norm.running_mean", layer.norm.running_mean
                yield f"{side}.{i}.norm.running_var", layer.norm.running_var


def run(case, seed):
    torch.manual_seed(seed)
    encoder, decoder = NETWORKS[case["network"]](case)
    network = nn.ModuleList([*encoder, *decoder])
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.05 * torch.randn_like(parameter))
    parameters = [dict(name=name, shape=list(tensor.shape), values=fill_with_units(tensor))
                  for name, tensor in named_parameters(encoder, decoder)]
    height, width, channels = case["input"]
    batches = [torch.rand(ROWS, height * width * channels) for _ in range(BATCHES)]
    batch_values = [fill_with_units(batch) for batch in batches]
    optimizer = make_optimizer(case, encoder, decoder)
    losses = []
    for step in range(STEPS):
        x = batches[step % BATCHES]
        loss = element_loss(case, apply(case, encoder, decoder, x), x).mean()
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        if case["clip_norm"] > 0:
            nn.utils.clip_grad_norm_(network.parameters(), case["clip_norm"])
        optimizer.step()
    network.eval()
    output = apply(case, encoder, decoder, batches[0])
    return dict(case, features=height * width * channels, tied=False, masked=False,
                parameters=parameters, batches=batch_values, losses=losses,
                evaluated=element_loss(case, output, batches[0]).mean().item())


def main():
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    cases = [run(case, seed) for seed, case in enumerate(CASES, start=1)]
    document = dict(made_by="tests/golden/make_convolutional_losses.py, PyTorch "
                    + torch.__version__, unit=UNIT, rows=ROWS, cases=cases)
    with open(sys.argv[1], "w") as file:
        json.dump(document, file, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main()
