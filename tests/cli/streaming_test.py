"""detect MODEL -: rows of a pipe are scored as they arrive, as they would be in a file."""

import subprocess
import sys
import time
import unittest

import numpy as np

import support

HEADER = "row,anomaly_score,p_value,is_anomaly"


class Streaming(support.CommandTest):
    def setUp(self):
        super().setUp()
        random = np.random.default_rng(1)
        self.rows = random.normal(size=(1500, 3))
        self.rows[:, 2] += self.rows[:, 0]
        self.write("train.csv", self.rows)
        self.run_ok("train", "train.csv", "-o", "m", "--epochs", "5", "--quiet")

    def write(self, name, rows, header="a,b,c"):
        text = "\n".join(",".join(f"{x:.6g}" for x in row) for row in rows)
        (self.folder / name).write_text((header + "\n" if header else "") + text + "\n")

    def stream(self, text, *words, model="m"):
        return self.command("detect", model, "-", "--quiet", *words, input=text)

    def started(self, *words):
        process = subprocess.Popen([support.COMMAND, "detect", "m", "-", *words], cwd=self.folder,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        for pipe in (process.stdin, process.stdout, process.stderr):
            self.addCleanup(pipe.close)
        return process

    def test_scores_are_those_of_the_file_to_the_last_digit(self):
        many = np.vstack([self.rows] * 4)
        self.write("new.csv", many)
        self.run_ok("detect", "m", "new.csv", "-o", "s.csv", "--quiet")
        text = (self.folder / "new.csv").read_bytes()
        for threads in (1, 2):
            done = self.stream(text, "--threads", threads)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(done.stdout, (self.folder / "s.csv").read_bytes())
        self.run_ok("detect", "m", "new.csv", "-o", "s.csv", "--quiet", "--false-alarm-rate", "0.2")
        done = self.stream(text, "--false-alarm-rate", "0.2")
        self.assertEqual(done.stdout, (self.folder / "s.csv").read_bytes())

    def test_the_scores_of_a_model_for_detection_do_not_depend_on_how_rows_come(self):
        self.run_ok("train", "train.csv", "-o", "d", "--for", "detect", "--epochs", "2", "--quiet")
        self.run_ok("detect", "d", "train.csv", "-o", "s.csv", "--quiet")
        text = (self.folder / "train.csv").read_bytes()
        for threads in (1, 2, 3):
            done = self.stream(text, "--threads", threads, model="d")
            self.assertEqual(done.stdout, (self.folder / "s.csv").read_bytes())

    def test_columns_go_by_name_under_a_header_and_by_place_without(self):
        named = self.stream(b"extra,c,b,a\n9,3,2,1\n")
        plain = self.stream(b"1,2,3\n")
        self.assertEqual(named.stdout, plain.stdout)
        self.assertEqual(plain.stdout.count(b"\n"), 2)
        self.assertIn(b"'extra' is not one of the model's", named.stderr)
        lacking = self.stream(b"a,b\n1,2\n")
        self.assertEqual((lacking.returncode, lacking.stdout.decode()), (3, HEADER + "\n"))
        self.assertIn(b"standard input lacks column 'c'", lacking.stderr)

    def test_each_row_is_answered_before_the_next_is_there(self):
        process = self.started()
        self.assertEqual(process.stdout.readline().decode().strip(), HEADER)
        for number in range(1, 4):
            process.stdin.write(b"1,2,3\n")
            process.stdin.flush()
            self.assertTrue(process.stdout.readline().startswith(f"{number},".encode()))
        process.stdin.write(b"1,2,3")  # a last line without an end
        process.stdin.close()
        self.assertTrue(process.stdout.readline().startswith(b"4,"))
        self.assertEqual(process.wait(), 0)

    def test_a_row_in_pieces_is_one_row(self):
        process = self.started()
        process.stdout.readline()
        for piece in (b"\xef\xbb", b"\xbfa,\"b\",c\n1,\"", b"2", b"\",3\r", b"\n\n"):
            process.stdin.write(piece)
            process.stdin.flush()
            time.sleep(0.02)
        answer = process.stdout.readline()
        self.assertEqual(answer, self.stream(b"1,2,3\n").stdout.splitlines(keepends=True)[1])
        process.stdin.close()
        self.assertEqual(process.wait(), 0)

    def test_a_bad_row_is_named_after_the_rows_before_it_were_written(self):
        for row, words in ((b"1,x,3", "row 3 (line 4), column 2 ('b') is not a number: 'x'"),
                           (b"1,2", "row 3 (line 4) has 2 cells where 3 are expected"),
                           (b"1,,3", "row 3 (line 4), column 2 ('b') is empty")):
            done = self.stream(b"a,b,c\n1,2,3\n4,5,6\n" + row + b"\n7,8,9\n")
            self.assertEqual(done.returncode, 3)
            self.assertEqual(len(done.stdout.splitlines()), 3)
            self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
            self.assertIn("hourglass: standard input: " + words, done.stderr.decode())

    def test_rows_left_out_keep_their_number(self):
        done = self.stream(b"1,2,3\n1,,3\n1,2,3\n", "--missing", "drop")
        self.assertEqual([line.split(b",")[0] for line in done.stdout.splitlines()[1:]],
                         [b"1", b"3"])

    def test_times_are_passed_on_and_must_be_in_order(self):
        text = b"a,when,b,c\n1,3 May,2,3\n1,2021,,3\n1,2022,2,3\n"
        done = self.stream(text, "--time", "when", "--missing", "drop")
        self.assertEqual(done.returncode, 3)
        self.assertIn(b"row 1, column 'when' (3 May) is no time", done.stderr)
        text = text.replace(b"3 May", b'"2020-01-01, 3 h"')
        (self.folder / "new.csv").write_bytes(text)
        self.run_ok("detect", "m", "new.csv", "-o", "s.csv", "--quiet", "--time", "when", "--missing", "drop")
        done = self.stream(text, "--time", "when", "--missing", "drop")
        self.assertEqual(done.stdout, (self.folder / "s.csv").read_bytes())
        self.assertEqual([line.split(b",", 4)[4:] for line in done.stdout.splitlines()],
                         [[b"time"], [b'"2020-01-01, 3 h"'], [b"2022"]])
        done = self.stream(text + b"4,2019,5,6\n", "--time", "when", "--missing", "drop")
        self.assertEqual((done.returncode, done.stdout.count(b"\n")), (3, 3))
        self.assertIn(b"row 4, column 'when' (2019) lies before the row above", done.stderr)
        done = self.stream(text, "--time", "then")
        self.assertEqual((done.returncode, done.stdout), (3, HEADER.encode() + b",time\n"))

    def test_an_empty_stream_is_no_error(self):
        for text in (b"", b"\n\n", b"a,b,c\n"):
            done = self.stream(text)
            self.assertEqual((done.returncode, done.stdout.decode()), (0, HEADER + "\n"))

    def test_a_closed_pipe_ends_it_quietly(self):
        process = self.started()
        process.stdout.readline()
        process.stdout.close()
        process.stdin.write(b"1,2,3\n")
        process.stdin.close()
        self.assertEqual(process.wait(), 141)
        self.assertEqual(process.stderr.read(), b"")

    def test_an_interrupt_ends_a_stream_that_pauses(self):
        process = self.started()
        process.stdout.readline()
        process.terminate()
        self.assertEqual(process.wait(timeout=support.TIMEOUT), 143)

    def test_what_needs_all_rows_is_refused(self):
        self.refused(2, "detect", "-", says="name a MODEL")
        for words in (["--labels", "a"], ["--contamination", "0.1"], ["--explain", "2"],
                      ["-o", "s.csv"], ["--json"], ["--fdr", "0.1"], ["--nearest", "1"], ["--each"]):
            self.refused(2, "detect", "m", "-", *words, says="a stream ")


if __name__ == "__main__":
    unittest.main()
