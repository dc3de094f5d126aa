#!/usr/bin/env python3
"""Photographs: a denoiser learned from Train400, judged on Set12 beside what needs no learning.

Trains on pictures damaged by Gaussian noise of one strength (or with --blind of all from 0 to 55), then
denoises Set12 with noise of that strength added as float numbers and not clipped. On the same arrays: non-local
means, wavelet shrinkage and total variation from scikit-image, each told the true strength. Needs a Python
with scikit-image and PyWavelets from PyPI, which are no part of the set-up. BM3D reaches 29.97 dB at 25, DnCNN-S 30.44 (as
published). --gallery draws noisy, ours, peers and clean side by side."""

import pathlib
import sys
import tempfile
import time

try:
    import numpy as np
    from PIL import Image
    from skimage.restoration import denoise_nl_means, denoise_tv_chambolle, denoise_wavelet
except ImportError as missing:
    sys.exit(f"{missing}: run this with a Python that has scikit-image and PyWavelets (from PyPI)")

from common import arguments, require, run, verdict, write_json

BM3D = {15: 32.37, 25: 29.97, 50: 26.72}  # mean PSNR on Set12, as published (Zhang et al. 2017)


def psnr(picture, clean):
    return float(-10 * np.log10(np.mean((picture - clean) ** 2)))


def noisy_pictures(folder, sigma):
    """Name, clean and noisy of each picture; the noise is a function of its place in the folder."""
    for i, path in enumerate(sorted(folder.glob("*.png"))):
        clean = np.asarray(Image.open(path).convert("L"), dtype=np.float32) / 255
        noise = np.random.default_rng(i).normal(0, sigma / 255, clean.shape)
        yield path.stem, clean, (clean + noise).astype(np.float32)


def peers(sigma):
    """What each peer makes of a noisy picture, by name."""
    level = sigma / 255
    return {
        "non-local means": lambda x: denoise_nl_means(x, h=0.6 * level, sigma=level, patch_size=5,
                                                      patch_distance=6, fast_mode=True),
        "wavelet": lambda x: denoise_wavelet(x, sigma=level, method="BayesShrink", mode="soft",
                                             rescale_sigma=True),
        "total variation": lambda x: denoise_tv_chambolle(x, weight=1.1 * level),
    }


def gallery(path, columns):
    """Pictures side by side; rows are those of the set, the first few."""
    rows = [np.hstack([np.clip(picture[:256, :256], 0, 1) for picture in row]) for row in columns]
    width = min(row.shape[1] for row in rows)
    levels = np.rint(255 * np.vstack([row[:, :width] for row in rows])).astype(np.uint8)
    Image.fromarray(levels).save(path)


def main():
    parser = arguments(__doc__)
    parser.add_argument("--sigma", type=int, default=25, help="of the noise judged by, in levels")
    parser.add_argument("--blind", action="store_true", help="learn from noise of 0 to 55")
    parser.add_argument("--model", help="judge this model rather than train one")
    parser.add_argument("--epochs", type=int, help="how long to train (default: the job's)")
    parser.add_argument("--gallery", metavar="FILE.png", help="draw some of the pictures")
    flags = parser.parse_args()
    images = require(pathlib.Path(flags.data_dir) / "images")
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        model, figures = flags.model, {"sigma": flags.sigma}
        if not model:
            model = folder / "model"
            words = ["--epochs", flags.epochs] if flags.epochs else []
            trained = run(flags.hourglass, "train", images / "Train400", "--for", "denoise", "--noise",
                          "gaussian:0-55" if flags.blind else f"gaussian:{flags.sigma}", "-o", model,
                          *words, quiet=False)
            figures["minutes"] = trained["seconds"] / 60
            figures["validation_psnr"] = trained["validation_psnr"]
        found, seconds, drawn = {}, {}, []
        for name, clean, noisy in noisy_pictures(images / "Set12", flags.sigma):
            np.save(folder / "clean.npy", clean)
            np.save(folder / "noisy.npy", noisy)
            start = time.perf_counter()
            run(flags.hourglass, "denoise", model, folder / "noisy.npy", "-o", folder / "ours.npy",
                "--clean", folder / "clean.npy")
            results = {"hourglass": (np.load(folder / "ours.npy"), time.perf_counter() - start)}
            for peer, denoise in peers(flags.sigma).items():
                start = time.perf_counter()
                results[peer] = (denoise(noisy), time.perf_counter() - start)
            for method, (picture, took) in results.items():
                found.setdefault(method, []).append(psnr(picture, clean))
                seconds[method] = seconds.get(method, 0) + took
            drawn.append([noisy, *(picture for picture, _ in results.values()), clean])
        for method, each in found.items():
            print(f"{method:16} {np.mean(each):6.2f} dB  {seconds[method]:6.1f} s")
        figures["psnr"] = {method: float(np.mean(each)) for method, each in found.items()}
        if flags.gallery:
            gallery(flags.gallery, drawn[:4])
        write_json(flags.json, figures)
        held = verdict(f"Set12 at {flags.sigma}: mean PSNR beside BM3D", figures["psnr"]["hourglass"],
                       BM3D.get(flags.sigma, 0), above=True)
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
