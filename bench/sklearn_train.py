#!/usr/bin/python3
"""Times training steps of scikit-learn's MLPRegressor, asked to give back its inputs: the same shape, batches,
optimiser and samples as the case's. It starts from weights of its own and rectifies the code too, which
Hourglass's cases leave linear, so only its speed is compared.

Usage: sklearn_train.py FOLDER WARM_UP STEPS
Prints one line of JSON.
"""

import json
import sys
import time
import warnings

import numpy as np
import sklearn
from sklearn.neural_network import MLPRegressor


def batches_of(samples, batch, steps):
    """Rows enough for so many steps, from the front again where there are not."""
    return samples[np.arange(batch * steps) % len(samples)]


def main():
    folder, warm_up, steps = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    with open(f"{folder}/case.json", encoding="utf-8") as file:
        case = json.load(file)
    samples = np.fromfile(f"{folder}/data.f32", np.float32).reshape(-1, case["features"])
    widths = case["peer"]["widths"]
    model = MLPRegressor(widths[1:] + widths[-2:0:-1], activation="relu", solver="adam", alpha=0,
                         batch_size=case["batch"], random_state=0)
    warnings.simplefilter("ignore")
    first = batches_of(samples, case["batch"], max(1, warm_up))
    model.partial_fit(first, first)
    rows = batches_of(samples, case["batch"], steps)
    started = time.perf_counter()
    model.partial_fit(rows, rows)
    print(json.dumps({"seconds": time.perf_counter() - started, "loss": model.loss_,
                      "implementation": f"scikit-learn {sklearn.__version__}"}))


if __name__ == "__main__":
    main()
