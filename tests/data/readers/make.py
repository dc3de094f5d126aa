"""Makes the small .npy and .npz files here with NumPy: files our readers did not write themselves.

Usage: make.py FOLDER. Expected contents: element (r, c) of a 5 × 3 array is 10 · r + c (bool: odd).
"""

import pathlib
import sys

import numpy as np
from numpy.lib import format as npy

folder = pathlib.Path(sys.argv[1])
numbers = np.array([[10 * r + c for c in range(3)] for r in range(5)])
for code in ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"]:
    for order, name in [("<", "little"), (">", "big")]:
        np.save(folder / f"{code}_{name}.npy", numbers.astype(order + code))
np.save(folder / "bool.npy", numbers % 2 == 1)
np.save(folder / "fortran.npy", np.asfortranarray(numbers.astype("f4")))
np.save(folder / "fortran_images.npy", np.asfortranarray(np.arange(24.0).reshape(2, 3, 4)))
np.save(folder / "vector.npy", np.arange(4.0))
np.save(folder / "images.npy", np.arange(24, dtype="u1").reshape(2, 3, 4))
np.save(folder / "objects.npy", np.array([1, "a", None], dtype=object), allow_pickle=True)
np.save(folder / "records.npy", np.zeros(3, dtype=[("a", "f4"), ("b", "i4")]))
np.save(folder / "complex.npy", np.zeros(3, dtype="c8"))
np.save(folder / "scalar.npy", np.float64(3))
np.save(folder / "no_rows.npy", np.zeros((0, 3)))
np.save(folder / "no_columns.npy", np.zeros((3, 0)))
np.save(folder / "words.npy", np.array(["cat", "dög", "cat"]))
np.save(folder / "bytes.npy", np.array([b"cat", b"dog", b"cat"]))
for version in [(2, 0), (3, 0)]:
    with open(folder / f"version{version[0]}.npy", "wb") as file:
        npy.write_array(file, numbers.astype("f4"), version=version)
arrays = {"X": numbers.astype("f4"), "y": np.array([0, 1, 0, 1, 0])}
np.savez(folder / "stored.npz", **arrays)
np.savez_compressed(folder / "deflated.npz", **arrays)
