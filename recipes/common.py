"""What the recipes share: where the data and the command are, and running it."""

import argparse
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def arguments(description, data=True):
    """The flags every recipe has. Add more, then call parse()."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    if data:
        parser.add_argument(
            "--data-dir",
            default=os.environ.get("HOURGLASS_DATA", str(ROOT.parent / "shared" / "data")),
            help="folder of the data sets (default: $HOURGLASS_DATA, else ../shared/data)",
        )
    parser.add_argument(
        "--hourglass",
        default=os.environ.get("HOURGLASS", str(ROOT / "build" / "release" / "hourglass")),
        help="the command (default: $HOURGLASS, else build/release/hourglass)",
    )
    parser.add_argument("--json", metavar="FILE", help="also write the figures to FILE")
    return parser


def require(path):
    """`path` if it exists, else a plain word about what is missing."""
    path = pathlib.Path(path)
    if not path.exists():
        sys.exit(f"{path} is not there; say where the data is with --data-dir or HOURGLASS_DATA")
    return path


def run(command, *words, quiet=True):
    """Runs `hourglass WORDS --json` and gives back what it printed, parsed. Quiet: its progress and
    warnings are shown only if it fails."""
    words = [str(command), *map(str, words), "--json"]
    done = subprocess.run(words, stdout=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL,
                          stderr=subprocess.PIPE if quiet else None)
    if done.returncode != 0:
        sys.exit(f"{done.stderr or ''}exit code {done.returncode} from: {' '.join(words)}")
    return json.loads(done.stdout)


def write_json(path, figures):
    if path:
        pathlib.Path(path).write_text(json.dumps(figures, indent=2) + "\n")


def verdict(name, value, bar, above=False):
    """Prints a figure beside the bar it has to stay under, or above; True when it does."""
    held = value >= bar if above else value <= bar
    print(f"{'ok  ' if held else 'MISS'} {name}: {value:.6g} (bar {bar:g})")
    return held


def probe_errors(train, labels, test, test_labels, c, iterations):
    """Training and test error, in percent, of logistic regression on codes that are scaled already."""
    import warnings

    import numpy as np
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        classifier = LogisticRegression(C=c, max_iter=iterations).fit(train, labels)
    return [100 * float(np.mean(classifier.predict(codes) != truth))
            for codes, truth in ((train, labels), (test, test_labels))]


def mnist(data_dir, part, rows=None):
    """The images of a part ("train" or "t10k"), n × 28 × 28 bytes, and their labels."""
    images = read_idx(require(f"{data_dir}/mnist/{part}-images-idx3-ubyte.gz"))[:rows]
    labels = read_idx(require(f"{data_dir}/mnist/{part}-labels-idx1-ubyte.gz"))[:rows]
    return images, labels


def write_idx(path, array):
    """Bytes as IDX, which is read as numbers in [0, 1]."""
    import numpy as np

    head = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">i4").tobytes()
    pathlib.Path(path).write_bytes(head + array.astype(np.uint8).tobytes())


def read_idx(path):
    """An .gz of IDX bytes as a NumPy array."""
    import gzip

    import numpy as np

    raw = gzip.open(path).read()
    rank = raw[3]
    shape = np.frombuffer(raw, ">i4", rank, 4)
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * rank).reshape(shape)
