"""The denoiser that comes with Hourglass: where it is found, and that it takes noise out."""

import os
import pathlib
import shutil
import subprocess
import unittest

import numpy as np

from photographs_test import scene
from support import COMMAND, CommandTest

SHIPPED = pathlib.Path(__file__).resolve().parents[2] / "models" / "denoise-default"


class DefaultDenoiser(CommandTest):
    def denoise(self, *words, **environment):
        return self.command("denoise", "default", *words, env={**os.environ, **environment})

    def noisy(self, sigma, colours=None):
        clean = scene(200, 300, 3).astype(np.float32)
        if colours:
            clean = np.stack([clean * share for share in np.linspace(1, 0.5, colours)], axis=-1)
        np.save(self.folder / "clean.npy", clean)
        noise = np.random.default_rng(sigma).normal(0, sigma / 255, clean.shape)
        np.save(self.folder / "noisy.npy", (clean + noise).astype(np.float32))

    def test_it_is_small_and_says_what_it_was_made_by(self):
        self.assertLess(SHIPPED.stat().st_size, 2_000_000)
        settings = self.run_json("info", SHIPPED)["settings"]
        self.assertEqual(settings["job"], "denoise")
        self.assertEqual(settings["stored_precision"], "float16")
        low, high = settings["corrupt"].removeprefix("gaussian:").split("-")
        self.assertEqual(float(low), 0)
        self.assertAlmostEqual(float(high), 55 / 255)

    def test_noise_of_any_strength_goes(self):
        for sigma, gain in ((10, 3), (25, 7), (50, 9)):
            self.noisy(sigma)
            report = self.run_json("denoise", "default", "noisy.npy", "-o", "out.npy",
                                   "--clean", "clean.npy")
            self.assertGreater(report["psnr"], report["noisy_psnr"] + gain, sigma)

    def test_pictures_in_colour_too(self):
        self.noisy(25, colours=3)
        report = self.run_json("denoise", "default", "noisy.npy", "-o", "out.npy",
                               "--clean", "clean.npy")
        self.assertEqual(np.load(self.folder / "out.npy").shape, (200, 300, 3))
        self.assertGreater(report["psnr"], report["noisy_psnr"] + 7)

    def test_in_all_turns_a_little_more_of_it_goes(self):
        self.noisy(25)
        once, turned = (self.run_json("denoise", "default", "noisy.npy", "--clean", "clean.npy",
                                      *words)["psnr"] for words in ((), ("--turns",)))
        self.assertGreater(turned, once)

    def test_it_is_looked_for_where_the_variable_says(self):
        self.noisy(25)
        done = self.denoise("noisy.npy", "-o", "out.npy", HOURGLASS_MODELS=str(self.folder))
        self.assertEqual(done.returncode, 4)
        said = done.stderr.decode()
        self.assertEqual(said.count("\n"), 1)
        self.assertIn(f"{self.folder}/denoise-default", said)
        self.assertFalse((self.folder / "out.npy").exists())
        shutil.copy(SHIPPED, self.folder / "denoise-default")
        done = self.denoise("noisy.npy", "-o", "out.npy", HOURGLASS_MODELS=str(self.folder))
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_it_is_found_where_the_command_is_installed(self):
        self.noisy(25)
        (self.folder / "bin").mkdir()
        command = shutil.copy(COMMAND, self.folder / "bin" / "hourglass")
        installed = self.folder / "share/hourglass/models"
        installed.mkdir(parents=True)
        shutil.copy(SHIPPED, installed)
        done = subprocess.run([command, "denoise", "default", "noisy.npy", "-o", "out.npy"],
                              cwd=self.folder, capture_output=True)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_a_file_of_that_name_is_named_by_its_folder(self):
        self.noisy(25)
        self.write("default", "no model")
        self.assertEqual(self.denoise("noisy.npy", "-o", "out.npy").returncode, 0)
        done = self.command("denoise", "./default", "noisy.npy", "-o", "out.npy")
        self.assertEqual(done.returncode, 4)


if __name__ == "__main__":
    unittest.main()
