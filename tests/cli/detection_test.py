"""What detect says of rows and scores: rates, evaluation, drift, nearest rows, maps."""

import unittest

import numpy as np

from support import CommandTest, plane


class Detection(CommandTest):
    def normal_model(self, rows=1500, *words):
        """A model of rows near a plane, 3 columns."""
        self.all = plane(rows + 2000, 3, seed=1)
        np.save(self.folder / "train.npy", self.all[:rows])
        self.run_ok("train", "train.npy", "-o", "m", "--for", "detect", "--hidden", 8,
                    "--latent-dim", 2, "--epochs", 15, *words)
        return self.all[rows:]


class Rates(Detection):
    def test_rates_of_a_saved_model_may_be_changed(self):
        new = self.normal_model()
        new[:50] += np.random.default_rng(5).normal(0, 6, (50, 3))
        np.save(self.folder / "x.npy", new)
        flagged = {}
        for words in ([], ["--false-alarm-rate", 0.05], ["--fdr", 0.1], ["--contamination", 0.2]):
            result = self.run_json("detect", "m", "x.npy", "-o", "s.npy", *words)
            scores = np.load(self.folder / "s.npy")
            flagged[words[0] if words else ""] = scores["is_anomaly"]
            self.assertEqual(result["flagged"], scores["is_anomaly"].sum())
            np.testing.assert_array_equal(scores["anomaly_score"] > result["threshold"],
                                          scores["is_anomaly"])
        np.testing.assert_array_equal(flagged[""], scores["p_value"] <= 0.01)
        np.testing.assert_array_equal(flagged["--false-alarm-rate"], scores["p_value"] <= 0.05)
        self.assertEqual(flagged["--contamination"].sum(), 400)
        # Benjamini and Hochberg's procedure as they wrote it down.
        p = np.sort(scores["p_value"])
        below = np.flatnonzero(p <= 0.1 * np.arange(1, len(p) + 1) / len(p))
        np.testing.assert_array_equal(flagged["--fdr"], scores["p_value"] <= p[below[-1]])
        self.assertGreater(flagged["--fdr"][:50].mean(), 0.5)

    def test_one_way_to_flag_at_a_time(self):
        self.write_table("t.csv")
        ways = (["--false-alarm-rate", 0.05], ["--fdr", 0.1], ["--contamination", 0.2])
        for i, first in enumerate(ways):
            for second in ways[i + 1:]:
                self.refused(2, "detect", "m", "t.csv", *first, *second, says=(first[0], second[0]))
        for option, value in (("--fdr", 0), ("--fdr", 1), ("--false-alarm-rate", 1.5),
                              ("--contamination", 0.6)):
            self.refused(2, "detect", "m", "t.csv", option, value, says=option)
        self.refused(2, "detect", "t.csv", "--fdr", 0.1, says=("--fdr", "MODEL"))

    def test_too_few_calibration_rows_are_told(self):
        self.normal_model(60)
        np.save(self.folder / "x.npy", self.all[:1000])
        for words in (["--false-alarm-rate", 0.001], ["--fdr", 0.01]):
            result = self.run_json("detect", "m", "x.npy", "-o", "s.npy", *words)
            self.assertIn("few-calibration-rows", [each["code"] for each in result["warnings"]])


class Evaluation(Detection):
    FIGURES = ("auroc", "average_precision", "f1_at_true_count", "precision", "recall")

    def test_figures_and_intervals(self):
        self.write_table("t.csv", rows=300, labels=True)
        self.train("t.csv", "m", "--drop", "label")
        words = ["detect", "m", "t.csv", "--labels", "label", "--contamination", 0.02, "-o", "s.csv"]
        result = self.run_json(*words)
        scores = self.read_csv("s.csv")
        flagged = np.array([row["is_anomaly"] == "1" for row in scores])
        self.assertEqual(result["precision"], flagged[:5].sum() / flagged.sum())
        self.assertEqual(result["recall"], flagged[:5].sum() / 5)
        self.assertEqual(result["bootstrap_resamples"], 1000)
        self.assertEqual(tuple(result["intervals"]), self.FIGURES)
        for figure in self.FIGURES:
            low, high = result["intervals"][figure]
            self.assertTrue(0 <= low <= result[figure] <= high <= 1, figure)
        said = self.run_ok(*words)
        for name in ("AUROC", "average precision", "F1 at the true count", "precision", "recall",
                     "95 % intervals, 1,000 bootstrap resamples"):
            self.assertIn(name, said)

    def test_what_is_undefined_is_said_to_be(self):
        self.write_table("t.csv", labels=True)
        self.train("t.csv", "m", "--drop", "label")
        words = ["detect", "m", "t.csv", "--labels", "label", "--false-alarm-rate", 1e-6, "-o", "s.csv"]
        result = self.run_json(*words)
        self.assertIsNone(result["precision"])
        self.assertIsNone(result["intervals"]["precision"])
        self.assertEqual(result["recall"], 0)
        self.assertIn("undefined (nothing was flagged)", self.run_ok(*words))


class Drift(Detection):
    def drift_of(self, data, *words):
        result = self.run_json("detect", "m", data, "-o", "s.npy", *words)
        warned = any(each["code"] == "drift" for each in result["warnings"])
        return [each["column"] for each in result["drift"]], warned

    def test_columns_that_changed_are_named(self):
        new = self.normal_model()
        np.save(self.folder / "x.npy", new)
        self.assertEqual(self.drift_of("x.npy"), ([], False))
        new[:, 1] += 2 * new[:, 1].std()
        np.save(self.folder / "x.npy", new)
        self.assertEqual(self.drift_of("x.npy"), (["column 2"], True))
        said = self.command("detect", "m", "x.npy", "-o", "s.npy").stderr.decode()
        self.assertRegex(said, r"column 2 \(median [-0-9.]+, was [-0-9.]+\)")

    def test_in_a_text_table_read_once(self):
        random = np.random.default_rng(3)

        def table(name, blue, empty):
            lines = ["x,colour"]
            for x in random.normal(size=2000):
                x = "" if random.uniform() < empty else f"{x:.4f}"
                lines.append(f"{x},{'blue' if random.uniform() < blue else 'red'}")
            self.write(name, "\n".join(lines) + "\n")
        table("train.csv", 0.5, 0.01)
        table("same.csv", 0.5, 0.01)
        table("bluer.csv", 0.8, 0.01)
        table("emptier.csv", 0.5, 0.3)
        self.run_ok("train", "train.csv", "-o", "m", "--for", "detect", "--missing", "impute",
                    "--latent-dim", 1, "--epochs", 5)
        for name, columns in (("same", []), ("bluer", ["colour"]), ("emptier", ["x"])):
            found = self.drift_of(f"{name}.csv", "--missing", "impute")
            self.assertEqual(found, (columns, bool(columns)))


class Nearest(Detection):
    def nearest(self, *words):
        self.run_ok("detect", *words, "-o", "s.csv")
        return [([int(row[f"nearest_{k}_row"]) for k in (1, 2, 3)],
                 [float(row[f"nearest_{k}_distance"]) for k in (1, 2, 3)])
                for row in self.read_csv("s.csv")]

    def check(self, found, queries, rows, itself):
        for i, (numbers, distances) in enumerate(found):
            apart = np.sqrt(((rows - queries[i]) ** 2).sum(axis=1))
            order = [j for j in np.argsort(apart, kind="stable") if not (itself and j == i)][:3]
            self.assertEqual([j + 1 for j in order], numbers)
            np.testing.assert_allclose(apart[order], distances, rtol=1e-4)

    def test_among_training_rows_and_among_themselves(self):
        new = self.normal_model(400, "--scaling", "none")[:100]
        np.save(self.folder / "x.npy", new)
        self.check(self.nearest("m", "x.npy", "--nearest", 3, "--among", "train.npy"), new,
                   self.all[:400], itself=False)
        self.check(self.nearest("x.npy", "--nearest", 3, "--scaling", "none", "--epochs", 2), new,
                   new, itself=True)
        shown = self.run_ok("detect", "m", "x.npy", "--nearest", 2, "--among", "train.npy")
        self.assertEqual(shown.count("nearest: row "), 10)

    def test_what_makes_no_sense(self):
        for words, says in ((["m", "x.npy", "--nearest", 2], "--among"),
                            (["m", "x.npy", "--among", "t.npy"], "--nearest"),
                            (["x.npy", "--nearest", 2, "--among", "t.npy"], "MODEL"),
                            (["x.npy", "--nearest", 0], "--nearest"),
                            (["x.npy", "--nearest", 1, "-o", "s.npy"], ".npy")):
            self.refused(2, "detect", *words, says=says)


if __name__ == "__main__":
    unittest.main()
