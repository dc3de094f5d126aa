"""What the benchmarks share: how programs are run, and how figures are summed up and shown."""

import json
import os
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
DEBIAN_PYTHON = "/usr/bin/python3"
OPENMP_BLAS = "/usr/lib/x86_64-linux-gnu/openblas-openmp"


def run_text(words, environment=None):
    """What a program printed; ends this one if it failed."""
    done = subprocess.run([str(word) for word in words], env=environment, text=True,
                          stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        sys.exit(f"exit code {done.returncode} from {' '.join(str(word) for word in words)}")
    return done.stdout


def run(words, environment=None):
    """A program that prints one line of JSON."""
    return json.loads(run_text(words, environment))


def check_blas(done):
    """The peer must have run on the library that peer_environment() asks for."""
    if not any("openblas-openmp" in path for path in done["blas"]):
        sys.exit(f"PyTorch does not run on OpenBLAS with OpenMP but on {done['blas']}")


def peer_environment(threads, waiting="default"):
    """For NumPy and PyTorch: Debian's run on the OpenBLAS that shares OpenMP's threads with them (beside the
    other one they fall to a third of their speed)."""
    library_path = ":".join(filter(None, [OPENMP_BLAS, os.environ.get("LD_LIBRARY_PATH")]))
    environment = {**os.environ, "LD_LIBRARY_PATH": library_path, "OMP_NUM_THREADS": str(threads)}
    if waiting == "active":
        environment["OMP_WAIT_POLICY"] = "active"
    return environment


def summary(values):
    # One repetition is its own quartile.
    quartiles = statistics.quantiles(values * 2 if len(values) == 1 else values, n=4, method="inclusive")
    return {"median": statistics.median(values), "quartiles": [quartiles[0], quartiles[2]]}


def rate(side):
    """'159k (126–160)' of a summary of numbers a second."""
    low, high = side["quartiles"]
    scale, unit = (1e6, "M") if side["median"] >= 1e7 else (1e3, "k")
    digits = 0 if side["median"] >= 100 * scale else 1 if side["median"] >= 10 * scale else 2
    return (f"{side['median'] / scale:,.{digits}f}{unit} "
            f"({low / scale:,.{digits}f}–{high / scale:,.{digits}f})")


def table(header, rows):
    """Lines of a Markdown table whose columns line up in a terminal as well."""
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |"
             for row in [header, *rows]]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def write_json(path, figures):
    if path:
        pathlib.Path(path).write_text(json.dumps(figures, indent=2) + "\n")
