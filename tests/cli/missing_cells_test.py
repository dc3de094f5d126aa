"""Missing cells of tables: learned from rows that lack some, and filled in with the rest as it was."""

import csv
import unittest

import numpy as np
from support import CommandTest

ROWS = 240


def table(seed=0):
    """Cells that follow from one hidden number: whole numbers, decimals, levels, exponents."""
    random = np.random.default_rng(seed)
    hidden = random.normal(size=ROWS)
    rows = []
    for t in hidden:
        kind = "hot, dry" if t > 0 else "cold"
        rows.append([f"{20 + 5 * t:.0f}", f"{2 * t + random.normal() * 0.1:.2f}", kind, f"{t * 1e5:.3e}"])
    return rows


def with_holes(rows, share=0.15, seed=1):
    random = np.random.default_rng(seed)
    return [["" if random.random() < share else cell for cell in row] for row in rows]


def text_of(rows, quote=False, end="\r\n"):
    def cell(text):
        return f'"{text}"' if quote or "," in text else text
    return end.join(",".join(map(cell, row)) for row in [["age", "temp", "kind", "big"], *rows]) + end


class MissingCells(CommandTest):
    def setUp(self):
        super().setUp()
        self.full = table()
        self.holes = with_holes(self.full)
        self.write("full.csv", text_of(self.full))
        self.write("holes.csv", text_of(self.holes))

    learned = None  # the bytes of the model of holes.csv, which most tests start from

    def learn(self, data="holes.csv"):
        if data == "holes.csv" and self.learned:
            return (self.folder / "m").write_bytes(self.learned)
        self.run_ok("train", data, "--for", "inpaint", "-o", "m", "--set", "steps=300", "--quiet")
        if data == "holes.csv":
            type(self).learned = (self.folder / "m").read_bytes()

    def rows_of(self, name):
        with open(self.folder / name, newline="") as file:
            return list(csv.reader(file))[1:]

    def test_fills_from_a_table_that_has_holes_itself(self):
        self.learn()
        report = self.run_json("inpaint", "m", "holes.csv", "-o", "out.csv", "--clean", "full.csv")
        missing = sum(cell == "" for row in self.holes for cell in row)
        self.assertEqual(report["missing_cells"], missing)
        self.assertEqual(report["filled_cells"], missing)
        self.assertLess(report["rmse"], 0.5)  # the mean's is 1
        self.assertGreater(report["accuracy"], 0.8)
        filled = self.rows_of("out.csv")
        for before, after in zip(self.holes, filled):
            for known, cell in zip(before, after):
                self.assertEqual(known or cell, cell)
                self.assertNotEqual(cell, "")
        for before, after in zip(self.holes, filled):
            if before[0] == "":
                self.assertRegex(after[0], r"^-?\d+$")
            if before[1] == "":
                self.assertRegex(after[1], r"^-?\d+\.\d\d$")
            if before[2] == "":
                self.assertIn(after[2], ("hot, dry", "cold"))

    def test_figures_are_those_of_the_written_cells(self):
        self.learn()
        report = self.run_json("inpaint", "m", "holes.csv", "-o", "out.csv", "--clean", "full.csv")
        filled = self.rows_of("out.csv")
        errors, right = [], []
        for c in range(4):
            missing = [r for r in range(ROWS) if self.holes[r][c] == ""]
            if c == 2:
                right = [filled[r][c] == self.full[r][c] for r in missing]
                continue
            numbers = np.array([float(row[c]) for row in self.full])
            errors += [(float(filled[r][c]) - numbers[r]) / numbers.std() for r in missing]
        self.assertAlmostEqual(report["rmse"], float(np.sqrt(np.mean(np.square(errors)))), places=9)
        self.assertAlmostEqual(report["accuracy"], float(np.mean(right)), places=9)

    def test_samples_are_drawn_from_what_a_cell_may_hold(self):
        self.learn()
        report = self.run_json("inpaint", "m", "holes.csv", "-o", "out.csv", "--samples", "20")
        self.assertEqual(report["outputs"], [f"out.{i}.csv" for i in range(1, 21)])
        drawn = [self.rows_of(name) for name in report["outputs"]]
        self.assertFalse((self.folder / "out.csv").exists())
        likeliest = self.run_json("inpaint", "m", "holes.csv", "-o", "out.csv")
        self.assertEqual(report["filled_cells"], likeliest["filled_cells"])
        value = lambda c, cell: cell if c == 2 else float(cell)
        known = [{value(c, row[c]) for row in self.holes if row[c]} for c in range(4)]
        filled = self.rows_of("out.csv")
        spread, errors = [], []
        for r, row in enumerate(self.holes):
            for c, cell in enumerate(row):
                values = [table[r][c] for table in drawn]
                if cell:
                    self.assertEqual(set(values), {cell})
                    continue
                self.assertLessEqual({value(c, cell) for cell in values}, known[c])
                if c == 1:
                    spread.append(np.std([float(cell) for cell in values]))
                    errors.append(float(self.full[r][c]) - float(filled[r][c]))
        # They differ as much as what was expected is wrong.
        self.assertGreater(np.mean(spread), 0.3 * np.std(errors))
        self.assertLess(np.mean(spread), 2 * np.std(errors))

    def test_samples_follow_from_the_seed(self):
        self.learn()
        for name, seed in (("a.csv", 3), ("b.csv", 3), ("c.csv", 4)):
            self.run_ok("inpaint", "m", "holes.csv", "-o", name, "--samples", "2", "--seed", seed)
        text = lambda name: (self.folder / name).read_text()
        self.assertEqual(text("a.1.csv"), text("b.1.csv"))
        self.assertNotEqual(text("a.1.csv"), text("a.2.csv"))
        self.assertNotEqual(text("a.1.csv"), text("c.1.csv"))

    def test_all_but_the_holes_stays_byte_for_byte(self):
        self.learn()
        for quote, end in ((True, "\n"), (False, "\r"), (False, "\n")):
            text = text_of(self.holes, quote, end)
            if not quote:
                # Blanks and a missing last line end are kept as well.
                text = text.replace("age,", " age ,").replace(",,", ", ,").rstrip(end)
            self.write("in.csv", text)
            self.run_ok("inpaint", "m", "in.csv", "-o", "out.csv")
            out = (self.folder / "out.csv").read_bytes().decode()
            # Whatever was put in is inserted: without it, the text is what it was.
            at = 0
            for character in text:
                at = out.find(character, at) + 1
                self.assertGreater(at, 0)
            self.assertEqual(out.count(end), text.count(end))
            if quote:
                self.assertNotIn('""', out)

    def test_a_table_without_holes_is_copied(self):
        self.learn()
        done = self.command("inpaint", "m", "full.csv", "-o", "out.csv")
        self.assertEqual(done.returncode, 0)
        self.assertIn(b"only copied", done.stderr)
        self.assertEqual((self.folder / "out.csv").read_bytes(), (self.folder / "full.csv").read_bytes())

    def test_arrays_keep_their_numbers_and_type(self):
        random = np.random.default_rng(2)
        clean = random.normal(size=(ROWS, 1)) @ random.normal(size=(1, 6)) + 3
        holes = random.random(clean.shape) < 0.2
        for kind in (np.float32, np.float64):
            values = np.where(holes, np.nan, clean).astype(kind)
            np.save(self.folder / "y.npy", values)
            np.savez(self.folder / "y.npz", X=values)
            self.learn("y.npy")
            self.run_ok("inpaint", "m", "y.npy", "-o", "out.npy")
            self.run_ok("inpaint", "m", "y.npz", "-o", "z.npy")
            out = np.load(self.folder / "out.npy")
            self.assertEqual(out.dtype, kind)
            np.testing.assert_array_equal(out[~holes], values[~holes])
            self.assertFalse(np.isnan(out).any())
            np.testing.assert_array_equal(out, np.load(self.folder / "z.npy"))

    def test_rows_and_columns_that_are_empty_throughout(self):
        rows = [row + [""] for row in self.holes]
        rows[7] = [""] * 5
        header = "age,temp,kind,big,note\n"
        self.write("empty.csv", header + "\n".join(",".join('"%s"' % c for c in row) for row in rows) + "\n")
        self.run_ok("train", "empty.csv", "--for", "inpaint", "-o", "e", "--set", "steps=50", "--numeric",
                    "note", "--quiet")
        done = self.command("inpaint", "e", "empty.csv", "-o", "out.csv")
        self.assertEqual(done.returncode, 0)
        self.assertIn(b"column 'note' was empty throughout", done.stderr)
        self.assertIn(b"row 8: nothing is known", done.stderr)
        filled = self.rows_of("out.csv")
        self.assertTrue(all(row[4] == "" and "" not in row[:4] for row in filled))

    def test_what_does_not_fit_is_refused(self):
        self.learn()
        self.write("other.csv", "a,b\n1,\n2,3\n")
        self.write("short.csv", text_of(self.full[:9]))
        self.refused(3, "inpaint", "m", "other.csv", "-o", "o.csv", says="age")
        self.refused(3, "inpaint", "m", "nowhere.csv", "-o", "o.csv", says="nowhere.csv")
        self.refused(3, "inpaint", "m", "holes.csv", "-o", "o.csv", "--clean", "short.csv", says="9 rows")
        self.refused(2, "inpaint", "m", "holes.csv", "-o", "holes.csv", says="overwritten")
        self.refused(2, "inpaint", "m", "holes.csv", "-o", "full.csv", "--clean", "full.csv", says="overwritten")
        self.refused(2, "inpaint", "m", "holes.csv", "-o", "o.npy", says=".csv")
        self.refused(2, "inpaint", "m", "holes.csv", says="-o")
        self.refused(2, "inpaint", "m", "holes.csv", "-o", "o.csv", "--mask", "full.csv", says="--mask")
        self.refused(2, "train", "holes.csv", "--for", "inpaint", "--window", 3, "-o", "w", says="--window")


if __name__ == "__main__":
    unittest.main()
