"""Families as users meet them: each does what its name promises, and what makes no sense is refused
with the nearest thing that works."""

import json
import unittest

import numpy as np

from denoising_test import digits
from support import CommandTest


class Families(CommandTest):
    def setUp(self):
        super().setUp()
        self.training, self.test = digits()
        np.save(self.folder / "training.npy", self.training)

    def code_of(self, *words):
        """What info tells of the codes of a model trained so, and its training's result."""
        result = self.run_json("train", "training.npy", "-o", "m", "--scaling", "none", "--epochs",
                               20, *words)
        return json.loads(self.run_ok("info", "m", "--json"))["code"], result

    def test_l1_leaves_most_units_at_zero(self):
        free, _ = self.code_of("--family", "sparse-l1", "--penalty", "none")
        sparse, result = self.code_of("--family", "sparse-l1", "--penalty", "l1=0.01")
        self.assertGreater(sparse["near_zero_share"], free["near_zero_share"] + 0.2)
        self.assertGreater(result["latent_dim"], 64)

    def test_kl_holds_the_mean_activation_at_its_target(self):
        code, _ = self.code_of("--family", "sparse-kl", "--penalty", "kl=0.3")
        self.assertAlmostEqual(code["mean_activation"], 0.05, delta=0.02)
        other, _ = self.code_of("--family", "sparse-kl", "--penalty", "kl=0.3", "--set",
                                "sparsity_target=0.2")
        self.assertAlmostEqual(other["mean_activation"], 0.2, delta=0.03)

    def test_k_sparse_keeps_k_units(self):
        for name in ("top-k", "batch-top-k"):
            code, result = self.code_of("--family", "k-sparse", "--penalty", f"none,{name}=8")
            self.assertAlmostEqual(code["zero_share"], 1 - 8 / result["latent_dim"], delta=0.02)

    def test_contraction_shrinks_the_jacobian(self):
        free, _ = self.code_of("--latent-dim", 8, "--activation", "tanh", "--set",
                               "code_activation=sigmoid")
        for weight in ("exact", "probed"):
            probes = ["--set", "contractive_probes=2"] if weight == "probed" else []
            code, _ = self.code_of("--family", "contractive", "--penalty", "contractive=0.1",
                                   "--latent-dim", 8, "--activation", "tanh", "--set",
                                   "code_activation=sigmoid", *probes)
            self.assertLess(code["jacobian_norm"], 0.7 * free["jacobian_norm"])

    def test_contraction_of_convolutions(self):
        words = ("--family", "convolutional", "--latent-dim", 8, "--set", "channels=8,16")
        free, _ = self.code_of(*words)
        for down in ("stride", "pool-max"):
            code, result = self.code_of(*words, "--penalty", "contractive=0.1", "--set",
                                        "contractive_probes=1", "--set", f"downsample={down}")
            self.assertLess(code["jacobian_norm"], 0.5 * free["jacobian_norm"])
            self.assertLess(result["mean_squared_error"], self.training.var())

    def test_variational_models_can_be_sampled(self):
        _, result = self.code_of("--family", "variational", "--latent-dim", 6, "--loss", "bce",
                                 "--scaling", "minmax")
        bound = json.loads(self.run_ok("info", "m", "--json"))["training"]["evidence_lower_bound"]
        self.assertLess(bound, -10)
        # Better than pixels that are independent of each other.
        pixels = self.training / self.training.max(axis=0).clip(1e-9)
        mean = pixels.mean(axis=0).clip(1e-3, 1 - 1e-3)
        independent = (pixels * np.log(mean) + (1 - pixels) * np.log(1 - mean)).sum((1, 2))
        self.assertGreater(bound, independent.mean())
        self.run_ok("sample", "m", "-n", 500, "-o", "new.npy")
        new = np.load(self.folder / "new.npy")
        self.assertEqual(new.shape, (500, 8, 8))
        self.assertLess(np.abs(new.mean(axis=0) - self.training.mean(axis=0)).mean(), 0.06)
        self.assertGreater(new.std(axis=0).mean(), 0.3 * self.training.std(axis=0).mean())
        self.run_ok("sample", "m", "-n", 500, "-o", "again.npy", "--threads", 1)
        np.testing.assert_array_equal(np.load(self.folder / "again.npy"), new)
        self.run_ok("sample", "m", "-n", 500, "-o", "other.npy", "--seed", 1)
        self.assertFalse(np.array_equal(np.load(self.folder / "other.npy"), new))
        self.assertGreater(result["validation_loss"], result["mean_squared_error"])

    def test_combinations(self):
        code, _ = self.code_of("--family", "denoising", "--penalty", "l1=0.01", "--penalty",
                               "contractive=0.001:encoder.0", "--set", "dropout=0.1", "--set",
                               "norm=none", "--penalty", "none", "--penalty", "l1=0.01")
        self.assertGreater(code["rows"], 0)
        (self.folder / "c.toml").write_text('family = "denoising"\n[penalties]\n'
                                            'penalty = ["l1=0.01", "contractive=0.001"]\n')
        self.code_of("--config", "c.toml")
        settings = json.loads(self.run_ok("info", "m", "--json"))["settings"]
        self.assertEqual(settings["penalty"], "l1=0.01,contractive=0.001")


class Refusals(CommandTest):
    def test_what_makes_no_sense(self):
        images = np.random.default_rng(0).random((40, 12, 12)).astype(np.float32)
        np.save(self.folder / "images.npy", images)
        self.write("kinds.csv", "a,b\n" + "x,y\nz,y\nx,w\nz,w\n" * 10)
        train = ("train", "images.npy", "-o", "m", "--epochs", 1)
        self.refused(2, *train, "--penalty", "kl=1", says=("sigmoid", "code_activation"))
        self.refused(2, *train, "--family", "k-sparse", "--latent-dim", 4, "--penalty", "top-k=5",
                     says=("keeps 5 of 4", "from 1 to 4"))
        self.refused(2, "train", "kinds.csv", "-o", "m", "--corrupt", "gaussian:0.3",
                     says=("masking",))
        self.refused(2, *train, "--family", "convolutional", "--penalty", "contractive=1",
                     says=("dense", "contractive_probes = 1"))
        self.refused(2, *train, "--family", "convolutional", "--penalty", "contractive=1", "--set",
                     "contractive_probes=1", "--set", "norm=batch", says=("norm", "penalty l1"))
        self.refused(2, *train, "--penalty", "variational=1", "--penalty", "top-k=2",
                     says=("keep one of them",))
        self.refused(2, *train, "--penalty", "l3=1", says=("l1", "contractive"))
        self.refused(2, *train, "--penalty", "l1=-1", says="weight")
        self.refused(2, *train, "--penalty", "l1=1:encoder.9", says=("encoder.9", "code"))
        self.run_ok(*train)
        self.refused(2, "sample", "m", "-o", "s.npy", says=("variational", "decode"))
        self.refused(2, "sample", "m", "-n", 0, "-o", "s.npy", says="--count")


if __name__ == "__main__":
    unittest.main()
