#!/usr/bin/python3
"""Denoising of one large picture, beside PyTorch running the same network; and what a very large one takes.

A grey picture with noise, as an array, passes through `hourglass denoise` and through PyTorch by the same model
file, in turn, several times, each a fresh process; medians and quartiles. Results are compared first. The
time of Hourglass is that of the process, that of PyTorch starts after its imports; PyTorch runs in whichever memory
format is fastest for it in a short trial. With --large a picture of 12,000 x 9,000 pixels follows: its time,
the most memory that Hourglass held, and whether neighbouring columns differ more where tiles meet than elsewhere.
"""

import argparse
import multiprocessing
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

from harness import (DEBIAN_PYTHON, HERE, check_blas, peer_environment, run, run_text, summary,
                     write_json)

LARGE = (9000, 12000)
TILE_STEP = 444  # from one tile to the next, across such a width
BLENDED = slice(24, 40)  # of such a step
HALF_A_LEVEL = 0.5 / 255


def noisy_scene(height, width, sigma=25):
    """Smooth waves and edges with noise that is not clipped, in pieces so that it fits in memory."""
    random = np.random.default_rng(0)
    x = np.arange(width, dtype=np.float32)
    rows = []
    for begin in range(0, height, 500):
        y = np.arange(begin, min(height, begin + 500), dtype=np.float32)[:, None]
        waves = 0.5 + 0.2 * np.sin(x / 37 + y / 53) + 0.1 * np.sign(np.sin(x / 90 - y / 70))
        rows.append(waves + random.normal(0, sigma / 255, waves.shape).astype(np.float32))
    return np.vstack(rows).astype(np.float32)


def run_ours(args, folder):
    (folder / "ours.npy").unlink(missing_ok=True)
    started = time.perf_counter()
    run_text([args.command, "denoise", args.model, folder / "noisy.npy", "-o", folder / "ours.npy",
              "--quiet", "--threads", args.threads])
    return time.perf_counter() - started


def run_torch(args, folder, settings, memory_format):
    done = run([DEBIAN_PYTHON, HERE / "torch_denoise.py", args.model, folder / "noisy.npy",
                folder / "torch.npy", settings["channels"], settings["blocks"], args.threads,
                memory_format], peer_environment(args.threads))
    check_blas(done)
    return done["seconds"]


def beside_torch(args, folder):
    settings = run([args.command, "info", args.model, "--json"])["settings"]
    np.save(folder / "noisy.npy", noisy_scene(args.side, args.side))
    run_ours(args, folder)
    trials = {name: run_torch(args, folder, settings, name) for name in ("contiguous", "channels-last")}
    fastest = min(trials, key=trials.get)
    apart = float(np.max(np.abs(np.load(folder / "ours.npy") - np.load(folder / "torch.npy"))))
    print(f"results apart by {apart:.1e} at most")
    if apart > HALF_A_LEVEL:  # tiles see a little less of their surroundings than the whole does
        sys.exit("the results differ, so the times would not compare like with like")
    ours, torch = [], []
    for _ in range(args.repetitions):
        ours.append(run_ours(args, folder))
        torch.append(run_torch(args, folder, settings, fastest))
    megapixels = args.side * args.side / 1e6
    for name, seconds in (("Hourglass", ours), (f"PyTorch, {fastest}", torch)):
        side = summary(seconds)
        low, high = side["quartiles"]
        print(f"{name:22} {side['median']:6.2f} s ({low:.2f}–{high:.2f}), "
              f"{megapixels / side['median']:.2f} megapixels/s")
    ratio = statistics.median(torch) / statistics.median(ours)
    print(f"ratio {ratio:.2f}")
    return {"megapixels": megapixels, "hourglass": summary(ours), "pytorch": summary(torch),
            "format": fastest, "ratio": ratio, "results_apart": apart}


def steps_between_columns(picture):
    """The mean difference of each column from the one before it."""
    sums = np.zeros(picture.shape[1] - 1)
    for begin in range(0, len(picture), 500):
        block = np.asarray(picture[begin:begin + 500], dtype=np.float32)
        sums += np.abs(np.diff(block, axis=1)).sum(0, dtype=np.float64)
    return sums / len(picture)


def save_large(path):
    from PIL import Image
    levels = np.rint(255 * np.clip(noisy_scene(*LARGE), 0, 1)).astype(np.uint8)
    Image.fromarray(levels).save(path, compress_level=1)


def large(args, folder):
    from PIL import Image
    Image.MAX_IMAGE_PIXELS = None
    # What this process has held counts as held by those it starts: another one makes the picture.
    maker = multiprocessing.Process(target=save_large, args=(folder / "large.png",))
    maker.start()
    maker.join()
    started = time.perf_counter()
    process = subprocess.Popen([args.command, "denoise", args.model, folder / "large.png", "-o",
                                folder / "out.png", "--threads", str(args.threads)])
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    if status != 0:
        sys.exit("denoising failed")
    memory = usage.ru_maxrss / 1024
    by_phase = np.zeros(TILE_STEP)
    steps = steps_between_columns(np.asarray(Image.open(folder / "out.png")))
    for phase in range(TILE_STEP):
        by_phase[phase] = steps[phase::TILE_STEP].mean()
    seam = float(by_phase[BLENDED].mean() / np.median(by_phase))
    print(f"{LARGE[1]} x {LARGE[0]}: {seconds:.0f} s, at most {memory:.0f} MiB (bar 1024); columns differ "
          f"from the one before by {np.median(by_phase):.4f} levels, by {seam:.3f} times that "
          f"where tiles are blended")
    return {"seconds": seconds, "mebibytes": memory, "step_where_blended": seam}


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--command", default=str(HERE.parent / "build" / "release" / "hourglass"))
    parser.add_argument("--model", default=str(HERE.parent / "models" / "denoise-default"))
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--side", type=int, default=1000, help="pixels of the picture's side")
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--large", action="store_true", help="also 12,000 x 9,000 (needs Pillow)")
    parser.add_argument("--json", metavar="FILE", help="also write the figures to FILE")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hourglass-denoise-") as name:
        folder = pathlib.Path(name)
        figures = {"large": large(args, folder)} if args.large else {}
        figures["beside_torch"] = beside_torch(args, folder)
    write_json(args.json, figures)


if __name__ == "__main__":
    main()
