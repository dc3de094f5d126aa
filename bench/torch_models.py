"""The networks and losses of bench/cases.py in PyTorch, one function a kind of model."""

import numpy as np
import torch
from torch import nn

ACTIVATIONS = {"relu": nn.ReLU, "sigmoid": nn.Sigmoid, "identity": nn.Identity}


def linear(inputs, outputs, activation):
    layer = nn.Linear(inputs, outputs)
    return [layer] if activation == "identity" else [layer, ACTIVATIONS[activation]()]


class Dense(nn.Module):
    """A mirrored autoencoder with the penalties that the case names."""

    def __init__(self, case, form):
        super().__init__()
        widths, hidden, code = case["widths"], case["activation"], case["code"]
        self.case, self.form = case, form
        last = len(widths) - 2
        doubled = 2 if "variational" in case else 1  # mean and log variance
        encoder = [linear(a, b * (doubled if i == last else 1), code if i == last else hidden)
                   for i, (a, b) in enumerate(zip(widths, widths[1:]))]
        back = widths[::-1]
        decoder = [linear(a, b, "identity" if i == last else hidden)
                   for i, (a, b) in enumerate(zip(back, back[1:]))]
        self.encoder = nn.Sequential(*(part for layer in encoder for part in layer))
        self.decoder = nn.Sequential(*(part for layer in decoder for part in layer))

    def objective(self, samples):
        code = self.encoder(samples)
        penalty = 0.0
        if "l1" in self.case:
            penalty = self.case["l1"] * code.abs().sum() / len(samples)
        if "contractive" in self.case:
            penalty = self.case["contractive"] * CONTRACTIVE[self.form](self.encoder, samples) / len(samples)
        if "variational" in self.case:
            mean, log_variance = code.chunk(2, dim=1)
            code = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
            divergence = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum()
            penalty = self.case["variational"] * divergence / samples.numel()
        return nn.functional.mse_loss(self.decoder(code), samples) + penalty


def by_jacobian(encoder, samples):
    """Batched reverse mode through autograd: codes summed over the batch, so that one call gives the
    Jacobian of every sample."""
    jacobian = torch.autograd.functional.jacobian(lambda x: encoder(x).sum(0), samples, create_graph=True,
                                                  vectorize=True)
    return jacobian.square().sum()


def slopes(encoder, samples):
    """(weight, derivative of the sigmoid after it) of each layer."""
    found, h = [], samples
    for layer, activation in zip(encoder[::2], encoder[1::2]):
        h = activation(layer(h))
        found.append((layer.weight, h * (1 - h)))
    return found


def down_to_first(layers):
    """The chain rule by hand, batch x code x width, from the code to what the first layer gives."""
    rows = None
    for weight, slope in reversed(layers[1:]):
        rows = slope[:, :, None] * weight if rows is None else (rows * slope[:, None, :]) @ weight
    return rows * layers[0][1][:, None, :]


def by_chain(encoder, samples):
    """And on to the samples' features."""
    layers = slopes(encoder, samples)
    return (down_to_first(layers) @ layers[0][0]).square().sum()


def by_gram(encoder, samples):
    """The first layer's weights enter as their Gram matrix, which is smaller than they are."""
    layers = slopes(encoder, samples)
    rows, weight = down_to_first(layers), layers[0][0]
    return ((rows @ (weight @ weight.t())) * rows).sum()


def closed_form(encoder, samples):
    """Of one layer: the squares of its slopes with those of its weights' rows."""
    (weight, slope), = slopes(encoder, samples)
    return (slope.square() @ weight.square().sum(1)).sum()


CONTRACTIVE = {"jacobian": by_jacobian, "chain": by_chain, "gram": by_gram, "closed": closed_form}


class Convolutional(nn.Module):
    """Strided convolutions down, transposed ones up; levels linked by additions where the case says."""

    def __init__(self, case, form):
        super().__init__()
        self.side, self.noise, self.linked = case["side"], case["noise"], case["linked"]
        channels = [1, *case["channels"]]
        sides = [self.side]
        for _ in channels[1:]:
            sides.append((sides[-1] + 1) // 2)
        self.encoder = nn.ModuleList(nn.Conv2d(a, b, 3, 2, 1) for a, b in zip(channels, channels[1:]))
        up = list(zip(channels[::-1], channels[-2::-1], sides[::-1], sides[-2::-1]))
        self.decoder = nn.ModuleList(
            nn.ConvTranspose2d(a, b, 3, 2, 1, output_padding=to - (2 * at - 1)) for a, b, at, to in up)

    def objective(self, samples):
        clean = samples.view(-1, 1, self.side, self.side)
        seen = clean + self.noise * torch.randn_like(clean) if self.noise else clean
        h, levels = seen, []
        for layer in self.encoder:
            levels.append(h)
            h = torch.relu(layer(h))
        for i, layer in enumerate(self.decoder):
            h = layer(h)
            if i + 1 < len(self.decoder):
                h = torch.relu(h)
            if self.linked:
                h = h + levels[-1 - i]
        return nn.functional.mse_loss(h, clean)


MODELS = {"dense": Dense, "convolutional": Convolutional}


def make(case, form, folder, tensors):
    """The case's network with the weights that Hourglass has written, in its order of tensors."""
    model = MODELS[case["model"]](case, form)
    parameters = list(model.parameters())
    if len(parameters) != len(tensors):
        raise SystemExit(f"{len(tensors)} tensors for {len(parameters)} parameters")
    with torch.no_grad():
        for parameter, (name, shape) in zip(parameters, tensors):
            if list(parameter.shape) != shape:
                raise SystemExit(f"{name} is {shape}, PyTorch's is {list(parameter.shape)}")
            values = np.fromfile(f"{folder}/{name}.f32", np.float32).reshape(shape)
            parameter.copy_(torch.from_numpy(values))
    return model
