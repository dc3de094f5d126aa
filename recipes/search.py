#!/usr/bin/python3
"""Codes to search by, beside what else they could be searched by.

MNIST: test images as queries into the training images' 30-number codes, precision at 10 by class, beside PCA's 30 numbers
and the raw pixels (nearest by Euclidean distance). 20 newsgroups and the training part of Reuters' R8 (by five-fold
cross-validation), counts of 2,000 words: 128 numbers and 128 bits, precision at 10 and mean average precision, beside latent
semantic analysis of the same size (scikit-learn's TF-IDF, truncated SVD, cosine; bits: above each number's median).
"""

import gzip
import pathlib
import sys
import tempfile

import numpy as np

from common import arguments, mnist, require, run, verdict, write_json

FOLDS = 5


def precision_of(rows, labels, queries, wanted):
    """Mean share of the 10 rows nearest by Euclidean distance that have the query's label."""
    squares = (rows ** 2).sum(1)
    found = []
    for begin in range(0, len(queries), 250):
        nearness = 2 * queries[begin:begin + 250] @ rows.T - squares
        nearest = np.argpartition(-nearness, 9, axis=1)[:, :10]
        found.append((labels[nearest] == wanted[begin:begin + 250, None]).mean(1))
    return float(np.concatenate(found).mean())


def digits(command, data_dir, folder, quick):
    path = require(f"{data_dir}/mnist")
    parts = {name: path / f"{name}-idx{3 if 'images' in name else 1}-ubyte.gz"
             for name in ("train-images", "train-labels", "t10k-images", "t10k-labels")}
    run(command, "train", parts["train-images"], "--for", "search", "--latent-dim", 30, "-o", folder / "m",
        *(["--epochs", 3] if quick else []))
    run(command, "index", folder / "m", parts["train-images"], "-o", folder / "i")
    found = run(command, "search", folder / "i", parts["t10k-images"], "--labels", parts["train-labels"],
                "--query-labels", parts["t10k-labels"], "-o", folder / "h.csv")
    (images, labels), (tests, wanted) = mnist(data_dir, "train"), mnist(data_dir, "t10k")
    images, tests = (x.reshape(len(x), -1).astype(np.float32) / 255 for x in (images, tests))
    mean = images.mean(0)
    axes = np.linalg.eigh(np.cov((images - mean).T))[1][:, ::-1][:, :30].astype(np.float32)
    figures = {"precision": found["precision_at_k"], "mean_average_precision": found["mean_average_precision"],
               "pca": precision_of((images - mean) @ axes, labels, (tests - mean) @ axes, wanted),
               "pixels": precision_of(images, labels, tests, wanted)}
    held = [verdict("MNIST, 30 numbers: precision at 10, PCA's is the bar", figures["precision"], figures["pca"],
                    above=True),
            verdict("MNIST, 30 numbers: precision at 10, raw pixels' is the bar", figures["precision"],
                    figures["pixels"], above=True)]
    return figures, held


def read_texts(path):
    return gzip.open(require(path), "rt").read().splitlines()


def write_texts(path, lines):
    pathlib.Path(path).write_text("\n".join(lines) + "\n")


def judged(codes, labels, queries, wanted):
    """Precision at 10 and mean average precision, by the rows' scalar products."""
    precisions, averages = [], []
    for begin in range(0, len(queries), 500):
        order = np.argsort(-(queries[begin:begin + 500] @ codes.T), axis=1, kind="stable")
        right = labels[order] == wanted[begin:begin + 500, None]
        shares = np.cumsum(right, axis=1) / np.arange(1, right.shape[1] + 1)
        precisions.append(right[:, :10].mean(1))
        averages.append((shares * right).sum(1) / np.maximum(1, right.sum(1)))
    return float(np.concatenate(precisions).mean()), float(np.concatenate(averages).mean())


def lsa(training, test, size):
    """What latent semantic analysis gives for numbers and for bits."""
    from sklearn.datasets import load_svmlight_files
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfTransformer

    rows, labels, queries, wanted = load_svmlight_files([str(training), str(test)], zero_based=False)
    weights = TfidfTransformer().fit(rows)
    svd = TruncatedSVD(size, random_state=0).fit(weights.transform(rows))
    codes, of_queries = svd.transform(weights.transform(rows)), svd.transform(weights.transform(queries))
    unit = lambda x: (x / np.maximum(1e-12, np.linalg.norm(x, axis=1, keepdims=True))).astype(np.float32)
    middle = np.median(codes, axis=0)
    bits = lambda x: np.where(x > middle, 1, -1).astype(np.float32)
    return {"numbers": judged(unit(codes), labels, unit(of_queries), wanted),
            "bits": judged(bits(codes), labels, bits(of_queries), wanted)}


def search_texts(command, training, test, folder, size, quick, seed=0):
    run(command, "train", training, "--for", "search", "--latent-dim", size, "-o", folder / "t", "--seed", seed,
        *(["--epochs", 3] if quick else []))
    figures = {}
    for kind, words in (("numbers", []), ("bits", ["--bits"])):
        run(command, "index", folder / "t", training, "--labels", "label", "-o", folder / "ti", *words)
        found = run(command, "search", folder / "ti", test, "--query-labels", "label", "-o", folder / "h.csv")
        figures[kind] = found["precision_at_k"], found["mean_average_precision"]
    return figures


def compared(name, ours, theirs):
    held = []
    for kind in ("numbers", "bits"):
        for at, figure in enumerate(("precision at 10", "mean average precision")):
            held.append(verdict(f"{name}, 128 {kind}: {figure}, LSA's is the bar", ours[kind][at],
                                theirs[kind][at], above=True))
    return {"ours": ours, "lsa": theirs}, held


def newsgroups(command, data_dir, folder, quick):
    parts = [require(f"{data_dir}/text/20ng/20ng_bow2000_{part}.svm.gz") for part in ("train", "test")]
    return compared("20 newsgroups", search_texts(command, *parts, folder, 128, quick), lsa(*parts, 128))


def reuters(command, data_dir, folder, quick):
    lines = read_texts(f"{data_dir}/text/r8/r8_bow2000_train.svm.gz")
    fold_of = np.random.default_rng(0).permutation(len(lines)) % FOLDS
    sides = {"ours": [], "lsa": []}
    for fold in range(1 if quick else FOLDS):
        parts = folder / "rest.svm", folder / "fold.svm"
        for path, chosen in zip(parts, (fold_of != fold, fold_of == fold)):
            write_texts(path, [line for line, taken in zip(lines, chosen) if taken])
        sides["ours"].append(search_texts(command, *parts, folder, 128, quick))
        sides["lsa"].append(lsa(*parts, 128))
    mean = {side: {kind: tuple(np.mean([each[kind] for each in folds], axis=0)) for kind in ("numbers", "bits")}
            for side, folds in sides.items()}
    return compared("R8", mean["ours"], mean["lsa"])


SETS = {"mnist": digits, "20ng": newsgroups, "r8": reuters}


def main():
    parser = arguments(__doc__)
    parser.add_argument("--only", choices=SETS, help="one set alone")
    parser.add_argument("--quick", action="store_true", help="three epochs and one fold: whether it runs")
    options = parser.parse_args()
    figures, held = {}, []
    for name, measure in SETS.items():
        if options.only in (None, name):
            with tempfile.TemporaryDirectory() as folder:
                figures[name], passed = measure(options.hourglass, options.data_dir, pathlib.Path(folder),
                                                options.quick)
            held += passed
    write_json(options.json, figures)
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
