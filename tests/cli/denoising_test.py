"""Corruption as users meet it: what is learned from damaged samples, and what is refused."""

import gzip
import io
import json
import pathlib
import unittest

import numpy as np

from support import CommandTest

DIGITS = pathlib.Path(__file__).parents[2] / "data" / "digits.csv.gz"


def digits():
    """The images, 8 x 8 numbers in [0, 1]; those to learn from and those to test with."""
    rows = np.loadtxt(io.BytesIO(gzip.decompress(DIGITS.read_bytes())), delimiter=",")
    images = (rows[:, :64] / 16).astype(np.float32).reshape(-1, 8, 8)
    images = images[np.random.default_rng(0).permutation(len(images))]
    return images[:1200], images[1200:]


class Denoising(CommandTest):
    def setUp(self):
        super().setUp()
        self.training, self.clean = digits()
        np.save(self.folder / "training.npy", self.training)
        random = np.random.default_rng(1)
        self.damaged = {
            "gaussian": self.clean + random.normal(0, 0.3, self.clean.shape),
            "masking": self.clean * (random.random(self.clean.shape) > 0.3),
        }

    def error_after(self, kind, *words):
        """How far from the clean images damaged ones come out of a model trained so."""
        self.run_ok("train", "training.npy", "-o", "m", "--epochs", 25, "--hidden", "64",
                    "--latent-dim", 16, "--scaling", "none", *words)
        np.save(self.folder / "damaged.npy", self.damaged[kind].astype(np.float32))
        self.run_ok("reconstruct", "m", "damaged.npy", "-o", "mended.npy")
        return float(((np.load(self.folder / "mended.npy") - self.clean) ** 2).mean())

    def test_it_takes_away_what_it_was_trained_to_take_away(self):
        plain = self.error_after("gaussian")
        denoising = self.error_after("gaussian", "--family", "denoising")
        self.assertLess(denoising, 0.6 * plain)
        self.assertLess(denoising, 0.4 * float(((self.damaged["gaussian"] - self.clean) ** 2).mean()))

    def test_masking_too(self):
        self.assertLess(self.error_after("masking", "--corrupt", "masking:0.3"),
                        0.7 * self.error_after("masking"))

    def test_every_corruption_trains_and_threads_do_not_change_a_bit(self):
        np.save(self.folder / "noise.npy", np.random.default_rng(2).normal(size=(900, 3)))
        for entry in ("gaussian:0.3", "masking:0-0.5", "salt-pepper:0.2", "ones:0.1",
                      "cauchy:0.05", "uniform:0.4", "rectangles:0.2", "recording:0-10"):
            models = []
            for threads in (1, 2):
                self.run_ok("train", "training.npy", "-o", "m", "--epochs", 2, "--corrupt", entry,
                            "--set", "noise_from=noise.npy", "--threads", threads)
                models.append((self.folder / "m").read_bytes())
            self.assertEqual(models[0], models[1], entry)


class Settings(CommandTest):
    def corruption_of(self, *words):
        self.write_table()
        self.run_ok("train", "table.csv", "-o", "m", "--epochs", 1, *words)
        return json.loads(self.run_ok("info", "m", "--json"))["settings"]["corrupt"]

    def test_given_again_they_add_up(self):
        self.assertEqual(self.corruption_of("--corrupt", "gaussian:0.3", "--noise", "masking:0.1"),
                         "gaussian:0.3,masking:0.1")
        self.assertEqual(self.corruption_of("--family", "denoising", "--corrupt", "masking:0.1"),
                         "masking:0.1")
        self.assertEqual(self.corruption_of("--family", "denoising", "--corrupt", "none"), "none")

    def test_flags_overrule_a_config(self):
        self.write("c.toml", "[corruption]\ncorrupt = ['gaussian:0.3', 'masking:0.1']\n")
        self.assertEqual(self.corruption_of("--config", "c.toml"), "gaussian:0.3,masking:0.1")
        self.assertEqual(self.corruption_of("--config", "c.toml", "--corrupt", "ones:0.1"),
                         "ones:0.1")

    def test_losses_are_of_damaged_samples_and_the_error_is_of_clean_ones(self):
        self.write_table()
        result = self.train("table.csv", "m", "--corrupt", "gaussian:2", "--json")
        info = json.loads(self.run_ok("info", "m", "--json"))
        self.assertNotEqual(info["training"]["validation_loss"],
                            info["training"]["mean_squared_error"])
        self.assertGreater(result["train_loss"], 0)


class Refusals(CommandTest):
    def refuse(self, entry, says, *words, code=2, data="table.csv"):
        self.write_table()
        self.write("letters.csv", "a,b\n" + "".join(f"{'xyz'[i % 3]},{'uv'[i % 2]}\n"
                                                    for i in range(60)))
        return self.refused(code, "train", data, "-o", "m", "--corrupt", entry, *words, says=says)

    def test_names_and_levels(self):
        self.refuse("gausian:0.3", "did you mean gaussian?")
        self.refuse("gaussian", "gaussian:LEVEL")
        self.refuse("masking:1.5", "from 0 to 1")
        self.refuse("masking:0.5-0.1", "from high to low")
        self.refuse("gaussian:0.3,,", "empty entry")

    def test_what_it_would_act_on_is_not_there(self):
        self.refuse("rectangles:0.2", "masking:0.2")
        self.refuse("gaussian:0.2", "masking", data="letters.csv")
        self.run_ok("train", "letters.csv", "-o", "m", "--epochs", 1, "--corrupt", "masking:0.2")

    def test_recordings(self):
        self.refuse("recording:10", "--noise-from")
        noise = ("--set", "noise_from=noise.csv")
        self.refuse("recording:10", "noise.csv", *noise, code=3)
        self.write("noise.csv", "a\n1\n2\n3\n")
        self.refuse("recording:10", ("3 numbers", "5"), *noise, code=3)
        self.write("noise.csv", "a\n" + "x\n" * 50)
        self.refuse("recording:10", "categories", *noise, code=3)
        self.write("noise.csv", "a\n" + "1\n" * 50)
        self.refuse("recording:10", "silent", *noise, code=3)


if __name__ == "__main__":
    unittest.main()
