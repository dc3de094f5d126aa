#!/usr/bin/python3
"""Anomaly detection on the ADBench tables, beside what scikit-learn offers.

Protocol: half of the normal rows, shuffled, are learned from; the rest of them and all anomalies are
scored. Several seeds; sets above 20,000 rows are subsampled to that. Every method sees the same splits,
and labels only measure. Peers work on standardised columns: k-nearest neighbours (mean distance to 5),
the residual of PCA that keeps 90 % of the variance, and isolation forest, each as scikit-learn has it.
"""

import shlex
import sys
import tempfile
import time
import warnings

import numpy as np
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import StandardScaler

from common import arguments, require, run, write_json

MOST_ROWS = 20_000


def split(data, labels, seed):
    """Rows to learn from, rows to score, and which of the latter are anomalous."""
    random = np.random.default_rng(seed)
    rows = random.permutation(len(data))[:MOST_ROWS]
    normal, anomalous = rows[labels[rows] == 0], rows[labels[rows] != 0]
    half = len(normal) // 2
    scored = np.concatenate([normal[half:], anomalous])
    return data[normal[:half]], data[scored], labels[scored] != 0


def nearest_neighbours(train, test, seed):
    search = NearestNeighbors(n_neighbors=min(5, len(train)), n_jobs=-1).fit(train)
    return search.kneighbors(test)[0].mean(axis=1)


def pca_residual(train, test, seed):
    pca = PCA(0.9, svd_solver="full").fit(train)
    return ((test - pca.inverse_transform(pca.transform(test))) ** 2).sum(axis=1)


def isolation_forest(train, test, seed):
    return -IsolationForest(random_state=seed).fit(train).score_samples(test)


PEERS = {
    "k-NN": nearest_neighbours,
    "PCA residual": pca_residual,
    "isolation forest": isolation_forest,
}


def hourglass(args, train, test, truth, seed):
    """Scores by `hourglass train --for detect` and `hourglass detect`."""
    with tempfile.TemporaryDirectory() as folder:
        np.save(f"{folder}/train.npy", train.astype(np.float32))
        np.savez(f"{folder}/test.npz", X=test.astype(np.float32), y=truth.astype(np.int64))
        run(args.hourglass, "train", f"{folder}/train.npy", "-o", f"{folder}/model",
            "--for", "detect", "--seed", seed, *shlex.split(args.train_flags))
        found = run(args.hourglass, "detect", f"{folder}/model", f"{folder}/test.npz",
                    "--labels", "y", "-o", f"{folder}/scores.csv")
        scores = np.loadtxt(f"{folder}/scores.csv", delimiter=",", skiprows=1, usecols=1)
    reported = found["auroc"], roc_auc_score(truth, scores)
    if abs(reported[0] - reported[1]) > 1e-4:
        sys.exit(f"the command reports AUROC {reported[0]}, scikit-learn finds {reported[1]}")
    return scores


def measure(args, path):
    """Means over seeds for one set: method: (AUROC, average precision, seconds)."""
    with np.load(path, allow_pickle=False) as file:
        data, labels = file["X"].astype(np.float64), file["y"].ravel()
    figures = {}
    for seed in range(args.seeds):
        train, test, truth = split(data, labels, seed)
        scaler = StandardScaler().fit(train)
        peers = {name: (method, scaler.transform(train), scaler.transform(test), seed)
                 for name, method in PEERS.items() if not args.no_peers}
        jobs = {"hourglass": (hourglass, args, train, test, truth, seed), **peers}
        for name, (method, *inputs) in jobs.items():
            started = time.monotonic()
            scores = method(*inputs)
            seconds = time.monotonic() - started
            figures.setdefault(name, []).append(
                (100 * roc_auc_score(truth, scores),
                 100 * average_precision_score(truth, scores), seconds))
    return {name: np.mean(rows, axis=0).tolist() for name, rows in figures.items()}


def main():
    parser = arguments(__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--sets", default="", help="only sets whose name contains one of these, "
                        "separated by commas")
    parser.add_argument("--train-flags", default="", help="more words for `hourglass train`")
    parser.add_argument("--no-peers", action="store_true", help="measure Hourglass alone")
    args = parser.parse_args()
    warnings.filterwarnings("ignore", category=RuntimeWarning)

    wanted = [part for part in args.sets.split(",") if part]
    paths = [path for path in sorted(require(f"{args.data_dir}/adbench").glob("*.npz"))
             if not wanted or any(part in path.stem for part in wanted)]
    if not paths:
        sys.exit(f"no set in {args.data_dir}/adbench matches {args.sets}")

    figures = {}
    for path in paths:
        figures[path.stem] = measure(args, path)
        methods = list(figures[path.stem])
        if len(figures) == 1:
            print(f"{'AUROC / average precision':26}" + "".join(f"{m:>20}" for m in methods)
                  + "   seconds")
        row = figures[path.stem]
        print(f"{path.stem:26}"
              + "".join(f"{row[m][0]:>11.2f} / {row[m][1]:>6.2f}" for m in methods)
              + "   " + " ".join(f"{row[m][2]:.1f}" for m in methods), flush=True)

    table = np.array([[figures[name][m] for m in methods] for name in figures])
    mean = table.mean(axis=0)
    error = table.std(axis=0, ddof=1) / np.sqrt(len(table)) if len(table) > 1 else 0 * mean
    print(f"\n{'mean over ' + str(len(table)) + ' sets':26}"
          + "".join(f"{mean[i, 0]:>11.2f} / {mean[i, 1]:>6.2f}" for i in range(len(methods)))
          + "   " + " ".join(f"{mean[i, 2]:.1f}" for i in range(len(methods))))
    print(f"{'standard error':26}"
          + "".join(f"{error[i, 0]:>11.2f} / {error[i, 1]:>6.2f}" for i in range(len(methods))))
    write_json(args.json, figures)


if __name__ == "__main__":
    main()
