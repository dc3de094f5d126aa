"""Pictures of any sizes: learned from by patches, denoised by tiles, measured beside clean ones."""

import json
import pathlib
import unittest

import numpy as np

from support import CommandTest

READERS = pathlib.Path(__file__).resolve().parents[1] / "data/readers"
SMALL = ("--set", "channels=8,12", "--set", "blocks=0,1", "--set", "patch=32")


def scene(height, width, seed):
    """Smooth shapes with edges, in [0.1, 0.9]."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    picture = np.full((height, width), 0.5)
    for _ in range(8):
        a, b, c = rng.normal(size=2), rng.uniform(0, 40), rng.uniform(-0.2, 0.2)
        picture += np.where(np.sin(0.05 * (a[0] * y + a[1] * x) + b) > 0, c, -c)
    return np.clip(picture, 0.1, 0.9)


def write_tiff(path, picture):
    """Grey, 8 bits, not packed."""
    levels = np.rint(255 * np.clip(picture, 0, 1)).astype(np.uint8)
    height, width = levels.shape
    entries = [(256, 3, width), (257, 3, height), (258, 3, 8), (259, 3, 1), (262, 3, 1),
               (273, 4, 8), (277, 3, 1), (278, 4, height), (279, 4, height * width)]
    body = levels.tobytes() + b"\0" * (levels.size % 2)
    directory = len(entries).to_bytes(2, "little")
    for tag, kind, value in entries:
        directory += (tag.to_bytes(2, "little") + kind.to_bytes(2, "little") +
                      (1).to_bytes(4, "little") + value.to_bytes(4, "little"))
    path.write_bytes(b"II*\0" + (8 + len(body)).to_bytes(4, "little") + body + directory + b"\0" * 4)


class Photographs(CommandTest):
    def setUp(self):
        super().setUp()
        (self.folder / "in").mkdir()
        for i, (height, width) in enumerate([(80, 96), (64, 100), (120, 70), (90, 90), (40, 33)]):
            write_tiff(self.folder / "in" / f"{i}.tif", scene(height, width, i))

    def train(self, *words, epochs=3):
        return self.run_json("train", "in", "--for", "denoise", "-o", "m", "--epochs", epochs,
                             "--seed", 1, *SMALL, *words)

    def noisy_array(self, sigma=25, seed=9):
        clean = scene(150, 280, 77).astype(np.float32)
        noise = np.random.default_rng(seed).normal(0, sigma / 255, clean.shape)
        np.save(self.folder / "clean.npy", clean)
        np.save(self.folder / "noisy.npy", (clean + noise).astype(np.float32))
        return clean

    def test_the_settings_of_a_run_make_the_same_model_again(self):
        self.train("--noise", "gaussian:20-25", "--run", "run", epochs=1)
        self.run_ok("train", "in", "-o", "again", "--config", "run/config.toml", "--quiet")
        settings = [self.run_json("info", model)["settings"] for model in ("m", "again")]
        self.assertEqual(settings[0], settings[1])
        low, high = settings[0]["corrupt"].removeprefix("gaussian:").split("-")
        self.assertAlmostEqual(float(low), 20 / 255)
        self.assertAlmostEqual(float(high), 25 / 255)

    def test_learns_to_take_noise_out(self):
        result = self.train("--noise", "gaussian:25", "--batch-size", 8, epochs=150)
        self.assertEqual(result["validation_rows"] > 0, True)
        self.assertGreater(result["validation_psnr"], 24)
        clean = self.noisy_array()
        report = self.run_json("denoise", "m", "noisy.npy", "-o", "out.npy", "--clean", "clean.npy")
        self.assertAlmostEqual(report["noisy_psnr"], 20.17, delta=0.2)
        self.assertGreater(report["psnr"], report["noisy_psnr"] + 5)
        out = np.load(self.folder / "out.npy")
        self.assertEqual(out.shape, clean.shape)
        self.assertAlmostEqual(report["psnr"], -10 * np.log10(((out - clean) ** 2).mean()), places=3)

    def striped(self, name, height, width, seed):
        """A scene under the stripes of a bad sensor, which no noise that is drawn looks like."""
        stripes = np.random.default_rng(seed + 100).normal(0, 0.1, (1, width))
        write_tiff(self.folder / name, scene(height, width, seed) + stripes)

    def pairs(self):
        (self.folder / "noisy").mkdir()
        for i, (height, width) in enumerate([(80, 96), (64, 100), (120, 70), (90, 90), (40, 33)]):
            self.striped(f"noisy/{i}.tif", height, width, i)

    def test_learns_from_pairs_what_their_noise_is_like(self):
        self.pairs()
        words = ("--noisy", "noisy", "--batch-size", 8)
        learned = self.train(*words, epochs=150)
        self.assertEqual(self.run_json("info", "m")["settings"]["corrupt"], "none")
        write_tiff(self.folder / "clean.tif", scene(100, 120, 50))
        self.striped("new.tif", 100, 120, 50)
        report = self.run_json("denoise", "m", "new.tif", "--clean", "clean.tif")
        self.assertGreater(report["psnr"], report["noisy_psnr"] + 4)
        self.assertGreater(learned["validation_psnr"], report["noisy_psnr"] + 2)
        model = (self.folder / "m").read_bytes()
        self.train(*words, "--threads", 1, epochs=150)
        self.assertEqual((self.folder / "m").read_bytes(), model)

    def test_pairs_that_do_not_fit_are_refused(self):
        self.pairs()
        words = ("train", "in", "--for", "denoise", "-o", "n", *SMALL, "--noisy")
        self.refused(3, *words, "nowhere", says="nowhere")
        (self.folder / "noisy/3.tif").rename(self.folder / "noisy/33.tif")
        self.refused(3, *words, "noisy", says="33.tif")
        (self.folder / "noisy/33.tif").unlink()
        self.refused(3, *words, "noisy", says="the same name")
        self.striped("noisy/3.tif", 91, 90, 3)
        self.refused(3, *words, "noisy", says="91 x 90")
        np.save(self.folder / "array.npy", np.zeros((9, 8, 8), np.float32))
        self.refused(2, "train", "array.npy", "--for", "denoise", "-o", "n", "--noisy", "noisy", says="--noisy")
        self.refused(3, *words, "array.npy", says="array.npy")

    def test_levels_are_those_of_8_bits(self):
        self.train("--noise", "gaussian:25", "--noise", "salt-pepper:0.1", epochs=1)
        corrupt = json.loads(self.run_ok("info", "m", "--json"))["settings"]["corrupt"]
        gaussian, salt = corrupt.split(",")
        self.assertAlmostEqual(float(gaussian.split(":")[1]), 25 / 255)
        self.assertEqual(salt.strip(), "salt-pepper:0.1")

    def test_the_same_seed_gives_the_same_model_on_any_number_of_threads(self):
        self.train("--threads", 1)
        first = (self.folder / "m").read_bytes()
        self.train("--threads", 2)
        self.assertEqual((self.folder / "m").read_bytes(), first)

    def test_folders_and_files(self):
        self.train(epochs=1)
        self.run_ok("denoise", "m", "in", "-o", "out")
        self.assertEqual(sorted(p.name for p in (self.folder / "out").iterdir()),
                         sorted(p.name for p in (self.folder / "in").iterdir()))
        report = self.run_json("denoise", "m", "in", "--clean", "in")
        self.assertEqual(report["pictures"], 5)
        self.assertIsNone(report["noisy_psnr"])  # there is no noise in them
        self.assertGreater(report["psnr"], 15)
        self.run_ok("denoise", "m", "in/0.tif", "-o", "one.png")
        self.run_ok("denoise", "m", "in/0.tif", "-o", "out/")

    def test_pictures_of_every_kind_keep_size_bits_and_opacity(self):
        self.train(epochs=1)
        kinds = {  # bits and PNG's colour type of what comes out
            "grey1.png": (8, 0), "palette8.png": (8, 2), "palette8_clear.png": (8, 6), "interlaced.png": (8, 2),
            "grey16.png": (16, 0), "rgb16.png": (16, 2), "grey_alpha8.png": (8, 4), "rgba8.tif": (8, 6),
            "two_pages.tif": (8, 0), "progressive.jpg": (8, 2), "tiled_lzw.tif": (8, 2)}
        for name, kind in kinds.items():
            with self.subTest(name=name):
                done = self.command("denoise", "m", READERS / name, "-o", "out.png")
                self.assertEqual(done.returncode, 0, done.stderr)
                head = (self.folder / "out.png").read_bytes()[:26]
                self.assertEqual((head[24], head[25]), kind)
                self.assertEqual(b"only the first" in done.stderr, name == "two_pages.tif")

    def test_one_pixel_is_a_picture(self):
        self.train(epochs=1)
        write_tiff(self.folder / "one.tif", np.full((1, 1), 0.5))
        self.run_ok("denoise", "m", "one.tif", "-o", "out.tif")
        self.refused(3, "denoise", "m", "one.tif", "--clean", "in/0.tif", says="size")

    def test_arrays_of_several_shapes(self):
        self.train(epochs=1)
        rng = np.random.default_rng(0)
        for shape in ((20, 30), (3, 20, 30), (20, 30, 3), (2, 20, 30, 3), (1, 1)):
            np.save(self.folder / "a.npy", rng.uniform(-0.2, 1.2, shape).astype(np.float32))
            self.run_ok("denoise", "m", "a.npy", "-o", "b.npy")
            self.assertEqual(np.load(self.folder / "b.npy").shape, shape)

    def test_the_pictures_without_noise_are_not_written_over(self):
        self.train(epochs=1)
        (self.folder / "clean").mkdir()
        before = (self.folder / "in/0.tif").read_bytes()
        (self.folder / "clean/0.tif").write_bytes(before)
        for words in (("in", "--clean", "clean", "-o", "clean"),
                      ("in/1.tif", "--clean", "clean/0.tif", "-o", "clean/0.tif")):
            done = self.command("denoise", "m", *words)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertEqual((self.folder / "clean/0.tif").read_bytes(), before)

    def test_only_squares_are_turned(self):
        np.save(self.folder / "oblong.npy", np.random.default_rng(0).random((40, 12, 16)))
        self.run_ok("train", "oblong.npy", "--family", "convolutional", "--set", "channels=2,2",
                    "--scaling", "none", "-o", "o", "--epochs", 1)
        self.run_ok("denoise", "o", "oblong.npy", "-o", "x.npy")
        self.refused(2, "denoise", "o", "oblong.npy", "-o", "y.npy", "--turns", says="--turns")

    def test_what_cannot_be_written_is_refused_before_the_work(self):
        self.train(epochs=1)
        for output, code in (("x.xyz", 2), ("nowhere/x.png", 1)):
            done = self.command("denoise", "m", "in/0.tif", "-o", output)
            self.assertEqual(done.returncode, code, done.stderr)

    def test_what_cannot_be_denoised_is_refused(self):
        self.train(epochs=1)
        self.write("empty.png", b"")
        self.write("broken.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 40)
        whole = (self.folder / "in/0.tif").read_bytes()
        self.write("cut.tif", whole[:500])
        np.save(self.folder / "levels.npy", np.full((20, 20), 200, np.uint8))
        np.save(self.folder / "other.npy", np.zeros((9, 9), np.float32))
        self.noisy_array()
        for name in ("empty.png", "broken.png", "cut.tif"):
            self.refused(3, "denoise", "m", name, "-o", "out.png", says=name)
        self.refused(3, "denoise", "m", "levels.npy", "-o", "out.npy", says="255")
        self.refused(3, "denoise", "m", "noisy.npy", "-o", "o.npy", "--clean", "other.npy",
                     says="size")
        self.refused(2, "denoise", "m", "in", "-o", "in", says="overwritten")
        self.refused(2, "denoise", "m", "noisy.npy", "-o", "o.png", says=".npy")
        self.refused(2, "denoise", "m", "in", says="-o")
        self.refused(3, "denoise", "m", "in/0.tif", "--clean", "in/1.tif", says="size")
        self.refused(2, "train", "in", "--for", "denoise", "-o", "n", "--scaling", "standard",
                     says="scaling")
        self.refused(2, "train", "noisy.npy", "-o", "n", "--set", "patch=32", says="patch")

    def test_a_model_of_rows_gives_reconstructions(self):
        self.write_table()
        self.run_ok("train", "table.csv", "--for", "denoise", "-o", "t", "--epochs", 2)
        self.run_ok("denoise", "t", "table.csv", "-o", "rows.csv")
        self.run_ok("reconstruct", "t", "table.csv", "-o", "same.csv")
        self.assertEqual((self.folder / "rows.csv").read_bytes(),
                         (self.folder / "same.csv").read_bytes())
        self.refused(2, "denoise", "t", "table.csv", "-o", "x.csv", "--turns", says="--turns")
        self.refused(2, "denoise", "t", "table.csv", "-o", "x.csv", "--clean", "table.csv",
                     says="--clean")


if __name__ == "__main__":
    unittest.main()
