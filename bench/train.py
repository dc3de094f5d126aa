#!/usr/bin/python3
"""Training speed beside PyTorch: whole Adam steps of the networks in bench/cases.py, gather included, on the
same samples, initial weights and order of batches.

First both must follow the same losses. Then the two run in turn, several times, each time as a fresh
process; medians and the spread between quartiles are shown, and which share of the multiply-add peak of
the cores it uses Hourglass reaches. PyTorch is Debian's, on OpenBLAS with OpenMP; the number of threads, the
form of Adam, how idle threads wait and, where there are several, the way the penalty is written are
whichever is fastest for it in a short trial. Beside it plain dense networks are timed in scikit-learn and,
with --current-torch PYTHON, every case in a newer PyTorch, eager and compiled.
"""

import argparse
import itertools
import json
import os
import pathlib
import statistics
import sys
import tempfile

import numpy as np

from cases import CASES
from harness import DEBIAN_PYTHON, HERE, check_blas, peer_environment, rate, run, summary, table, write_json

TRIAL = 0.5  # seconds of the runs that settle settings


def write_config(path, settings):
    def text(value):
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, list):
            return "[" + ", ".join(text(part) for part in value) + "]"
        return json.dumps(value)
    pathlib.Path(path).write_text("".join(f"{key} = {text(value)}\n" for key, value in settings.items()))


class Folder:
    """A case laid out for both sides: samples near a curved sheet, an order of batches, initial weights."""

    def __init__(self, args, case, path):
        self.args, self.case, self.path = args, case, path
        features = int(np.prod(case.shape))
        random = np.random.default_rng(1)
        hidden = random.standard_normal((case.rows, 16), dtype=np.float32)
        mixing = random.standard_normal((16, 64), dtype=np.float32) / 4
        spread = random.standard_normal((64, features), dtype=np.float32) / 8
        (np.tanh(hidden @ mixing) @ spread).tofile(f"{path}/data.f32")
        whole = case.rows - case.rows % case.batch
        order = np.concatenate([random.permutation(case.rows)[:whole] for _ in range(3)])
        order.astype(np.int64).tofile(f"{path}/order.i64")
        write_config(f"{path}/case.toml", case.settings)
        self.shape = ",".join(map(str, case.shape))
        tensors = run([args.driver, "initial", path, self.shape])
        pathlib.Path(f"{path}/case.json").write_text(json.dumps(
            {"features": features, "batch": case.batch, "peer": case.peer, "tensors": tensors}))

    def ours(self, warm_up, steps):
        return run([self.args.driver, "time", self.path, self.shape, self.case.batch, warm_up, steps,
                    self.args.threads])

    def sklearn(self, warm_up, steps):
        return run([DEBIAN_PYTHON, HERE / "sklearn_train.py", self.path, warm_up, steps],
                   peer_environment(self.args.threads))

    def torch(self, warm_up, steps, python=DEBIAN_PYTHON, waiting="default", **options):
        environment = peer_environment(options["threads"], waiting)
        done = run([python, HERE / "torch_train.py", self.path, warm_up, steps, json.dumps(options)],
                   environment)
        if python == DEBIAN_PYTHON:
            check_blas(done)
        return done


class Side:
    """One of those compared: runs as many steps as take the time asked for."""

    def __init__(self, batch, time):
        self.batch, self.time = batch, time
        self.steps = 1
        self.rates = []
        # Steps enough to tell how long one takes, without the first.
        while (done := time(1, self.steps))["seconds"] < TRIAL / 4 and self.steps < 10_000:
            self.steps *= 4
        self.seconds = done["seconds"] / self.steps

    def run(self, seconds):
        steps = max(3, int(seconds / self.seconds))
        done = self.time(max(1, steps // 10), steps)
        self.rates.append(self.batch * steps / done["seconds"])
        return done


def compare_losses(case, ours, peer):
    """Equal to rounding at first; later rounding has grown and only the level must agree."""
    ours, peer = np.array(ours["losses"]), np.array(peer["losses"])
    steps = min(len(ours), len(peer), 40)
    first = float(np.max(np.abs(ours[:10] / peer[:10] - 1)))
    last = float(abs(ours[steps // 2:steps].mean() / peer[steps // 2:steps].mean() - 1))
    print(f"  losses {ours[0]:.5f} to {ours[steps - 1]:.5f}; apart by {first:.1e} over the first ten steps, "
          f"{last:.1e} over steps {steps // 2} to {steps}", flush=True)
    if first > case.bound or last > max(0.03, case.bound):
        sys.exit(f"{case.name}: the losses differ, so the times would not compare like with like")
    return {"first_ten": first, "later": last}


def fastest_peer(args, case, folder):
    """The settings under which PyTorch is fastest, and all that were tried, in seconds a step."""
    options = {"threads": sorted({1, args.threads}), "foreach": [False, True], "form": case.forms,
               "waiting": ["default", "active"]}
    if case.peer["model"] == "convolutional":
        options["channels_last"] = [False, True]
    tried = []
    for values in itertools.product(*options.values()):
        settings = dict(zip(options, values))
        if settings["threads"] == 1 and settings["waiting"] == "active":
            continue
        tried.append((Side(case.batch, lambda w, s: folder.torch(w, s, **settings)).seconds, settings))
    tried.sort(key=lambda entry: entry[0])
    for form in case.forms if len(case.forms) > 1 else ():
        best = next(seconds for seconds, settings in tried if settings["form"] == form)
        print(f"  PyTorch, {form}: {1e3 * best:.1f} ms a step", flush=True)
    return tried[0][1], tried


def is_plain(case):
    """Whether scikit-learn has such a network: dense, rectified, squared error and no more."""
    return set(case.peer) == {"model", "widths", "activation", "code"} and "precision" not in case.settings \
        and case.peer["activation"] == "relu"


def sides_beside(args, case, folder, peer):
    """Further peers, told beside the one that the ratio is held to."""
    beside = {}
    if is_plain(case):
        beside["scikit-learn"] = folder.sklearn
    if args.current_torch:
        settings = {**peer, "threads": args.threads, "python": args.current_torch}
        beside["current eager"] = lambda w, s: folder.torch(w, s, **{**settings, "foreach": True})
        beside["current compiled"] = lambda w, s: folder.torch(w, s, **{**settings, "compile": True})
    return {name: Side(case.batch, time) for name, time in beside.items()}


def measure(args, case):
    print(f"{case.name}, batch {case.batch}", flush=True)
    with tempfile.TemporaryDirectory() as path:
        folder = Folder(args, case, path)
        peer, tried = fastest_peer(args, case, folder)
        losses = compare_losses(case, folder.ours(0, 40), folder.torch(0, 40, **peer))
        ours = Side(case.batch, folder.ours)
        torch = Side(case.batch, lambda w, s: folder.torch(w, s, **peer))
        beside = sides_beside(args, case, folder, peer)
        done = []
        for _ in range(args.repetitions):
            done.append(ours.run(args.seconds))
            theirs = torch.run(args.seconds)
            for side in beside.values():
                side.run(args.seconds)
    peak = max(run["cores_gflops"] for run in done)
    gflops = statistics.median(ours.rates) * done[0]["flop_per_sample"] / 1e9
    figures = {
        "batch": case.batch,
        "hourglass": {**summary(ours.rates), "implementation": done[0]["implementation"],
                      "threads": done[0]["workers"]},
        "pytorch": {**summary(torch.rates), "implementation": theirs["implementation"],
                    "blas": theirs["blas"], "settings": peer,
                    "tried": [{"seconds_per_step": seconds, **settings} for seconds, settings in tried]},
        "beside": {name: summary(side.rates) for name, side in beside.items()},
        "ratio": statistics.median(ours.rates) / statistics.median(torch.rates),
        "floor": case.floor,
        "gflops": gflops,
        "core_peak_gflops": max(run["core_gflops"] for run in done),
        "cores_peak_gflops": peak,
        "share_of_peak": gflops / peak,
        "share_wanted": case.share,
        "losses_apart": losses,
    }
    print("  " + " | ".join(row_of(case, figures)), flush=True)
    return figures


HEADER = ["training step", "batch", "Hourglass, samples/s", "PyTorch, samples/s", "ratio (floor)",
          "of peak (wanted)"]


def row_of(case, figures):
    floor = f" ({case.floor:g})" if case.floor else ""
    wanted = f" ({case.share:.0%})" if case.share else ""
    cores = figures["hourglass"]["threads"]
    return [case.name, str(case.batch), rate(figures["hourglass"]), rate(figures["pytorch"]),
            f"{figures['ratio']:.2f}{floor}",
            f"{figures['share_of_peak']:.0%} of {cores}{wanted}"]


def key(case):
    return f"{case.name}, {case.batch}"


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--driver", default=str(HERE.parent / "build" / "release" / "train_bench"))
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--repetitions", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=1.0, help="of each repetition")
    parser.add_argument("--cases", default="", help="parts of their names, by semicolons; default: all")
    parser.add_argument("--current-torch", metavar="PYTHON",
                        help="a Python with a current PyTorch, timed beside")
    parser.add_argument("--json", metavar="FILE", help="also write the figures to FILE")
    args = parser.parse_args()

    chosen = [case for case in CASES if any(part in key(case) for part in args.cases.split(";"))]
    figures = {key(case): measure(args, case) for case in chosen}
    print()
    print(table(HEADER, [row_of(case, figures[key(case)]) for case in chosen]))
    print(f"\nMedians of {args.repetitions} runs in turn, quartiles in brackets.")
    for name, case in figures.items():
        if case["beside"]:
            print(f"{name}: " + ", ".join(f"{peer} {rate(side)}" for peer, side in case["beside"].items()))
    write_json(args.json, figures)


if __name__ == "__main__":
    main()
