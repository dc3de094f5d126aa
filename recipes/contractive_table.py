#!/usr/bin/python3
"""Contractive, denoising and plain autoencoders as in Rifai et al. (2011), table 1: 1,000 tied sigmoid
units on MNIST under cross-entropy; mean Frobenius norm of the encoder's Jacobian, and the error of a
linear classifier on the codes of the 10,000 test digits.
"""

import pathlib
import sys
import tempfile

import numpy as np

from common import arguments, mnist, probe_errors, run, verdict, write_idx, write_json

CONFIG = pathlib.Path(__file__).with_name("one_sigmoid_layer.toml")
CONTENDERS = {
    "CAE": ["--penalty", "contractive=1e-3"],
    "DAE-g": ["--corrupt", "gaussian:0.3"],
    "DAE-b": ["--corrupt", "masking:0.3"],
    "AE+wd": ["--optimizer", "adamw", "--set", "weight_decay=0.01"],
    "AE": [],
}


def probe_error(args, folder, model, labels, test_labels):
    """Test error of logistic regression on the codes, in percent."""
    codes = {}
    for part in ("train", "test"):
        run(args.hourglass, "encode", model, f"{folder}/{part}.idx", "-o", f"{folder}/{part}.npy",
            "--threads", args.threads)
        codes[part] = np.load(f"{folder}/{part}.npy")
    mean, scale = codes["train"].mean(0), codes["train"].std()
    return probe_errors((codes["train"] - mean) / scale, labels, (codes["test"] - mean) / scale,
                        test_labels, args.c, iterations=200)[1]


def main():
    parser = arguments(__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--c", type=float, default=0.1, help="LogisticRegression's C")
    parser.add_argument("--contenders", default=",".join(CONTENDERS))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    train, labels = mnist(args.data_dir, "train", args.rows)
    test, test_labels = mnist(args.data_dir, "t10k")
    figures = {}
    print("        Jacobian norm  probe error, %  cross-entropy  seconds")
    with tempfile.TemporaryDirectory() as folder:
        write_idx(f"{folder}/train.idx", train)
        write_idx(f"{folder}/test.idx", test)
        for name in args.contenders.split(","):
            model = f"{folder}/model"
            trained = run(args.hourglass, "train", f"{folder}/train.idx", "-o", model, "--config",
                          CONFIG, "--epochs", args.epochs, "--seed", args.seed,
                          "--threads", args.threads, *CONTENDERS[name])
            code = run(args.hourglass, "info", model)["code"]
            seen = figures[name] = {
                "jacobian_norm": code["jacobian_norm"],
                "probe_error": probe_error(args, folder, model, labels, test_labels),
                "validation_loss": trained["validation_loss"],
            }
            print(f"{name:8}{seen['jacobian_norm']:13.4f}{seen['probe_error']:16.2f}"
                  f"{seen['validation_loss']:15.4f}{trained['seconds']:9.0f}", flush=True)
    write_json(args.json, figures)
    if set(figures) != set(CONTENDERS):
        return 0
    norm = {name: seen["jacobian_norm"] for name, seen in figures.items()}
    held = [
        verdict("Jacobian norm: CAE / DAE-g", norm["CAE"] / norm["DAE-g"], 1),
        verdict("Jacobian norm: CAE / DAE-b", norm["CAE"] / norm["DAE-b"], 1),
        verdict("Jacobian norm: DAE-g / AE", norm["DAE-g"] / norm["AE"], 1),
        verdict("Jacobian norm: DAE-b / AE", norm["DAE-b"] / norm["AE"], 1),
        verdict("probe error: CAE / AE",
                figures["CAE"]["probe_error"] / figures["AE"]["probe_error"], 1),
    ]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
