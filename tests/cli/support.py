"""What the tests of the command share: running it, and looking at what it left behind."""

import csv
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

import numpy as np

COMMAND = os.environ.get("HOURGLASS", "hourglass")
# Sanitizers make everything slower; a hang is still found.
TIMEOUT = 120


class CommandTest(unittest.TestCase):
    """A test in a folder of its own, which is also the command's working folder."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="hourglass-test-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def command(self, *words, **options):
        return subprocess.run([COMMAND, *map(str, words)], cwd=self.folder, capture_output=True,
                              timeout=TIMEOUT, **options)

    def run_ok(self, *words):
        """Runs the command, which must succeed, and gives back what it printed."""
        done = self.command(*words)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return done.stdout.decode()

    def run_json(self, *words):
        """The same with --json; NaN and Infinity, which are not JSON, are refused."""
        def refuse(constant):
            raise AssertionError(f"{constant} is not JSON")
        text = self.run_ok(*words, "--json")
        self.assertEqual(text.count("\n"), text.rstrip("\n").count("\n") + 1)
        return json.loads(text, parse_constant=refuse)

    def refused(self, code, *words, says=(), leaves=(), **options):
        """The command must end with `code`, say each of `says` in one line on standard error that
        begins "hourglass: ", print nothing, and leave the folder as it was."""
        before = self.files()
        done = self.command(*words, **options)
        errors = done.stderr.decode()
        self.assertEqual(done.returncode, code, errors)
        lines = [line for line in errors.splitlines() if not line.startswith(("note: ", "warning: "))]
        self.assertEqual(len(lines), 1, errors)
        self.assertTrue(lines[0].startswith("hourglass: "), errors)
        for part in [says] if isinstance(says, str) else says:
            self.assertIn(part, lines[0])
        self.assertEqual(done.stdout, b"")
        self.assertEqual(self.files(), before | set(leaves))
        return lines[0]

    def read_csv(self, name):
        """The rows of a CSV with a header, each a dictionary."""
        with open(self.folder / name, newline="") as file:
            return list(csv.DictReader(file))

    def files(self):
        return {str(path.relative_to(self.folder)) for path in self.folder.rglob("*")}

    def write(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def write_table(self, name="table.csv", rows=120, columns=5, seed=0, labels=False):
        """Rows near a plane. With labels, the first five are far from it and the column `label`
        says so."""
        values = plane(rows, columns, seed)
        anomalous = np.zeros(rows, dtype=int)
        if labels:
            anomalous[:5] = 1
            values[:5] += np.random.default_rng(seed + 1).normal(0, 4, (5, columns))
        header = [f"x{i + 1}" for i in range(columns)] + (["label"] if labels else [])
        lines = [",".join(header)]
        for row, label in zip(values, anomalous):
            cells = [f"{value:.6g}" for value in row] + ([str(label)] if labels else [])
            lines.append(",".join(cells))
        self.write(name, "\n".join(lines) + "\n")
        return values

    def train(self, data, model="trained.model", *words):
        """Trains a small model quickly; the result as JSON."""
        return self.run_json("train", data, "-o", model, "--latent-dim", 2, "--epochs", 20, *words)


def plane(rows, columns, seed=0):
    random = np.random.default_rng(seed)
    return (random.normal(size=(rows, 2)) @ random.normal(size=(2, columns))
            + random.normal(0, 0.05, (rows, columns)))
