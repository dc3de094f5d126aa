#!/usr/bin/python3
"""Training speed beside PyTorch: whole Adam steps of dense autoencoders, gather included, on the same
samples, initial weights and order of batches.

First both must follow the same losses. Then the two run in turn, several times, each time as a fresh
process; medians and the spread between quartiles are shown, and which share of the machine's
multiply-add peak Hourglass reaches. PyTorch is Debian's, on OpenBLAS with OpenMP; the number of threads,
the form of Adam and how idle threads wait are whichever is fastest for it in a short trial.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
OPENMP_BLAS = "/usr/lib/x86_64-linux-gnu/openblas-openmp"
WARM_UP = 50
TRIAL = 400  # steps of the runs that settle losses, settings and durations
# name: (encoder widths, batch, rows of data)
CASES = {
    "784-128-32": ([784, 128, 32], 256, 60_000),
    "30-64-32-8": ([30, 64, 32, 8], 32, 50_000),
}


def write_case(folder, widths, batch, rows):
    """Samples near a curved sheet, He-uniform weights, zero biases, three epochs' order."""
    random = np.random.default_rng(1)
    hidden = random.standard_normal((rows, 16), dtype=np.float32)
    mixing = random.standard_normal((16, 64), dtype=np.float32) / 4
    spread = random.standard_normal((64, widths[0]), dtype=np.float32) / 8
    (np.tanh(hidden @ mixing) @ spread).tofile(f"{folder}/data.f32")
    whole = rows - rows % batch
    order = np.concatenate([random.permutation(rows)[:whole] for _ in range(3)])
    order.astype(np.int64).tofile(f"{folder}/order.i64")
    sizes = widths + widths[-2::-1]
    for i, (inputs, outputs) in enumerate(zip(sizes, sizes[1:])):
        bound = np.sqrt(6 / inputs)
        weight = random.uniform(-bound, bound, (outputs, inputs)).astype(np.float32)
        weight.tofile(f"{folder}/weight_{i}.f32")
        np.zeros(outputs, np.float32).tofile(f"{folder}/bias_{i}.f32")


def run_ours(args, folder, widths, batch, steps):
    return run([args.driver, folder, ",".join(map(str, widths)), batch, WARM_UP, steps,
                args.threads], os.environ)


def run_torch(folder, widths, batch, steps, threads, adam, waiting):
    library_path = ":".join(filter(None, [OPENMP_BLAS, os.environ.get("LD_LIBRARY_PATH")]))
    environment = {**os.environ, "LD_LIBRARY_PATH": library_path,
                   "OMP_NUM_THREADS": str(threads)}
    if waiting == "active":
        environment["OMP_WAIT_POLICY"] = "active"
    done = run(["/usr/bin/python3", HERE / "torch_train.py", folder, ",".join(map(str, widths)),
                batch, WARM_UP, steps, threads, adam], environment)
    if not any("openblas-openmp" in path for path in done["blas"]):
        sys.exit(f"PyTorch does not run on OpenBLAS with OpenMP but on {done['blas']}")
    return done


def run(words, environment):
    done = subprocess.run([str(word) for word in words], env=environment, text=True,
                          stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        sys.exit(f"exit code {done.returncode} from {words[0]}")
    return json.loads(done.stdout)


def compare_losses(name, ours, torch):
    """Equal to rounding at first; later rounding has grown and only the level must agree."""
    ours, torch = np.array(ours["losses"]), np.array(torch["losses"])
    first = float(np.max(np.abs(ours[:10] / torch[:10] - 1)))
    last = float(abs(ours[-20:].mean() / torch[-20:].mean() - 1))
    print(f"{name}: losses {ours[0]:.5f} to {ours[-1]:.5f}; apart by {first:.1e} over the first ten "
          f"steps, {last:.1e} over the last twenty")
    if first > 1e-4 or last > 0.03:
        sys.exit(f"{name}: the losses differ, so the times would not compare like with like")
    return {"first_ten": first, "last_twenty": last}


def fastest_peer_settings(args, folder, widths, batch):
    """(threads, form of Adam, how idle OpenMP threads wait), each tried twice."""
    trials = {}
    for threads in sorted({1, args.threads}):
        for adam in ("loop", "foreach"):
            for waiting in ("default", "active") if threads > 1 else ("default",):
                settings = threads, adam, waiting
                trials[settings] = min(
                    run_torch(folder, widths, batch, TRIAL, *settings)["seconds"] for _ in range(2))
    return min(trials, key=trials.get)


def steps_that_take(seconds, trial):
    return max(100, int(TRIAL * seconds / trial["seconds"]))


def flop_per_sample(widths):
    """Three products per layer, forward, to the inputs and to the weights; none to the samples."""
    products = [a * b for a, b in zip(widths, widths[1:])]
    return 2 * (6 * sum(products) - products[0])


def summary(rates):
    quartiles = statistics.quantiles(rates, n=4, method="inclusive")
    return {"median": statistics.median(rates), "quartiles": [quartiles[0], quartiles[2]]}


def measure(args, name):
    widths, batch, rows = CASES[name]
    with tempfile.TemporaryDirectory() as folder:
        write_case(folder, widths, batch, rows)
        peer = fastest_peer_settings(args, folder, widths, batch)
        losses = compare_losses(name, run_ours(args, folder, widths, batch, TRIAL),
                                run_torch(folder, widths, batch, TRIAL, *peer))
        ours_steps = steps_that_take(args.seconds, run_ours(args, folder, widths, batch, TRIAL))
        torch_steps = steps_that_take(
            args.seconds, run_torch(folder, widths, batch, TRIAL, *peer))
        ours_rates, torch_rates, peaks = [], [], []
        for _ in range(args.repetitions):
            ours = run_ours(args, folder, widths, batch, ours_steps)
            torch = run_torch(folder, widths, batch, torch_steps, *peer)
            ours_rates.append(batch * ours_steps / ours["seconds"])
            torch_rates.append(batch * torch_steps / torch["seconds"])
            peaks.append(ours["core_gflops"])
    peak = max(peaks)
    gflops = statistics.median(ours_rates) * flop_per_sample(widths) / 1e9
    return {
        "batch": batch,
        "hourglass": {**summary(ours_rates), "threads": ours["threads"],
                      "implementation": ours["implementation"]},
        "pytorch": {**summary(torch_rates), "threads": peer[0], "adam": peer[1], "waiting": peer[2],
                    "implementation": torch["implementation"], "blas": torch["blas"]},
        "ratio": statistics.median(ours_rates) / statistics.median(torch_rates),
        "gflops": gflops,
        "core_peak_gflops": peak,
        "share_of_one_core": gflops / peak,
        "share_of_peak": gflops / (peak * ours["threads"]),
        "losses_apart": losses,
    }


def rate(side):
    low, high = side["quartiles"]
    return f"{side['median'] / 1e3:,.0f}k ({low / 1e3:,.0f}–{high / 1e3:,.0f})"


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--driver", default=str(HERE.parent / "build" / "release" / "train_bench"))
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--repetitions", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each repetition")
    parser.add_argument("--cases", default=",".join(CASES))
    parser.add_argument("--json", metavar="FILE", help="also write the figures to FILE")
    args = parser.parse_args()

    figures = {name: measure(args, name) for name in args.cases.split(",")}
    print(f"\n{'training step, samples/s':26}{'Hourglass':>24}{'PyTorch':>24}{'ratio':>8}"
          f"{'of FMA peak':>13}")
    for name, case in figures.items():
        print(f"{name + ', batch ' + str(case['batch']):26}{rate(case['hourglass']):>24}"
              f"{rate(case['pytorch']):>24}{case['ratio']:>8.2f}{case['share_of_peak']:>13.0%}")
    print("\nMedians of", args.repetitions, "runs in turn, quartiles in brackets.")
    for name, case in figures.items():
        ours, torch = case["hourglass"], case["pytorch"]
        print(f"{name}: Hourglass {ours['implementation']}, {ours['threads']} threads, "
              f"{case['gflops']:.0f} GFLOP/s; one core peaks at {case['core_peak_gflops']:.0f}. "
              f"{torch['implementation']}, {torch['threads']} threads, waiting {torch['waiting']}, "
              f"Adam {torch['adam']}, {pathlib.Path(torch['blas'][-1]).name} of "
              f"{pathlib.Path(torch['blas'][-1]).parent.name}")
    if args.json:
        pathlib.Path(args.json).write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
