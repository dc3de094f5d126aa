"""Images as the command's users meet them: folders in, folders out."""

import struct
import unittest
import zlib

import numpy as np

from support import CommandTest


def chunk(name, content):
    return (struct.pack(">I", len(content)) + name + content
            + struct.pack(">I", zlib.crc32(name + content)))


def png(pixels):
    """A PNG of height × width (× 3) bytes."""
    height, width = pixels.shape[:2]
    rows = pixels.reshape(height, -1)
    data = zlib.compress(b"".join(b"\0" + row.tobytes() for row in rows))
    header = struct.pack(">IIBBBBB", width, height, 8, 2 if pixels.ndim == 3 else 0, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data)
            + chunk(b"IEND", b""))


def read_png(path):
    """The bytes of one that our own writer or png() made, by rules of PNG alone."""
    data = path.read_bytes()
    width, height, _, kind = struct.unpack(">IIBB", data[16:26])
    packed, at = b"", 8
    while at < len(data):
        length, name = struct.unpack(">I4s", data[at:at + 8])
        if name == b"IDAT":
            packed += data[at + 8:at + 8 + length]
        at += length + 12
    channels = {0: 1, 2: 3}[kind]
    rows = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(height, -1)
    above, out = np.zeros(width * channels, np.uint8), []
    for filtered, row in zip(rows[:, 0], rows[:, 1:]):
        row = row.copy()
        for i in range(len(row)):
            left = int(row[i - channels]) if i >= channels else 0
            corner = int(above[i - channels]) if i >= channels else 0
            up = int(above[i])
            paeth = min((left, up, corner), key=lambda near: abs(left + up - corner - near))
            row[i] = (int(row[i]) + (0, left, up, (left + up) // 2, paeth)[filtered]) % 256
        out.append(row)
        above = row
    pixels = np.array(out)
    return pixels if channels == 1 else pixels.reshape(height, width, 3)


def redness(picture):
    """Of each pixel of a map: none of grey, more of red, most of yellow."""
    return picture[..., 0].astype(int) - picture[..., 2]


class Images(CommandTest):
    def write_images(self, folder="photos", count=40, shape=(6, 8), seed=0):
        """Ramps in every direction."""
        (self.folder / folder).mkdir()
        random = np.random.default_rng(seed)
        row, column = np.mgrid[:shape[0], :shape[1]]
        for i in range(count):
            down, across, level = random.uniform((-8, -8, 60), (8, 8, 180))
            grey = (level + down * row + across * column).clip(0, 255).astype(np.uint8)
            pixels = grey if len(shape) == 2 else np.stack([grey, 255 - grey, grey // 2], axis=-1)
            self.write(f"{folder}/{i:02}.png", png(pixels))

    def test_a_folder_goes_in_and_comes_out(self):
        self.write_images()
        result = self.train("photos")
        self.assertEqual(result["features"], 48)
        errors = self.run_json("reconstruct", "trained.model", "photos", "-o", "out")
        self.assertEqual(errors["rows"], 40)
        names = {f"{i:02}.png" for i in range(40)}
        self.assertEqual({p.name for p in (self.folder / "out").iterdir()}, names)
        # What was written is the reconstruction, rounded to 1/255.
        self.run_ok("reconstruct", "trained.model", "photos", "-o", "out.npy")
        rows = np.load(self.folder / "out.npy")
        self.assertEqual(rows.shape, (40, 6, 8))
        again = self.run_json("reconstruct", "trained.model", "out", "-o", "again/")
        self.assertEqual(again["rows"], 40)
        one = self.run_json("reconstruct", "trained.model", "photos/07.png", "-o", "seven.png")
        self.assertEqual(one["rows"], 1)
        self.assertEqual((self.folder / "seven.png").read_bytes(),
                         (self.folder / "out/07.png").read_bytes())

    def test_colours_are_drawn_and_named(self):
        self.write_images(shape=(6, 8, 3))
        self.train("photos")
        self.run_ok("reconstruct", "trained.model", "photos", "--figure", "f.png")
        kind = (self.folder / "f.png").read_bytes()[25]
        self.assertEqual(kind, 2, "the figure is not in colour")
        self.run_ok("encode", "trained.model", "photos", "-o", "codes.csv")
        self.assertEqual(len(self.read_csv("codes.csv")), 40)

    def test_detect_names_the_file(self):
        self.write_images()
        odd = np.random.default_rng(1).integers(0, 256, (6, 8)).astype(np.uint8)
        self.write("photos/07.png", png(odd))
        self.run_ok("detect", "photos", "-o", "scores.csv")
        rows = self.read_csv("scores.csv")
        self.assertEqual(list(rows[0]), ["row", "anomaly_score", "p_value", "is_anomaly", "name"])
        strangest = max(rows, key=lambda row: float(row["anomaly_score"]))
        self.assertEqual((strangest["row"], strangest["name"]), ("8", "07.png"))
        self.assertIn("07.png", self.run_ok("detect", "photos"))

    def test_maps_show_where_an_image_does_not_fit(self):
        self.write_images()
        self.train("photos", "m", "--for", "detect", "--set", "ensemble=2")
        self.write_images("new", count=4, seed=1)
        damaged = read_png(self.folder / "new/02.png")
        damaged[1:3, 5:7] = np.where(damaged[1:3, 5:7] < 128, 255, 0)
        self.write("new/02.png", png(damaged))
        (self.folder / "maps").mkdir()
        self.write("maps/keep.txt", "mine")
        self.run_ok("detect", "m", "new", "--map", "maps", "-o", "s.csv")
        self.assertEqual(len(self.read_csv("s.csv")[0]), 5, "explained though not asked to")
        names = {p.name for p in (self.folder / "maps").iterdir()}
        self.assertEqual(names, {f"{i:02}.png" for i in range(4)} | {"keep.txt"})
        colour = redness(read_png(self.folder / "maps/02.png"))
        self.assertEqual(colour.shape, (6, 8))
        self.assertIn(np.unravel_index(colour.argmax(), colour.shape),
                      [(1, 5), (1, 6), (2, 5), (2, 6)])
        for i in (0, 1, 3):  # on one scale
            self.assertLess(redness(read_png(self.folder / f"maps/{i:02}.png")).max(),
                            colour.max())
        first = (self.folder / "maps/02.png").read_bytes()
        self.run_ok("detect", "m", "new", "--map", "again/", "--threads", "1")
        self.assertEqual((self.folder / "again/02.png").read_bytes(), first)

    def test_maps_of_an_array_learned_from_itself(self):
        images = np.random.default_rng(0).normal(size=(40, 5, 7, 3)).astype(np.float32)
        images[8] += 5
        np.save(self.folder / "images.npy", images)
        self.run_ok("detect", "images.npy", "--map", "maps", "--epochs", "2")
        self.assertEqual(sorted(p.name for p in (self.folder / "maps").iterdir()),
                         [f"row-{i:06}.png" for i in range(1, 41)])
        colour = [redness(read_png(self.folder / f"maps/row-{i:06}.png")).sum()
                  for i in range(1, 41)]
        self.assertEqual(np.argmax(colour), 8)

    def test_maps_that_cannot_be(self):
        self.write_images()
        self.train("photos")
        self.refused(2, "detect", "trained.model", "photos", "--map", "photos",
                     says="overwritten")
        self.refused(2, "detect", "trained.model", "-", "--map", "d", says="--map", leaves=())
        self.refused(1, "detect", "trained.model", "photos", "--map", "no/d", says="no")
        self.write_table("t.csv")
        self.refused(2, "detect", "t.csv", "--map", "d", "-o", "s.csv", says=("t.csv", "images"))
        self.train("t.csv", "table.model")
        self.refused(2, "detect", "table.model", "t.csv", "--map", "d", says=("t.csv", "images"))
        self.refused(2, "detect", "t.csv", "--window", "10", "--map", "d", says=("t.csv", "images"))

    def test_sizes_must_agree(self):
        self.write_images()
        self.train("photos")
        self.write_images("other", count=3, shape=(8, 6))
        self.refused(3, "reconstruct", "trained.model", "other", "-o", "out",
                     says=("8 x 6", "6 x 8"))
        self.write("photos/zz.png", png(np.zeros((5, 5), dtype=np.uint8)))
        self.refused(3, "train", "photos", "-o", "m", says=("00.png", "zz.png", "one size"))

    def test_bad_folders_and_files(self):
        (self.folder / "empty").mkdir()
        self.refused(3, "train", "empty", "-o", "m", says=("empty", "no PNG, JPEG or TIFF"))
        self.write("bad.png", png(np.zeros((50, 50), dtype=np.uint8))[:-20])
        self.refused(3, "train", "bad.png", "-o", "m", says=("bad.png", "whole"))
        self.write("bad.jpg", b"\xff\xd8\xff\xe0" + bytes(50))
        self.refused(3, "train", "bad.jpg", "-o", "m", says="bad.jpg")
        self.write("bad.tif", b"II*\0" + b"\xff" * 50)
        self.refused(3, "train", "bad.tif", "-o", "m", says="bad.tif")

    def test_outputs_that_cannot_be(self):
        self.write_images(count=20)
        self.train("photos")
        self.refused(2, "reconstruct", "trained.model", "photos", "-o", "photos",
                     says="overwritten")
        self.refused(2, "reconstruct", "trained.model", "photos", "-o", "all.png",
                     says=("all.png", "folder"))
        self.refused(1, "reconstruct", "trained.model", "photos", "-o", "missing/out/",
                     says="missing")
        self.write("file", "")
        self.refused(1, "reconstruct", "trained.model", "photos", "-o", "file", says="file of that")
        self.refused(2, "reconstruct", "trained.model", "photos/00.png", "-o", "out",
                     says=".npy or .csv")


if __name__ == "__main__":
    unittest.main()
