#!/usr/bin/python3
"""A model of MNIST's digits is shown clothes of Fashion-MNIST among digits that it has not seen: their
scores must tell them apart (AUROC above 0.99), and it must reconstruct them worse. With --figures FOLDER
some of both are drawn above their reconstructions.
"""

import tempfile

import numpy as np

from common import arguments, mnist, read_idx, require, run, verdict, write_idx, write_json


def main():
    parser = arguments(__doc__)
    parser.add_argument("--rows", type=int, default=60_000, help="digits to learn from")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--figures", metavar="FOLDER", help="draw digits.png and clothes.png there")
    args = parser.parse_args()

    learned, _ = mnist(args.data_dir, "train", args.rows)
    digits, _ = mnist(args.data_dir, "t10k")
    clothes = read_idx(require(f"{args.data_dir}/fashion_mnist/t10k-images-idx3-ubyte.gz"))
    with tempfile.TemporaryDirectory() as folder:
        write_idx(f"{folder}/learned.idx", learned)
        write_idx(f"{folder}/both.idx", np.concatenate([digits, clothes]))
        write_idx(f"{folder}/is_clothing.idx", np.repeat([0, 1], [len(digits), len(clothes)]))
        trained = run(args.hourglass, "train", f"{folder}/learned.idx", "-o", f"{folder}/model", "--for",
                      "detect", "--seed", args.seed)
        found = run(args.hourglass, "detect", f"{folder}/model", f"{folder}/both.idx", "--labels",
                    f"{folder}/is_clothing.idx", "-o", f"{folder}/scores.csv")
        errors = {}
        for name, images in (("digits", digits), ("clothes", clothes)):
            write_idx(f"{folder}/{name}.idx", images)
            figure = ["--figure", f"{args.figures}/{name}.png"] if args.figures else []
            errors[name] = run(args.hourglass, "reconstruct", f"{folder}/model", f"{folder}/{name}.idx",
                               *figure)["squared_error_per_sample"]
    print(f"{trained['seconds']:.1f} s of training; squared error an image: digits {errors['digits']:.2f}, "
          f"clothes {errors['clothes']:.2f}")
    held = [verdict("AUROC, clothes among digits", found["auroc"], 0.99, above=True),
            verdict("error of clothes / of digits", errors["clothes"] / errors["digits"], 2, above=True)]
    write_json(args.json, {"auroc": found["auroc"], "average_precision": found["average_precision"],
                           "squared_error_per_sample": errors, "seconds": found["seconds"]})
    raise SystemExit(not all(held))


if __name__ == "__main__":
    main()
