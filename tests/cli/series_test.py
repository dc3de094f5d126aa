"""Anomaly detection in time series: windows, folders of series, time columns."""

import unittest

import numpy as np

import support


class Series(support.CommandTest):
    def setUp(self):
        super().setUp()
        for name, phase in (("a", 0), ("b", 1)):
            (self.folder / "series").mkdir(exist_ok=True)
            self.write(f"series/{name}.csv", self.wave(400, phase))
        broken = self.wave(300, 2)
        # Nothing strange in any row by itself: for a while time runs backwards and double.
        broken[150:180] = broken[210:150:-2][:30]
        self.write("broken.csv", broken)

    def wave(self, steps, phase):
        t = np.arange(steps)
        noise = np.random.default_rng(phase).normal(size=(steps, 2)) / 30
        return np.stack([np.sin(t / 4 + phase), np.cos(t / 4 + phase)], axis=1) + noise

    def write(self, name, rows, times=None):
        lines = ["t,u,v"] + [f"{times[i] if times else i},{u:.5f},{v:.5f}"
                             for i, (u, v) in enumerate(rows)]
        self.write_lines(name, lines)

    def write_lines(self, name, lines):
        (self.folder / name).write_text("\n".join(lines) + "\n")

    def train(self, *words, data="series"):
        return self.run_ok("train", data, "-o", "m", "--for", "detect", "--window", "12", "--time", "t",
                           "--epochs", "20", "--quiet", *words)

    def scores(self, name):
        return np.array([float(row["anomaly_score"]) for row in self.read_csv(name)])

    def detect(self, *words):
        self.run_ok("detect", *words, "-o", "s.csv", "--quiet")
        return self.scores("s.csv")

    def test_the_order_of_rows_is_seen(self):
        for words in ([], ["--family", "convolutional"], ["--ensemble", "2"], ["--stride", "5"]):
            self.train(*words)
            scores = self.detect("m", "broken.csv", "--time", "t")
            self.assertEqual(len(scores), 300)
            typical = np.median(np.r_[scores[:140], scores[190:]])
            self.assertGreater(np.median(scores[150:180]), 4 * typical, words)

    def test_a_step_has_the_score_of_the_windows_that_hold_it(self):
        self.train("--stride", "12")
        scores = self.detect("m", "broken.csv", "--time", "t").reshape(25, 12)
        np.testing.assert_array_equal(scores, np.repeat(scores[:, :1], 12, axis=1))
        self.assertEqual(len(np.unique(scores)), 25)

    def test_a_column_that_never_changed_may_begin_to(self):
        rows = self.wave(400, 0)
        rows[:, 1] = 7
        self.write("still.csv", rows)
        self.train(data="still.csv")
        rows[200:220, 1] = 8
        self.write("moved.csv", rows)
        scores = self.detect("m", "moved.csv", "--time", "t")
        self.assertGreater(scores[200:220].min(), 2 * np.r_[scores[:180], scores[240:]].max())

    def test_results_depend_on_neither_threads_nor_rerun(self):
        found = []
        for threads in (1, 2):
            self.train("--threads", threads)
            self.detect("m", "broken.csv", "--time", "t", "--threads", threads)
            found.append([(self.folder / name).read_bytes() for name in ("m", "s.csv")])
        self.assertEqual(found[0][1], found[1][1])

    def test_a_folder_is_one_series_a_file(self):
        self.train()
        together = self.detect("m", "series", "--time", "t")
        rows = self.read_csv("s.csv")
        self.assertEqual([(row["series"], row["row"]) for row in (rows[0], rows[399], rows[400], rows[-1])],
                         [("a.csv", "1"), ("a.csv", "400"), ("b.csv", "1"), ("b.csv", "400")])
        apart = [self.detect("m", f"series/{name}.csv", "--time", "t") for name in "ab"]
        np.testing.assert_array_equal(together, np.concatenate(apart))

    def test_rows_left_out_break_the_series(self):
        self.train()
        lines = (self.folder / "broken.csv").read_text().splitlines()
        lines[100] = "99,,0"
        self.write_lines("holes.csv", lines)
        self.detect("m", "holes.csv", "--time", "t", "--missing", "drop")
        numbers = [int(row["row"]) for row in self.read_csv("s.csv")]
        self.assertEqual(numbers, [n for n in range(1, 301) if n != 100])

    def test_each_score_tells_its_time_as_the_source_does(self):
        self.train()
        times = [f"2020-01-01 {i // 60:02}:{i % 60:02}" for i in range(300)]
        self.write("dated.csv", self.wave(300, 2), times)
        lines = (self.folder / "dated.csv").read_text().splitlines()
        lines[100] = f"{times[99]},,0"
        self.write_lines("dated.csv", lines)
        words = ("dated.csv", "--time", "t", "--missing", "drop")
        self.detect("m", *words)
        rows = self.read_csv("s.csv")
        self.assertEqual(list(rows[0]), ["row", "anomaly_score", "p_value", "is_anomaly", "time"])
        self.assertEqual([row["time"] for row in rows], times[:99] + times[100:])
        shown = self.run_ok("detect", "m", *words).splitlines()
        row, time = shown[1].split()[0], shown[1][11:27]
        self.assertEqual((shown[0].split()[:2], times[int(row) - 1]), (["row", "time"], time))
        strangest = self.run_json("detect", "m", *words)["strangest"][0]
        self.assertEqual((strangest["row"], strangest["time"]), (int(row), time))
        # Of a model without windows a file is read once, and otherwise.
        self.run_ok("train", "dated.csv", "-o", "plain", "--epochs", "1", "--quiet", *words[1:])
        self.detect("plain", *words)
        self.assertEqual([row["time"] for row in self.read_csv("s.csv")], times[:99] + times[100:])
        self.detect("plain", *words, "--explain", "1")
        self.assertEqual([row["time"] for row in self.read_csv("s.csv")], times[:99] + times[100:])

    def test_times_of_a_folder_are_those_of_its_files(self):
        self.run_ok("detect", "series", "--each", "--window", "12", "--time", "t", "--epochs", "1", "-o",
                    "each.csv", "--quiet")
        self.detect("series", "--window", "12", "--time", "t", "--epochs", "1")
        for name in ("each.csv", "s.csv"):
            rows = self.read_csv(name)
            self.assertEqual([row["time"] for row in rows], [str(i) for i in range(400)] * 2)

    def test_p_values_of_more_of_the_same_are_spread_evenly(self):
        self.write("long.csv", self.wave(6000, 3))
        self.train(data="long.csv")
        self.write("more.csv", self.wave(3000, 4))
        self.detect("m", "more.csv", "--time", "t")
        p = np.array([float(row["p_value"]) for row in self.read_csv("s.csv")])
        self.assertLess(abs(np.mean(p < 0.5) - 0.5), 0.15)
        self.assertLess(np.mean(p < 0.01), 0.05)

    def test_without_a_model_each_part_is_scored_by_one_of_the_others(self):
        scores = self.detect("broken.csv", "--window", "12", "--time", "t", "--epochs", "20")
        self.assertEqual(len(scores), 300)
        self.assertGreater(np.median(scores[150:180]), 2)

    def explained(self, *words):
        """The rows of scores.csv with both channels' parts, which must add up to the scores."""
        self.run_ok("detect", *words, "--explain", "9", "-o", "s.csv", "--quiet")
        rows = self.read_csv("s.csv")
        for row in rows:
            parts = [float(row[f"top_{k}_error"]) for k in (1, 2)]
            self.assertGreaterEqual(parts[0], parts[1])
            self.assertEqual({row["top_1_feature"], row["top_2_feature"]}, {"u", "v"})
            there = sum(row[f"top_{k}_observed"] != "" for k in (1, 2))
            score = float(row["anomaly_score"])
            self.assertAlmostEqual(sum(parts) / (there * score), 1, delta=1e-5)
        return rows

    def test_a_step_is_explained_by_the_channel_at_fault_in_its_own_units(self):
        scaled = [np.array([1, 20]) * self.wave(400, phase) + [0, 100] for phase in (0, 1)]
        for name, rows in zip("ab", scaled):
            self.write(f"series/{name}.csv", rows)
        faulty = np.array([1, 20]) * self.wave(300, 2) + [0, 100]
        truth = faulty.copy()
        faulty[150:155, 1] += 200
        self.write("faulty.csv", faulty)
        for words in ([], ["--stride", "5"], ["--family", "convolutional"]):
            self.train(*words)
            rows = self.explained("m", "faulty.csv", "--time", "t")
            self.check_fault(rows, faulty, truth)
            self.assertNotEqual({row["top_1_feature"] for row in rows[:140]}, {"v"})
            strangest = self.run_json("detect", "m", "faulty.csv", "--time", "t", "--explain", "1")["strangest"][0]
            told, row = strangest["features"][0], rows[strangest["row"] - 1]
            self.assertEqual([told["feature"], told["observed"], told["expected"]],
                             [row[f"top_1_{part}"] for part in ("feature", "observed", "expected")])
        shown = self.run_ok("detect", "m", "faulty.csv", "--time", "t")
        self.assertIn("what does not fit", shown)
        self.assertIn("v = ", shown)
        self.check_fault(self.explained("faulty.csv", "--window", "12", "--time", "t", "--epochs", "20"),
                         faulty, truth)

    def check_fault(self, rows, faulty, truth):
        for step in range(150, 155):
            self.assertEqual(rows[step]["top_1_feature"], "v")
            self.assertAlmostEqual(float(rows[step]["top_1_observed"]), faulty[step, 1], delta=1e-3)
            self.assertLess(abs(float(rows[step]["top_1_expected"]) - truth[step, 1]), 100)

    def test_a_missing_cell_has_no_part_in_the_score_of_its_step(self):
        self.train()
        lines = (self.folder / "broken.csv").read_text().splitlines()
        lines[100] = "99,,0.5"
        self.write_lines("holes.csv", lines)
        row = self.explained("m", "holes.csv", "--time", "t", "--missing", "impute")[99]
        self.assertEqual((row["top_1_feature"], row["top_2_feature"], float(row["top_2_error"])), ("v", "u", 0))

    def test_each_file_by_itself(self):
        self.run_ok("detect", "series", "--each", "--window", "12", "--time", "t", "--epochs", "5", "-o",
                    "s.csv", "--quiet")
        rows = self.read_csv("s.csv")
        self.assertEqual([row["series"] for row in rows], ["a.csv"] * 400 + ["b.csv"] * 400)
        alone = self.detect("series/b.csv", "--window", "12", "--time", "t", "--epochs", "5")
        self.assertEqual([float(row["anomaly_score"]) for row in rows[400:]], list(alone))

    def test_times_must_be_in_order(self):
        words = ("--window", "12", "--time", "t", "-o", "m")
        self.write("back.csv", self.wave(40, 0), [*range(20), 18, *range(21, 40)])
        self.refused(3, "train", "back.csv", *words, says="back.csv: row 21, column 't' (18) lies before")
        self.write("text.csv", self.wave(40, 0), ["3 May"] * 40)
        self.refused(3, "train", "text.csv", *words, says="row 1, column 't' (3 May) is no time")
        self.write("dates.csv", self.wave(40, 0), [f"2020-01-{1 + i // 2:02}" for i in range(40)])
        self.run_ok("train", "dates.csv", *words, "--epochs", "2", "--quiet")

    def test_what_windows_cannot_do_is_refused(self):
        self.train()
        self.write("short.csv", self.wave(11, 0))
        self.refused(3, "detect", "m", "short.csv", "--time", "t", says="at least 12 steps")
        self.refused(3, "detect", "short.csv", "--window", "12", "--time", "t",
                     says="give at least 60, or a shorter --window")
        self.refused(2, "train", "series", "-o", "x", "--window", "5", "--stride", "6", says="at most 5")
        self.refused(2, "detect", "m", "broken.csv", "--time", "t", "--nearest", "2", "--among", "broken.csv",
                     "-o", "s.csv", says="windows see several at once")
        self.refused(2, "detect", "series", "--each", "--window", "5", "--explain", "1", says="keeps no file to explain")
        self.refused(2, "encode", "m", "broken.csv", "-o", "c.npy", says="only detect works with it")
        self.refused(2, "reconstruct", "m", "broken.csv", "-o", "c.npy", says="only detect works with it")
        self.refused(2, "compare", "broken.csv", "--set", "window=5", "-o", "t.csv", says="no windows")
        self.refused(2, "detect", "series", "--each", says="--each is for a folder and --window")
        (self.folder / "series/c.csv").write_text("t,w\n1,2\n2,3\n")
        self.refused(3, "train", "series", "-o", "x", "--window", "5", says="c.csv has other columns")


if __name__ == "__main__":
    unittest.main()
