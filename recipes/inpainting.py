#!/usr/bin/env python3
"""Inpainting: faces and digits with a square missing, beside what needs no learning.

Trains on the Olivetti faces of persons 0-23 and judges by those of persons 24-29, a hole of 24 x 24 in each at a
random place; and trains on MNIST's training digits, judged by test digits with a hole of 10 x 10. On the same
pictures and masks: OpenCV's Telea and Navier-Stokes and scikit-image's biharmonic. PSNR is that of all
missing pixels together, as a hole that was all background is filled in without any error; the mean over pictures
is told beside where it is finite. Needs a Python with opencv-python-headless and scikit-image from PyPI, which are
no part of the set-up. --gallery draws pictures with holes, what each makes of them, and the pictures as they were."""

import pathlib
import sys
import tempfile

try:
    import cv2
    import numpy as np
    from PIL import Image
    from skimage.restoration import inpaint_biharmonic
except ImportError as missing:
    sys.exit(f"{missing}: run this with a Python that has opencv-python-headless and scikit-image (from PyPI)")

from common import arguments, mnist, require, run, verdict, write_idx, write_json

PEERS = {
    "telea": lambda picture, mask: cv2.inpaint(picture, mask, 3, cv2.INPAINT_TELEA) / 255,
    "navier-stokes": lambda picture, mask: cv2.inpaint(picture, mask, 3, cv2.INPAINT_NS) / 255,
    "biharmonic": lambda picture, mask: inpaint_biharmonic(picture / 255, mask.astype(bool)),
}


def square_holes(count, side, hole):
    """A mask for each picture, 1 in a square at a random place."""
    rng = np.random.default_rng(0)
    masks = np.zeros((count, side, side), np.uint8)
    for mask in masks:
        top, left = rng.integers(0, side - hole + 1, 2)
        mask[top:top + hole, left:left + hole] = 1
    return masks


def psnr(filled, clean, masks):
    """In dB, of all missing pixels and the mean over pictures; in [0, 1]."""
    error = np.where(masks > 0, (filled - clean) ** 2, 0)
    each = error.sum(axis=(1, 2)) / masks.sum(axis=(1, 2))
    with np.errstate(divide="ignore"):
        mean = float(np.mean(-10 * np.log10(each)))
    return float(-10 * np.log10(error.sum() / masks.sum())), mean if np.isfinite(mean) else None


def gallery(path, columns, rows=8):
    each = [np.hstack([np.clip(column[i], 0, 1) for column in columns]) for i in range(rows)]
    Image.fromarray(np.rint(255 * np.vstack(each)).astype(np.uint8)).save(path)


def judge(name, flags, train, test, hole, folder):
    """Trains, fills and measures; PSNR by method, and the minutes of training."""
    masks = square_holes(len(test), test.shape[1], hole)
    holed = np.where(masks > 0, 0, test).astype(np.uint8)
    np.save(folder / "masks.npy", masks)
    np.save(folder / "holed.npy", holed)
    # Digits come as IDX, faces as an array: an IDX file is read as numbers in [0, 1].
    unit = 1 if name == "mnist" else 255
    data = folder / "train.npy"
    np.save(data, train) if unit == 255 else write_idx(data := folder / "train.idx", train)
    np.save(folder / "ours_holed.npy", holed if unit == 255 else (holed / 255).astype(np.float32))
    words = ["--epochs", flags.epochs] if flags.epochs else []
    trained = run(flags.hourglass, "train", data, "--for", "inpaint", "-o", folder / "model", *words,
                  quiet=False)
    run(flags.hourglass, "inpaint", folder / "model", folder / "ours_holed.npy", "--mask",
        folder / "masks.npy", "-o", folder / "ours.npy", "--iterations", flags.iterations)
    clean = test / 255
    filled = {"hourglass": np.load(folder / "ours.npy") / unit}
    for peer, way in PEERS.items():
        filled[peer] = np.stack([way(picture, mask) for picture, mask in zip(holed, masks)])
    found = {method: psnr(pictures, clean, masks) for method, pictures in filled.items()}
    for method, (together, mean) in found.items():
        beside = "" if mean is None else f", mean over pictures {mean:6.2f} dB"
        print(f"{name:9} {method:14} {together:6.2f} dB{beside}")
    if flags.gallery:
        gallery(f"{flags.gallery}-{name}.png", [holed / 255, *filled.values(), clean])
    return {"psnr": found, "minutes": trained["seconds"] / 60}


def main():
    parser = arguments(__doc__)
    parser.add_argument("--only", choices=("olivetti", "mnist"), help="judge by one of them")
    parser.add_argument("--epochs", type=int, help="how long to train (default: the job's)")
    parser.add_argument("--iterations", type=int, default=1, help="of inpaint")
    parser.add_argument("--rows", type=int, help="digits to learn from (default: all)")
    parser.add_argument("--gallery", metavar="PREFIX", help="draw PREFIX-olivetti.png, PREFIX-mnist.png")
    flags = parser.parse_args()
    faces = np.load(require(pathlib.Path(flags.data_dir) / "olivetti/faces_persons_00-29_u8.npy"))
    figures, held = {}, True
    for name in [flags.only] if flags.only else ["olivetti", "mnist"]:
        if name == "olivetti":
            train, test, hole = faces[:240], faces[240:], 24
        else:
            train, test, hole = (mnist(flags.data_dir, "train", flags.rows)[0],
                                 mnist(flags.data_dir, "t10k", 1000)[0], 10)
        with tempfile.TemporaryDirectory() as folder:
            figures[name] = judge(name, flags, train, test, hole, pathlib.Path(folder))
        found = figures[name]["psnr"]
        best = max(found[peer][0] for peer in PEERS)
        held &= verdict(f"{name}: PSNR beside the best peer's and 3 dB", found["hourglass"][0], best + 3, above=True)
        if all(mean is not None for _, mean in found.values()):
            best = max(found[peer][1] for peer in PEERS)
            held &= verdict(f"{name}: mean PSNR of pictures beside the same", found["hourglass"][1], best + 3, above=True)
    write_json(flags.json, figures)
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
