#!/usr/bin/python3
"""How the time and the memory of `hourglass train` grow with rows, features, width, depth and threads: whole
commands on synthetic tables, one thing doubled at a time, and the exponent a of time ~ x^a, memory ~ x^a by
least squares on the logarithms of the last three points, beside that of the network's multiply-adds."""

import argparse
import dataclasses
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

from harness import HERE, table, write_json


@dataclasses.dataclass(frozen=True)
class Point:
    rows: int = 40_000
    features: int = 64
    width: int = 256
    depth: int = 2  # hidden layers on each side of the code
    threads: int = 1

    def multiply_adds(self):
        """Of an epoch, on the way forward."""
        widths = [self.features, *[self.width] * self.depth, 8]
        return 2 * self.rows * sum(a * b for a, b in zip(widths, widths[1:]))


SWEEPS = {
    "rows": [Point(rows=rows) for rows in (20_000, 40_000, 80_000, 160_000, 320_000)],
    "features": [Point(features=features) for features in (64, 128, 256, 512, 1024)],
    "width": [Point(rows=10_000, width=width) for width in (64, 128, 256, 512, 1024)],
    "depth": [Point(rows=20_000, depth=depth) for depth in (1, 2, 4, 8)],
}


def run(args, point, path):
    """Seconds and peak resident bytes."""
    words = [args.hourglass, "train", path, "-o", f"{path}.model", "--quiet", "--hidden",
             ",".join([str(point.width)] * point.depth), "--latent-dim", 8, "--epochs", 4, "--patience", 0,
             "--batch-size", 256, "--threads", point.threads]
    started = time.perf_counter()
    process = subprocess.Popen([str(word) for word in words], stderr=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"exit status {status} from {words}")
    return time.perf_counter() - started, 1024 * usage.ru_maxrss


def write_samples(path, point):
    random = np.random.default_rng(0)
    hidden = random.normal(size=(point.rows, 16)) @ random.normal(size=(16, point.features)) / 4
    np.save(path, np.tanh(hidden).astype(np.float32))


def measure(args, points):
    measured = []
    for point in points:
        with tempfile.TemporaryDirectory() as folder:
            path = f"{folder}/x.npy"
            # In a process of its own: what this one once held would count as the command's, whose
            # process begins as a copy of it.
            writer = multiprocessing.Process(target=write_samples, args=(path, point))
            writer.start()
            writer.join()
            runs = [run(args, point, path) for _ in range(args.repetitions)]
        measured.append({**dataclasses.asdict(point),
                         "seconds": statistics.median(seconds for seconds, _ in runs),
                         "bytes": statistics.median(size for _, size in runs),
                         "multiply_adds": point.multiply_adds()})
    return measured


def exponent(points, name, of):
    last = points[-3:]
    return float(np.polyfit(np.log([point[name] for point in last]), np.log([point[of] for point in last]), 1)[0])


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hourglass", default=str(HERE.parent / "build" / "release" / "hourglass"))
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--json", metavar="FILE", help="also write the figures to FILE")
    args = parser.parse_args()
    threads = [1]
    while 2 * threads[-1] <= len(os.sched_getaffinity(0)):
        threads.append(2 * threads[-1])
    sweeps = {**SWEEPS, "threads": [Point(threads=count) for count in threads]}

    figures, lines = {}, []
    for name, points in sweeps.items():
        figures[name] = seen = measure(args, points)
        lines.append([name, " ".join(f"{point[name]:,}" for point in seen),
                      " ".join(f"{point['seconds']:.2f}" for point in seen),
                      f"{exponent(seen, name, 'seconds'):.2f}", f"{exponent(seen, name, 'multiply_adds'):.2f}",
                      " ".join(f"{point['bytes'] / 2**20:.0f}" for point in seen),
                      f"{exponent(seen, name, 'bytes'):.2f}"])
        print(f"{name}: done", flush=True)
    print()
    print(table(["what grows", "values", "seconds", "exponent", "of the work", "MiB", "exponent"], lines))
    write_json(args.json, figures)


if __name__ == "__main__":
    main()
