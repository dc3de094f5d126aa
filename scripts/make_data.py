#!/usr/bin/python3
"""Derives data/ from the copies Debian's python3-sklearn carries. See data/README.md.

Run again it writes the same bytes. Usage: scripts/make_data.py [SKLEARN_DATA_FOLDER]
"""

import csv
import gzip
import hashlib
import io
import pathlib
import sys

SOURCE = pathlib.Path("/usr/lib/python3/dist-packages/sklearn/datasets/data")
TARGET = pathlib.Path(__file__).resolve().parent.parent / "data"

MEASURES = (
    "radius texture perimeter area smoothness compactness concavity concave_points symmetry "
    "fractal_dimension"
).split()


def digits(source):
    """1797 rows of 64 counts 0..16 and the digit, without a header, as scikit-learn has them."""
    rows = [
        [int(cell) for cell in line.split(",")]
        for line in gzip.decompress((source / "digits.csv.gz").read_bytes()).decode().split()
    ]
    assert len(rows) == 1797 and all(len(row) == 65 for row in rows)
    assert all(0 <= count <= 16 for row in rows for count in row[:64])
    text = "".join(",".join(map(str, row)) + "\n" for row in rows)
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0, compresslevel=9) as file:
        file.write(text.encode())
    return packed.getvalue()


def breast_cancer(source):
    """569 rows of 30 measures and the diagnosis, 1 = malignant, under a header line."""
    lines = (source / "breast_cancer.csv").read_text().splitlines()
    assert lines[0] == "569,30,malignant,benign"
    rows = list(csv.reader(lines[1:]))
    assert len(rows) == 569 and all(len(row) == 31 for row in rows)
    kinds = ("mean", "error", "worst")
    header = [f"{kind}_{measure}" for kind in kinds for measure in MEASURES] + ["diagnosis"]
    out = [",".join(header)]
    for row in rows:
        # scikit-learn counts malignant as class 0 and benign as class 1.
        out.append(",".join(row[:30] + ["1" if row[30] == "0" else "0"]))
    return ("\n".join(out) + "\n").encode()


def main():
    source = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else SOURCE
    for name, make in {"digits.csv.gz": digits, "breast_cancer.csv": breast_cancer}.items():
        content = make(source)
        (TARGET / name).write_bytes(content)
        print(f"{hashlib.sha256(content).hexdigest()}  {name}  {len(content)} bytes")


if __name__ == "__main__":
    main()
