#!/usr/bin/env python3
"""Photographs: a denoiser learned from Train400, judged on Set12 beside what needs no learning.

Trains on pictures damaged by Gaussian noise of one strength and tells, 15, 30, 60 and 90 minutes after it
began, what the model so far does on Set12, with noise of that strength added as float numbers and not clipped. On
the same arrays: non-local means, wavelet shrinkage and total variation from scikit-image, each told the true
strength. Needs a Python with scikit-image and PyWavelets from PyPI, which are no part of the set-up. BM3D reaches
29.97 dB at 25, DnCNN-S 30.44 (as published). --gallery draws noisy, ours, peers and clean side by side."""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

try:
    import numpy as np
    from PIL import Image
    from skimage.restoration import denoise_nl_means, denoise_tv_chambolle, denoise_wavelet
except ImportError as missing:
    sys.exit(f"{missing}: run this with a Python that has scikit-image and PyWavelets (from PyPI)")

from common import arguments, require, verdict, write_json
from photographs import denoised, mean_psnr, noisy_pictures, psnr

BM3D = {15: 32.37, 25: 29.97, 50: 26.72}  # mean PSNR on Set12, as published (Zhang et al. 2017)
MARKS = (15, 30, 60, 90)  # minutes
EPOCHS = 180  # about 90 minutes of two cores


def train(flags, images, run_folder, model):
    """The training's figures, with the PSNR of the model so far at each of the marks it lasted to."""
    words = [str(images / "Train400"), "--for", "denoise", "--noise", f"gaussian:{flags.sigma}",
             "-o", str(model), "--run", str(run_folder), "--checkpoint-every", "60s",
             "--epochs", str(flags.epochs)]
    start = time.monotonic()
    process = subprocess.Popen([flags.hourglass, "train", *words, "--json"], stdout=subprocess.PIPE,
                               text=True)
    reached = {}
    for minutes in MARKS:
        try:
            process.wait(timeout=max(0, start + 60 * minutes - time.monotonic()))
            break
        except subprocess.TimeoutExpired:
            if not (run_folder / "model.safetensors").exists():  # before the first whole epoch
                continue
            copy = shutil.copy(run_folder / "model.safetensors", model.with_name("so-far"))
            reached[minutes] = mean_psnr(flags.hourglass, copy, images / "Set12", flags.sigma)
            print(f"after {minutes} minutes: {reached[minutes]:.2f} dB", flush=True)
    printed, _ = process.communicate()
    if process.returncode != 0:
        sys.exit(process.returncode)
    figures = json.loads(printed)
    return {"minutes": figures["seconds"] / 60, "validation_psnr": figures["validation_psnr"],
            "reached": reached}


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


def judge(flags, model, pictures):
    """Each picture as it came, by each method, and clean; mean PSNR and seconds by method."""
    methods = {"hourglass": lambda x: denoised(flags.hourglass, model, x),
               "hourglass --turns": lambda x: denoised(flags.hourglass, model, x, "--turns"),
               **peers(flags.sigma)}
    found, seconds, columns = {}, {}, []
    for _, clean, noisy in noisy_pictures(pictures, flags.sigma):
        results = []
        for method, denoise in methods.items():
            start = time.perf_counter()
            results.append(denoise(noisy))
            seconds[method] = seconds.get(method, 0) + time.perf_counter() - start
            found.setdefault(method, []).append(psnr(results[-1], clean))
        columns.append([noisy, *results, clean])
    for method, each in found.items():
        print(f"{method:18} {np.mean(each):6.2f} dB  {seconds[method]:6.1f} s")
    return {method: float(np.mean(each)) for method, each in found.items()}, columns


def gallery(path, columns):
    """Pictures side by side, a row for each of the set's first few."""
    rows = [np.hstack([np.clip(picture[:256, :256], 0, 1) for picture in row]) for row in columns]
    width = min(row.shape[1] for row in rows)
    levels = np.rint(255 * np.vstack([row[:, :width] for row in rows])).astype(np.uint8)
    Image.fromarray(levels).save(path)


def main():
    parser = arguments(__doc__)
    parser.add_argument("--sigma", type=int, default=25, help="of the noise, in levels")
    parser.add_argument("--model", help="judge this model rather than train one")
    parser.add_argument("--epochs", type=int, default=EPOCHS, help="how long to train")
    parser.add_argument("--gallery", metavar="FILE.png", help="draw some of the pictures")
    flags = parser.parse_args()
    images = require(pathlib.Path(flags.data_dir) / "images")
    figures = {"sigma": flags.sigma}
    with tempfile.TemporaryDirectory() as folder:
        model = pathlib.Path(flags.model or pathlib.Path(folder) / "model")
        if not flags.model:
            figures.update(train(flags, images, pathlib.Path(folder) / "run", model))
        figures["psnr"], columns = judge(flags, model, images / "Set12")
    if flags.gallery:
        gallery(flags.gallery, columns[:4])
    write_json(flags.json, figures)
    held = verdict(f"Set12 at {flags.sigma}: mean PSNR beside BM3D", figures["psnr"]["hourglass"],
                   BM3D.get(flags.sigma, 0), above=True)
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
