"""Trainings that are stopped in every way there is, and go on."""

import json
import random
import shutil
import signal
import subprocess
import time
import unittest

import numpy as np

from support import COMMAND, TIMEOUT, CommandTest

SMALL = ("--latent-dim", 2, "--hidden", 8, "--epochs", 5)


class Resume(CommandTest):
    def start(self, *words):
        return subprocess.Popen([COMMAND, *map(str, words)], cwd=self.folder,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def bytes_of(self, name):
        return (self.folder / name).read_bytes()

    def write_array(self, rows=20_000, columns=24):
        values = np.random.default_rng(0).normal(size=(rows, columns)).astype(np.float32)
        np.save(self.folder / "d.npy", values)

    def wait_for(self, name, process):
        deadline = time.monotonic() + TIMEOUT
        while not (self.folder / name).exists():
            self.assertIsNone(process.poll(), process.stderr)
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)

    def kill_until_done(self, begin, delays):
        """Kills the training and resumes it until it ends by itself; how often that took."""
        process = self.start(*begin)
        killed = 0
        while True:
            try:
                process.wait(timeout=next(delays))
                break
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
                killed += 1
            # Killed before there was a run, it is begun again.
            began = (self.folder / "run").exists()
            words = ("train", "--resume", "run", "--quiet") if began else begin
            process = self.start(*words)
        errors = process.communicate()[1]
        self.assertEqual(process.returncode, 0, errors)
        return killed

    def test_killed_at_any_moment_it_comes_to_the_same(self):
        self.write_array()
        common = ("d.npy", "--latent-dim", 4, "--hidden", 32, "--patience", 0, "--threads", 2,
                  "--epochs", 12, "--batch-size", 64, "--quiet")
        for more in ((), ("--ensemble", 3, "--set", "dropout=0.1", "--corrupt", "gaussian:0.2")):
            begun = time.monotonic()
            self.run_ok("train", *common, *more, "-o", "straight")
            whole = time.monotonic() - begun
            moments = random.Random(len(more))
            # Ever longer, so that it ends on the slowest machine.
            delays = (moments.uniform(0.05, 0.2) * whole * 1.15 ** i for i in range(1000))
            begin = ("train", *common, *more, "-o", "out", "--run", "run", "--checkpoint-every", 1)
            killed = self.kill_until_done(begin, delays)
            self.assertGreaterEqual(killed, 2)
            self.assertEqual(self.bytes_of("out"), self.bytes_of("straight"))
            self.assertEqual(self.bytes_of("run/model.safetensors"), self.bytes_of("straight"))
            # Killed at the very end, it may have left its last checkpoint.
            left = {path.name for path in (self.folder / "run").iterdir()}
            self.assertEqual(left - {"checkpoint.safetensors"},
                             {"run.json", "config.toml", "metrics.jsonl", "model.safetensors",
                              "lock"})
            shutil.rmtree(self.folder / "run")

    def test_a_request_to_stop_saves_a_checkpoint(self):
        self.write_array()
        for number in (signal.SIGINT, signal.SIGTERM):
            process = self.start("train", "d.npy", "-o", "m", "--epochs", 100000, "--patience", 0,
                                 "--run", "run")
            self.wait_for("run/metrics.jsonl", process)
            time.sleep(0.1)
            process.send_signal(number)
            out, errors = process.communicate(timeout=TIMEOUT)
            self.assertEqual(process.returncode, 128 + number, errors)
            lines = [line for line in errors.splitlines() if line.startswith(b"hourglass: ")]
            self.assertEqual(len(lines), 1, errors)
            self.assertIn(b"checkpoint is saved", lines[0])
            self.assertIn(b"--resume run", lines[0])
            self.assertEqual(out, b"")
            self.assertFalse((self.folder / "m").exists())
            # What there is so far is a model.
            self.run_ok("info", "run/model.safetensors")
            self.run_ok("encode", "run/model.safetensors", "d.npy", "-o", "codes.npy")
            self.run_ok("detect", "run/model.safetensors", "d.npy", "-o", "scores.csv")
            self.assertTrue((self.folder / "run/checkpoint.safetensors").exists())
            shutil.rmtree(self.folder / "run")

    def test_it_goes_on_from_anywhere_without_being_told_anything(self):
        self.write_table()
        (self.folder / "begun").mkdir()
        (self.folder / "begun/table.csv").write_bytes(self.bytes_of("table.csv"))
        self.write("begun/c.toml", "[training]\nepochs = 3\n")
        done = subprocess.run([COMMAND, "train", "table.csv", "-o", "m", "--config", "c.toml",
                               "--drop", "x2", "--run", "../run"], cwd=self.folder / "begun",
                              capture_output=True, timeout=TIMEOUT)
        self.assertEqual(done.returncode, 0, done.stderr)
        straight = self.bytes_of("begun/m")
        # As it was before anything had been trained.
        for path in (self.folder / "run").iterdir():
            if path.name not in ("run.json", "lock", "config.toml"):
                path.unlink()
        run = json.loads(self.bytes_of("run/run.json"))
        self.write("run/run.json", json.dumps({**run, "finished": False}))
        (self.folder / "begun/c.toml").unlink()
        (self.folder / "begun/m").unlink()
        result = self.run_json("train", "--resume", "run", "--threads", 1)
        self.assertEqual(result["epochs"], 3)
        self.assertEqual(self.bytes_of("begun/m"), straight)
        self.assertEqual(self.bytes_of("run/model.safetensors"), straight)

    def test_a_finished_run_writes_its_model_again(self):
        self.write_table()
        self.run_ok("train", "table.csv", "-o", "m", *SMALL, "--run", "run")
        model = self.bytes_of("m")
        (self.folder / "m").unlink()
        done = self.command("train", "--resume", "run")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(b"run is finished", done.stderr)
        self.assertEqual(self.bytes_of("m"), model)

    def test_the_folder_tells_how_it_went(self):
        self.write_table()
        self.run_ok("train", "table.csv", "-o", "m", *SMALL, "--run", "run")
        lines = [json.loads(line) for line in self.bytes_of("run/metrics.jsonl").splitlines()]
        self.assertEqual([line["epoch"] for line in lines], [1, 2, 3, 4, 5])
        self.assertEqual(set(lines[0]), {"part", "epoch", "loss", "validation_loss",
                                         "learning_rate", "validation_error", "seconds"})
        # The config is every setting as it was resolved.
        self.run_ok("train", "table.csv", "-o", "again", "--config", "run/config.toml")
        self.assertIn(b"\nlatent_dim = 2\n", self.bytes_of("run/config.toml"))

    def test_what_is_refused(self):
        self.write_table()
        self.run_ok("train", "table.csv", "-o", "m", *SMALL, "--run", "run")
        self.refused(2, "train", "table.csv", "-o", "m2", *SMALL, "--run", "run",
                     says=("run already holds a run", "--resume run"))
        (self.folder / "full").mkdir()
        self.write("full/other", "")
        self.refused(2, "train", "table.csv", "-o", "m2", *SMALL, "--run", "full", says="full")
        self.refused(1, "train", "table.csv", "-o", "m2", *SMALL, "--run", "none/run", says="none")
        self.refused(4, "train", "--resume", "full", says="there is no run")
        self.refused(4, "train", "--resume", "nowhere", says="there is no run")
        self.refused(2, "train", "table.csv", "--resume", "run", says="DATA")
        self.refused(2, "train", "--resume", "run", "--epochs", 9, says="--epochs")
        self.refused(2, "train", "--resume", "run", "-o", "m2", says="--output")
        self.refused(2, "train", "-o", "m2", says="DATA is missing")
        self.refused(2, "train", "table.csv", "-o", "r", "--run", "./r/", says="two names")
        self.refused(2, "train", "table.csv", "-o", "m2", "--checkpoint-every", 5, says="--run")
        self.refused(2, "train", "table.csv", "-o", "m2", "--run", "r", "--checkpoint-every", "5m",
                     says="5m")
        # Settings that make no sense leave no folder behind.
        self.refused(2, "train", "table.csv", "-o", "m2", "--run", "r", "--latent-dim", 3,
                     "--penalty", "top-k=9", says="top-k")

    def test_other_data_are_refused(self):
        values = self.write_table()
        self.run_ok("train", "table.csv", "-o", "m", *SMALL, "--run", "run")
        run = json.loads(self.bytes_of("run/run.json"))
        self.write("run/run.json", json.dumps({**run, "finished": False}))
        table = self.bytes_of("table.csv")
        self.write("table.csv", table.replace(f"{values[7, 1]:.6g}".encode(), b"0.125", 1))
        self.refused(3, "train", "--resume", "run", says="not those that the run")
        # Written again as they were they are the same.
        self.write("table.csv", table)
        self.run_ok("train", "--resume", "run")


if __name__ == "__main__":
    unittest.main()
