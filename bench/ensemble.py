#!/usr/bin/python3
"""An ensemble trained as one job beside PyTorch training its members one after the other: 32 networks of 30-64-8
and back (ReLU), batch 32, 50,000 rows. Samples a second summed over members: of `hourglass train --ensemble
32`, of one such model by itself, and of a PyTorch loop (see bench/train.py), which are the same for each
member in turn."""

import argparse
import os
import pathlib
import statistics
import tempfile

import numpy as np

from cases import dense
from harness import HERE, rate, run, summary, table, write_json
from train import Folder, Side, fastest_peer

CASE = dense("30-64-8", [30, 64, 8], 32, 50_000, 40, 0.6)


def ours(args, path, members, epochs):
    return run([args.hourglass, "train", f"{path}/x.npy", "-o", f"{path}/model", "--hidden", 64, "--latent-dim", 8,
                "--batch-size", 32, "--activation", "relu", "--optimizer", "adam", "--validation", 0, "--patience",
                0, "--epochs", epochs, "--threads", args.threads, "--ensemble", members, "--quiet",
                "--json"])["samples_per_second"]


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    build = HERE.parent / "build" / "release"
    parser.add_argument("--driver", default=str(build / "train_bench"))
    parser.add_argument("--hourglass", default=str(build / "hourglass"))
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--members", type=int, default=32)
    parser.add_argument("--repetitions", type=int, default=7)
    parser.add_argument("--json", metavar="FILE", help="also write the figures to FILE")
    args = parser.parse_args()

    rates = {"ensemble": [], "alone": []}
    with tempfile.TemporaryDirectory() as path:
        folder = Folder(args, CASE, path)
        samples = np.fromfile(f"{path}/data.f32", np.float32).reshape(CASE.rows, -1)
        np.save(pathlib.Path(path, "x.npy"), samples)
        peer, _ = fastest_peer(args, CASE, folder)
        torch = Side(CASE.batch, lambda w, s: folder.torch(w, s, **peer))
        for _ in range(args.repetitions):
            rates["ensemble"].append(ours(args, path, args.members, 2))
            rates["alone"].append(ours(args, path, 1, 32))
            torch.run(1.0)
        step = folder.ours(10, 100)
    medians = {name: statistics.median(values) for name, values in rates.items()}
    share = medians["ensemble"] * step["flop_per_sample"] / (1e9 * step["cores_gflops"])
    figures = {**{name: summary(values) for name, values in rates.items()}, "pytorch": summary(torch.rates),
               "members": args.members, "ratio": medians["ensemble"] / statistics.median(torch.rates),
               "ratio_to_alone": medians["ensemble"] / medians["alone"], "share_of_peak": share,
               "settings": peer}
    print(table(["ensemble, samples/s", "one alone", "PyTorch, one by one", "ratio (40)", "to one alone",
                 "of peak (60%)"],
                [[rate(figures["ensemble"]), rate(figures["alone"]), rate(figures["pytorch"]),
                  f"{figures['ratio']:.1f}", f"{figures['ratio_to_alone']:.2f}", f"{share:.0%} of {args.threads}"]]))
    write_json(args.json, figures)


if __name__ == "__main__":
    main()
