#!/usr/bin/python3
"""A million rows through `detect MODEL -`: rows a second, memory, and how long a score comes after its row.

Rows are written to the command's standard input while another thread reads its scores. A row's delay is from
the moment its last byte was in the pipe to that at which its score was read here. They come as fast as the
pipe takes them ("fast"), where each row waits for those in the pipe before it, then at a steady pace, both once
the command has written its header: what it takes to start and read the model is told beside. With a model of
windows a score also waits for the rows that share a window with its own: its delay is from the last of these.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time

import numpy as np

from harness import HERE, run_text, table, write_json

LINES = 5_000  # different ones, written over and over
WINDOW = 16
# Words for train, and how many rows behind its own a score waits for.
KINDS = {"plain": ([], 0), "for detect": (["--for", "detect"], 0),
         f"windows of {WINDOW}": (["--window", str(WINDOW)], WINDOW - 1)}
AT_ONCE = 50  # rows in a write: 50 every 2.5 ms are 20,000 a second


def lines_of(rows):
    return [(",".join(f"{x:.6g}" for x in row) + "\n").encode() for row in rows]


def memory_of(process):
    """Resident megabytes: now, and at the most."""
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    fields = dict(line.split(":", 1) for line in status.splitlines())
    return [int(fields[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM")]


def read_scores(output, arrivals, memory, total, process):
    """Fills `arrivals` with (scores read so far, moment)."""
    seen = -1  # the header
    while chunk := os.read(output, 1 << 16):
        seen += chunk.count(b"\n")
        arrivals.append((seen, time.perf_counter()))
        if not memory and seen > total // 10:
            memory.append(memory_of(process)[0])
        if seen == total:
            memory.append(memory_of(process)[1])


def delays(written, arrivals, behind):
    """Of the last score that each write settles, in seconds."""
    rows, moments = map(np.array, zip(*written))
    seen, read = map(np.array, zip(*arrivals))
    return read[np.searchsorted(seen, rows - behind)] - moments


def stream(args, lines, pace, behind):
    """`behind`: the rows that a score waits for behind its own."""
    begun = time.perf_counter()
    process = subprocess.Popen([args.command, "detect", args.model, "-", "--quiet", "--threads",
                                str(args.threads)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    arrivals, memory, written = [], [], []
    settled = args.rows - behind
    reader = threading.Thread(target=read_scores, args=(process.stdout.fileno(), arrivals, memory, settled,
                                                        process))
    reader.start()
    pipe = process.stdin.fileno()
    chunks = [b"".join(lines[i:i + AT_ONCE]) for i in range(0, len(lines), AT_ONCE)]
    while not arrivals and process.poll() is None:
        time.sleep(0.001)
    start = time.perf_counter()
    for number in range(args.rows // AT_ONCE):
        if pace:
            time.sleep(max(0.0, start + number * AT_ONCE / pace - time.perf_counter()))
        chunk = chunks[number % len(chunks)]
        while chunk:
            chunk = chunk[os.write(pipe, chunk):]
        written.append(((number + 1) * AT_ONCE, time.perf_counter()))
    while not arrivals or arrivals[-1][0] < settled:
        if process.poll() is not None:
            sys.exit(f"detect ended early with exit code {process.returncode}")
        time.sleep(0.001)
    seconds = arrivals[-1][1] - start
    process.stdin.close()
    reader.join()
    if process.wait() != 0:
        sys.exit(f"exit code {process.returncode} from detect")
    if arrivals[-1][0] != args.rows:
        sys.exit(f"{arrivals[-1][0]} scores of {args.rows} rows")
    late = delays(written, arrivals, behind)
    return {"start_ms": 1e3 * (start - begun), "rows_per_second": args.rows / seconds, "worst_delay_ms": 1e3 * late.max(),
            "delay_99_percent_ms": 1e3 * float(np.quantile(late, 0.99)),
            "memory_after_a_tenth_mb": memory[0], "peak_memory_mb": memory[-1]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--command", default=HERE.parent / "build/release/hourglass")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--features", type=int, default=30)
    parser.add_argument("--pace", type=int, default=20_000, help="rows a second of the steady stream")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json")
    args = parser.parse_args()
    random = np.random.default_rng(1)
    mixing = random.normal(size=(6, args.features))
    rows = np.tanh(random.normal(size=(LINES, 6)) @ mixing) + random.normal(size=(LINES, args.features)) / 10
    lines = lines_of(rows)
    figures = {}
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "train.csv").write_bytes(b"".join(lines))
        for kind, (words, behind) in KINDS.items():
            args.model = folder / "model"
            run_text([args.command, "train", folder / "train.csv", "-o", args.model, "--quiet", *words])
            for name, pace in {"fast": 0, f"{args.pace:,} rows/s": args.pace}.items():
                figures[f"{kind}, {name}"] = stream(args, lines, pace, behind)
    print(table(["stream", "start", "rows/s", "worst delay", "99 % within", "memory after a tenth", "at most"], [
        [name, f"{each['start_ms']:.0f} ms", f"{each['rows_per_second']:,.0f}", f"{each['worst_delay_ms']:.1f} ms",
         f"{each['delay_99_percent_ms']:.1f} ms", f"{each['memory_after_a_tenth_mb']:.1f} MB",
         f"{each['peak_memory_mb']:.1f} MB"] for name, each in figures.items()]))
    write_json(args.json, figures)
    late = [name for name, each in figures.items() if each["worst_delay_ms"] > 50]
    print("ok: each score came within 50 ms of its row" if not late else f"missed 50 ms: {', '.join(late)}")


if __name__ == "__main__":
    main()
