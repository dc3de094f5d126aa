#!/usr/bin/python3
"""Scores, reconstructs or encodes a file of rows in PyTorch as a careful user would: the counterpart of
`hourglass detect|reconstruct|encode MODEL DATA -o OUT.npy`, by the same model file.

A batch loop without gradients over batches that are views of the array where it can be (.npy), or over
what pandas reads (.csv); layers as one Sequential; in-place arithmetic where it saves a copy; denormals
flushed. The clock starts after the imports and stops once OUT is written.

Usage: torch_score.py VERB MODEL DATA OUT BATCH THREADS
Prints one line of JSON.
"""

import json
import struct
import sys
import time

import numpy as np
import torch


def read_tensors(path):
    with open(path, "rb") as file:
        content = file.read()
    length = struct.unpack("<Q", content[:8])[0]
    header = json.loads(content[8:8 + length])
    header.pop("__metadata__")
    types = {"F16": "<f2", "F32": "<f4", "F64": "<f8"}
    return {name: np.frombuffer(content, types[t["dtype"]], int(np.prod(t["shape"])),
                                8 + length + t["data_offsets"][0]).reshape(t["shape"])
            for name, t in header.items()}


def half_of_network(tensors, half):
    """Dense layers with ReLU between them; code and reconstruction are linear."""
    layers = []
    count = sum(name.startswith(half) for name in tensors) // 2
    for i in range(count):
        weight = torch.from_numpy(tensors[f"{half}.{i}.weight"].copy())
        layer = torch.nn.Linear(weight.shape[1], weight.shape[0])
        with torch.no_grad():
            layer.weight.copy_(weight)
            layer.bias.copy_(torch.from_numpy(tensors[f"{half}.{i}.bias"].copy()))
        layers.append(layer)
        if i + 1 < count:
            layers.append(torch.nn.ReLU(inplace=True))
    return torch.nn.Sequential(*layers)


def read_rows(path):
    if path.endswith(".npy"):
        return np.load(path)
    import pandas
    return pandas.read_csv(path, header=None, dtype=np.float32, engine="c").to_numpy()


def blas_in_use():
    with open("/proc/self/maps") as maps:
        found = {line.split()[-1] for line in maps if "blas" in line and "/" in line}
    return sorted(found)


def main():
    verb, model, data, out, batch, threads = sys.argv[1:]
    if data.endswith(".csv"):
        import pandas  # its import is not part of the time either
    torch.set_num_threads(int(threads))
    torch.set_flush_denormal(True)
    started = time.perf_counter()

    tensors = read_tensors(model)
    encoder, decoder = half_of_network(tensors, "encoder"), half_of_network(tensors, "decoder")
    vector = lambda name: torch.from_numpy(tensors[name].astype(np.float32))
    shift, scale = vector("encoding.shift"), vector("encoding.scale")
    factor, inverse = 1 / scale, 1 / vector("calibration.feature_scale")

    before = time.perf_counter()
    rows = torch.from_numpy(read_rows(data))
    reading = time.perf_counter() - before
    width = {"detect": None, "reconstruct": rows.shape[1], "encode": decoder[0].in_features}[verb]
    results = torch.empty(rows.shape[0] if width is None else (rows.shape[0], width))
    with torch.inference_mode():
        for samples, result in zip(rows.split(int(batch)), results.split(int(batch))):
            features = (samples - shift).mul_(factor)
            code = encoder(features)
            if verb == "encode":
                result.copy_(code)
            elif verb == "reconstruct":
                torch.addcmul(shift, decoder(code), scale, out=result)
            else:
                torch.mean(features.sub_(decoder(code)).mul_(inverse).square_(), 1, out=result)
    np.save(out, results.numpy())
    print(json.dumps({
        "seconds": time.perf_counter() - started,
        "reading": reading,
        "implementation": f"PyTorch {torch.__version__}",
        "threads": torch.get_num_threads(),
        "blas": blas_in_use(),
    }))


if __name__ == "__main__":
    main()
