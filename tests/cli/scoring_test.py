"""Scores of many rows: against the same sums in NumPy, whatever kind of data, model or output they
come by, and however many threads and blocks the rows are dealt to."""

import gzip
import json
import struct
import unittest

import numpy as np

from support import CommandTest, plane


def read_model(path):
    """Tensors of a model by name."""
    content = path.read_bytes()
    length = struct.unpack("<Q", content[:8])[0]
    tensors = json.loads(content[8:8 + length])
    tensors.pop("__metadata__")
    types = {"F32": "<f4", "F64": "<f8"}
    return {name: np.frombuffer(content, types[t["dtype"]], np.prod(t["shape"], dtype=int),
                                8 + length + t["data_offsets"][0]).reshape(t["shape"])
            for name, t in tensors.items()}


def scores_by_numpy(model, rows, reconstructions=None):
    """The mean of the squared errors over the features that are there, each over its scale. Without
    reconstructions, by dense layers with ReLU between them."""
    shift, scale = model["encoding.shift"], model["encoding.scale"]
    there = np.isfinite(rows)
    features = np.where(there, (rows - shift) / scale, 0).astype(np.float32).astype(float)
    if reconstructions is not None:
        output = (reconstructions - shift) / scale
    else:
        output = features
        for half in ("encoder", "decoder"):
            count = sum(name.startswith(half) for name in model) // 2
            for i in range(count):
                weight = model[f"{half}.{i}.weight"].astype(float)
                output = output @ weight.T + model[f"{half}.{i}.bias"]
                output = output if i + 1 == count else np.maximum(output, 0)
    errors = ((features - output) / model["calibration.feature_scale"]) ** 2
    return np.where(there, errors, 0).sum(axis=1) / there.sum(axis=1)


def p_values_by_numpy(model, scores):
    known = model["calibration.scores"]
    at_least = len(known) - np.searchsorted(known, scores, side="left")
    return (1 + at_least) / (1 + len(known))


class Scoring(CommandTest):
    def train(self, rows, name="m", *words):
        np.save(self.folder / "train.npy", rows.astype(np.float32))
        self.run_ok("train", "train.npy", "-o", name, "--for", "detect", "--ensemble", 1, "--hidden", "12",
                    "--latent-dim", 2, "--activation", "relu", "--set", "code_activation=identity",
                    "--epochs", 4, *words)
        return read_model(self.folder / name)

    def scores(self, data, *words, name="s.npy"):
        self.run_ok("detect", "m", data, "-o", name, *words)
        return np.load(self.folder / name)

    def test_an_array_of_scores_has_the_fields_of_the_table(self):
        model = self.train(plane(600, 7, seed=1))
        np.save(self.folder / "x.npy", plane(5000, 7, seed=2).astype(np.float32))
        scores = self.scores("x.npy")
        self.assertEqual(scores.dtype.names, ("row", "anomaly_score", "p_value", "is_anomaly"))
        self.assertEqual([scores.dtype[i].str for i in range(4)], ["<i8", "<f8", "<f8", "|b1"])
        np.testing.assert_array_equal(scores["row"], np.arange(1, 5001))
        np.testing.assert_allclose(scores["p_value"],
                                   p_values_by_numpy(model, scores["anomaly_score"]), rtol=1e-12)
        self.run_ok("detect", "m", "x.npy", "-o", "s.csv")
        table = self.read_csv("s.csv")
        for field, tolerance in (("row", 0), ("anomaly_score", 1e-8), ("p_value", 1e-5),
                                 ("is_anomaly", 0)):
            np.testing.assert_allclose(scores[field].astype(float),
                                       [float(row[field]) for row in table], rtol=tolerance)
        self.assertTrue(0 < scores["is_anomaly"].sum() < 5000)

    def test_an_array_holds_no_explanations(self):
        self.train(plane(600, 7, seed=1))
        self.refused(2, "detect", "m", "train.npy", "-o", "s.npy", "--explain", 2,
                     says=("s.npy", "--explain", ".csv"))
        self.refused(2, "detect", "m", "train.npy", "-o", "s.txt", says=".csv or .npy")

    # Blocks of rows are 96 long and stretches of them some thousands.
    def test_any_number_of_rows_by_any_number_of_threads(self):
        for columns in (3, 16, 37):
            model = self.train(plane(600, columns, seed=columns))
            rows = plane(25001, columns, seed=9).astype(np.float32)
            for count in (1, 95, 96, 97, 191, 4097, 25001):
                np.save(self.folder / "x.npy", rows[:count])
                one = self.scores("x.npy", "--threads", 1)
                np.testing.assert_allclose(one["anomaly_score"], scores_by_numpy(model, rows[:count]),
                                           rtol=2e-4)
                for threads in (2, 3):
                    np.testing.assert_array_equal(one, self.scores("x.npy", "--threads", threads))

    def test_every_kind_of_number(self):
        model = self.train(plane(600, 5, seed=1) * 20)
        rows = np.round(plane(500, 5, seed=2) * 20)
        expected = scores_by_numpy(model, rows)
        kinds = {"f4": rows.astype("<f4"), "f8": rows, "big": rows.astype(">f4"),
                 "i2": rows.astype("<i2"), "fortran": np.asfortranarray(rows)}
        for name, array in kinds.items():
            with self.subTest(name):
                np.save(self.folder / "x.npy", array)
                np.testing.assert_allclose(self.scores("x.npy")["anomaly_score"], expected, rtol=2e-4)
        np.savez(self.folder / "x.npz", X=rows)
        np.testing.assert_allclose(self.scores("x.npz")["anomaly_score"], expected, rtol=2e-4)
        text = "\n".join(",".join(map(repr, map(float, row))) for row in rows) + "\n"
        self.write("x.csv", text)
        self.write("x.csv.gz", gzip.compress(text.encode()))
        for name in ("x.csv", "x.csv.gz"):
            np.testing.assert_allclose(self.scores(name)["anomaly_score"], expected, rtol=2e-4)

    def test_cells_that_are_missing_do_not_count(self):
        model = self.train(plane(600, 5, seed=1))
        rows = plane(3000, 5, seed=2).astype(np.float32)
        complete = rows.copy()
        rows[7, 3] = np.nan
        rows[100, :4] = np.inf
        rows[2999, 0] = np.nan
        np.save(self.folder / "x.npy", rows)
        np.save(self.folder / "complete.npy", complete)
        self.refused(3, "detect", "m", "x.npy", "-o", "s.npy", says=("row 8, column 4", "NaN"))
        scores = self.scores("x.npy", "--missing", "impute")
        np.testing.assert_allclose(scores["anomaly_score"], scores_by_numpy(model, rows), rtol=2e-4)
        # Of the rows beside them nothing may change, though they share a block.
        there = np.isfinite(rows).all(axis=1)
        whole = self.scores("complete.npy")
        np.testing.assert_array_equal(scores[there], whole[there])
        left = self.scores("x.npy", "--missing", "drop")
        np.testing.assert_array_equal(left, whole[there])

    def test_every_kind_of_model(self):
        rows = plane(600, 6, seed=1)
        new = plane(500, 6, seed=2).astype(np.float32)
        np.save(self.folder / "x.npy", new)
        for words in (["--loss", "gaussian-nll"], ["--set", "norm=batch"], ["--scaling", "minmax"],
                      ["--loss", "bce", "--scaling", "minmax"], ["--family", "variational"]):
            with self.subTest(" ".join(words)):
                model = self.train(rows, "m", *words)
                self.run_ok("reconstruct", "m", "x.npy", "-o", "r.npy")
                expected = scores_by_numpy(model, new, np.load(self.folder / "r.npy").astype(float))
                scores = self.scores("x.npy", "--threads", 1)
                np.testing.assert_allclose(scores["anomaly_score"], expected, rtol=1e-3)
                np.testing.assert_array_equal(scores, self.scores("x.npy", "--threads", 3))

    def test_a_convolutional_model(self):
        images = np.random.default_rng(1).uniform(size=(300, 8, 8)).cumsum(axis=2)
        np.save(self.folder / "x.npy", images.astype(np.float32))
        self.run_ok("train", "x.npy", "-o", "m", "--family", "convolutional", "--for", "detect",
                    "--latent-dim", 4, "--epochs", 2)
        self.run_ok("reconstruct", "m", "x.npy", "-o", "r.npy")
        reconstructions = np.load(self.folder / "r.npy").reshape(300, 64).astype(float)
        flat = images.astype(np.float32).reshape(300, 64)
        expected = scores_by_numpy(read_model(self.folder / "m"), flat, reconstructions)
        scores = self.scores("x.npy", "--threads", 1)
        np.testing.assert_allclose(scores["anomaly_score"], expected, rtol=1e-3)
        np.testing.assert_array_equal(scores, self.scores("x.npy", "--threads", 2))

    def test_categories_and_dropped_columns(self):
        random = np.random.default_rng(3)
        lines = ["x,colour,same,y"]
        for x in random.normal(size=2000):
            lines.append(f"{x:.4f},{'red' if x > 0.3 else 'blue'},7,{1 - 2 * x:.4f}")
        self.write("t.csv", "\n".join(lines) + "\n")
        self.run_ok("train", "t.csv", "-o", "m", "--for", "detect")
        odd = lines[:1000] + ["2.0,blue,7,-3.0", "0.9,green,7,-0.8"] + lines[1000:]
        self.write("odd.csv", "\n".join(odd) + "\n")
        scores = self.scores("odd.csv", "--threads", 1)
        self.assertLess(scores["p_value"][[999, 1000]].max(), 0.01)
        np.testing.assert_array_equal(scores, self.scores("odd.csv", "--threads", 3))
        beside = np.delete(scores["anomaly_score"], [999, 1000])
        np.testing.assert_array_equal(beside, self.scores("t.csv")["anomaly_score"])


if __name__ == "__main__":
    unittest.main()
