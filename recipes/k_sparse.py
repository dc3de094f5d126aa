#!/usr/bin/python3
"""k-sparse codes of MNIST: 1,000 units of which the k largest stay, and logistic regression on the
codes of all 60,000 digits. Makhzani & Frey (2013) report 1.35 % test errors for k = 25. They keep
more units, a multiple of k, once training is over: so the saved weights are also used with those
multiples (the file opens with any safetensors reader; here it is read by hand).
"""

import json
import pathlib
import struct
import sys
import tempfile

import numpy as np

from common import arguments, mnist, probe_errors, require, run, verdict, write_json

CONFIG = pathlib.Path(__file__).with_name("k-sparse.toml")


def tensors(path):
    """The tensors of a safetensors file by name."""
    raw = pathlib.Path(path).read_bytes()
    (size,) = struct.unpack("<Q", raw[:8])
    header = json.loads(raw[8:8 + size])
    found = {}
    for name, at in header.items():
        if name == "__metadata__":
            continue
        begin, end = (8 + size + offset for offset in at["data_offsets"])
        kind = {"F32": "<f4", "F64": "<f8"}[at["dtype"]]
        found[name] = np.frombuffer(raw[begin:end], kind).reshape(at["shape"])
    return found


def encode(model, images, kept):
    """Codes with the `kept` largest units of each."""
    scaled = (images.reshape(len(images), -1) / 255 - model["encoding.shift"]) / model["encoding.scale"]
    codes = scaled.astype("float32") @ model["encoder.0.weight"].T + model["encoder.0.bias"]
    if kept < codes.shape[1]:
        codes[codes < np.partition(codes, -kept, axis=1)[:, -kept][:, None]] = 0
    return codes


def main():
    parser = arguments(__doc__)
    parser.add_argument("--k", default="25", help="units kept in training, several by commas")
    parser.add_argument("--multiples", default="1,3", help="of k, kept when encoding")
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--c", type=float, default=0.01, help="LogisticRegression's C")
    parser.add_argument("--iterations", type=int, default=120, help="of LogisticRegression")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    images = require(f"{args.data_dir}/mnist/train-images-idx3-ubyte.gz")
    train, labels = mnist(args.data_dir, "train")
    test, test_labels = mnist(args.data_dir, "t10k")
    figures = []
    with tempfile.TemporaryDirectory() as folder:
        for k in map(int, args.k.split(",")):
            path = f"{folder}/k-sparse.model"
            trained = run(args.hourglass, "train", images, "-o", path, "--config", CONFIG,
                          "--penalty", f"top-k={k}", "--epochs", args.epochs,
                          "--seed", args.seed, "--threads", args.threads)
            print(f"k = {k}: {trained['epochs']} epochs in {trained['seconds']:.0f} s, "
                  f"{[w['message'] for w in trained['warnings']]}", flush=True)
            model = tensors(path)
            for multiple in map(int, args.multiples.split(",")):
                codes = encode(model, train, multiple * k)
                scale = codes.std()
                errors = probe_errors(codes / scale, labels,
                                      encode(model, test, multiple * k) / scale, test_labels,
                                      args.c, args.iterations)
                figures.append({"k": k, "kept": multiple * k, "train_error": errors[0],
                                "test_error": errors[1]})
                print(f"  {multiple * k} of 1,000 kept: {errors[1]:.2f} % test errors, "
                      f"{errors[0]:.2f} % training errors", flush=True)
    write_json(args.json, figures)
    best = min(seen["test_error"] for seen in figures)
    return 0 if verdict("least test error, %", best, 2.0) else 1


if __name__ == "__main__":
    sys.exit(main())
