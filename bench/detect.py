#!/usr/bin/python3
"""Anomaly detection from file to scores beside PyOD's AutoEncoder: the same tables, architecture, epochs,
batches and learning rate, each as whole commands in turn. PyOD is timed twice: as a user waits for it, and
without the seconds that it takes to import; the ratio is to the latter.

Both train one network on all rows, without early stopping, and score the same rows.
Wants a Python with PyOD and what its autoencoder needs (pip install pyod torch tqdm): --pyod PYTHON.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

from harness import HERE, run, table, write_json

HIDDEN, CODE = [64], 32  # PyOD's own: 64, 32 and back


def roc_auc(truth, scores):
    """The share of pairs (anomalous, normal) that the scores put in order, by ranks; ties count half."""
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    positive = truth.sum()
    return (ranks[truth].sum() - positive * (positive + 1) / 2) / (positive * (len(truth) - positive))


def hourglass(args, folder):
    words = ["--hidden", ",".join(map(str, HIDDEN)), "--latent-dim", CODE, "--activation", "relu",
             "--set", "code_activation=relu", "--optimizer", "adam", "--validation", 0, "--epochs", args.epochs,
             "--batch-size", args.batch, "--lr", args.lr, "--threads", args.threads]
    started = time.perf_counter()
    for command in (["train", f"{folder}/x.npy", "-o", f"{folder}/model", *words],
                    ["detect", f"{folder}/model", f"{folder}/x.npy", "-o", f"{folder}/scores.csv",
                     "--threads", args.threads]):
        done = subprocess.run([args.hourglass, *map(str, command), "--quiet"], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(done.stderr)
    seconds = time.perf_counter() - started
    scores = np.loadtxt(f"{folder}/scores.csv", delimiter=",", skiprows=1, usecols=1)
    return seconds, scores


def pyod(args, folder):
    settings = {"hidden": [*HIDDEN, CODE], "epochs": args.epochs, "batch": args.batch, "lr": args.lr,
                "threads": args.threads}
    environment = {**os.environ, "OMP_NUM_THREADS": str(args.threads)}
    started = time.perf_counter()
    done = run([args.pyod, HERE / "pyod_detect.py", f"{folder}/x.npy", f"{folder}/pyod.npy",
                json.dumps(settings)], environment)
    return {**done, "command": time.perf_counter() - started}, np.load(f"{folder}/pyod.npy")


def measure(args, path):
    with np.load(path) as file, tempfile.TemporaryDirectory() as folder:
        samples, truth = file["X"].astype(np.float32), file["y"].ravel() != 0
        np.save(f"{folder}/x.npy", samples)
        ours, theirs = [], []
        for _ in range(args.repetitions):
            seconds, our_scores = hourglass(args, folder)
            ours.append(seconds)
            done, their_scores = pyod(args, folder)
            theirs.append(done)
    middle = statistics.median
    return {
        "rows": len(samples), "columns": samples.shape[1],
        "hourglass_seconds": middle(ours),
        "pyod_seconds": middle(done["work"] for done in theirs),
        "pyod_command_seconds": middle(done["command"] for done in theirs),
        "ratio": middle(done["work"] for done in theirs) / middle(ours),
        "command_ratio": middle(done["command"] for done in theirs) / middle(ours),
        "hourglass_auroc": roc_auc(truth, our_scores), "pyod_auroc": roc_auc(truth, their_scores),
        "peer": theirs[0]["implementation"],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    root = HERE.parent
    parser.add_argument("--hourglass", default=str(root / "build" / "release" / "hourglass"))
    parser.add_argument("--pyod", default="python3", metavar="PYTHON", help="a Python that imports PyOD")
    parser.add_argument("--data-dir", default=os.environ.get("HOURGLASS_DATA",
                                                             str(root.parent / "shared" / "data")))
    parser.add_argument("--sets", default="", help="parts of the tables' names, by commas; default: all")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--json", metavar="FILE", help="also write the figures to FILE")
    args = parser.parse_args()

    figures = {}
    for path in sorted(pathlib.Path(args.data_dir, "adbench").glob("*.npz")):
        if not any(part in path.stem for part in args.sets.split(",")):
            continue
        figures[path.stem] = seen = measure(args, path)
        print(f"{path.stem}: {seen['hourglass_seconds']:.2f} s, PyOD {seen['pyod_seconds']:.2f} s", flush=True)
    print()
    print(table(["table", "rows", "columns", "Hourglass, s", "PyOD, s", "ratio", "with import", "AUROC", "PyOD's"],
                [[name, f"{seen['rows']:,}", str(seen["columns"]), f"{seen['hourglass_seconds']:.2f}",
                  f"{seen['pyod_seconds']:.2f}", f"{seen['ratio']:.1f}", f"{seen['command_ratio']:.1f}",
                  f"{seen['hourglass_auroc']:.3f}", f"{seen['pyod_auroc']:.3f}"]
                 for name, seen in figures.items()]))
    ratios = [seen["ratio"] for seen in figures.values()]
    print(f"\nMedian ratio {statistics.median(ratios):.1f}, least {min(ratios):.1f}, "
          f"of all seconds together {sum(s['pyod_seconds'] for s in figures.values()) / sum(s['hourglass_seconds'] for s in figures.values()):.1f} "
          f"(floor 20); medians of {args.repetitions} runs in turn")
    write_json(args.json, figures)


if __name__ == "__main__":
    main()
