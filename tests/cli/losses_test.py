"""What a choice of loss is good for."""

import csv
import unittest

import numpy as np

from support import CommandTest


class Mixed(CommandTest):
    """Tables whose categories depend on the same hidden numbers as their numeric columns."""

    def write_categories(self, name, rows, seed, hole_every=0):
        random, weights = np.random.default_rng(seed), np.random.default_rng(99)
        hidden = random.normal(size=(rows, 2))
        columns = {f"n{i}": [f"{value:.4f}" for value in hidden @ weights.normal(size=2)]
                   for i in range(3)}
        for levels in (3, 6, 12):
            score = 3 * hidden @ weights.normal(size=(2, levels)) + weights.normal(size=levels)
            columns[f"c{levels}"] = [f"level {level}" for level in score.argmax(1)]
        cells = [list(row) for row in zip(*columns.values())]
        for i in range(hole_every, rows, hole_every) if hole_every else ():
            cells[i][3 + i % 3] = ""
        with open(self.folder / name, "w", newline="") as file:
            csv.writer(file).writerows([list(columns), *cells])

    def share_right(self, *words):
        self.run_ok("train", "training.csv", "-o", "m", "--latent-dim", 2, "--hidden", "32",
                    "--epochs", 30, *words)
        self.run_ok("reconstruct", "m", "test.csv", "-o", "out.csv")
        expected, found = self.read_csv("test.csv"), self.read_csv("out.csv")
        right = [e[c] == f[c] for e, f in zip(expected, found) for c in ("c3", "c6", "c12")]
        return sum(right) / len(right)

    def test_categories_come_back_right_more_often_than_by_squared_errors(self):
        self.write_categories("training.csv", 1500, 1)
        self.write_categories("test.csv", 500, 2)
        mixed = self.share_right()
        self.assertEqual(mixed, self.share_right("--loss", "mixed"))
        self.assertGreater(mixed, self.share_right("--loss", "mse") + 0.02)
        self.assertGreater(mixed, 0.85)

    def test_the_loss_that_was_chosen_is_told(self):
        self.write_categories("table.csv", 100, 1)

        def told(*words):
            self.run_ok("train", "table.csv", "-o", "m", "--epochs", 1, *words)
            info = self.run_json("info", "m")
            return info["settings"]["loss"], any("loss = mixed" in note for note in info["notes"])
        self.assertEqual(told(), ("mixed", True))
        self.assertEqual(told("--loss", "mse"), ("mse", False))
        self.assertEqual(told("--family", "linear"), ("mse", False))
        self.assertEqual(told("--for", "detect"), ("mse", False))
        self.assertEqual(told("--drop", "c3,c6,c12"), ("mse", False))

    def test_missing_cells_and_detection(self):
        self.write_categories("holes.csv", 300, 3, hole_every=7)
        for threads in (1, 2):
            self.run_ok("train", "holes.csv", "-o", f"m{threads}", "--loss", "mixed", "--missing",
                        "impute", "--epochs", 5, "--for", "detect", "--threads", threads)
        self.assertEqual((self.folder / "m1").read_bytes(), (self.folder / "m2").read_bytes())
        self.run_ok("detect", "m1", "holes.csv", "--missing", "impute", "--explain", 6, "-o",
                    "scores.csv")
        scores = [float(row["anomaly_score"]) for row in self.read_csv("scores.csv")]
        self.assertTrue(all(np.isfinite(scores)))


class GaussianNll(CommandTest):
    """Columns that show the same two hidden numbers through noise of different sizes."""

    def setUp(self):
        super().setUp()
        random = np.random.default_rng(0)
        noise = np.array([0.1, 0.3, 0.6] * 2)
        for name, rows in (("training.npy", 1000), ("test.npy", 300)):
            hidden = np.repeat(random.normal(size=(rows, 2)), 3, axis=1)
            np.save(self.folder / name, hidden + noise * random.normal(size=(rows, 6)))

    def train(self, *words):
        self.run_ok("train", "training.npy", "-o", "m", "--loss", "gaussian-nll", "--latent-dim",
                    2, "--hidden", 16, "--epochs", 40, *words)

    def test_what_is_written_is_the_means_alone(self):
        self.train()
        info = self.run_json("info", "m")
        self.assertEqual(info["settings"]["loss"], "gaussian-nll")
        self.assertEqual(info["layers"][-1]["outputs"], 12)
        errors = self.run_json("reconstruct", "m", "test.npy", "-o", "out.npy")
        test, out = np.load(self.folder / "test.npy"), np.load(self.folder / "out.npy")
        self.assertEqual(out.shape, test.shape)
        self.assertAlmostEqual(errors["mean_squared_error"], np.mean((test - out) ** 2), 5)
        self.assertLess(errors["mean_squared_error"], 0.5 * test.var())
        self.run_ok("encode", "m", "test.npy", "-o", "codes.npy")
        self.run_ok("decode", "m", "codes.npy", "-o", "decoded.npy")
        self.assertLess(np.abs(np.load(self.folder / "decoded.npy") - out).max(), 1e-5)

    def test_detection_and_samples(self):
        self.train("--for", "detect", "--family", "variational")
        self.run_ok("sample", "m", "--count", 20, "-o", "new.npy")
        self.assertEqual(np.load(self.folder / "new.npy").shape, (20, 6))
        self.run_ok("detect", "m", "test.npy", "--explain", 6, "-o", "scores.csv")
        scores = [float(row["anomaly_score"]) for row in self.read_csv("scores.csv")]
        self.assertTrue(all(np.isfinite(scores)))


class Robust(CommandTest):
    def test_it_forgets_gross_outliers(self):
        random = np.random.default_rng(0)
        shape = random.normal(size=(2, 8))

        def rows(count):
            return random.normal(size=(count, 2)) @ shape + random.normal(0, 0.05, (count, 8))
        training, clean = rows(1000), rows(300)
        training[:100] = random.normal(0, 8, (100, 8))
        np.save(self.folder / "training.npy", training)
        np.save(self.folder / "clean.npy", clean)

        def error(*words):
            self.run_ok("train", "training.npy", "-o", "m", "--latent-dim", 2, "--hidden", "24",
                        "--epochs", 60, *words)
            return self.run_json("reconstruct", "m", "clean.npy", "-o", "out.npy")[
                "mean_squared_error"]
        self.assertLess(error("--family", "robust"), 0.3 * error("--family", "deep"))


if __name__ == "__main__":
    unittest.main()
