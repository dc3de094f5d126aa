#!/usr/bin/python3
"""Denoises an array of one picture in PyTorch with the network of a model that `train --for denoise` made: the
counterpart of `hourglass denoise MODEL noisy.npy -o OUT.npy`.

The whole picture passes at once. The clock starts after the imports and stops once OUT is written.

Usage: torch_denoise.py MODEL NOISY OUT CHANNELS BLOCKS THREADS FORMAT
CHANNELS and BLOCKS as in the model's settings ("48,96"); FORMAT is contiguous or channels-last.
Prints one line of JSON.
"""

import json
import sys
import time

import numpy as np
import torch
from torch import nn

from torch_score import blas_in_use, read_tensors


def through(blocks, h):
    for first, second in blocks:
        h = h + second(torch.relu(first(h)))
    return h


class Denoiser(nn.Module):
    """Strided convolutions down and transposed ones up, residual blocks at each level, the maps of the way down
    added on the way up, the picture to the output."""

    def __init__(self, channels, blocks):
        super().__init__()
        widths = [1, *channels]
        same = lambda level: nn.Conv2d(widths[level], widths[level], 3, 1, 1)
        stack = lambda level: nn.ModuleList(
            nn.ModuleList([same(level), same(level)]) for _ in range(blocks[level - 1]))
        levels = range(1, len(widths))
        self.down = nn.ModuleList(nn.Conv2d(a, b, 3, 2, 1) for a, b in zip(widths, widths[1:]))
        self.down_blocks = nn.ModuleList(stack(level) for level in levels)
        self.up = nn.ModuleList(
            nn.ConvTranspose2d(b, a, 3, 2, 1, output_padding=1) for a, b in zip(widths, widths[1:]))
        self.up_blocks = nn.ModuleList(stack(level) for level in levels[:-1])

    def layers(self):
        """In the order of the model's tensors."""
        for down, blocks in zip(self.down, self.down_blocks):
            yield down
            yield from (layer for block in blocks for layer in block)
        for level in reversed(range(len(self.up))):
            yield self.up[level]
            if level > 0:
                yield from (layer for block in self.up_blocks[level - 1] for layer in block)

    def forward(self, picture):
        h, levels = picture, []
        for down, blocks in zip(self.down, self.down_blocks):
            h = through(blocks, torch.relu(down(h)))
            levels.append(h)
        for level in reversed(range(1, len(self.up))):
            h = torch.relu(self.up[level](h)) + levels[level - 1]
            h = through(self.up_blocks[level - 1], h)
        return self.up[0](h) + picture


def load(path, channels, blocks):
    model = Denoiser(channels, blocks)
    layers, tensors = list(model.layers()), read_tensors(path)
    names = [f"{half}.{i}" for half in ("encoder", "decoder")
             for i in range(sum(name.startswith(f"{half}.") for name in tensors) // 2)]
    if len(names) != len(layers):
        sys.exit(f"{len(names)} layers in the model, {len(layers)} in PyTorch's")
    with torch.no_grad():
        for layer, name in zip(layers, names):
            for part in ("weight", "bias"):
                values = torch.from_numpy(tensors[f"{name}.{part}"].astype(np.float32))
                getattr(layer, part).copy_(values.view_as(getattr(layer, part)))
    return model


def main():
    path, noisy, out, channels, blocks, threads, memory_format = sys.argv[1:]
    numbers = lambda text: [int(word) for word in text.split(",")]
    torch.set_num_threads(int(threads))
    torch.set_flush_denormal(True)
    started = time.perf_counter()
    model = load(path, numbers(channels), numbers(blocks)).eval()
    picture = np.load(noisy)
    height, width = picture.shape
    halving = 2 ** len(model.down)
    edges = ((0, -height % halving), (0, -width % halving))
    picture = torch.from_numpy(np.pad(picture, edges, "symmetric"))[None, None]
    if memory_format == "channels-last":
        model, picture = model.to(memory_format=torch.channels_last), picture.contiguous(
            memory_format=torch.channels_last)
    with torch.inference_mode():
        result = model(picture)
    np.save(out, result[0, 0, :height, :width].numpy())
    print(json.dumps({"seconds": time.perf_counter() - started,
                      "implementation": f"PyTorch {torch.__version__}", "blas": blas_in_use()}))


if __name__ == "__main__":
    main()
