#!/usr/bin/python3
"""The linear family must learn what PCA computes.

optdigits at latent_dim 8: squared error on the training rows at most 1.001 times PCA's, and the largest
principal angle between the two subspaces under 5 degrees. MNIST at latent_dim 30: squared error on the
test images at most 1.005 times PCA's, 13.87.
"""

import sys
import tempfile

import numpy as np
from scipy.linalg import subspace_angles
from sklearn.decomposition import PCA

from common import arguments, read_idx, require, run, verdict, write_json


def squared_error(pca, rows):
    return float(((rows - pca.inverse_transform(pca.transform(rows))) ** 2).sum(axis=1).mean())


def decoder_span(command, model, latent_dim, folder):
    """features × latent_dim: what the decoder adds for each unit code, in the data's own units."""
    codes = np.vstack([np.zeros(latent_dim), np.eye(latent_dim)]).astype(np.float32)
    np.save(f"{folder}/codes.npy", codes)
    run(command, "decode", model, f"{folder}/codes.npy", "-o", f"{folder}/decoded.npy")
    decoded = np.load(f"{folder}/decoded.npy").astype(np.float64).reshape(latent_dim + 1, -1)
    return (decoded[1:] - decoded[0]).T


def optdigits(args, folder):
    rows = np.loadtxt(require(f"{args.data_dir}/optdigits/optdigits.tra"), delimiter=",", skiprows=1)
    np.save(f"{folder}/rows.npy", rows[:, :64].astype(np.float32))
    pca = PCA(8, svd_solver="full").fit(rows[:, :64])
    model = f"{folder}/optdigits.model"
    # All rows train, as they do for PCA; nothing is left to stop early by.
    trained = run(args.hourglass, "train", f"{folder}/rows.npy", "-o", model, "--family", "linear",
                  "--latent-dim", 8, "--validation", 0)
    ours = run(args.hourglass, "reconstruct", model, f"{folder}/rows.npy",
               "-o", f"{folder}/out.npy")["squared_error_per_sample"]
    exact = squared_error(pca, rows[:, :64])
    angle = np.degrees(
        subspace_angles(decoder_span(args.hourglass, model, 8, folder), pca.components_.T).max()
    )
    print(f"optdigits, latent_dim 8: {ours:.4f} against PCA's {exact:.4f} on the training rows, "
          f"{trained['epochs']} epochs in {trained['seconds']:.1f} s")
    held = verdict("ratio of squared errors", ours / exact, 1.001)
    held &= verdict("largest principal angle, degrees", float(angle), 5)
    return {"ratio": ours / exact, "angle": float(angle), "seconds": trained["seconds"]}, held


def mnist(args, folder):
    train = require(f"{args.data_dir}/mnist/train-images-idx3-ubyte.gz")
    test = require(f"{args.data_dir}/mnist/t10k-images-idx3-ubyte.gz")
    pca = PCA(30, svd_solver="full").fit(read_idx(train).reshape(-1, 784) / 255)
    exact = squared_error(pca, read_idx(test).reshape(-1, 784) / 255)
    model = f"{folder}/mnist.model"
    trained = run(args.hourglass, "train", train, "-o", model, "--family", "linear",
                  "--latent-dim", 30)
    ours = run(args.hourglass, "reconstruct", model, test,
               "-o", f"{folder}/out.npy")["squared_error_per_sample"]
    print(f"MNIST, latent_dim 30: {ours:.4f} against PCA's {exact:.4f} on the test images, "
          f"{trained['epochs']} epochs in {trained['seconds']:.1f} s")
    held = verdict("squared error per image / 13.87", ours / 13.87, 1.005)
    return {"error": ours, "pca": exact, "seconds": trained["seconds"]}, held


def main():
    args = arguments(__doc__).parse_args()
    figures, held = {}, True
    with tempfile.TemporaryDirectory() as folder:
        for name, part in {"optdigits": optdigits, "mnist": mnist}.items():
            figures[name], ok = part(args, folder)
            held &= ok
    write_json(args.json, figures)
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
