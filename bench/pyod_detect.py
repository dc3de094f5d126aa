"""PyOD's AutoEncoder from file to scores: the counterpart of `hourglass train` and `hourglass detect` for
bench/detect.py.

Usage: pyod_detect.py DATA.npy SCORES.npy SETTINGS   (SETTINGS: JSON)
Prints one line of JSON: seconds from importing on (all), and from having imported, first steps included, on (work).
"""

import json
import sys
import time

started = time.perf_counter()

import numpy as np
import torch
from pyod.models.auto_encoder import AutoEncoder


def detector(settings, epochs):
    return AutoEncoder(hidden_neuron_list=settings["hidden"], epoch_num=epochs,
                       batch_size=settings["batch"], lr=settings["lr"], batch_norm=False,
                       dropout_rate=0, verbose=0, device=torch.device("cpu"), random_state=0)


def main():
    data, scores, settings = sys.argv[1:]
    settings = json.loads(settings)
    torch.set_num_threads(settings["threads"])
    # The first step of an optimiser imports a good part of PyTorch.
    detector(settings, 1).fit(np.random.default_rng(0).normal(size=(64, 8)).astype(np.float32))
    imported = time.perf_counter()
    samples = np.load(data)
    fitted = detector(settings, settings["epochs"])
    fitted.fit(samples)
    np.save(scores, fitted.decision_function(samples))
    ended = time.perf_counter()
    print(json.dumps({"all": ended - started, "work": ended - imported,
                      "implementation": f"PyTorch {torch.__version__}"}))


main()
