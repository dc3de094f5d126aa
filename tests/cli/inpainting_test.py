"""Holes in pictures: learned to fill in from images of one size or of any, known pixels kept."""

import unittest

import numpy as np

from support import CommandTest


def blobs(count, side, seed):
    """Images of one bright spot each, in [0, 255]: what is missing follows from the rest."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:side, 0:side]
    centre = rng.uniform(0.3, 0.7, (count, 2, 1, 1)) * side
    distance = (y - centre[:, 0]) ** 2 + (x - centre[:, 1]) ** 2
    return np.rint(230 * np.exp(-distance / (side / 4) ** 2) + 10).astype(np.uint8)


def square_holes(count, side, hole, seed):
    rng = np.random.default_rng(seed)
    masks = np.zeros((count, side, side), bool)
    for mask in masks:
        top, left = rng.integers(0, side - hole + 1, 2)
        mask[top:top + hole, left:left + hole] = True
    return masks


def png_of(levels):
    """A PNG of grey levels of 8 or 16 bits, written here so that the test knows every one."""
    import struct
    import zlib

    def chunk(kind, body):
        return (struct.pack(">I", len(body)) + kind + body +
                struct.pack(">I", zlib.crc32(kind + body)))
    height, width = levels.shape
    bits = 8 * levels.dtype.itemsize
    rows = b"".join(b"\0" + row.astype(levels.dtype.newbyteorder(">")).tobytes() for row in levels)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, 0, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


class Inpainting(CommandTest):
    def setUp(self):
        super().setUp()
        self.train_images, self.test_images = blobs(200, 16, 0), blobs(20, 16, 1)
        self.masks = square_holes(20, 16, 5, 2)
        self.holed = np.where(self.masks, 0, self.test_images).astype(np.uint8)
        for name in ("train_images", "test_images", "masks", "holed"):
            np.save(self.folder / f"{name}.npy", getattr(self, name))

    def train(self, *words):
        return self.run_json("train", "train_images.npy", "--for", "inpaint", "-o", "m", *words)

    def pictures(self, bits=8):
        """A folder of pictures of two sizes, a model of them, and a mask for each."""
        for folder in ("in", "masks"):
            (self.folder / folder).mkdir()
        for i, side in enumerate((40, 40, 56, 40)):
            level = blobs(1, side, i)[0].astype(np.uint16 if bits == 16 else np.uint8)
            self.write(f"in/{i}.png", png_of(level * 257 if bits == 16 else level))
            mask = 255 * square_holes(1, side, 9, i)[0].astype(np.uint8)
            self.write(f"masks/{i}.png", png_of(mask))
        self.run_ok("train", "in", "--for", "inpaint", "-o", "p", "--epochs", 2, "--family",
                    "convolutional", "--set", "channels=4,6", "--set", "patch=32")

    def test_fills_holes_better_than_the_mean(self):
        result = self.train("--epochs", 60)
        # Spots are nearly a matter of linear algebra, and whoever has trained for it is told so.
        self.assertGreater(result["linear_psnr"], 30)
        self.assertIn("no-better-than-pca", [warning["code"] for warning in result["warnings"]])
        told = self.run_json("info", "m")["training"]
        self.assertEqual(told["linear_psnr"], result["linear_psnr"])
        report = self.run_json("inpaint", "m", "holed.npy", "--mask", "masks.npy", "-o", "out.npy",
                               "--clean", "test_images.npy")
        out = np.load(self.folder / "out.npy")
        self.assertEqual(out.shape, self.test_images.shape)
        np.testing.assert_array_equal(out[~self.masks], self.test_images[~self.masks])
        error = ((out - self.test_images)[self.masks] / 255) ** 2
        self.assertAlmostEqual(report["psnr_of_all"], -10 * np.log10(error.mean()), places=3)
        mean = np.broadcast_to(self.train_images.mean(0), out.shape)
        worse = ((mean - self.test_images)[self.masks] / 255) ** 2
        self.assertGreater(report["psnr_of_all"], -10 * np.log10(worse.mean()) + 6)
        self.assertEqual(report["missing_pixels"], 20 * 25)
        self.assertAlmostEqual(report["psnr"], np.mean([each["psnr"] for each in report["of_each"]]))

    def test_what_lies_in_the_holes_does_not_matter(self):
        # Without images held out there is no linear estimate, which would be the same in each pass.
        result = self.train("--epochs", 3, "--validation", 0)
        self.assertIsNone(result["linear_psnr"])
        np.save(self.folder / "other.npy", np.where(self.masks, 99, self.test_images).astype(np.uint8))
        self.run_ok("inpaint", "m", "holed.npy", "--mask", "masks.npy", "-o", "a.npy")
        self.run_ok("inpaint", "m", "other.npy", "--mask", "masks.npy", "-o", "b.npy", "--threads", 1)
        self.assertEqual((self.folder / "a.npy").read_bytes(), (self.folder / "b.npy").read_bytes())
        self.run_ok("inpaint", "m", "holed.npy", "--mask", "masks.npy", "-o", "c.npy",
                    "--iterations", 3)
        self.assertNotEqual((self.folder / "a.npy").read_bytes(),
                            (self.folder / "c.npy").read_bytes())

    def test_arrays_may_be_nan_where_something_is_missing(self):
        self.train("--epochs", 2)
        self.run_ok("inpaint", "m", "holed.npy", "--mask", "masks.npy", "-o", "a.npy")
        np.save(self.folder / "nan.npy", np.where(self.masks, np.nan, self.test_images).astype(np.float32))
        self.run_ok("inpaint", "m", "nan.npy", "-o", "b.npy")
        self.assertEqual((self.folder / "a.npy").read_bytes(), (self.folder / "b.npy").read_bytes())
        np.save(self.folder / "none.npy", np.zeros((16, 16), np.uint8))
        done = self.command("inpaint", "m", "nan.npy", "--mask", "none.npy", "-o", "c.npy")
        self.assertEqual(done.returncode, 3)
        self.assertRegex(done.stderr, rb"1: the pixel in row \d+, column \d+ is NaN and the mask is zero")
        self.assertFalse((self.folder / "c.npy").exists())

    def test_one_mask_for_all_and_none_at_all(self):
        self.train("--epochs", 2)
        np.save(self.folder / "one.npy", self.masks[0])
        self.run_ok("inpaint", "m", "holed.npy", "--mask", "one.npy", "-o", "out.npy")
        out = np.load(self.folder / "out.npy")
        np.testing.assert_array_equal(out[:, ~self.masks[0]], self.holed[:, ~self.masks[0]])
        np.save(self.folder / "none.npy", np.zeros((16, 16), np.uint8))
        done = self.command("inpaint", "m", "holed.npy", "--mask", "none.npy", "-o", "same.npy")
        self.assertEqual(done.returncode, 0)
        self.assertIn(b"only copied", done.stderr)
        np.testing.assert_array_equal(np.load(self.folder / "same.npy"), self.holed)

    def test_a_file_is_taken_as_an_array_of_levels_would_be(self):
        self.train("--epochs", 2)
        self.write("face.png", png_of(self.holed[3]))
        self.write("mask.png", png_of(255 * self.masks[3].astype(np.uint8)))
        self.run_ok("inpaint", "m", "holed.npy", "--mask", "masks.npy", "-o", "out.npy")
        report = self.run_json("inpaint", "m", "face.png", "--mask", "mask.png", "-o", "face_out.png")
        self.assertEqual(report["missing_pixels"], 25)
        np.save(self.folder / "clean.npy", np.load(self.folder / "out.npy")[3:4] / 255)
        close = self.run_json("inpaint", "m", "face.png", "--mask", "mask.png", "--clean", "clean.npy")
        self.assertGreater(close["psnr"], 50)  # but for rounding

    def test_folders_of_any_sizes_keep_what_is_known(self):
        for bits in (8, 16):
            with self.subTest(bits=bits):
                if bits == 16:
                    self.setUp()
                self.pictures(bits)
                self.run_ok("inpaint", "p", "in", "--mask", "masks", "-o", "out")
                report = self.run_json("inpaint", "p", "out", "--mask", "masks", "--clean", "in")
                self.assertEqual(report["pictures"], 4)
                self.assertEqual(report["missing_pixels"], 4 * 81)
                self.run_ok("inpaint", "p", "in/2.png", "--mask", "masks/2.png", "-o", "o.png")
                self.assertEqual((self.folder / "o.png").read_bytes(),
                                 (self.folder / "out/2.png").read_bytes())
                self.write("zero.png", png_of(np.zeros((40, 40), np.uint8)))
                self.run_ok("inpaint", "p", "in/0.png", "--mask", "zero.png", "-o", "copy.png")
                same = self.run_json("denoise", "p", "copy.png", "--clean", "in/0.png")
                self.assertIsNone(same["noisy_psnr"])  # infinite: bit for bit

    def test_masks_may_be_png_whatever_the_pictures_are(self):
        self.pictures()
        self.run_ok("inpaint", "p", "in/1.png", "--mask", "masks/1.png", "-o", "one.png")
        (self.folder / "in/1.png").rename(self.folder / "in/1.jpg")
        self.run_ok("inpaint", "p", "in", "--mask", "masks", "-o", "out")
        self.assertEqual((self.folder / "out/1.png").read_bytes(), (self.folder / "one.png").read_bytes())
        (self.folder / "masks/1.png").unlink()
        self.refused(3, "inpaint", "p", "in", "--mask", "masks", "-o", "out2", says="masks/1.jpg",
                     leaves=("out2", "out2/0.png"))

    def test_what_cannot_be_filled_is_refused(self):
        self.train("--epochs", 1)
        np.save(self.folder / "all.npy", np.ones((16, 16), np.uint8))
        np.save(self.folder / "small.npy", np.ones((9, 16), np.uint8))
        np.save(self.folder / "few.npy", self.masks[:3])
        np.save(self.folder / "larger.npy", np.zeros((20, 20), np.uint8))
        self.write("broken.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 40)
        words = ("inpaint", "m", "holed.npy", "-o", "out.npy")
        self.refused(2, *words, says="--mask")
        self.refused(3, *words, "--mask", "all.npy", says="no pixel that is known")
        self.refused(3, *words, "--mask", "small.npy", says="size")
        self.refused(3, *words, "--mask", "few.npy", says="one for all")
        self.refused(3, *words, "--mask", "broken.png", says="broken.png")
        self.refused(3, *words, "--mask", "nowhere.npy", says="nowhere.npy")
        self.refused(3, *words, "--mask", "masks.npy", "--clean", "few.npy", says="shape")
        self.refused(2, "inpaint", "m", "holed.npy", "--mask", "masks.npy", says="-o")
        self.refused(2, *words, "--mask", "masks.npy", "--iterations", 0, says="--iterations")
        np.save(self.folder / "hole.npy", np.eye(20, dtype=np.uint8))
        self.refused(3, "inpaint", "m", "larger.npy", "--mask", "hole.npy", "-o", "o.npy", says="16 x 16")
        self.write_table()
        self.run_ok("train", "table.csv", "-o", "t", "--epochs", 2)
        self.refused(2, "inpaint", "t", "table.csv", "-o", "x.csv", "--mask", "masks.npy", says="--mask")
        self.refused(2, "train", "train_images.npy", "--for", "inpaint", "-o", "n", "--corrupt",
                     "gaussian:0.1", says="holes")


if __name__ == "__main__":
    unittest.main()
