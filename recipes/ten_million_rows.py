#!/usr/bin/python3
"""A table larger than the memory allowed: 10 million rows × 20 columns of CSV (about 1.6 GB) train for
two epochs and are scored, each with a peak resident memory under 1.5 GiB, mapped pages included.

Everything is written to --folder, which must lie on a disk and have about 8 GB free.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import time

import numpy as np

from common import ROOT, arguments, verdict, write_json

COLUMNS = 20
BLOCK = 100_000


def block_of_rows(random, mixing, rows):
    """Rows that lie near a curved sheet of 5 dimensions, as numbers within ±9.9999."""
    hidden = random.standard_normal((rows, 5), dtype=np.float32)
    values = np.tanh(hidden @ mixing[0]) @ mixing[1]
    values += 0.2 * random.standard_normal(values.shape, dtype=np.float32)
    return np.clip(values, -9.9999, 9.9999)


def as_csv(values):
    """The text of the numbers with four decimals, made a digit at a time for all of them at once."""
    scaled = np.rint(np.abs(values) * 10_000).astype(np.int32)
    text = np.empty((*values.shape, 8), np.uint8)
    text[..., 0] = ord("-")
    for place, divisor in {1: 10_000, 3: 1_000, 4: 100, 5: 10, 6: 1}.items():
        text[..., place] = ord("0") + scaled // divisor % 10
    text[..., 2] = ord(".")
    text[..., 7] = ord(",")
    text[:, -1, 7] = ord("\n")
    keep = np.ones(text.shape, bool)
    keep[..., 0] = (values < 0) & (scaled > 0)
    return text[keep].tobytes()


def write_table(path, rows):
    random = np.random.default_rng(0)
    mixing = (random.standard_normal((5, 32), dtype=np.float32),
              random.standard_normal((32, COLUMNS), dtype=np.float32) / 4)
    with open(path, "wb") as file:
        file.write((",".join(f"sensor_{i}" for i in range(1, COLUMNS + 1)) + "\n").encode())
        for begin in range(0, rows, BLOCK):
            file.write(as_csv(block_of_rows(random, mixing, min(BLOCK, rows - begin))))


def run_measured(*words):
    """Runs a command; its seconds and the most memory it ever held, in GiB."""
    words = [str(word) for word in words]
    print("$ " + " ".join(words), flush=True)
    started = time.monotonic()
    child = subprocess.Popen(words, stdin=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"exit code {child.returncode}")
    return time.monotonic() - started, usage.ru_maxrss / 2**20


def main():
    parser = arguments(__doc__, data=False)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--folder", default=str(ROOT / "build" / "ten_million_rows"))
    parser.add_argument("--keep", action="store_true", help="leave the files there")
    args = parser.parse_args()
    folder = pathlib.Path(args.folder)
    folder.mkdir(parents=True, exist_ok=True)

    table = folder / "table.csv"
    started = time.monotonic()
    write_table(table, args.rows)
    print(f"wrote {table}, {table.stat().st_size / 1e9:.2f} GB, "
          f"in {time.monotonic() - started:.0f} s")
    model, scores = folder / "model.safetensors", folder / "scores.csv"
    figures = {}
    figures["train"] = run_measured(args.hourglass, "train", table, "-o", model, "--epochs", 2)
    figures["detect"] = run_measured(args.hourglass, "detect", model, table, "-o", scores)
    with open(scores, "rb") as file:
        lines = sum(part.count(b"\n") for part in iter(lambda: file.read(1 << 24), b""))
    held = True
    if lines != args.rows + 1:
        print(f"MISS scores for {lines - 1} rows of {args.rows}")
        held = False
    for name, (seconds, peak) in figures.items():
        print(f"{name}: {seconds:.0f} s")
        held &= verdict(f"peak resident memory of {name}, GiB", peak, 1.5)
    left = sorted(path.name for path in folder.iterdir()
                  if path not in (table, model, scores))
    if left:
        print(f"MISS left behind: {', '.join(left)}")
        held = False
    if not args.keep:
        shutil.rmtree(folder)
    write_json(args.json, figures)
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
