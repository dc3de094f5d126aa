#!/usr/bin/python3
"""Sparse codes of MNIST digits. 1,024 sigmoid units under the KL penalty: their mean activation on
digits not learned from must be near the target of 0.05. How selective units are, beside those of a
code of 32 numbers: the share of the variance of their activation that lies between digits' classes,
and the share of units with a favourite, whose mean activation on one class is over three times
that on all. And for L1: a sweep of its weight, the error it costs and the zeros it buys.
"""

import pathlib
import sys
import tempfile

import numpy as np

from common import arguments, mnist, run, verdict, write_idx, write_json

HERE = pathlib.Path(__file__).parent
TARGET = 0.05


def train(args, folder, config, *settings):
    """Codes of the test digits, what info tells, and the share of variance unexplained."""
    model = f"{folder}/model"
    trained = run(args.hourglass, "train", f"{folder}/train.idx", "-o", model, "--config",
                  HERE / config, "--epochs", args.epochs, "--seed", args.seed,
                  "--threads", args.threads, *settings)
    run(args.hourglass, "encode", model, f"{folder}/test.idx", "-o", f"{folder}/codes.npy")
    lost = run(args.hourglass, "reconstruct", model, f"{folder}/test.idx", "-o",
               f"{folder}/out.npy")["squared_error_per_sample"]
    code = run(args.hourglass, "info", model)["code"]
    return np.load(f"{folder}/codes.npy"), code, lost / args.test_variance, trained["seconds"]


def selectivity(codes, labels):
    """Mean over units of the share of variance between classes; share of units with a favourite."""
    codes = codes[:, codes.std(0) > 1e-6]
    means = np.stack([codes[labels == digit].mean(0) for digit in range(10)])
    shares = np.bincount(labels)[:, None] / len(labels)
    between = (shares * np.square(means - codes.mean(0))).sum(0) / codes.var(0)
    favourite = np.abs(means).max(0) > 3 * np.abs(codes).mean(0)
    return float(between.mean()), float(favourite.mean())


def main():
    parser = arguments(__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--l1", default="1e-5,3e-5,1e-4,3e-4,1e-3", help="weights to sweep")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    test, labels = mnist(args.data_dir, "t10k")
    args.test_variance = float((test / 255).var(0).sum())
    figures = {"l1": {}}
    with tempfile.TemporaryDirectory() as folder:
        write_idx(f"{folder}/train.idx", mnist(args.data_dir, "train", args.rows)[0])
        write_idx(f"{folder}/test.idx", test)
        print("code           unexplained  mean activation  between classes  with a favourite")
        for name in ("sparse-kl", "undercomplete"):
            codes, _, unexplained, seconds = train(args, folder, f"{name}.toml")
            seen = figures[name] = {"unexplained": unexplained, "mean": float(codes.mean())}
            seen["between"], seen["favourite"] = selectivity(codes, labels)
            print(f"{name:15}{unexplained:11.4f}{seen['mean']:17.4f}{seen['between']:17.3f}"
                  f"{seen['favourite']:18.3f}    {seconds:.0f} s", flush=True)
        print("L1 weight      unexplained  zeros  near-zeros")
        for weight in filter(None, args.l1.split(",")):
            _, code, unexplained, seconds = train(args, folder, "sparse-l1.toml",
                                                  "--penalty", f"l1={weight}")
            figures["l1"][weight] = {"unexplained": unexplained, **code}
            print(f"{weight:15}{unexplained:11.4f}{code['zero_share']:7.3f}"
                  f"{code['near_zero_share']:12.3f}    {seconds:.0f} s", flush=True)
    write_json(args.json, figures)
    held = [verdict("distance of the mean activation from its target",
                    abs(figures["sparse-kl"]["mean"] - TARGET), 0.02)]
    zeros = [seen["near_zero_share"] for seen in figures["l1"].values()]
    if zeros:
        held.append(verdict("near-zeros at the largest L1 weight", zeros[-1], 0.7, above=True))
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
