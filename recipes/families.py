#!/usr/bin/python3
"""Every family with its defaults, a few epochs on 10,000 MNIST digits: what share of the variance of
digits it did not learn from its reconstructions leave unexplained, and whether its codes have what
its name promises. With --configs the same of the configurations beside this file.
"""

import pathlib
import sys
import tempfile

import numpy as np

from common import arguments, mnist, run, verdict, write_idx, write_json

HERE = pathlib.Path(__file__).parent
FAMILIES = ["deep", "undercomplete", "linear", "sparse-l1", "sparse-kl", "k-sparse", "variational",
            "contractive", "denoising", "robust", "convolutional"]
COLUMNS = ["near_zero_share", "mean_activation", "jacobian_norm", "contraction", "effective_rank"]


def measure(args, folder, family):
    """Trains one family; its row of the table."""
    model = f"{folder}/{family}.model"
    what = ["--config", HERE / f"{family}.toml"] if args.configs else ["--family", family]
    trained = run(args.hourglass, "train", f"{folder}/train.idx", "-o", model, *what,
                  "--epochs", args.epochs, "--seed", args.seed, "--threads", args.threads)
    row = {"latent_dim": trained["latent_dim"], "seconds": trained["seconds"]}
    row["unexplained"] = error_beside_clean(args, folder, model, "test")
    row["noisy"] = error_beside_clean(args, folder, model, "noisy")
    info = run(args.hourglass, "info", model)
    row["code"] = info["code"]
    row["penalty"] = info["settings"]["penalty"]
    print(f"{family:14}{row['latent_dim']:7}{row['unexplained']:13.4f}{row['noisy']:8.4f}"
          + "".join(f"{row['code'].get(c) if row['code'].get(c) is not None else np.nan:17.4f}"
                    for c in COLUMNS) + f"{row['seconds']:9.0f}", flush=True)
    return row


def error_beside_clean(args, folder, model, name):
    """Squared error of the reconstructions of NAME.npy against the clean test digits, as a share of
    the clean digits' variance."""
    run(args.hourglass, "reconstruct", model, f"{folder}/{name}.npy", "-o", f"{folder}/out.npy",
        "--threads", args.threads)
    clean = np.load(f"{folder}/test.npy")
    lost = np.square(np.load(f"{folder}/out.npy") - clean).sum()
    return float(lost / np.square(clean - clean.mean(0)).sum())


def judge(rows):
    """Each figure beside its bar; how many held."""
    code = {family: row["code"] for family, row in rows.items()}
    held = [verdict(f"{family}: share of variance unexplained", row["unexplained"], 0.85)
            for family, row in rows.items()]
    if "sparse-l1" in rows:
        held.append(verdict("sparse-l1: share of near-zeros",
                            code["sparse-l1"]["near_zero_share"], 0.7, above=True))
    if "sparse-kl" in rows:
        held.append(verdict("sparse-kl: distance of the mean activation from 0.05",
                            abs(code["sparse-kl"]["mean_activation"] - 0.05), 0.02))
    if "k-sparse" in rows:
        kept = float(rows["k-sparse"]["penalty"].split("=")[1]) / rows["k-sparse"]["latent_dim"]
        held.append(verdict("k-sparse: distance of the share of zeros from 1 - k/units",
                            abs(code["k-sparse"]["zero_share"] - (1 - kept)), 1e-3))
    if {"contractive", "deep"} <= set(rows):
        held.append(verdict("contractive: Jacobian norm / deep's", code["contractive"][
            "jacobian_norm"] / code["deep"]["jacobian_norm"], 0.75))
    if {"denoising", "deep"} <= set(rows):
        held.append(verdict("denoising: error on noisy digits / deep's",
                            rows["denoising"]["noisy"] / rows["deep"]["noisy"], 0.9))
    return all(held)


def main():
    parser = arguments(__doc__)
    parser.add_argument("--families", default=",".join(FAMILIES))
    parser.add_argument("--configs", action="store_true", help="FAMILY.toml instead of defaults")
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        write_idx(f"{folder}/train.idx", mnist(args.data_dir, "train", args.rows)[0])
        test = (mnist(args.data_dir, "t10k")[0] / 255).astype("float32")
        np.save(f"{folder}/test.npy", test)
        noise = np.random.default_rng(0).normal(0, 0.3, test.shape).astype("float32")
        np.save(f"{folder}/noisy.npy", test + noise)
        print(f"{'family':14}{'code':>7}{'unexplained':>13}{'noisy':>8}"
              + "".join(f"{c:>17}" for c in COLUMNS) + f"{'seconds':>9}")
        rows = {family: measure(args, folder, family) for family in args.families.split(",")}
    write_json(args.json, rows)
    return 0 if judge(rows) else 1


if __name__ == "__main__":
    sys.exit(main())
