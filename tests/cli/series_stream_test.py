"""detect MODEL - with a model of windows: steps of a pipe are scored as those of a file are."""

import subprocess
import unittest

import numpy as np

import support

WINDOW = 6


class SeriesStream(support.CommandTest):
    def setUp(self):
        super().setUp()
        self.write("train.csv", self.lines(400, seed=1))

    def lines(self, steps, seed):
        """A header and a line a step: its time, three numbers and a category."""
        t = np.arange(steps)
        noise = np.random.default_rng(seed).normal(size=(steps, 3)) / 10
        waves = np.sin(t[:, None] / 3 + np.arange(3)) + noise
        rows = [f"{i},{u:.5f},{v:.5f},{w:.5f},{'high' if u > 0 else 'low'}"
                for i, (u, v, w) in enumerate(waves)]
        return ["t,u,v,w,level", *rows]

    def write(self, name, lines):
        (self.folder / name).write_text("\n".join(lines) + "\n")

    def train(self, *words):
        self.run_ok("train", "train.csv", "-o", "m", "--for", "detect", "--window", WINDOW, "--time", "t",
                    "--epochs", "2", "--quiet", *words)

    def of_file(self, lines, *words):
        """What detect writes of these lines as a file."""
        self.write("new.csv", lines)
        self.run_ok("detect", "m", "new.csv", "-o", "s.csv", "--quiet", "--time", "t", *words)
        return (self.folder / "s.csv").read_text()

    def stream(self, lines, *words):
        return self.command("detect", "m", "-", "--quiet", "--time", "t", *words,
                            input=("\n".join(lines) + "\n").encode())

    def started(self):
        process = subprocess.Popen([support.COMMAND, "detect", "m", "-", "--quiet", "--time", "t"],
                                   cwd=self.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.addCleanup(process.stdin.close)
        self.addCleanup(process.stdout.close)
        return process

    def send(self, process, lines):
        process.stdin.write(("\n".join(lines) + "\n").encode())
        process.stdin.flush()

    def answers(self, process, count):
        return "".join(process.stdout.readline().decode() for _ in range(count))

    def test_scores_are_those_of_the_file_to_the_last_digit(self):
        for words in ([], ["--stride", "4"], ["--stride", WINDOW, "--family", "convolutional", "--drop", "level"]):
            self.train(*words)
            # One window; ends on a window of the stride and between; more than one read of the pipe.
            for steps in (WINDOW, WINDOW + 1, WINDOW + 4, 4000):
                lines = self.lines(steps, seed=2)
                expected = self.of_file(lines)
                for threads in (1, 2):
                    done = self.stream(lines, "--threads", threads)
                    self.assertEqual(done.returncode, 0, done.stderr)
                    self.assertEqual(done.stdout.decode(), expected, (words, steps, threads))

    def test_a_score_comes_with_the_last_row_that_shares_a_window_with_its_own(self):
        lines = self.lines(100, seed=3)
        for stride, pieces in ((1, [7, 1, 1, 30, 2, 59]), (4, [8, 1, 1, 30, 2, 58])):
            self.train("--stride", stride)
            expected = self.of_file(lines).splitlines(keepends=True)
            process = self.started()
            given = self.answers(process, 1)
            self.send(process, lines[:1])
            come, told = 0, 0
            for piece in pieces:
                self.send(process, lines[1 + come:1 + come + piece])
                come += piece
                # Where not every step begins a window, another row decides whether the last one does.
                on_stride = (come - WINDOW) % stride == 0
                settled = come - WINDOW + (1 if on_stride else 0)
                given += self.answers(process, settled - told)
                told = settled
            process.stdin.close()
            given += process.stdout.read().decode()
            self.assertEqual(given, "".join(expected))
            self.assertEqual(process.wait(), 0)

    def test_rows_left_out_break_the_series(self):
        lines = self.lines(60, seed=4)
        lines[21] = "20,,0,0,low"
        lines[31] = lines[32] = "31,0,0,,low"
        for stride in (1, 4):
            self.train("--stride", stride)
            expected = self.of_file(lines, "--missing", "drop")
            self.assertEqual(self.stream(lines, "--missing", "drop").stdout.decode(), expected)
            self.assertEqual(expected.count("\n"), 1 + 57)
        imputed = self.of_file(lines, "--missing", "impute")
        self.assertEqual(self.stream(lines, "--missing", "impute").stdout.decode(), imputed)

    def test_a_run_shorter_than_a_window_is_told_as_of_a_file(self):
        self.train()
        for steps in (1, WINDOW - 1):
            lines = self.lines(steps, seed=5)
            self.write("new.csv", lines)
            says = f"rows 1 to {steps} are {steps} steps in a row, fewer than the window of {WINDOW}"
            self.refused(3, "detect", "m", "new.csv", "--time", "t", says="new.csv: " + says)
            done = self.stream(lines)
            self.assertEqual((done.returncode, done.stdout.count(b"\n")), (3, 1))
            self.assertIn("hourglass: standard input: " + says, done.stderr.decode())
        lines = self.lines(40, seed=5)
        lines[21], lines[25] = "20,,0,0,low", "24,,0,0,low"  # rows 22 to 24 between them
        done = self.stream(lines, "--missing", "drop")
        says = "rows 22 to 24 are 3 steps in a row"
        self.assertIn(says, done.stderr.decode())
        self.write("new.csv", lines)
        self.refused(3, "detect", "m", "new.csv", "--time", "t", "--missing", "drop", says=says)
        self.assertEqual(done.returncode, 3)
        # What came before is scored as if the stream had ended there.
        self.assertEqual(done.stdout.decode(), self.of_file(lines[:21]))

    def test_a_bad_row_is_named_once_the_steps_before_it_were_scored(self):
        self.train()
        lines = self.lines(30, seed=6)
        done = self.stream([*lines, "30,x,0,0,low"])
        self.assertEqual(done.returncode, 3)
        self.assertIn("row 31 (line 32), column 2 ('u') is not a number", done.stderr.decode())
        self.assertEqual(done.stdout.decode(), self.of_file(lines))
        done = self.stream([*lines[:3], "30,x,0,0,low"])
        self.assertIn("row 3 (line 4), column 2 ('u') is not a number", done.stderr.decode())

    def test_a_stream_without_a_row_is_no_error(self):
        self.train()
        done = self.stream(self.lines(0, seed=7))
        self.assertEqual((done.returncode, done.stdout.count(b"\n")), (0, 1))


if __name__ == "__main__":
    unittest.main()
