"""Convolutional models through the command: images and series in, what fits not refused."""

import json
import unittest

import numpy as np

from support import CommandTest


def squares(count, height=14, width=13, channels=None):
    """Bright squares at random places: what a convolution can tell from neighbours."""
    rng = np.random.default_rng(0)
    images = np.zeros((count, height, width, channels or 1), dtype=np.float32)
    for image in images:
        y, x = rng.integers(0, height - 5), rng.integers(0, width - 5)
        image[y:y + 5, x:x + 5] = rng.uniform(0.3, 1, size=channels or 1)
    return images if channels else images[..., 0]


class Convolutional(CommandTest):
    def train(self, data, *words, epochs=3):
        np.save(self.folder / "data.npy", data)
        return self.run_json("train", "data.npy", "-o", "m", "--epochs", epochs, "--seed", 1,
                             *words)

    def test_learns_and_gives_images_back_in_their_shape(self):
        images = squares(400)
        self.train(images, "--family", "convolutional", "--latent-dim", 8, epochs=60)
        errors = self.run_json("reconstruct", "m", "data.npy", "-o", "out.npy")
        self.assertLess(errors["mean_squared_error"], 0.5 * images.var())
        self.assertEqual(np.load(self.folder / "out.npy").shape, images.shape)
        self.run_ok("encode", "m", "data.npy", "-o", "codes.npy")
        self.assertEqual(np.load(self.folder / "codes.npy").shape, (400, 8))
        self.run_ok("decode", "m", "codes.npy", "-o", "back.npy")
        np.testing.assert_array_equal(np.load(self.folder / "back.npy"),
                                      np.load(self.folder / "out.npy"))

    def test_images_of_other_sizes_are_reconstructed_through_tiles(self):
        self.train(squares(400), "--family", "convolutional", "--latent-dim", 8, epochs=60)
        large = squares(30, 40, 33)
        np.save(self.folder / "large.npy", large)
        errors = self.run_json("reconstruct", "m", "large.npy", "-o", "out.npy", "--figure",
                               "f.png", "--figure-count", 2)
        found = np.load(self.folder / "out.npy")
        self.assertEqual(found.shape, large.shape)
        self.assertAlmostEqual(errors["mean_squared_error"], ((found - large) ** 2).mean(), places=6)
        self.assertLess(errors["mean_squared_error"], 0.6 * large.var())

        # A smaller one is what the model makes of it and its mirror image.
        small = squares(5, 10, 9)
        np.save(self.folder / "small.npy", small)
        np.save(self.folder / "padded.npy",
                np.pad(small, ((0, 0), (0, 4), (0, 4)), mode="symmetric"))
        self.run_ok("reconstruct", "m", "small.npy", "-o", "small_out.npy")
        self.run_ok("reconstruct", "m", "padded.npy", "-o", "padded_out.npy")
        np.testing.assert_array_equal(np.load(self.folder / "small_out.npy"),
                                      np.load(self.folder / "padded_out.npy")[:, :10, :9])
        self.run_ok("reconstruct", "m", "small.npy", "-o", "small.csv")
        with open(self.folder / "small.csv") as file:
            self.assertTrue(file.readline().rstrip().endswith('"pixel 10,9"'))

        np.save(self.folder / "colour.npy", squares(2, 20, 20, 3))
        self.refused(3, "reconstruct", "m", "colour.npy", "-o", "x.npy", says=("20", "14"))

    def test_every_way_down_and_up(self):
        images = squares(60, 9, 11, 3)
        for down in ("stride", "pool-max", "pool-mean"):
            for up in ("transpose", "nearest"):
                self.train(images, "--family", "convolutional", "--set", f"downsample={down}",
                           "--set", f"upsample={up}", "--set", "channels=4,5", "--set",
                           "skips=true", "--set", "residual=true", epochs=1)
                self.run_ok("reconstruct", "m", "data.npy", "-o", "out.npy")
                self.assertEqual(np.load(self.folder / "out.npy").shape, images.shape)

    def test_a_model_with_skips_has_no_decoder_of_its_own(self):
        self.train(squares(60), "--family", "convolutional", "--set", "residual=true", epochs=1)
        self.run_ok("encode", "m", "data.npy", "-o", "codes.npy")
        self.refused(2, "decode", "m", "codes.npy", "-o", "out.npy", says=("skips", "reconstruct"))

    def test_without_a_bottleneck_the_code_is_the_last_map(self):
        result = self.train(squares(60), "--family", "convolutional", "--set", "bottleneck=false",
                            "--set", "channels=3,2", epochs=1)
        self.assertEqual(result["latent_dim"], 4 * 4 * 2)

    def test_series(self):
        time = np.linspace(0, 20, 101)
        rng = np.random.default_rng(1)
        series = np.stack([np.sin(time + phase) for phase in rng.uniform(0, 6, 200)])
        series[:, 0] = 1  # constant, and kept for the sake of the shape
        result = self.train(series, "--set", "architecture=conv1d", "--latent-dim", 2, epochs=2)
        self.assertEqual(result["features"], 101)
        tensors = json.loads(self.run_ok("info", "m", "--json"))["layers"]
        self.assertEqual(tensors[0]["kind"], "conv")
        self.assertEqual(tensors[0]["shape"], [1, 51, 16])

    def test_threads_do_not_change_a_bit(self):
        images = squares(90)
        for threads in (1, 2, 3):
            self.train(images, "--family", "convolutional", "--threads", threads, epochs=2)
            self.run_ok("reconstruct", "m", "data.npy", "-o", f"{threads}.npy", "--threads", threads)
        outputs = [(self.folder / f"{threads}.npy").read_bytes() for threads in (1, 2, 3)]
        self.assertEqual(outputs[0], outputs[1])
        self.assertEqual(outputs[0], outputs[2])

    def test_large_images_are_convolutional_unless_said_otherwise(self):
        images = squares(12, 65, 66)
        family = lambda: json.loads(self.run_ok("info", "m", "--json"))["family"]
        self.train(images, epochs=1)
        self.assertEqual(family(), "convolutional")
        self.train(images, "--hidden", 8, epochs=1)
        self.assertEqual(family(), "deep")
        self.train(squares(12, 64, 64), epochs=1)
        self.assertEqual(family(), "deep")

    def test_tables_are_refused(self):
        self.write_table()
        self.refused(2, "train", "table.csv", "-o", "m", "--family", "convolutional",
                     says=("family deep", "conv1d"))


if __name__ == "__main__":
    unittest.main()
