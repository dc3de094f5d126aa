#!/usr/bin/python3
"""A large network on 200 MNIST digits memorises them. The warning must say so, also for a code of
one number behind a large decoder; each regulariser turned up must lower the error on 50 digits held
out; and independent features must be said to leave nothing to compress.
"""

import sys
import tempfile

import numpy as np

from common import arguments, mnist, run, verdict, write_idx, write_json

LARGE = ["--hidden", "256,256", "--scaling", "centred", "--validation"]
# Every combination is a row of one table, but for those of dropout and the contractive penalty,
# which do not go together.
SWEEP = ["--sweep", "weight_decay=0,0.1", "--sweep", "dropout=0,0.2",
         "--sweep", "corrupt=none;masking:0.3",
         "--sweep", "penalty=none;l1=1e-3;contractive=1e-4;contractive=1e-3"]
OFF = {"0", "none"}


def compare(args, folder):
    """The rows of `hourglass compare` on 250 digits, 200 of them to learn from."""
    seen = run(args.hourglass, "compare", f"{folder}/digits.idx", "-o", f"{folder}/table.csv",
               "--families", "deep", "--latent-dims", 32, *LARGE, 0, "--test", 0.2, "--no-pca",
               "--epochs", args.epochs, "--seed", args.seed, "--threads", args.threads, *SWEEP)
    print("weight_decay  dropout  corrupt       penalty            held-out error  / training's")
    for row in seen["contenders"]:
        at = row["settings"]
        print(f"{at.get('weight_decay', '0'):14}{at.get('dropout', '0'):9}"
              f"{at.get('corrupt', 'none'):14}{at.get('penalty', 'none'):19}"
              f"{row['test_error']:14.4f}{row['gap']:14.1f}", flush=True)
    return seen["contenders"]


def judge_regularisers(rows):
    """Each regulariser alone against none at all."""
    turned_up = [{key: value for key, value in row["settings"].items() if value not in OFF}
                 for row in rows]
    bare = next(row for row, up in zip(rows, turned_up) if not up)
    return [verdict(f"{', '.join(f'{k} = {v}' for k, v in up.items())}: held-out error / "
                    "unregularised", row["test_error"] / bare["test_error"], 0.999)
            for row, up in zip(rows, turned_up) if len(up) == 1]


def warned(args, folder, data, code, *settings):
    """Whether training on `data` ends with the warning `code`."""
    trained = run(args.hourglass, "train", f"{folder}/{data}", "-o", f"{folder}/model",
                  "--family", "deep", "--seed", args.seed, "--threads", args.threads, *settings)
    held = code in [warning["code"] for warning in trained["warnings"]]
    print(f"{'ok  ' if held else 'MISS'} {data} {' '.join(map(str, settings))}: warning {code}",
          flush=True)
    for warning in trained["warnings"]:
        print("     " + warning["message"])
    return held


def main():
    parser = arguments(__doc__)
    parser.add_argument("--epochs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        digits = mnist(args.data_dir, "train", 250)[0]
        write_idx(f"{folder}/digits.idx", digits)
        write_idx(f"{folder}/few.idx", digits[:200])
        independent = np.random.default_rng(args.seed).normal(size=(5000, 32))
        np.save(f"{folder}/independent.npy", independent.astype("float32"))
        large = [*LARGE, 0.1, "--set", "weight_decay=0", "--patience", 0]
        held = [
            warned(args, folder, "few.idx", "memorised", "--latent-dim", 32, *large,
                   "--epochs", 2 * args.epochs),
            warned(args, folder, "few.idx", "memorised", "--latent-dim", 1, *large,
                   "--epochs", 4 * args.epochs),
            warned(args, folder, "independent.npy", "independent-features"),
        ]
        table = compare(args, folder)
        held += judge_regularisers(table)
    write_json(args.json, table)
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
