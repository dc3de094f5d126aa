"""Every #include under src/ must follow the table in scripts/layers.txt.

Usage: layering_test.py PROJECT_ROOT
"""

import pathlib
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)
# The one folder that may name each vendor's headers.
VENDORS = {
    "hwy/": {"kernel"},
    "Eigen/": {"linalg"},
    "CLI/": {"cli"},
    "toml++/": {"model"},
    "zip.h": {"data"},
    "zlib.h": {"data"},
    "fast_float/": {"data"},
    "png.h": {"data"},
    "jpeglib.h": {"data"},
    "jerror.h": {"data"},
    "tiff": {"data"},
    "hnswlib/": {"task"},
    "sndfile": {"data"},
    "samplerate": {"data"},
    "kiss_fft": {"data"},
}
SYSTEM = re.compile(r"^\s*#\s*include\s+<([^>]+)>", re.MULTILINE)


def read_table(path):
    table = {}
    for line in path.read_text().splitlines():
        line = line.split("#")[0].strip()
        if line:
            folder, _, allowed = line.partition(":")
            table[folder.strip()] = set(allowed.split())
    return table


def violations(root):
    table = read_table(root / "scripts" / "layers.txt")
    folders = {p.name for p in (root / "src").iterdir() if p.is_dir() and any(p.iterdir())}
    for folder in sorted(folders - table.keys()):
        yield f"src/{folder} is not in scripts/layers.txt"
    for path in sorted((root / "src").glob("*/*")):
        if path.suffix not in {".h", ".cpp"}:
            continue
        folder = path.parent.name
        text = path.read_text()
        for target in INCLUDE.findall(text):
            to = target.split("/")[0] if "/" in target else None
            if to is None:
                yield f"{path}: write the folder in #include \"{target}\""
            elif to != "hourglass" and to != folder and to not in table.get(folder, set()):
                yield f"{path}: src/{folder} may not include src/{to} ({target})"
        for target in SYSTEM.findall(text):
            for vendor, homes in VENDORS.items():
                if target.startswith(vendor) and folder not in homes:
                    yield f"{path}: <{target}> belongs in src/{'|'.join(sorted(homes))} alone"


def main():
    found = list(violations(pathlib.Path(sys.argv[1])))
    print("\n".join(found) if found else "every #include follows scripts/layers.txt")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
