#!/usr/bin/python3
"""Times whole training steps in eager PyTorch: the counterpart of bench/train_bench.cpp, on the same
numbers and with the same arguments and one more: foreach or loop, how Adam goes over the parameters.

Written as fast as an eager loop gets: the batch is gathered into one buffer, gradients are set to none,
no loss is fetched while the clock runs, denormals are flushed.

Usage: torch_train.py FOLDER WIDTHS BATCH WARM_UP_STEPS STEPS THREADS foreach|loop
Prints one line of JSON.
"""

import json
import sys
import time

import numpy as np
import torch


def network(folder, widths):
    """ReLU between layers; code and reconstruction are linear."""
    sizes = widths + widths[-2::-1]
    linear = {len(widths) - 2, len(sizes) - 2}
    layers = []
    for i, (inputs, outputs) in enumerate(zip(sizes, sizes[1:])):
        layer = torch.nn.Linear(inputs, outputs)
        weight = np.fromfile(f"{folder}/weight_{i}.f32", np.float32).reshape(outputs, inputs)
        with torch.no_grad():
            layer.weight.copy_(torch.from_numpy(weight))
            layer.bias.copy_(torch.from_numpy(np.fromfile(f"{folder}/bias_{i}.f32", np.float32)))
        layers.append(layer)
        if i not in linear:
            layers.append(torch.nn.ReLU())
    return torch.nn.Sequential(*layers)


def blas_in_use():
    with open("/proc/self/maps") as maps:
        found = {line.split()[-1] for line in maps if "blas" in line and "/" in line}
    return sorted(found)


def main():
    folder, widths, batch, warm_up, steps, threads, adam = sys.argv[1:]
    widths = [int(width) for width in widths.split(",")]
    batch, warm_up, steps = int(batch), int(warm_up), int(steps)
    torch.set_num_threads(int(threads))
    torch.set_flush_denormal(True)

    model = network(folder, widths)
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3, foreach=adam == "foreach")
    data = torch.from_numpy(np.fromfile(f"{folder}/data.f32", np.float32).reshape(-1, widths[0]))
    order = torch.from_numpy(np.fromfile(f"{folder}/order.i64", np.int64))
    batches = [order[i : i + batch] for i in range(0, len(order) - batch + 1, batch)]
    samples = torch.empty(batch, widths[0])
    loss_of = torch.nn.functional.mse_loss

    losses = []
    for step in range(warm_up + steps):
        if step == warm_up:
            started = time.perf_counter()
        torch.index_select(data, 0, batches[step % len(batches)], out=samples)
        optimiser.zero_grad(set_to_none=True)
        loss = loss_of(model(samples), samples)
        loss.backward()
        optimiser.step()
        losses.append(loss.detach())
    seconds = time.perf_counter() - started
    print(json.dumps({
        "seconds": seconds,
        "implementation": f"PyTorch {torch.__version__} eager",
        "threads": torch.get_num_threads(),
        "blas": blas_in_use(),
        "losses": torch.stack(losses).tolist(),
    }))


if __name__ == "__main__":
    main()
