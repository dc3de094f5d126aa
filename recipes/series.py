#!/usr/bin/python3
"""Anomaly detection in time series, beside isolation forest and PCA.

SKAB (valve1) by its own protocol: of each experiment the first 400 rows are learned from, the rest is
judged; F1, false-alarm rate and missed-alarm rate over all experiments together. Each method flags what
1 % of the rows it was calibrated on exceed: Hourglass by its p-values, isolation forest and PCA (T² and
Q, 90 % of the variance) by the 99 % quantile over the 400 rows.

SMAP (every third channel: telemetry beside the commands, the training part learned from) and an ECG (the
first fifth learned from): average precision over ranges, with no point adjusted, beside the residual of
PCA (90 % of the variance) on the same windows. A step has, as with Hourglass, the mean residual of the
windows that hold it ("PCA"), or the mean of its own residuals in them ("PCA, own steps"). Each
channel counts the same. One window for each kind of data and no other setting.
"""

import csv
import json
import pathlib
import sys
import tempfile

import numpy as np
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest
from sklearn.preprocessing import StandardScaler

from common import arguments, require, run, verdict, write_json

SKAB_ROWS, SKAB_WINDOW = 400, 5
SMAP_WINDOW, SMAP_EVERY = 50, 3
ECG_WINDOW, ECG_TRAIN = 100, 0.2


def write_rows(path, rows):
    np.save(path, np.ascontiguousarray(rows, dtype=np.float64))


def hourglass(args, folder, train, test, truth, window, words=()):
    """Scores, flags and range-wise average precision of the command."""
    for name, rows in (("train.npy", train), ("test.npy", test), ("labels.npy", truth.astype(np.float64))):
        write_rows(folder / name, rows)
    run(args.hourglass, "train", folder / "train.npy", "-o", folder / "model", "--for", "detect", "--window",
        window, *words)
    found = run(args.hourglass, "detect", folder / "model", folder / "test.npy", "-o", folder / "scores.npy",
                "--labels", folder / "labels.npy")
    scores = np.load(folder / "scores.npy")
    return scores["anomaly_score"], scores["is_anomaly"], found["range_average_precision"]


def windows_of(rows, window):
    return np.lib.stride_tricks.sliding_window_view(rows, window, axis=0).transpose(0, 2, 1)


def mean_over_windows(residuals):
    """Of each step, over the windows that hold it. residuals: windows × window."""
    count, window = residuals.shape
    sums, covering = np.zeros(count + window - 1), np.zeros(count + window - 1)
    for i in range(window):
        sums[i:i + count] += residuals[:, i]
        covering[i:i + count] += 1
    return sums / covering


def pca_on_windows(train, test, window):
    """The residual of each step by whole windows, and by the step's own part of them."""
    scaler = StandardScaler().fit(train)
    train, test = scaler.transform(train), scaler.transform(test)
    step = max(1, len(train) // 10_000)
    learned = windows_of(train, window)[::step].reshape(-1, window * train.shape[1])
    pca = PCA(0.9, svd_solver="full").fit(learned)
    seen = windows_of(test, window)
    residuals = np.empty(seen.shape[:2])
    for begin in range(0, len(seen), 20_000):
        block = seen[begin:begin + 20_000]
        flat = block.reshape(len(block), -1)
        residual = (flat - pca.inverse_transform(pca.transform(flat))) ** 2
        residuals[begin:begin + len(block)] = residual.reshape(block.shape).mean(axis=2)
    whole = np.repeat(residuals.mean(axis=1, keepdims=True), window, axis=1)
    return mean_over_windows(whole), mean_over_windows(residuals)


def spans(marked):
    edges = np.flatnonzero(np.diff(np.r_[0, marked.astype(np.int8), 0]))
    return edges[::2], edges[1::2]


def mean_share(begins, ends, marked):
    if len(begins) == 0:
        return 1.0
    sums = np.r_[0, np.cumsum(marked)]
    return float(np.mean((sums[ends] - sums[begins]) / (ends - begins)))


def range_average_precision(scores, truth, thresholds=500):
    """What `detect --labels` prints of series."""
    falling = np.sort(scores)[::-1]
    share = np.arange(1, thresholds + 1) / thresholds
    ranks = np.maximum(1, (len(scores) * share * share + 0.5).astype(int)) - 1
    cuts = sorted(set(falling[np.minimum(ranks, len(scores) - 1)]), reverse=True)
    ranges, total, before = spans(truth), 0.0, 0.0
    for cut in cuts:
        flagged = scores >= cut
        recall = mean_share(*ranges, flagged)
        total += (recall - before) * mean_share(*spans(flagged), truth)
        before = recall
    return total


def t2_and_q(train, test):
    pca = PCA(0.9, svd_solver="full").fit(train)

    def statistics(rows):
        codes = pca.transform(rows)
        return (np.sum(codes ** 2 / pca.explained_variance_, axis=1),
                np.sum((rows - pca.inverse_transform(codes)) ** 2, axis=1))
    limits = [np.quantile(each, 0.99) for each in statistics(train)]
    return np.any([each > limit for each, limit in zip(statistics(test), limits)], axis=0)


def isolation_forest(train, test):
    forest = IsolationForest(random_state=0).fit(train)
    return -forest.score_samples(test) > np.quantile(-forest.score_samples(train), 0.99)


def skab(args, folder):
    flags = {"Hourglass": [], "isolation forest": [], "PCA T2+Q": []}
    truths = []
    for path in sorted(require(pathlib.Path(args.data_dir) / "skab/valve1").glob("*.csv")):
        with open(path, newline="", encoding="utf-8") as file:
            table = list(csv.DictReader(file, delimiter=";"))
        names = [name for name in table[0] if name not in ("datetime", "anomaly", "changepoint")]
        rows = np.array([[float(row[name]) for name in names] for row in table])
        truth = np.array([float(row["anomaly"]) > 0 for row in table])[SKAB_ROWS:]
        train, test = rows[:SKAB_ROWS], rows[SKAB_ROWS:]
        truths.append(truth)
        flags["Hourglass"].append(hourglass(args, folder, train, test, truth, SKAB_WINDOW)[1])
        scaler = StandardScaler().fit(train)
        for name, method in (("isolation forest", isolation_forest), ("PCA T2+Q", t2_and_q)):
            flags[name].append(method(scaler.transform(train), scaler.transform(test)))
    truth = np.concatenate(truths)
    figures = {}
    for name, each in flags.items():
        flagged = np.concatenate(each).astype(bool)
        hits = np.sum(flagged & truth)
        figures[name] = {"f1": float(2 * hits / (np.sum(flagged) + np.sum(truth))),
                         "false_alarms": float(np.mean(flagged[~truth])),
                         "missed_alarms": float(np.mean(~flagged[truth]))}
    return figures


def smap(args):
    folder = require(pathlib.Path(args.data_dir) / "smap_msl")
    with open(folder / "SMAP_labels.csv", newline="", encoding="utf-8") as file:
        labels = list(csv.DictReader(file))
    train, test = (np.load(folder / f"SMAP_{part}.npz") for part in ("train", "test"))
    for row in labels[::args.every]:
        truth = np.zeros(len(test[row["chan_id"]]), dtype=bool)
        for begin, end in json.loads(row["anomaly_sequences"]):
            truth[begin:end + 1] = True
        yield row["chan_id"], train[row["chan_id"]], test[row["chan_id"]], truth, SMAP_WINDOW


def ecg(args):
    path = require(pathlib.Path(args.data_dir) / "tsb_uad/MBA_ECG805_data.out")
    table = np.loadtxt(path, delimiter=",")
    cut = int(ECG_TRAIN * len(table))
    yield "ECG", table[:cut, :1], table[cut:, :1], table[cut:, 1] > 0, ECG_WINDOW


def by_ranges(args, folder, sets):
    found = {"Hourglass": [], "PCA, own steps": [], "PCA": []}
    for name, train, test, truth, window in sets:
        scores, _, told = hourglass(args, folder, train, test, truth, window)
        if abs(told - range_average_precision(scores, truth)) > 1e-6:
            sys.exit(f"{name}: detect tells {told}, its scores {range_average_precision(scores, truth)}")
        found["Hourglass"].append(told)
        whole, own = pca_on_windows(train, test, window)
        found["PCA"].append(range_average_precision(whole, truth))
        found["PCA, own steps"].append(range_average_precision(own, truth))
        print(f"  {name}: " + ", ".join(f"{method} {each[-1]:.4f}" for method, each in found.items()),
              file=sys.stderr)
    return {name: float(np.mean(each)) for name, each in found.items()}


def main():
    parser = arguments(__doc__)
    parser.add_argument("--every", type=int, default=SMAP_EVERY, help="which channels of SMAP: each so many")
    parser.add_argument("--only", choices=["skab", "smap", "ecg"])
    args = parser.parse_args()
    figures = {}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        if args.only in (None, "skab"):
            figures["SKAB"] = skab(args, folder)
        if args.only in (None, "smap"):
            figures["SMAP"] = by_ranges(args, folder, smap(args))
        if args.only in (None, "ecg"):
            figures["ECG"] = by_ranges(args, folder, ecg(args))
    held = True
    for data, methods in figures.items():
        for method, figure in methods.items():
            words = (f"F1 {figure['f1']:.3f}, false alarms {figure['false_alarms']:.1%}, missed "
                     f"{figure['missed_alarms']:.1%}" if data == "SKAB" else f"range AP {figure:.4f}")
            print(f"{data:5} {method:16} {words}")
        score = [figure["f1"] if data == "SKAB" else figure for figure in methods.values()]
        held = verdict(f"{data}, above PCA", score[0], score[-1], above=True) and held
    write_json(args.json, figures)
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
