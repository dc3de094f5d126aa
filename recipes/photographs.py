"""What the recipes about noise in photographs share: noisy pictures, and how well a model cleans them."""

import pathlib
import tempfile

import numpy as np
from PIL import Image

from common import run


def psnr(picture, clean):
    return float(-10 * np.log10(np.mean((picture - clean) ** 2)))


def noisy_pictures(folder, sigma):
    """Name, clean and noisy of each picture as grey numbers in [0, 1]; the noise, `sigma` of 255
    levels, is not clipped and is a function of the picture's place in the folder."""
    for i, path in enumerate(sorted(pathlib.Path(folder).glob("*.*"))):
        clean = np.asarray(Image.open(path).convert("L"), dtype=np.float32) / 255
        noise = np.random.default_rng(i).normal(0, sigma / 255, clean.shape)
        yield path.stem, clean, (clean + noise).astype(np.float32)


def denoised(hourglass, model, noisy, *words):
    """What a model makes of a noisy picture."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        np.save(folder / "noisy.npy", noisy)
        run(hourglass, "denoise", model, folder / "noisy.npy", "-o", folder / "out.npy",
            *words)
        return np.load(folder / "out.npy")


def mean_psnr(hourglass, model, folder, sigma):
    """Over the pictures of a folder, in dB."""
    return float(np.mean([psnr(denoised(hourglass, model, noisy), clean)
                          for _, clean, noisy in noisy_pictures(folder, sigma)]))
