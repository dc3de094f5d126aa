#!/usr/bin/python3
"""Whether training in bfloat16 follows training in float32: 784-1000-500-250-30 and back on MNIST, the same
seed, trainings of 1, 2, 4, … epochs in either precision; squared error per test image.
"""

import sys
import tempfile

from common import arguments, require, run, verdict, write_json


def measure(args, precision, epochs):
    train = require(f"{args.data_dir}/mnist/train-images-idx3-ubyte.gz")
    test = require(f"{args.data_dir}/mnist/t10k-images-idx3-ubyte.gz")
    with tempfile.TemporaryDirectory() as folder:
        trained = run(args.hourglass, "train", train, "-o", f"{folder}/model", "--hidden", "1000,500,250",
                      "--latent-dim", 30, "--epochs", epochs, "--patience", 0, "--batch-size", 256,
                      "--seed", args.seed, "--precision", precision)
        seen = run(args.hourglass, "reconstruct", f"{folder}/model", test, "-o", f"{folder}/out.npy")
    return {"error": seen["squared_error_per_sample"], "validation_loss": trained["validation_loss"],
            "samples_per_second": trained["samples_per_second"]}


def main():
    parser = arguments(__doc__)
    parser.add_argument("--epochs", default="1,2,4,8,16", help="of the trainings, by commas")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    figures, held = {}, []
    print("epochs     float32        bf16   ratio   samples/s float32, bf16")
    for epochs in map(int, args.epochs.split(",")):
        exact, rounded = measure(args, "float32", epochs), measure(args, "bf16", epochs)
        figures[epochs] = {"float32": exact, "bf16": rounded}
        print(f"{epochs:6}{exact['error']:12.3f}{rounded['error']:12.3f}{rounded['error'] / exact['error']:8.3f}"
              f"{exact['samples_per_second']:12,.0f}{rounded['samples_per_second']:8,.0f}", flush=True)
    write_json(args.json, figures)
    for epochs, seen in figures.items():
        ratio = seen["bf16"]["error"] / seen["float32"]["error"]
        held.append(verdict(f"{epochs} epochs: error in bf16 / in float32", ratio, 1.05))
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
