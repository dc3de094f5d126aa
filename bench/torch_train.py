#!/usr/bin/python3
"""Times whole training steps in PyTorch: the counterpart of bench/train_bench.cpp, on the same numbers.

Written as fast as such a loop gets: the batch is gathered into one buffer, gradients are set to none, no
loss is fetched while the clock runs, denormals are flushed.

Usage: torch_train.py FOLDER WARM_UP_STEPS STEPS OPTIONS   (OPTIONS: JSON, see DEFAULTS)
Prints one line of JSON.
"""

import contextlib
import json
import sys
import time

import numpy as np
import torch

import torch_models

DEFAULTS = {
    "threads": 1,
    "foreach": False,  # how Adam goes over the parameters
    "form": "",  # of the model, see torch_models.py
    "compile": False,  # by torch.compile, the update included
    "bf16": False,  # by autocast
    "channels_last": False,
}


def blas_in_use():
    with open("/proc/self/maps") as maps:
        found = {line.split()[-1] for line in maps if ("blas" in line or "mkl" in line) and "/" in line}
    return sorted(found)


def main():
    folder, warm_up, steps, options = sys.argv[1:]
    warm_up, steps, options = int(warm_up), int(steps), {**DEFAULTS, **json.loads(options)}
    with open(f"{folder}/case.json") as file:
        case = json.load(file)
    torch.set_num_threads(options["threads"])
    torch.set_flush_denormal(True)
    torch.manual_seed(0)

    model = torch_models.make(case["peer"], options["form"], folder, case["tensors"])
    if options["channels_last"]:
        model = model.to(memory_format=torch.channels_last)
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3, foreach=options["foreach"])
    features, batch = case["features"], case["batch"]
    data = torch.from_numpy(np.fromfile(f"{folder}/data.f32", np.float32).reshape(-1, features))
    order = torch.from_numpy(np.fromfile(f"{folder}/order.i64", np.int64))
    batches = [order[i : i + batch] for i in range(0, len(order) - batch + 1, batch)]
    samples = torch.empty(batch, features)
    precision = contextlib.nullcontext
    if options["bf16"]:
        precision = lambda: torch.autocast("cpu", dtype=torch.bfloat16)

    def step():
        optimiser.zero_grad(set_to_none=True)
        with precision():
            loss = model.objective(samples)
        loss.backward()
        optimiser.step()
        return loss.detach()

    if options["compile"]:
        step = torch.compile(step)
    losses = []
    for i in range(warm_up + steps):
        if i == warm_up:
            started = time.perf_counter()
        torch.index_select(data, 0, batches[i % len(batches)], out=samples)
        losses.append(step())
    seconds = time.perf_counter() - started
    print(json.dumps({
        "seconds": seconds,
        "implementation": f"PyTorch {torch.__version__}",
        "blas": blas_in_use(),
        "losses": [float(loss) for loss in losses],
    }))


if __name__ == "__main__":
    main()
