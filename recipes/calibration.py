#!/usr/bin/python3
"""Do p-values and false discovery rates hold on rows that are exchangeable with those learned from?

Many times over: normal rows of a real table are dealt to a small training set and to new ones; a model is
trained (`train --for detect`, fewer steps), and the share of new rows with p-values up to 0.05 and 0.01
is compared with what conformal p-values promise: with n calibration rows and m new ones the number flagged is
beta-binomial with parameters k = floor(rate (n + 1)) and n + 1 - k. Then as many of the table's anomalies as are
a tenth of the new rows are put among them, and `detect --fdr` is asked for 0.1: on average at most
that share of the flagged rows may be normal.
"""

import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from scipy.stats import betabinom

from common import arguments, require, run, verdict, write_json

RATES = (0.05, 0.01)
FDR = 0.1


def measure(args, normal, anomalous, repetition):
    random = np.random.default_rng(repetition)
    rows = random.permutation(len(normal))
    train, new = normal[rows[:args.rows]], normal[rows[args.rows:2 * args.rows]]
    odd = anomalous[random.permutation(len(anomalous))[:len(new) // 9]]
    with tempfile.TemporaryDirectory() as folder:
        for name, array in (("train", train), ("new", new), ("mixed", np.concatenate([new, odd]))):
            np.save(f"{folder}/{name}.npy", array.astype(np.float32))
        run(args.hourglass, "train", f"{folder}/train.npy", "-o", f"{folder}/model", "--for", "detect",
            "--set", f"steps={args.steps}", "--seed", repetition, "--threads", 1)
        scores = []
        for name, flags in (("new", ()), ("mixed", ("--fdr", FDR))):
            run(args.hourglass, "detect", f"{folder}/model", f"{folder}/{name}.npy", "-o", f"{folder}/s.npy",
                "--threads", 1, *flags)
            scores.append(np.load(f"{folder}/s.npy"))
    flagged = [int((scores[0]["p_value"] <= rate + 1e-12).sum()) for rate in RATES]
    found = scores[1]["is_anomaly"]
    false = found[:len(new)].sum() / max(1, found.sum())
    return flagged, float(false), float(found[len(new):].mean())


def main():
    parser = arguments(__doc__)
    parser.add_argument("--sets", default="28_pendigits,6_cardio,2_annthyroid")
    parser.add_argument("--repetitions", type=int, default=200)
    parser.add_argument("--rows", type=int, default=400, help="learned from, and as many new ones")
    parser.add_argument("--steps", type=int, default=100)
    args = parser.parse_args()

    held, figures = True, {}
    for name in args.sets.split(","):
        with np.load(require(f"{args.data_dir}/adbench/{name}.npz")) as file:
            data, labels = file["X"].astype(np.float64), file["y"].ravel()
        normal, anomalous = data[labels == 0], data[labels != 0]
        with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
            results = list(pool.map(lambda i: measure(args, normal, anomalous, i), range(args.repetitions)))
        counts = np.array([flagged for flagged, _, _ in results])
        false = np.array([share for _, share, _ in results])
        figures[name] = {"flagged": counts.tolist(), "false_discoveries": false.tolist()}
        print(f"\n{name}: {args.repetitions} repetitions, {args.rows} rows learned from, as many new")
        for i, rate in enumerate(RATES):
            k = int(np.floor(rate * (args.rows + 1) + 1e-9))
            law = betabinom(args.rows, k, args.rows + 1 - k)
            low, high = law.ppf([0.005, 0.995])
            inside = np.mean((counts[:, i] >= low) & (counts[:, i] <= high))
            error = law.std() / np.sqrt(args.repetitions)
            print(f"rate {rate}: {counts[:, i].mean() / args.rows:.4f} flagged on average, {law.mean() / args.rows:.4f} "
                  f"promised; 99 % band {low / args.rows:.4f} to {high / args.rows:.4f}")
            held &= verdict("share of repetitions inside the band", inside, 0.97, above=True)
            held &= verdict("mean share flagged, at most", counts[:, i].mean(), law.mean() + 3 * error)
        error = false.std(ddof=1) / np.sqrt(args.repetitions)
        found = np.mean([share for _, _, share in results])
        print(f"FDR {FDR}: {false.mean():.3f} of the flagged are normal on average; {found:.2f} of the anomalies found")
        held &= verdict("false discoveries", false.mean(), FDR + 3 * error)
    write_json(args.json, figures)
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
