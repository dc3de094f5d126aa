"""Ensembles by the command: one job, one file, one bar, and what each verb makes of their members."""

import json
import struct
import unittest

import numpy as np

from support import CommandTest

SMALL = ("--epochs", 6, "--hidden", "8", "--latent-dim", 2)


def header_of(path):
    content = path.read_bytes()
    length = struct.unpack("<Q", content[:8])[0]
    return json.loads(content[8:8 + length])


class Ensemble(CommandTest):
    def setUp(self):
        super().setUp()
        self.write_table(rows=300)

    def train_members(self, name, members, *more):
        return self.run_json("train", "table.csv", "-o", name, "--ensemble", members, *SMALL, *more)

    def test_training_tells_of_all_members(self):
        alone = self.train_members("one", 1, "--patience", 0)
        four = self.train_members("four", 4, "--patience", 0)
        self.assertEqual((alone["members"], four["members"]), (1, 4))
        self.assertEqual(four["epochs"], 6)
        trained = four["samples_per_second"] * four["seconds"]
        self.assertAlmostEqual(trained, 4 * 6 * four["training_rows"], delta=1)
        self.assertNotEqual(alone["train_loss"], four["train_loss"])
        self.assertIn("4 members", self.run_ok("train", "table.csv", "-o", "t", "--ensemble", 4,
                                               *SMALL))

    def test_one_file_holds_all_members(self):
        self.train_members("m", 3, "--set", "ensemble_widths=1,0.5")
        names = {name for name in header_of(self.folder / "m") if "." in name}
        self.assertIn("member.0.encoder.0.weight", names)
        self.assertEqual(header_of(self.folder / "m")["member.1.encoder.0.weight"]["shape"], [4, 5])
        self.assertFalse(any(name.startswith("encoder.0") for name in names))
        self.train_members("one", 1)
        self.assertIn("encoder.0.weight", header_of(self.folder / "one"))

    def test_info_names_members_shapes_and_parameters(self):
        self.train_members("m", 3, "--set", "ensemble_widths=1,0.5")
        model = json.loads(self.run_ok("info", "m", "--json"))
        self.assertEqual([member["widths"] for member in model["members"]],
                         [[5, 8, 2, 8, 5], [5, 4, 1, 4, 5], [5, 8, 2, 8, 5]])
        self.assertEqual(model["parameters"],
                         sum(member["parameters"] for member in model["members"]))
        self.assertEqual(model["settings"]["ensemble"], "3")
        text = self.run_ok("info", "m")
        for part in ("Ensemble of 3 members", "2  5 → 8 → 2 → 8 → 5", "1  5 → 4 → 1 → 4 → 5",
                     "Layers of member 0", "Code of member 0"):
            self.assertIn(part, text)
        self.train_members("one", 1)
        self.assertNotIn("nsemble of", self.run_ok("info", "one"))

    def test_codes_are_a_members_own(self):
        self.train_members("m", 3, "--set", "ensemble_widths=1,0.5")
        self.train_members("one", 1)
        for name, member in (("0", ()), ("1", ("--member", 1)), ("2", ("--member", 2))):
            self.run_ok("encode", "m", "table.csv", "-o", f"codes{name}.npy", *member)
        self.run_ok("encode", "one", "table.csv", "-o", "alone.npy")
        codes = [np.load(self.folder / f"codes{i}.npy") for i in range(3)]
        self.assertEqual([c.shape for c in codes], [(300, 2), (300, 1), (300, 2)])
        np.testing.assert_array_equal(codes[0], np.load(self.folder / "alone.npy"))
        # Back through the same member: the mean over members is what reconstruct gives.
        parts = []
        for i in range(3):
            self.run_ok("decode", "m", f"codes{i}.npy", "-o", "back.npy", "--member", i)
            parts.append(np.load(self.folder / "back.npy"))
        self.run_ok("reconstruct", "m", "table.csv", "-o", "whole.npy")
        np.testing.assert_allclose(np.mean(parts, axis=0), np.load(self.folder / "whole.npy"),
                                   rtol=1e-4, atol=1e-5)

    def test_samples_are_a_members_own(self):
        self.train_members("v", 2, "--family", "variational")
        drawn = []
        for i in range(2):
            self.run_ok("sample", "v", "-n", 4, "-o", "s.npy", "--member", i)
            drawn.append(np.load(self.folder / "s.npy"))
        self.assertEqual(drawn[0].shape, drawn[1].shape)
        self.assertFalse(np.array_equal(*drawn))

    def test_detecting_with_a_model_and_without(self):
        self.write_table("odd.csv", labels=True)
        self.train_members("m", 3, "--for", "detect")
        for model in (("m",), ()):
            learning = () if model else ("--ensemble", 3, *SMALL)
            found = self.run_json("detect", *model, "odd.csv", "--labels", "label", "-o", "s.csv",
                                  "--explain", 5, *learning)
            self.assertGreater(found["auroc"], 0.8)
            for row in self.read_csv("s.csv"):
                parts = sum(float(row[f"top_{i}_error"]) for i in range(1, 6))
                self.assertAlmostEqual(parts / 5 / float(row["anomaly_score"]), 1, places=4)

    def test_threads_do_not_change_a_bit(self):
        for name, threads in (("a", 1), ("b", 2), ("c", 3)):
            self.run_ok("train", "table.csv", "-o", name, "--ensemble", 3, "--threads", threads,
                        "--set", "ensemble_widths=1,2", *SMALL)
        models = [(self.folder / name).read_bytes() for name in "abc"]
        self.assertEqual(models[0], models[1])
        self.assertEqual(models[1], models[2])

    def test_a_config_gives_factors_as_a_list(self):
        self.write("c.toml", "[training]\nensemble = 2\nensemble_widths = [1, 0.5]\n")
        self.run_ok("train", "table.csv", "-o", "m", "--config", "c.toml", *SMALL)
        settings = json.loads(self.run_ok("info", "m", "--json"))["settings"]
        self.assertEqual((settings["ensemble"], settings["ensemble_widths"]), ("2", "1,0.5"))
        self.write("c.toml", "ensemble_widths = [1, 'x']\n")
        self.refused(2, "train", "table.csv", "-o", "n", "--config", "c.toml",
                     says="numbers alone, e.g. [1, 0.5]")


class Refusals(CommandTest):
    def test_members_there_are_not(self):
        self.write_table()
        self.run_ok("train", "table.csv", "-o", "m", "--ensemble", 2, *SMALL)
        self.run_ok("train", "table.csv", "-o", "one", *SMALL)
        for verb in (("encode", "m", "table.csv"), ("decode", "m", "table.csv"), ("sample", "m")):
            self.refused(2, *verb, "-o", "x.npy", "--member", 2, says="from 0 to 1")
        self.refused(2, "encode", "one", "table.csv", "-o", "x.npy", "--member", 1,
                     says="only member is 0")
        self.refused(2, "encode", "m", "table.csv", "-o", "x.npy", "--member", -1, says="--member")

    def test_counts_and_factors_out_of_range(self):
        self.write_table()
        for value in (0, 257, "many"):
            self.refused(2, "train", "table.csv", "-o", "m", "--ensemble", value,
                         says="an integer from 1 to 256")
        for value in ("0", "", "1;2", "17"):
            self.refused(2, "train", "table.csv", "-o", "m", "--set", f"ensemble_widths={value}",
                         says="give numbers parted by commas")

    def test_comparing_ensembles(self):
        self.write_table()
        self.refused(2, "compare", "table.csv", "--ensemble", 3, says="judges single models")
        self.refused(2, "compare", "table.csv", "--sweep", "ensemble=1,2",
                     says="ensemble cannot be swept")

    def test_an_ensemble_for_a_model_that_has_learned(self):
        self.write_table()
        self.run_ok("train", "table.csv", "-o", "m", *SMALL)
        self.refused(2, "detect", "m", "table.csv", "--ensemble", 3, "-o", "s.csv",
                     says="setting ensemble")

    def test_a_file_that_lies_about_its_members(self):
        self.write_table()
        self.run_ok("train", "table.csv", "-o", "m", "--ensemble", 2, *SMALL)
        content = (self.folder / "m").read_bytes()
        self.write("lies", content.replace(b'\\"ensemble\\":\\"2\\"', b'\\"ensemble\\":\\"3\\"'))
        self.assertNotEqual(content, (self.folder / "lies").read_bytes())
        self.refused(4, "info", "lies", says="lies is damaged")


if __name__ == "__main__":
    unittest.main()
