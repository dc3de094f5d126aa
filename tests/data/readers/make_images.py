"""Makes the small images here: files our writers did not write themselves.

Usage: make_images.py FOLDER. Needs Debian's netpbm, libjpeg-turbo-progs and libtiff-tools; PNGs and
plain TIFFs are put together by hand. All are 5 high and 7 wide. Expected contents, where nothing is
lost: value (row, column, channel) is (40 · row + 5 · column + 70 · channel) mod 256, times 257 with
16 bits; with fewer than 8 bits its highest ones; in the palette grey of that level.
"""

import pathlib
import struct
import subprocess
import sys
import zlib

import numpy as np

folder = pathlib.Path(sys.argv[1])
row, column, channel = np.mgrid[:5, :7, :4]
values = ((40 * row + 5 * column + 70 * channel) % 256).astype(np.uint8)


def chunk(name, content):
    return (struct.pack(">I", len(content)) + name + content
            + struct.pack(">I", zlib.crc32(name + content)))


def png(name, rows, bits, colours, more=b""):
    """`rows`: each row's bytes."""
    data = zlib.compress(b"".join(b"\0" + bytes(r) for r in rows))
    (folder / name).write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 7, 5, bits, colours, 0, 0, 0))
        + more + chunk(b"tEXt", b"Comment\0to be passed over") + chunk(b"IDAT", data)
        + chunk(b"IEND", b""))


def packed(bits):
    """Grey rows of fewer than 8 bits a value."""
    for line in values[:, :, 0] >> (8 - bits):
        text = "".join(format(v, f"0{bits}b") for v in line)
        text += "0" * (-len(text) % 8)
        yield bytes(int(text[i:i + 8], 2) for i in range(0, len(text), 8))


def wide(array):
    return np.repeat(array.reshape(5, -1), 2, axis=1)


for bits in (1, 2, 4):
    png(f"grey{bits}.png", packed(bits), bits, 0)
png("grey8.png", values[:, :, 0], 8, 0)
png("grey16.png", wide(values[:, :, 0]), 16, 0)
png("grey8_clear.png", values[:, :, 0], 8, 0, chunk(b"tRNS", b"\0\x28"))
png("grey_alpha8.png", values[:, :, [0, 3]].reshape(5, -1), 8, 4)
png("rgb8.png", values[:, :, :3].reshape(5, -1), 8, 2)
png("rgb16.png", wide(values[:, :, :3]), 16, 2)
png("rgba8.png", values.reshape(5, -1), 8, 6)
palette = chunk(b"PLTE", bytes(v for level in range(256) for v in (level,) * 3))
png("palette8.png", values[:, :, 0], 8, 3, palette)
png("palette8_clear.png", values[:, :, 0], 8, 3, palette + chunk(b"tRNS", bytes(9)))


def run(*words, content):
    return subprocess.run(words, input=content, capture_output=True, check=True).stdout


ppm = b"P6 7 5 255\n" + values[:, :, :3].tobytes()
pgm = b"P5 7 5 255\n" + values[:, :, 0].tobytes()
(folder / "interlaced.png").write_bytes(run("pnmtopng", "-interlace", content=ppm))
(folder / "grey.jpg").write_bytes(run("cjpeg", "-quality", "95", "-grayscale", content=pgm))
(folder / "rgb.jpg").write_bytes(run("cjpeg", "-quality", "95", "-sample", "1x1", content=ppm))
(folder / "progressive.jpg").write_bytes(run("cjpeg", "-quality", "95", "-sample", "1x1",
                                            "-progressive", content=ppm))


def tiff(name, array, order="<", photometric=1, more=()):
    """One uncompressed strip; `array` is 5 × 7 × samples."""
    array = array.astype(array.dtype.newbyteorder(order))
    samples = array.shape[2]
    strip = array.tobytes()
    tags = [(256, 4, [7]), (257, 4, [5]), (258, 3, [array.dtype.itemsize * 8] * samples),
            (259, 3, [1]), (262, 3, [photometric]), (273, 4, [8]), (277, 3, [samples]),
            (278, 4, [5]), (279, 4, [len(strip)]),
            (339, 3, [3 if array.dtype.kind == "f" else 1] * samples), *more]
    strip += b"\0" * (len(strip) % 2)
    directory = struct.pack(order + "H", len(tags))
    after = 8 + len(strip) + 2 + 12 * len(tags) + 4
    outside = b""
    for tag, kind, numbers in sorted(tags):
        content = struct.pack(f"{order}{len(numbers)}{'HI'[kind - 3]}", *numbers)
        if len(content) > 4:
            place = struct.pack(order + "I", after + len(outside))
            outside += content + b"\0" * (len(content) % 2)
        else:
            place = content.ljust(4, b"\0")
        directory += struct.pack(order + "HHI", tag, kind, len(numbers)) + place
    magic = b"II*\0" if order == "<" else b"MM\0*"
    (folder / name).write_bytes(magic + struct.pack(order + "I", 8 + len(strip)) + strip + directory
                                + bytes(4) + outside)


grey, rgb = values[:, :, :1], values[:, :, :3]
tiff("grey8.tif", grey)
tiff("white_is_zero.tif", 255 - grey, photometric=0)
tiff("grey16_big.tif", grey.astype(np.uint16) * 257, order=">")
tiff("rgb8.tif", rgb, photometric=2)
tiff("rgba8.tif", values, photometric=2, more=[(338, 3, [2])])
tiff("float.tif", (grey - 100.0).astype(np.float32))


def copied(name, source, *options):
    subprocess.run(["tiffcp", *options, folder / source, folder / name], check=True)


copied("tiled_lzw.tif", "rgb8.tif", "-t", "-w", "16", "-l", "16", "-c", "lzw:2")
copied("planes_zip.tif", "rgb8.tif", "-p", "separate", "-c", "zip", "-r", "2")
copied("packbits16.tif", "grey16_big.tif", "-c", "packbits")
# Its colours are kept at half the resolution, so here they are the same all over.
tiff("toned.tif", grey // 2 + np.array([0, 30, 60], dtype=np.uint8), photometric=2)
copied("jpeg.tif", "toned.tif", "-c", "jpeg:95")
(folder / "toned.tif").unlink()
subprocess.run(["tiffcp", folder / "grey8.tif", folder / "grey8.tif", folder / "two_pages.tif"],
               check=True)
