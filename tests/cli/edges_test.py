"""Data at the edges that must be handled, and runs that are stopped."""

import fcntl
import json
import os
import pty
import signal
import struct
import subprocess
import termios
import time
import unittest

import numpy as np

from support import COMMAND, CommandTest, TIMEOUT


class Edges(CommandTest):
    def check(self, rows, columns, *options):
        values = np.random.default_rng(0).normal(size=(rows, columns))
        np.save(self.folder / "d.npy", values.astype(np.float32))
        self.run_ok("train", "d.npy", "-o", "m", "--epochs", 2, *options)
        self.run_ok("encode", "m", "d.npy", "-o", "c.npy")
        self.run_ok("decode", "m", "c.npy", "-o", "b.npy")
        self.run_ok("reconstruct", "m", "d.npy", "-o", "r.npy")
        self.run_ok("detect", "m", "d.npy", "-o", "s.csv")
        self.assertEqual(np.load(self.folder / "r.npy").shape, (rows, columns))
        np.testing.assert_allclose(np.load(self.folder / "b.npy"), np.load(self.folder / "r.npy"),
                                   rtol=1e-4, atol=1e-4)

    def test_one_row(self):
        self.check(1, 6)

    def test_one_column(self):
        self.check(50, 1)

    def test_one_row_of_one_column(self):
        self.check(1, 1)

    def test_two_rows(self):
        self.check(2, 3)

    def test_detect_alone_on_one_row(self):
        np.save(self.folder / "d.npy", np.ones((1, 4)))
        done = self.command("detect", "d.npy", "-o", "s.csv")
        # One row has nothing to be compared with: a score or one clear line, never a crash.
        self.assertIn(done.returncode, (0, 3), done.stderr)

    def test_constant_columns_come_back_as_they_were(self):
        values = np.random.default_rng(0).normal(size=(60, 4))
        values[:, 1] = 7.5
        np.save(self.folder / "d.npy", values)
        done = self.command("train", "d.npy", "-o", "m", "--epochs", 2)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(b"column 2", done.stderr)
        self.run_ok("reconstruct", "m", "d.npy", "-o", "r.npy")
        np.testing.assert_array_equal(np.load(self.folder / "r.npy")[:, 1], 7.5)

    def test_nothing_but_constant_columns(self):
        np.save(self.folder / "d.npy", np.ones((30, 3)))
        self.refused(3, "train", "d.npy", "-o", "m", says="constant")

    def test_calibration_on_training_rows_is_said(self):
        np.save(self.folder / "d.npy", np.random.default_rng(0).normal(size=(60, 3)))
        for share, said in (("0", True), ("0.2", False)):
            self.run_ok("train", "d.npy", "-o", "m", "--epochs", 2, "--validation", share)
            text = self.run_ok("info", "m")
            self.assertEqual("none were held out" in text, said, text)
            codes = [w["code"] for w in self.run_json("detect", "m", "d.npy")["warnings"]]
            self.assertEqual("calibrated-on-training-rows" in codes, said, codes)

    def test_a_hundred_thousand_columns(self):
        self.check(12, 100_000, "--hidden", 4, "--latent-dim", 2)

    @unittest.skipIf(b"__asan_init" in open(COMMAND, "rb").read() or
                     b"__tsan_init" in open(COMMAND, "rb").read(), "sanitizers keep what is freed")
    def test_explanations_are_not_all_kept_in_memory(self):
        values = np.random.default_rng(0).normal(size=(200_000, 8)).astype(np.float32)
        np.save(self.folder / "d.npy", values)
        np.save(self.folder / "few.npy", values[:200])
        self.run_ok("train", "few.npy", "-o", "m", "--epochs", 1)
        peaks = []
        for explained in (0, 8):
            process = subprocess.Popen([COMMAND, "detect", "m", "d.npy", "-o", "s.csv", "--explain",
                                        str(explained), "--quiet"], cwd=self.folder,
                                       stderr=subprocess.DEVNULL)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            self.assertEqual(process.returncode, 0)
            peaks.append(usage.ru_maxrss)
        self.assertEqual(len(self.read_csv("s.csv")), 200_000)
        # 8 explanations of 200,000 rows would be some 200 MB.
        self.assertLess(peaks[1] - peaks[0], 60_000, peaks)

    def test_a_table_that_is_not_utf8_comes_out_as_utf8(self):
        lines = ["größe,farbe"] + [f"{i},{('grün', 'rot')[i % 2]}" for i in range(40)]
        text = "\n".join(lines) + "\n"
        self.write("l.csv", text.encode("latin-1"))
        self.write("u.csv", text.encode())
        for name, warns in (("l.csv", True), ("u.csv", False)):
            done = self.command("train", name, "-o", "m", "--epochs", 2, "--columns", "größe,farbe")
            self.assertEqual(done.returncode, 0, done.stderr)
            said = done.stderr.decode()
            self.assertEqual("header is not UTF-8" in said, warns, said)
            self.assertEqual("row 1, column 2 ('farbe') is not UTF-8" in said, warns, said)
        # A model learned from the one reads the other.
        self.run_ok("detect", "m", "l.csv", "-o", "s.csv", "--explain", 2)
        cells = (self.folder / "s.csv").read_bytes().decode()
        self.assertIn("größe", cells)
        self.assertIn("grün", cells)
        result = self.command("detect", "m", "l.csv", "--json").stdout.decode()
        self.assertIn("größe", {f["feature"] for row in json.loads(result)["strangest"]
                                for f in row["features"]})

    def test_categories_holes_and_quotes(self):
        lines = ['"name, quoted",colour,size']
        for i in range(80):
            lines.append(f'{i * 0.5},{("red", "green", "blue")[i % 3]},{"" if i == 5 else i % 9}')
        self.write("t.csv", "\r\n".join(lines) + "\r\n")
        self.refused(3, "train", "t.csv", "-o", "m", says=("row 6 (line 7)", "'size'"))
        for how in ("impute", "drop"):
            self.run_ok("train", "t.csv", "-o", "m", "--missing", how, "--epochs", 3)
            self.run_ok("detect", "m", "t.csv", "-o", "s.csv", "--missing", how)
            # A row left out does not shift the numbers of those after it.
            rows = [int(row["row"]) for row in self.read_csv("s.csv")]
            self.assertEqual(rows, [r for r in range(1, 81) if how == "impute" or r != 6])
        self.run_ok("reconstruct", "m", "t.csv", "--missing", "drop", "-o", "r.csv")
        for verb in ("encode", "reconstruct"):
            done = self.command(verb, "m", "t.csv", "--missing", "drop", "-o", "r.csv", "--json")
            self.assertIn(b"1 of 80 rows has a missing value and was left out: row 6\n", done.stderr)
            self.assertEqual(json.loads(done.stdout)["left_out_rows"], [6])
        self.assertEqual(len(self.read_csv("r.csv")), 79)
        colours = {row["colour"] for row in self.read_csv("r.csv")}
        self.assertLessEqual(colours, {"red", "green", "blue", "(other)"})
        self.run_ok("train", "t.csv", "-o", "m", "--categorical", "size", "--missing", "impute",
                    "--epochs", 3)


class Stopped(CommandTest):
    def start_long_training(self, **options):
        values = np.random.default_rng(0).normal(size=(20_000, 64)).astype(np.float32)
        np.save(self.folder / "d.npy", values)
        return subprocess.Popen([COMMAND, "train", "d.npy", "-o", "m", "--epochs", "100000",
                                 "--patience", "0"], cwd=self.folder, **options)

    def test_interrupted_training_leaves_nothing(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            process = self.start_long_training(stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            time.sleep(1.5)
            self.assertIsNone(process.poll())
            process.send_signal(number)
            out, errors = process.communicate(timeout=TIMEOUT)
            self.assertEqual(process.returncode, 128 + number, errors)
            lines = [line for line in errors.splitlines() if line.startswith(b"hourglass: ")]
            self.assertEqual(len(lines), 1, errors)
            self.assertEqual((out, self.files()), (b"", {"d.npy"}))

    def test_a_terminal_gets_a_bar_and_a_pipe_does_not(self):
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("4H", 24, 80, 0, 0))
        environment = {**os.environ, "TERM": "xterm", "NO_COLOR": "1"}
        process = self.start_long_training(stdout=subprocess.DEVNULL, stderr=slave, env=environment)
        os.close(slave)
        shown = b""
        while b"val " not in shown:
            shown += os.read(master, 4096)
        process.send_signal(signal.SIGINT)
        try:
            while chunk := os.read(master, 4096):
                shown += chunk
        except OSError:  # the other end is closed
            pass
        process.wait(timeout=TIMEOUT)
        os.close(master)
        for part in (b"reading", b"epoch ", b"] ", b" %", b"loss ", b"samples/s", b"left"):
            self.assertIn(part, shown)
        self.assertNotIn(b"\x1b[32m", shown)
        for line in shown.split(b"\r"):
            self.assertLess(len(line.decode().replace("\x1b[K", "")), 80)
        self.write_table()
        self.assertNotIn(b"\r", self.command("train", "table.csv", "-o", "m").stderr)


if __name__ == "__main__":
    unittest.main()
