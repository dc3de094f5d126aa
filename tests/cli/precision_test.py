"""Training with products in bfloat16."""

import pathlib
import unittest

import numpy as np

from support import CommandTest

HERE_IT_RUNS = "avx512_bf16" in pathlib.Path("/proc/cpuinfo").read_text()


class Precision(CommandTest):
    def setUp(self):
        super().setUp()
        random = np.random.default_rng(1)
        sheet = np.tanh(random.normal(size=(800, 6)) @ random.normal(size=(6, 40)))
        np.save(self.folder / "x.npy", sheet.astype(np.float32))
        self.words = ("train", "x.npy", "-o", "m", "--hidden", "64", "--latent-dim", 6,
                      "--epochs", 40)

    @unittest.skipUnless(HERE_IT_RUNS, "the processor multiplies no bfloat16")
    def test_losses_are_much_those_of_float32(self):
        exact = self.run_json(*self.words)
        rounded = self.run_json(*self.words, "--precision", "bf16")
        self.assertNotEqual(exact["validation_loss"], rounded["validation_loss"])
        self.assertAlmostEqual(rounded["validation_loss"] / exact["validation_loss"], 1, delta=0.05)
        self.assertEqual(self.run_json("info", "m")["settings"]["precision"], "bf16")

    @unittest.skipUnless(HERE_IT_RUNS, "the processor multiplies no bfloat16")
    def test_threads_change_nothing(self):
        models = []
        for threads in (1, 2):
            self.run_ok(*self.words, "--precision", "bf16", "--batch-size", 400, "--threads", threads)
            self.run_ok("reconstruct", "m", "x.npy", "-o", "y.npy")
            models.append(np.load(self.folder / "y.npy"))
        np.testing.assert_array_equal(*models)

    @unittest.skipIf(HERE_IT_RUNS, "the processor multiplies bfloat16")
    def test_a_processor_without_is_told_so(self):
        self.refused(2, *self.words, "--precision", "bf16", says="no AVX-512 BF16")

    def test_what_makes_no_sense_is_refused(self):
        self.refused(2, *self.words, "--precision", "bf8", says="precision")
        self.refused(2, *self.words, "--precision", "bf16", "--set", "tied=true", says="bf16")


if __name__ == "__main__":
    unittest.main()
