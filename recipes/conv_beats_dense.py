#!/usr/bin/python3
"""A convolutional autoencoder against a dense one on Fashion-MNIST: both with the defaults of their
family and a code of the same size, for as many epochs as each chooses. The convolutional one must
have the smaller error on the 10,000 test images.
"""

import sys
import tempfile

from common import arguments, require, run, verdict, write_json


def measure(args, family, train, test):
    """Squared error per test image, and what training reported."""
    with tempfile.TemporaryDirectory() as folder:
        model = f"{folder}/model"
        epochs = ["--epochs", args.epochs] if args.epochs else []
        trained = run(args.hourglass, "train", train, "-o", model, "--family", family,
                      "--latent-dim", args.latent_dim, "--seed", args.seed, *epochs, quiet=False)
        seen = run(args.hourglass, "reconstruct", model, test, "-o", f"{folder}/out.npy")
    error = seen["squared_error_per_sample"]
    print(f"{family}: {error:.3f} per test image after {trained['epochs']} epochs in "
          f"{trained['seconds']:.0f} s, {trained['samples_per_second']:,.0f} samples/s")
    return error, trained


def main():
    parser = arguments(__doc__)
    parser.add_argument("--latent-dim", type=int, default=32)
    parser.add_argument("--epochs", type=int, help="for both, instead of what each chooses")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    train = require(f"{args.data_dir}/fashion_mnist/train-images-idx3-ubyte.gz")
    test = require(f"{args.data_dir}/fashion_mnist/t10k-images-idx3-ubyte.gz")
    dense, dense_training = measure(args, "deep", train, test)
    convolutional, training = measure(args, "convolutional", train, test)
    write_json(args.json, {"dense": dense, "convolutional": convolutional,
                           "dense_training": dense_training, "convolutional_training": training})
    return 0 if verdict("convolutional / dense error", convolutional / dense, 1.0) else 1


if __name__ == "__main__":
    sys.exit(main())
