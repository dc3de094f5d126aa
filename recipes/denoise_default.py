#!/usr/bin/env python3
"""Makes models/denoise-default, the denoiser that comes with Hourglass, and the figures of its card.

Trains by denoise-default.toml on Train400 alone (--run FOLDER keeps it, and the same command again goes on
with it), writes the model, and judges it on photographs it has not seen. --judge leaves the
model as it is and judges it again. Needs a Python with NumPy and Pillow."""

import pathlib
import shutil
import subprocess
import sys

try:
    from photographs import mean_psnr
except ImportError as missing:
    sys.exit(f"{missing}: run this with a Python that has NumPy and Pillow")

from common import ROOT, arguments, require, write_json

CONFIG = ROOT / "recipes" / "denoise-default.toml"
MODEL = ROOT / "models" / "denoise-default"
LARGEST = 2_000_000  # bytes
SETS = ("Set12", "Set14", "Set5", "classic5")
SIGMAS = (15, 25, 50)


def train(flags, images):
    run_folder = pathlib.Path(flags.run)
    if (run_folder / "config.toml").exists():
        words = ["--resume", run_folder]
    else:
        words = [images / "Train400", "--config", CONFIG, "--run", run_folder,
                 "-o", f"{run_folder}.model", "--checkpoint-every", "60s"]
    done = subprocess.run([flags.hourglass, "train", *map(str, words)])
    if done.returncode != 0:
        sys.exit(done.returncode)
    shutil.copy(run_folder / "model.safetensors", MODEL)


def main():
    parser = arguments(__doc__)
    parser.add_argument("--run", metavar="FOLDER", default=ROOT / "build" / "denoise-default.run",
                        help="where the training is kept (default: build/denoise-default.run)")
    parser.add_argument("--judge", action="store_true", help="do not train")
    flags = parser.parse_args()
    images = require(pathlib.Path(flags.data_dir) / "images")
    if not flags.judge:
        train(flags, images)
    size = MODEL.stat().st_size
    print(f"{'ok  ' if size < LARGEST else 'MISS'} {MODEL.name}: {size} bytes (bar {LARGEST})")
    print("| mean PSNR, dB | " + " | ".join(f"σ = {sigma}" for sigma in SIGMAS) + " |")
    print("|---|" + "---|" * len(SIGMAS))
    figures = {}
    for name in SETS:
        figures[name] = {sigma: mean_psnr(flags.hourglass, MODEL, require(images / name), sigma)
                         for sigma in SIGMAS}
        print(f"| {name} | " + " | ".join(f"{value:.2f}" for value in figures[name].values()) + " |",
              flush=True)
    write_json(flags.json, {"bytes": size, "psnr": figures})
    sys.exit(0 if size < LARGEST else 1)


if __name__ == "__main__":
    main()
