#!/usr/bin/python3
"""A deep autoencoder 784-128-32 on MNIST: at most 50 epochs, at most 8.0 squared error per test image
(PCA of 32 components: 13.19). Writes mnist_deep.png, digits above their reconstructions.
"""

import sys
import tempfile

from common import arguments, require, run, verdict, write_json


def main():
    parser = arguments(__doc__)
    parser.add_argument("--epochs", type=int, default=50)
    parser.add_argument("--figure", default="mnist_deep.png")
    args = parser.parse_args()
    train = require(f"{args.data_dir}/mnist/train-images-idx3-ubyte.gz")
    test = require(f"{args.data_dir}/mnist/t10k-images-idx3-ubyte.gz")
    with tempfile.TemporaryDirectory() as folder:
        model = f"{folder}/mnist.model"
        trained = run(args.hourglass, "train", train, "-o", model, "--family", "deep",
                      "--hidden", 128, "--latent-dim", 32, "--epochs", args.epochs, quiet=False)
        seen = run(args.hourglass, "reconstruct", model, test, "-o", f"{folder}/out.npy",
                   "--figure", args.figure, "--figure-count", 16)
    print(f"{trained['epochs']} epochs in {trained['seconds']:.1f} s, "
          f"{trained['samples_per_second']:,.0f} samples/s; picture in {args.figure}")
    error = seen["squared_error_per_sample"]
    write_json(args.json, {"error": error, "training": trained})
    return 0 if verdict("squared error per test image", error, 8.0) else 1


if __name__ == "__main__":
    sys.exit(main())
