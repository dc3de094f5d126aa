#!/usr/bin/python3
"""Anomaly detection on the ADBench tables, beside what scikit-learn offers.

Protocol: half of the normal rows, shuffled, are learned from; the rest of them and all anomalies are
scored. With --contaminate F that share of the rows learned from are anomalies, taken from those
scored (at most half of them). With --unlabelled all rows are learned from and scored, `detect` without a
model. Several seeds; sets above 20,000 rows are subsampled to that. Every method sees the same splits,
and labels only measure. Peers work on standardised columns: k-nearest neighbours (mean distance to 5),
the residual of PCA that keeps 90 % of the variance, and isolation forest, each as scikit-learn has it; with
--pyod PYTHON (one that has it) also PyOD's AutoEncoder with its defaults. A --variant is a further column:
Hourglass with more flags, such as --variant untrained="--lr 1e-12 --set steps=1". With --parts there is a
column for each other thing the same model could score by: how far a row's code (of the first member) is from
the 5 nearest of the rows learned from, and how well noisy copies of a row, with noise of 0.3 and of 1 standard
deviation, are taken back to it. Whether the default is ahead of another column is a matter of pairs: the mean
difference is shown with its standard error.
"""

import shlex
import subprocess
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
PYOD = """
import sys
import numpy as np
from pyod.models.auto_encoder import AutoEncoder
folder, seed = sys.argv[1:]
model = AutoEncoder(random_state=int(seed), verbose=0, preprocessing=False)
model.fit(np.load(f"{folder}/train.npy"))
np.save(f"{folder}/scores.npy", model.decision_function(np.load(f"{folder}/test.npy")))
"""


def split(args, data, labels, seed):
    """Rows to learn from, rows to score, and which of the latter are anomalous."""
    random = np.random.default_rng(seed)
    rows = random.permutation(len(data))[:MOST_ROWS]
    if args.unlabelled:
        return data[rows], data[rows], labels[rows] != 0
    normal, anomalous = rows[labels[rows] == 0], rows[labels[rows] != 0]
    half = len(normal) // 2
    share = args.contaminate
    among = min(round(share * half / (1 - share)), len(anomalous) // 2)
    learned = random.permutation(np.concatenate([normal[:half], anomalous[:among]]))
    scored = np.concatenate([normal[half:], anomalous[among:]])
    return data[learned], data[scored], labels[scored] != 0


def nearest_neighbours(train, test, seed):
    # A row that was learned from is not its own neighbour.
    itself = int(train.shape == test.shape and (train == test).all())
    search = NearestNeighbors(n_neighbors=min(5 + itself, len(train)), n_jobs=-1).fit(train)
    return search.kneighbors(test)[0][:, itself:].mean(axis=1)


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


def pyod(args, train, test, seed):
    with tempfile.TemporaryDirectory() as folder:
        np.save(f"{folder}/train.npy", train.astype(np.float32))
        np.save(f"{folder}/test.npy", test.astype(np.float32))
        done = subprocess.run([args.pyod, "-c", PYOD, folder, str(seed)], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(done.stderr)
        return np.load(f"{folder}/scores.npy")


def train_detector(args, folder, rows, seed, words=()):
    """folder/train.npy and folder/model."""
    np.save(f"{folder}/train.npy", rows.astype(np.float32))
    run(args.hourglass, "train", f"{folder}/train.npy", "-o", f"{folder}/model", "--for", "detect", "--seed", seed,
        *words)


def hourglass(args, flags, train, test, truth, seed):
    """Scores by `hourglass train --for detect` and `hourglass detect`, or by the latter alone."""
    words = [*shlex.split(args.train_flags), *shlex.split(flags)]
    with tempfile.TemporaryDirectory() as folder:
        np.savez(f"{folder}/test.npz", X=test.astype(np.float32), y=truth.astype(np.int64))
        if args.unlabelled:
            found = run(args.hourglass, "detect", f"{folder}/test.npz", "--labels", "y", "-o",
                        f"{folder}/scores.csv", "--seed", seed, *words)
        else:
            train_detector(args, folder, train, seed, words)
            found = run(args.hourglass, "detect", f"{folder}/model", f"{folder}/test.npz",
                        "--labels", "y", "-o", f"{folder}/scores.csv")
        scores = np.loadtxt(f"{folder}/scores.csv", delimiter=",", skiprows=1, usecols=1)
    reported = found["auroc"], roc_auc_score(truth, scores)
    if abs(reported[0] - reported[1]) > 1e-4:
        sys.exit(f"the command reports AUROC {reported[0]}, scikit-learn finds {reported[1]}")
    return scores


def code_distance(args, train, test, seed):
    """Mean distance to the 5 nearest codes, of the first member."""
    with tempfile.TemporaryDirectory() as folder:
        train_detector(args, folder, train, seed)
        np.save(f"{folder}/test.npy", test.astype(np.float32))
        codes = []
        for name in ("train", "test"):
            run(args.hourglass, "encode", f"{folder}/model", f"{folder}/{name}.npy", "-o", f"{folder}/codes.npy",
                "--member", 1)
            codes.append(np.load(f"{folder}/codes.npy"))
    return nearest_neighbours(*codes, seed)


def denoising_error(args, train, test, seed, noise):
    """Of four noisy copies of each row, squared error to the row without noise."""
    spread = train.std(axis=0) + (train.std(axis=0) == 0)
    random = np.random.default_rng(seed)
    errors = np.zeros(len(test))
    with tempfile.TemporaryDirectory() as folder:
        train_detector(args, folder, train, seed)
        for _ in range(4):
            noisy = test + noise * spread * random.standard_normal(test.shape)
            np.save(f"{folder}/noisy.npy", noisy.astype(np.float32))
            run(args.hourglass, "reconstruct", f"{folder}/model", f"{folder}/noisy.npy", "-o", f"{folder}/back.npy")
            errors += (((np.load(f"{folder}/back.npy") - test) / spread) ** 2).sum(axis=1)
    return errors


def measure(args, path):
    """Means over seeds for one set: method: (AUROC, average precision, seconds)."""
    with np.load(path, allow_pickle=False) as file:
        data, labels = file["X"].astype(np.float64), file["y"].ravel()
    figures = {}
    for seed in range(args.seeds):
        train, test, truth = split(args, data, labels, seed)
        scaler = StandardScaler().fit(train)
        peers = {name: (method, scaler.transform(train), scaler.transform(test), seed)
                 for name, method in PEERS.items() if not args.no_peers}
        jobs = {"hourglass": (hourglass, args, "", train, test, truth, seed)}
        for variant in args.variant:
            name, _, flags = variant.partition("=")
            jobs[name] = (hourglass, args, flags, train, test, truth, seed)
        if args.parts:
            jobs["codes' distance"] = (code_distance, args, train, test, seed)
            for noise in (0.3, 1):
                jobs[f"denoising {noise}"] = (denoising_error, args, train, test, seed, noise)
        jobs.update(peers)
        if args.pyod:
            jobs["PyOD AutoEncoder"] = (pyod, args, train, test, seed)
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
    parser.add_argument("--unlabelled", action="store_true", help="learn from all rows and score them")
    parser.add_argument("--contaminate", type=float, default=0, metavar="F",
                        help="share of anomalies among the rows learned from")
    parser.add_argument("--variant", action="append", default=[], metavar="NAME=FLAGS",
                        help="a further column: Hourglass with these flags")
    parser.add_argument("--parts", action="store_true", help="columns for other scores by the same model")
    parser.add_argument("--pyod", metavar="PYTHON", help="a Python that imports PyOD")
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
    for i, other in enumerate(methods[1:], 1):
        ahead = table[:, 0, :2] - table[:, i, :2]
        spread = ahead.std(axis=0, ddof=1) / np.sqrt(len(ahead)) if len(ahead) > 1 else [0, 0]
        print(f"ahead of {other}: {ahead[:, 0].mean():+.2f} ± {spread[0]:.2f} / "
              f"{ahead[:, 1].mean():+.2f} ± {spread[1]:.2f}")
    write_json(args.json, figures)


if __name__ == "__main__":
    main()
