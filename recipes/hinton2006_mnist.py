#!/usr/bin/python3
"""The autoencoder of Hinton & Salakhutdinov (Science 2006) on MNIST: 784-1000-500-250-30 and back,
squared error per test image. The paper reports 3.00 with pre-training by restricted Boltzmann
machines; the best known for these widths is 2.46. Writes hinton2006_mnist.png, digits above their
reconstructions.
"""

import pathlib
import sys
import tempfile

from common import arguments, require, run, verdict, write_json

CONFIG = pathlib.Path(__file__).with_name("hinton2006-mnist.toml")


def main():
    parser = arguments(__doc__)
    parser.add_argument("--epochs", type=int, help="instead of the configuration's")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--figure", default="hinton2006_mnist.png")
    args = parser.parse_args()
    train = require(f"{args.data_dir}/mnist/train-images-idx3-ubyte.gz")
    test = require(f"{args.data_dir}/mnist/t10k-images-idx3-ubyte.gz")
    epochs = ["--epochs", args.epochs] if args.epochs else []
    with tempfile.TemporaryDirectory() as folder:
        model = f"{folder}/mnist.model"
        trained = run(args.hourglass, "train", train, "-o", model, "--config", CONFIG,
                      "--seed", args.seed, "--threads", args.threads, *epochs, quiet=False)
        errors = {
            name: run(args.hourglass, "reconstruct", model, images, "--figure", args.figure,
                      "--figure-count", 16)["squared_error_per_sample"]
            for name, images in (("training", train), ("test", test))
        }
    print(f"{trained['epochs']} epochs in {trained['seconds'] / 60:.1f} min on {args.threads} "
          f"threads, {trained['samples_per_second']:,.0f} samples/s; picture in {args.figure}")
    print(f"squared error per training image {errors['training']:.3f}")
    write_json(args.json, {"errors": errors, "training": trained})
    return 0 if verdict("squared error per test image", errors["test"], 3.0) else 1


if __name__ == "__main__":
    sys.exit(main())
