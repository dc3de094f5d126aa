"""Data and models that must be refused: one line, the right exit code, nothing left behind."""

import gzip
import io
import os
import pathlib
import resource
import struct
import unittest
import zipfile

import numpy as np

from support import CommandTest


class BadData(CommandTest):
    def refuse(self, content, says, *options, name="bad.csv"):
        self.write(name, content)
        return self.refused(3, "train", name, "-o", "m.model", *options, says=says)

    def test_no_file(self):
        self.refused(3, "train", "nothing.csv", "-o", "m", says="nothing.csv")
        self.refused(3, "train", ".", "-o", "m", says="folder")

    def test_names_that_lead_nowhere(self):
        (self.folder / "loop").symlink_to("loop")
        self.write_table()
        for name in ("loop", "loop/in", "n" * 300):
            self.refused(3, "train", name, "-o", "m", says=f"cannot read {name}: ")
            self.refused(3, "train", "table.csv", "-o", "m", "--labels", name, says="no labels")
            self.refused(3, "train", name, "-o", "m", "--labels", "table.csv", says="cannot read")
            self.refused(1, "train", "table.csv", "-o", name, says=f"cannot write {name}: ")
            self.refused(1, "train", "table.csv", "-o", f"{name}/m", says="there is no folder")
        self.train("table.csv")
        for name in ("loop", "n" * 300):
            self.refused(2, "reconstruct", "trained.model", "table.csv", "-o", name, says=name)
            for output in (f"{name}/", f"{name}/out.csv"):
                self.refused(1, "reconstruct", "trained.model", "table.csv", "-o", output, says=name)

    def test_nothing_in_it(self):
        self.refuse("", ("bad.csv is empty", "give a file"))
        self.refuse("\n \n", ("bad.csv", "blank lines", "give a file"))
        self.refuse(gzip.compress(b""), "bad.csv.gz", name="bad.csv.gz")
        self.refuse("a,b,c\n", ("bad.csv", "header (line 1) and no rows", "give a file"))

    def test_ragged_rows(self):
        self.refuse("a,b\n1,2\n3\n4,5\n", ("bad.csv", "row 2 (line 3)", "1 cell"))
        self.refuse("a,b\n1,2\n3,4,5\n", ("bad.csv", "row 2 (line 3)", "3 cells"))

    def test_late_text_in_a_numeric_column(self):
        rows = [f"{i},{i % 7}" for i in range(10_050)]
        rows[10_020] = "12,oops"
        self.refuse("a,b\n" + "\n".join(rows) + "\n", ("oops", "row 10021 (line 10022)", "'b'"))

    def test_holes(self):
        self.refuse("a,b\n1,2\n3,nan\n5,6\n", ("row 2 (line 3)", "'b'", "--missing"))
        self.refuse("a,b\n1,2\n3,inf\n5,6\n", ("row 2 (line 3)", "'b'"))
        self.refuse("a,b\n1,2\n3,\n5,6\n", ("row 2 (line 3)", "'b'", "--missing"))
        for hole in (np.nan, np.inf, -np.inf):
            values = np.ones((9, 3), dtype=np.float32)
            values[4, 2] = hole
            self.refuse(npy(values), ("row 5", "column 3"), name="bad.npy")

    def test_a_truncated_npy(self):
        whole = npy(np.random.default_rng(0).normal(size=(20, 3)))
        for length in (1, 7, 10, 40, 127, 128, 200, len(whole) - 1):
            self.refuse(whole[:length], "bad.npy", name="bad.npy")

    def test_an_npy_header_that_lies(self):
        for shape in ("(20, 4)", "(2000000000, 3)", "(9223372036854775807, 8)", "(-1, 3)", "(0, 3)",
                      "(20, 0)", "()"):
            header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}"
            header = header.ljust(117) + "\n"
            content = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode()
            self.refuse(content + bytes(20 * 3 * 8), "bad.npy", name="bad.npy")

    def test_an_object_array_runs_no_code(self):
        class Trap:
            def __reduce__(self):
                return (pathlib.Path.touch, (pathlib.Path("sprung"),))
        array = np.array([[Trap(), 1]], dtype=object)
        buffer = io.BytesIO()
        np.save(buffer, array, allow_pickle=True)
        self.refuse(buffer.getvalue(), "object", name="bad.npy")

    def test_npz_without_the_array_or_cut_short(self):
        buffer = io.BytesIO()
        np.savez(buffer, Y=np.ones((9, 3)))
        self.refuse(buffer.getvalue(), ("X", "--key", "Y"), name="bad.npz")
        for length in (4, 30, len(buffer.getvalue()) // 2, len(buffer.getvalue()) - 1):
            self.refuse(buffer.getvalue()[:length], "bad.npz", name="bad.npz")

    def test_a_zip_bomb(self):
        # 256 MiB of zeros in 256 KiB, behind a header that says the array is a small one.
        header = "{'descr': '<f4', 'fortran_order': False, 'shape': (9, 3), }".ljust(117) + "\n"
        start = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode()
        path = self.folder / "bad.npz"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            with archive.open("X.npy", "w", force_zip64=True) as entry:
                entry.write(start)
                for _ in range(256):
                    entry.write(bytes(1 << 20))
        self.refused(3, "train", "bad.npz", "-o", "m", says="bad.npz")
        self.assertLess(path.stat().st_size, 2 << 20)

    def test_truncated_idx(self):
        whole = struct.pack(">4B3I", 0, 0, 8, 3, 10, 4, 4) + bytes(range(160))
        for length in (3, 4, 9, 15, 16, 17, len(whole) - 1):
            self.refuse(whole[:length], "bad.idx", name="bad.idx")
        lying = struct.pack(">4B3I", 0, 0, 8, 3, 2**32 - 1, 2**32 - 1, 2**32 - 1) + bytes(160)
        self.refuse(lying, "bad.idx", name="bad.idx")

    def test_a_broken_gzip(self):
        whole = gzip.compress(b"a,b\n" + b"1,2\n" * 5000)
        self.refuse(whole[:len(whole) // 2], "bad.csv.gz", name="bad.csv.gz")

    def test_unknown_columns_and_labels(self):
        self.write_table()
        self.refused(3, "train", "table.csv", "-o", "m", "--columns", "x1,y", says="'y'")
        self.refused(3, "detect", "table.csv", "--labels", "lable", says="lable")


class BadModels(CommandTest):
    def setUp(self):
        super().setUp()
        self.write_table()
        self.train("table.csv")

    def test_no_model(self):
        self.refused(4, "info", "nothing.model", says="nothing.model")
        self.refused(4, "encode", "nothing.model", "table.csv", "-o", "c.npy", says="nothing.model")
        self.refused(4, "info", "table.csv", says="table.csv")

    def test_data_of_another_width(self):
        np.save(self.folder / "wide.npy", np.ones((4, 6)))
        for verb in ("encode", "reconstruct"):
            self.refused(3, verb, "trained.model", "wide.npy", "-o", "o.npy", says=("6", "5"))
        self.refused(3, "detect", "trained.model", "wide.npy", "-o", "o.csv", says=("6", "5"))
        self.refused(3, "decode", "trained.model", "wide.npy", "-o", "o.npy", says=("6", "2"))

    def test_a_model_cut_short_or_changed(self):
        whole = (self.folder / "trained.model").read_bytes()
        (header,) = struct.unpack("<Q", whole[:8])
        near_edges = {0, 1, 7, 8, 9, header, header + 7, header + 8, header + 9, len(whole) - 1}
        for length in sorted(near_edges | set(range(0, len(whole), len(whole) // 20))):
            self.write("cut.model", whole[:length])
            self.refused(4, "info", "cut.model", says="cut.model")
        self.write("cut.model", whole + b"\0")
        self.refused(4, "info", "cut.model", says="cut.model")
        flipped = bytearray(whole)
        flipped[-10] ^= 0x40
        self.write("cut.model", bytes(flipped))
        self.refused(4, "info", "cut.model", says="cut.model")


class NoRoom(CommandTest):
    """A file system with no room, played by a limit on how long a file may grow."""

    def test_a_model_that_does_not_fit(self):
        self.write_table(columns=40)
        limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2048, 2048))
        self.refused(1, "train", "table.csv", "-o", "m.model", "--epochs", 2, says="m.model",
                     preexec_fn=limit)

    def test_an_output_that_does_not_fit_leaves_the_old_one(self):
        self.write_table()
        self.train("table.csv")
        self.write("o.csv", "what was here before\n")
        limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512))
        for verb in ("encode", "reconstruct", "detect"):
            self.refused(1, verb, "trained.model", "table.csv", "-o", "o.csv", says="o.csv",
                         preexec_fn=limit)
        self.assertEqual((self.folder / "o.csv").read_text(), "what was here before\n")

    @unittest.skipIf(os.geteuid() == 0, "root may write anywhere")
    def test_a_folder_closed_to_us(self):
        self.write_table()
        (self.folder / "closed").mkdir(mode=0o555)
        self.refused(1, "train", "table.csv", "-o", "closed/m", says="closed/m")


def npy(array):
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


if __name__ == "__main__":
    unittest.main()
