#!/usr/bin/python3
"""Missing cells: a fifth of five tables' cells removed at random, filled in from what is left.

Each model learns from the very table that has the holes, as the peers of scikit-learn do: column means, k-NN
(k the best of 5, 10 and 20, which favours it) and iterative imputation by Bayesian ridge regression. The error is the
root of the mean squared error of the filled cells, columns in standard deviations of the whole table. --set
passes a setting on to the training, to see what it is good for."""

import pathlib
import sys
import tempfile
import time
import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.experimental import enable_iterative_imputer  # noqa: F401
from sklearn.impute import IterativeImputer, KNNImputer, SimpleImputer

from common import arguments, require, run, write_json

TABLES = ("2_annthyroid", "6_cardio", "30_satellite", "28_pendigits", "4_breastw")
NEIGHBOURS = (5, 10, 20)
MISSING = 0.2
NEEDED = 3  # tables on which nothing else may be better


def peers(holed):
    """What each peer makes of a table with NaN, by name."""
    yield "mean", lambda: SimpleImputer().fit_transform(holed)
    for k in NEIGHBOURS:
        yield f"{k}-NN", lambda k=k: KNNImputer(n_neighbors=k).fit_transform(holed)
    yield "iterative", lambda: IterativeImputer(max_iter=30, random_state=0).fit_transform(holed)


def errors_of(flags, name, seed):
    """By method; k-NN by its best k."""
    table = np.load(require(f"{flags.data_dir}/adbench/{name}.npz"))["X"].astype(np.float64)
    table = table[:, table.std(0) > 0]
    deviation = table.std(0)
    missing = np.random.default_rng(seed).random(table.shape) < MISSING
    holed = np.where(missing, np.nan, table)
    error = lambda filled: float(np.sqrt(np.mean((((filled - table) / deviation)[missing]) ** 2)))
    # Columns on one scale, as distances between rows need.
    mean, scale = np.nanmean(holed, 0), np.nanstd(holed, 0)
    scaled = (holed - mean) / scale
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        np.save(folder / "holed.npy", holed.astype(np.float32))
        start = time.monotonic()
        run(flags.hourglass, "train", folder / "holed.npy", "--for", "inpaint", "-o",
            folder / "model", "--seed", seed, *(w for s in flags.set for w in ("--set", s)))
        run(flags.hourglass, "inpaint", folder / "model", folder / "holed.npy", "-o",
            folder / "full.npy")
        found["hourglass"] = error(np.load(folder / "full.npy"))
        seconds = time.monotonic() - start
    if not flags.alone:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            for method, filled in peers(scaled):
                value = error(filled() * scale + mean)
                name_of = "k-NN" if method.endswith("NN") else method
                found[name_of] = min(found.get(name_of, np.inf), value)
    return found, seconds


def main():
    parser = arguments(__doc__)
    parser.add_argument("--seeds", type=int, default=1, help="how often, with other holes")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--tables", default=",".join(TABLES))
    parser.add_argument("--alone", action="store_true", help="without the peers")
    flags = parser.parse_args()
    best, figures = 0, {}
    for name in flags.tables.split(","):
        runs = [errors_of(flags, name, seed) for seed in range(flags.seeds)]
        mean = {method: float(np.mean([found[method] for found, _ in runs])) for method in runs[0][0]}
        figures[name] = mean
        best += mean["hourglass"] == min(mean.values())
        print(f"{name:14}", "  ".join(f"{method} {value:.4f}" for method, value in mean.items()),
              f"  {np.mean([seconds for _, seconds in runs]):.0f} s", flush=True)
    write_json(flags.json, figures)
    held = best >= min(NEEDED, len(figures))
    print(f"{'ok  ' if held else 'MISS'} best on {best} of {len(figures)} tables (bar {NEEDED})")
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
