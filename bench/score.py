#!/usr/bin/python3
"""Using a trained model on a file of many rows, beside PyTorch: whole commands (score, reconstruct, encode;
.npy to .npy, and scores from CSV) by the same model file.

First the results must agree. Then both run in turn, several times, each time as a fresh process with the
file in the page cache; medians and the spread between quartiles are shown. Of Hourglass it is the time
of the process from start to end; of PyTorch that from the end of its imports on, which alone take longer
than most of what is measured. PyTorch is Debian's, on OpenBLAS with OpenMP; its batch size and number of
threads are whichever are fastest for it in a short trial.
"""

import argparse
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

WIDTHS = [30, 64, 32, 8]
CSV_ROWS = 250_000  # written as text once and repeated: writing all of them takes minutes
# name: (verb, ending of the data)
CASES = {
    "score .npy": ("detect", "npy"),
    "score .csv": ("detect", "csv"),
    "reconstruct .npy": ("reconstruct", "npy"),
    "encode .npy": ("encode", "npy"),
}


def write_rows(folder, rows):
    """Samples near a curved sheet, as an array and as text with six digits; and some to train on."""
    random = np.random.default_rng(1)
    mixing = random.standard_normal((16, 64), dtype=np.float32) / 4
    spread = random.standard_normal((64, WIDTHS[0]), dtype=np.float32) / 8
    array = np.lib.format.open_memmap(folder / "rows.npy", "w+", np.float32, (rows, WIDTHS[0]))
    for begin in range(0, rows, CSV_ROWS):
        count = min(CSV_ROWS, rows - begin)
        hidden = random.standard_normal((count, 16), dtype=np.float32)
        noise = random.standard_normal((count, WIDTHS[0]), dtype=np.float32)
        array[begin:begin + count] = np.tanh(hidden @ mixing) @ spread * 10 + 3 + noise / 10
    np.save(folder / "train.npy", array[:20_000])
    import pandas
    text = pandas.DataFrame(np.array(array[:CSV_ROWS])).to_csv(index=False, header=False,
                                                              float_format="%.6g")
    lines = text.encode()
    with open(folder / "rows.csv", "wb") as file:
        for begin in range(0, rows, CSV_ROWS):
            whole = rows - begin >= CSV_ROWS
            file.write(lines if whole else b"".join(lines.splitlines(True)[:rows - begin]))


def train_model(args, folder):
    words = [args.command, "train", folder / "train.npy", "-o", folder / "model",
             "--hidden", ",".join(map(str, WIDTHS[1:-1])), "--latent-dim", WIDTHS[-1],
             "--activation", "relu", "--epochs", 10, "--quiet"]
    subprocess.run([str(word) for word in words], check=True, stderr=subprocess.DEVNULL)


def run_ours(args, folder, verb, ending, threads=None):
    output = folder / "ours.npy"
    output.unlink(missing_ok=True)  # replacing a file takes longer than making one
    started = time.perf_counter()
    run_text([args.command, verb, folder / "model", folder / f"rows.{ending}", "-o", output, "--quiet",
              "--threads", threads or args.threads])
    return time.perf_counter() - started


def run_torch(folder, verb, ending, batch, threads):
    output = folder / "torch.npy"
    output.unlink(missing_ok=True)
    done = run([DEBIAN_PYTHON, HERE / "torch_score.py", verb, folder / "model",
                folder / f"rows.{ending}", output, batch, threads], peer_environment(threads))
    check_blas(done)
    return done


def run_driver(args, *words):
    return run([args.driver, *words])


def fastest_peer_settings(args, folder):
    """(batch, threads) for PyTorch, each tried twice on the scores of the array."""
    trials = {}
    for threads in sorted({1, args.threads}):
        for batch in args.batches:
            trials[batch, threads] = min(
                run_torch(folder, "detect", "npy", batch, threads)["seconds"] for _ in range(2))
    return min(trials, key=trials.get)


def compare_results(folder, name, verb):
    ours, torch = np.load(folder / "ours.npy"), np.load(folder / "torch.npy")
    if verb == "detect":
        apart = float(np.max(np.abs(ours["anomaly_score"] / torch - 1)))
    else:
        apart = float(np.max(np.abs(ours - torch)) / np.max(np.abs(torch)))
    print(f"{name}: {len(ours):,} rows, results apart by {apart:.1e} at most")
    if apart > 1e-4:
        sys.exit(f"{name}: the results differ, so the times would not compare like with like")
    return apart


def flop_per_row(verb):
    """A multiply-add for each weight; encoding stops at the code."""
    products = sum(a * b for a, b in zip(WIDTHS, WIDTHS[1:]))
    return 2 * products * (1 if verb == "encode" else 2)


def measure(args, folder, name, peer, peak, bandwidth):
    verb, ending = CASES[name]
    data = folder / f"rows.{ending}"
    run_ours(args, folder, verb, ending)
    run_torch(folder, verb, ending, *peer)
    apart = compare_results(folder, name, verb)
    ours, torch, reading, parsing = [], [], [], []
    for _ in range(args.repetitions):
        ours.append(run_ours(args, folder, verb, ending))
        torch.append(run_torch(folder, verb, ending, *peer)["seconds"])
        reading.append(run_driver(args, "read", data, args.threads)["seconds"])
        if ending == "csv":
            parsing.append(run_driver(args, "parse", data, args.threads)["seconds"])
    seconds = statistics.median(ours)
    gflops = args.rows * flop_per_row(verb) / seconds / 1e9
    case = {
        "rows": args.rows,
        "hourglass": {**summary(ours), "threads": args.threads},
        "pytorch": {**summary(torch), "batch": peer[0], "threads": peer[1]},
        "ratio": statistics.median(torch) / seconds,
        "rows_per_second": args.rows / seconds,
        "gflops": gflops,
        "core_peak_gflops": peak,
        "share_of_peak": gflops / (peak * args.threads),
        "reading": summary(reading),
        "over_reading": seconds / statistics.median(reading),
        "share_of_bandwidth": (data.stat().st_size + (folder / "ours.npy").stat().st_size)
        / seconds / bandwidth,
        "results_apart": apart,
    }
    if parsing:
        case["parsing"] = summary(parsing)
        case["over_parsing"] = seconds / statistics.median(parsing)
    return case


def spread(side):
    low, high = side["quartiles"]
    return f"{side['median']:.2f} s ({low:.2f}–{high:.2f})"


def show(figures, args):
    print(f"\n{'':18}{'Hourglass':>22}{'PyTorch':>24}{'ratio':>8}{'rows/s':>9}{'of FMA peak':>13}"
          f"{'of memory':>11}{'× reading':>11}{'× parsing':>11}")
    for name, case in figures["cases"].items():
        parsing = f"{case['over_parsing']:.2f}" if "over_parsing" in case else "–"
        print(f"{name:18}{spread(case['hourglass']):>22}{spread(case['pytorch']):>24}"
              f"{case['ratio']:>8.2f}{case['rows_per_second'] / 1e6:>8.2f}M"
              f"{case['share_of_peak']:>13.0%}{case['share_of_bandwidth']:>11.0%}"
              f"{case['over_reading']:>11.1f}{parsing:>11}")
    row = figures["one_row"]
    low, high = (1e6 * quartile for quartile in row["quartiles"])
    print(f"{'one row, in C++':18}{1e6 * row['median']:.1f} µs ({low:.1f}–{high:.1f})".rstrip())
    print(f"\nMedians of {args.repetitions} runs in turn, quartiles in brackets; "
          f"{args.rows:,} rows × {WIDTHS[0]}, network {'-'.join(map(str, WIDTHS))} mirrored, "
          f"{args.threads} threads; one core peaks at {figures['core_peak_gflops']:.0f} GFLOP/s, "
          f"memory is copied at {figures['bandwidth'] / 1e9:.0f} GB/s, read and written. "
          f"PyTorch in batches of {figures['peer'][0]:,} on {figures['peer'][1]} threads.")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    build = HERE.parent / "build" / "release"
    parser.add_argument("--command", default=str(build / "hourglass"))
    parser.add_argument("--driver", default=str(build / "score_bench"))
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--repetitions", type=int, default=7)
    parser.add_argument("--batches", type=lambda text: [int(word) for word in text.split(",")],
                        default=[1024, 4096, 65_536], help="that PyTorch may choose from")
    parser.add_argument("--cases", default=",".join(CASES))
    parser.add_argument("--json", metavar="FILE", help="also write the figures to FILE")
    args = parser.parse_args()

    with tempfile.TemporaryDirectory(prefix="hourglass-score-") as name:
        folder = pathlib.Path(name)
        write_rows(folder, args.rows)
        train_model(args, folder)
        peak = max(run_driver(args, "peak")["core_gflops"] for _ in range(3))
        bandwidth = run_driver(args, "bandwidth", args.threads)["bytes_per_second"]
        peer = fastest_peer_settings(args, folder)
        cases = {case: measure(args, folder, case, peer, peak, bandwidth) for case in args.cases.split(",")}
        figures = {"cases": cases, "peer": peer, "core_peak_gflops": peak, "bandwidth": bandwidth,
                   "one_row": run_driver(args, "row", folder / "model", folder / "train.npy")}
    show(figures, args)
    write_json(args.json, figures)


if __name__ == "__main__":
    main()
