"""Comparing models: the table for people, for spreadsheets and for programs, and what is refused."""

import gzip
import pathlib
import unittest

import numpy as np

from support import CommandTest

DATA = pathlib.Path(__file__).resolve().parents[2] / "data"
QUICK = ("--epochs", 5, "--hidden", 32)


class Compare(CommandTest):
    def setUp(self):
        super().setUp()
        # The first 600 of the digits, with names for the columns.
        lines = gzip.decompress((DATA / "digits.csv.gz").read_bytes()).decode().splitlines()[:600]
        header = ",".join([f"p{i}" for i in range(64)] + ["digit"])
        self.write("digits.csv", "\n".join([header, *lines]) + "\n")

    def compare(self, *words):
        return self.run_json("compare", "digits.csv", "--labels", "digit", *QUICK, *words)

    def test_families_beside_pca(self):
        result = self.compare("--latent-dims", "4,8", "--families", "deep,linear")
        rows = result["contenders"]
        self.assertEqual([(row["family"], row["latent_dim"]) for row in rows],
                         [("deep", 4), ("deep", 8), ("linear", 4), ("linear", 8), ("pca", 4),
                          ("pca", 8)])
        self.assertEqual(result["rows"], {"training": 432, "validation": 48, "test": 120})
        pca = rows[5]
        self.assertAlmostEqual(pca["jacobian_norm"], 8 ** 0.5, places=3)
        self.assertGreater(pca["probe_accuracy"], 0.75)
        self.assertGreater(pca["neighbour_accuracy"], 0.8)
        self.assertLess(pca["test_error"], rows[4]["test_error"])
        self.assertGreater(pca["noise_error"], pca["test_error"])
        best = min(range(6), key=lambda i: rows[i]["test_error"])
        self.assertEqual(result["best"]["test_error"], [best])

    def test_the_table_and_the_file(self):
        words = ("compare", "digits.csv", "--labels", "digit", *QUICK, "--latent-dims", 4,
                 "--families", "deep,undercomplete,linear")
        text = self.run_ok(*words)
        self.assertIn("120 to test on", " ".join(text.split()))
        self.assertRegex(text, r"pca +4 +0\.\d+")
        self.assertIn("*", text)
        self.assertNotIn("\033", text)  # standard output is no terminal
        self.assertEqual(self.files(), {"digits.csv"})
        self.run_ok(*words, "-o", "t.csv", "--quiet")
        rows = self.read_csv("t.csv")
        self.assertEqual([row["family"] for row in rows],
                         ["deep", "undercomplete", "linear", "pca"])
        for row in rows:
            self.assertLess(float(row["relative_error"]), 1.2)
            self.assertLess(float(row["probe_accuracy"]), 1.01)
            self.assertNotIn("*", "".join(row.values()))

    def test_without_labels_there_are_no_accuracies(self):
        row = self.run_json("compare", "digits.csv", "--drop", "digit", *QUICK, "--families",
                            "linear", "--no-pca")["contenders"][0]
        self.assertIsNone(row["probe_accuracy"])
        text = self.run_ok("compare", "digits.csv", "--drop", "digit", *QUICK, "--families",
                           "linear", "--no-pca")
        self.assertNotIn("probe", text)

    def test_a_sweep_makes_a_row_for_each_value(self):
        result = self.compare("--families", "deep", "--latent-dim", 4, "--no-pca", "--sweep",
                              "weight_decay=0,0.1", "--sweep", "hidden=16,8;32", "--seeds", 2)
        rows = result["contenders"]
        self.assertEqual([row["settings"] for row in rows],
                         [{"weight_decay": decay, "hidden": hidden}
                          for decay in ("0", "0.1") for hidden in ("16,8", "32")])
        self.assertEqual(result["seeds"], 2)
        self.assertGreater(rows[0]["test_error_sd"], 0)

    def test_pca_has_no_seeds_and_no_deviation(self):
        words = ("compare", "digits.csv", "--drop", "digit", *QUICK, "--families", "linear",
                 "--latent-dims", 4, "--seeds", 2)
        linear, pca = self.run_json(*words)["contenders"]
        self.assertGreater(linear["test_error_sd"], 0)
        self.assertIsNone(pca["test_error_sd"])
        lines = self.run_ok(*words, "-o", "t.csv").splitlines()
        self.assertIn(" ± ", next(line for line in lines if line.startswith("linear")))
        self.assertNotIn("±", next(line for line in lines if line.startswith("pca")))
        linear, pca = self.read_csv("t.csv")
        self.assertGreater(float(linear["test_error_sd"]), 0)
        self.assertEqual(pca["test_error_sd"], "")

    def test_rows_left_out_leave_their_labels_out(self):
        lines = (self.folder / "digits.csv").read_text().splitlines()
        lines[3] = "," + lines[3].split(",", 1)[1]
        self.write("digits.csv", "\n".join(lines) + "\n")
        result = self.compare("--families", "linear", "--latent-dims", 8, "--missing", "drop")
        self.assertEqual(sum(result["rows"].values()), 599)
        self.assertGreater(result["contenders"][-1]["probe_accuracy"], 0.75)

    def test_is_the_same_for_any_number_of_threads(self):
        tables = []
        for threads in (1, 2):
            result = self.compare("--latent-dims", 4, "--threads", threads)
            for row in result["contenders"]:
                del row["seconds"]
            result["best"].pop("seconds", None)
            tables.append(result)
        self.assertEqual(*tables)

    def test_regularisers_keep_a_large_network_from_memorising(self):
        result = self.run_json("compare", "digits.csv", "--drop", "digit", "--families", "deep",
                               "--hidden", "256,128", "--latent-dims", 8, "--test", 0.7, "--epochs",
                               150, "--no-pca", "--sweep", "weight_decay=0,1e-3")
        free, held = result["contenders"]
        self.assertIn("memorised", free["warnings"])
        self.assertLess(held["test_error"], free["test_error"])
        self.assertLess(held["gap"], free["gap"])


class WhatFitsTheData(CommandTest):
    """By themselves the families that suit the data are compared, and no others."""

    def families(self, *words):
        result = self.run_json("compare", *words, "--epochs", 2)
        return {row["family"] for row in result["contenders"]}, result["notes"]

    def test_convolutions_on_images(self):
        images = np.random.default_rng(0).uniform(size=(80, 9, 10)).astype(np.float32)
        np.save(self.folder / "images.npy", images)
        found, notes = self.families("images.npy")
        self.assertLessEqual({"convolutional", "deep", "denoising", "pca"}, found)
        self.assertNotIn("left out", "\n".join(notes))
        found, _ = self.families("images.npy", "--families", "convolutional", "--no-pca")
        self.assertEqual(found, {"convolutional"})

    def test_no_convolutions_on_a_table(self):
        self.write_table()
        found, notes = self.families("table.csv")
        self.assertNotIn("convolutional", found)
        self.assertIn("left out convolutional: ", "\n".join(notes))
        self.assertIn("denoising", found)

    def test_convolutions_on_series_keep_constant_columns_for_all(self):
        series = np.random.default_rng(0).normal(size=(80, 24)).astype(np.float32)
        series[:, 3] = 7
        np.save(self.folder / "series.npy", series)
        words = ("compare", "series.npy", "--families", "deep", "--latent-dims", 4, "--epochs", 2)
        self.assertEqual(self.run_json(*words)["features"], 23)
        both = self.run_json(*words, "--sweep", "architecture=dense,conv1d")
        self.assertEqual(both["features"], 24)
        self.assertEqual([row["settings"].get("architecture") for row in both["contenders"]],
                         ["dense", "conv1d", None])

    def test_no_pca_of_a_chosen_size_that_it_does_not_have(self):
        wide = np.random.default_rng(0).normal(size=(20, 64)).astype(np.float32)
        np.save(self.folder / "wide.npy", wide)
        found, notes = self.families("wide.npy")
        self.assertIn("deep", found)
        self.assertNotIn("pca", found)
        self.assertIn("left out PCA: PCA of 64 features and 14 training rows has no 16 components",
                      notes)
        self.refused(2, "compare", "wide.npy", "--latent-dims", 16, says=("up to 14", "--no-pca"))

    def test_no_noise_on_categories(self):
        rows = [f"{'rgb'[i % 3]},{'xy'[i * i % 7 % 2]},{'mno'[i // 5 % 3]}" for i in range(80)]
        self.write("words.csv", "\n".join(["a,b,c", *rows]) + "\n")
        found, notes = self.families("words.csv")
        self.assertNotIn("denoising", found)
        self.assertIn("left out denoising: ", "\n".join(notes))
        self.assertLessEqual({"deep", "linear", "pca"}, found)


class Memorising(CommandTest):
    def test_few_rows_and_a_large_network(self):
        lines = gzip.decompress((DATA / "digits.csv.gz").read_bytes()).decode().splitlines()[:220]
        self.write("few.csv", "\n".join(lines) + "\n")
        done = self.command("train", "few.csv", "--drop", 65, "-o", "m", "--latent-dim", 8,
                            "--hidden", "256,128", "--epochs", 300)
        self.assertEqual(done.returncode, 0)
        self.assertIn(b"memorised", done.stderr)


class Refused(CommandTest):
    def setUp(self):
        super().setUp()
        self.write_table(labels=True)

    def refuse(self, code, *words, says):
        self.refused(code, "compare", "table.csv", "--epochs", 2, *words, says=says)

    def test_what_is_not_there(self):
        self.refuse(2, "--families", "deep,liner", says="linear")
        self.refuse(2, "--sweep", "weight_deacy=0,1", says="weight_decay")
        self.refuse(2, "--sweep", "weight_decay", says="key=value")
        self.refuse(2, "--sweep", "weight_decay=0,-1", says="weight_decay = -1")
        self.refuse(2, "--sweep", "scaling=none,robust", says="scaling cannot be swept")
        self.refuse(2, "--sweep", "epochs=1,2", "--sweep", "epochs=3", says="epochs is swept twice")
        self.refuse(2, "--penalty", "l1=1e-3", "--sweep", "penalty=l1,kl",
                    says="penalty is swept twice")
        self.refuse(3, "--labels", "lable", says="'lable'")

    def test_sizes(self):
        self.refuse(2, "--drop", "label", "--latent-dims", "2,6", says=("--no-pca", "up to 5"))
        self.refuse(2, "--latent-dims", "2,0", says="--latent-dims")
        self.refuse(2, "--latent-dims", "two", says="'two'")
        self.refuse(2, "--test", "1", says="(0, 1)")
        self.refuse(2, "--test-noise", "-1", says="noise")
        self.refuse(2, "--seeds", "0", says="--seeds")
        self.refuse(2, "-o", "table.txt", says=".csv")

    def test_labels_that_are_no_classes(self):
        self.write("one.csv", "a\n" * 120)
        self.refuse(3, "--labels", "one.csv", says="'a'")
        self.refuse(3, "--labels", "x1", says="120 rows")
        self.write("short.csv", "a\nb\n" * 50)
        self.refuse(3, "--labels", "short.csv", says="100 labels for 120 rows")

    def test_too_few_rows(self):
        self.write("few.csv", "a,b\n" + "1,2\n2,1\n3,5\n")
        self.refused(3, "compare", "few.csv", says="3 rows")

    def test_a_named_family_that_does_not_fit(self):
        self.refuse(2, "--families", "deep,linear", "--set", "dropout=0.5", says="linear: dropout")
        self.refuse(2, "--families", "linear", "--sweep", "dropout=0.2,0.5", says="linear with")
        for words in ((), ("--families", "linear")):
            done = self.command("compare", "table.csv", "--epochs", 2, "--sweep", "dropout=0,0.5",
                                *words)
            self.assertEqual(done.returncode, 0)
            self.assertIn(b"left out linear with dropout = 0.5", done.stderr)

    def test_families_without_hidden_layers_where_those_are_swept(self):
        result = self.run_json("compare", "table.csv", "--epochs", 2, "--sweep", "hidden=16;8")
        for row in result["contenders"]:
            self.assertNotIn(row["family"], ("linear", "undercomplete", "k-sparse"))
        notes = [note for note in result["notes"] if note.startswith("left out linear")]
        self.assertEqual(len(notes), 1)
        self.refuse(2, "--families", "linear", "--sweep", "hidden=16;8", says="decides hidden")

    def test_a_swept_loss_that_the_scaling_does_not_suit(self):
        words = ("table.csv", "--epochs", 2, "--families", "deep", "--set", "scaling=standard")
        result = self.run_json("compare", *words, "--sweep", "loss=mse,bce", "--no-pca")
        self.assertEqual([row["settings"] for row in result["contenders"]], [{"loss": "mse"}])
        self.assertIn("left out deep with loss = bce", "\n".join(result["notes"]))
        self.refused(2, "compare", *words, "--sweep", "loss=bce", says="bce needs features in [0, 1]")


if __name__ == "__main__":
    unittest.main()
