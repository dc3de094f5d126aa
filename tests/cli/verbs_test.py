"""Each verb on small data: what it prints, what it writes, and the keys of its JSON."""

import csv
import json
import struct
import os
import signal
import subprocess
import unittest

import numpy as np

from support import COMMAND, CommandTest, plane


class Train(CommandTest):
    def test_json_has_the_promised_keys(self):
        self.write_table()
        result = self.train("table.csv")
        for key in ("train_loss", "validation_loss", "epochs", "samples_per_second", "seconds"):
            self.assertIsInstance(result[key], (int, float), key)
        self.assertLess(result["train_loss"], 1)
        self.assertEqual(self.files(), {"table.csv", "trained.model"})

    def test_without_validation_there_is_no_validation_loss(self):
        self.write_table()
        self.assertIsNone(self.train("table.csv", "m", "--validation", 0)["validation_loss"])

    def test_settings_overrule_each_other_in_order(self):
        self.write_table()
        self.write("c.toml", "[architecture]\nlatent_dim = 1\nhidden = [9]\n")
        self.run_ok("train", "table.csv", "-o", "m", "--latent-dim", 3, "--set", "latent_dim=2",
                    "--config", "c.toml", "--epochs", 2)
        settings = json.loads(self.run_ok("info", "m", "--json"))["settings"]
        self.assertEqual((settings["latent_dim"], settings["hidden"]), ("2", "9"))

    def test_a_label_column_is_not_learned(self):
        self.write_table(labels=True)
        self.assertEqual(self.train("table.csv", "m", "--labels", "label")["features"], 5)
        self.assertEqual(self.train("table.csv", "m", "--drop", "label")["features"], 5)
        self.assertEqual(self.train("table.csv", "m", "--columns", "x1,x3")["features"], 2)

    def test_a_file_named_like_the_label_column_does_not_let_it_in(self):
        self.write_table(labels=True)
        self.write("label", "0\n" * 120)
        self.assertEqual(self.train("table.csv", "m", "--labels", "label")["features"], 5)
        self.refused(3, "train", "table.csv", "-o", "n", "--labels", "lable", says="'lable'")

    def test_labels_of_svmlight_are_beside_the_features(self):
        lines = [f"{i % 2} 1:{i} 2:{i * 0.5} 3:{i % 7}" for i in range(60)]
        self.write("d.svm", "\n".join(lines) + "\n")
        self.assertEqual(self.train("d.svm", "m", "--labels", "label")["features"], 3)

    def test_quiet_says_nothing(self):
        self.write_table()
        done = self.command("train", "table.csv", "-o", "m", "--epochs", 2, "--quiet")
        self.assertEqual((done.returncode, done.stdout), (0, b""))
        self.assertNotIn(b"note:", done.stderr)

    def test_threads_and_reruns_do_not_change_a_bit(self):
        self.write_table(rows=700, columns=40)
        for name, threads in (("a", 1), ("b", 2), ("c", 2)):
            self.run_ok("train", "table.csv", "-o", name, "--epochs", 4, "--hidden", "64",
                        "--latent-dim", 8, "--batch-size", 256, "--threads", threads)
        models = [(self.folder / name).read_bytes() for name in "abc"]
        self.assertGreater(len(models[0]), 1000)
        self.assertEqual(models[0], models[1])
        self.assertEqual(models[1], models[2])
        self.run_ok("train", "table.csv", "-o", "d", "--epochs", 4, "--hidden", "64",
                    "--latent-dim", 8, "--batch-size", 256, "--seed", 1)
        self.assertNotEqual(models[0], (self.folder / "d").read_bytes())


class Info(CommandTest):
    def test_for_people_and_for_programs(self):
        self.write_table()
        self.train("table.csv")
        text = self.run_ok("info", "trained.model")
        for part in ("Layers", "Training", "Settings", "2 numbers"):
            self.assertIn(part, text)
        model = json.loads(self.run_ok("info", "trained.model", "--json"))
        self.assertEqual((model["features"], model["latent_dim"]), (5, 2))
        self.assertIsInstance(model["warnings"], list)

    def test_what_codes_are_like(self):
        self.write_table(rows=300)
        self.run_ok("train", "table.csv", "-o", "m", "--latent-dim", 2, "--family", "linear")
        code = json.loads(self.run_ok("info", "m", "--json"))["code"]
        # Rows near a plane, two directions of unlike spread: a plane takes both.
        self.assertGreater(code["effective_rank"], 1.05)
        self.assertLessEqual(code["effective_rank"], 2.0001)
        self.assertEqual(code["zero_share"], 0)
        self.assertIsNone(code["saturated_share"])
        # A linear map moves near neighbours no further than its norm says.
        self.assertLess(code["contraction"], code["jacobian_norm"])
        self.assertGreater(code["contraction"], 0.2 * code["jacobian_norm"])
        text = self.run_ok("info", "m")
        self.assertIn("effective rank", text)
        self.run_ok("train", "table.csv", "-o", "s", "--latent-dim", 2, "--set",
                    "code_activation=sigmoid", "--epochs", 5)
        code = json.loads(self.run_ok("info", "s", "--json"))["code"]
        self.assertGreaterEqual(code["saturated_share"], 0)
        self.assertGreater(code["mean_activation"], 0)

    def test_a_closed_pipe_is_no_crash(self):
        self.write_table()
        self.train("table.csv")
        reader, writer = os.pipe()
        os.close(reader)
        done = subprocess.run([COMMAND, "info", "trained.model"], cwd=self.folder, stdout=writer,
                              stderr=subprocess.PIPE)
        os.close(writer)
        self.assertEqual((done.returncode, done.stderr), (128 + signal.SIGPIPE, b""))

    def test_a_full_disk_behind_standard_output_is_an_error(self):
        self.write_table()
        self.train("table.csv")
        with open("/dev/full", "wb") as full:
            done = subprocess.run([COMMAND, "info", "trained.model"], cwd=self.folder, stdout=full,
                                  stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"hourglass: cannot write to standard output", done.stderr)


class EncodeDecodeReconstruct(CommandTest):
    def test_a_table_there_and_back(self):
        values = self.write_table()
        self.train("table.csv")
        self.run_ok("encode", "trained.model", "table.csv", "-o", "codes.npy")
        codes = np.load(self.folder / "codes.npy")
        self.assertEqual((codes.shape, codes.dtype), ((120, 2), np.float32))
        self.run_ok("decode", "trained.model", "codes.npy", "-o", "back.csv")
        result = self.run_json("reconstruct", "trained.model", "table.csv", "-o", "out.npy")
        out = np.load(self.folder / "out.npy")
        with open(self.folder / "back.csv", newline="") as file:
            header, *rows = csv.reader(file)
        self.assertEqual(header, ["x1", "x2", "x3", "x4", "x5"])
        np.testing.assert_allclose(np.array(rows, dtype=float), out, atol=1e-5)
        self.assertEqual(result["rows"], 120)
        error = ((out - np.array([[float(f"{v:.6g}") for v in row] for row in values])) ** 2)
        self.assertAlmostEqual(result["mean_squared_error"], error.mean(), places=6)
        self.assertAlmostEqual(result["squared_error_per_sample"], error.sum(1).mean(), places=5)

    def test_measuring_alone_writes_nothing(self):
        self.write_table()
        self.train("table.csv")
        before = self.files()
        self.run_json("reconstruct", "trained.model", "table.csv")
        self.assertEqual(self.files(), before)

    def test_images_keep_their_shape_and_can_be_drawn(self):
        pixels = np.random.default_rng(0).integers(0, 256, (60, 6, 5), dtype=np.uint8)
        self.write("i.idx", struct.pack(">4B3I", 0, 0, 8, 3, 60, 6, 5) + pixels.tobytes())
        self.train("i.idx")
        result = self.run_json("reconstruct", "trained.model", "i.idx", "-o", "out.npy",
                               "--figure", "f.png", "--figure-count", 4)
        out = np.load(self.folder / "out.npy")
        self.assertEqual(out.shape, (60, 6, 5))
        error = ((out - pixels / 255.0) ** 2).mean()
        self.assertAlmostEqual(result["mean_squared_error"], error, places=6)
        self.assertEqual((self.folder / "f.png").read_bytes()[:8], b"\x89PNG\r\n\x1a\n")


class Detect(CommandTest):
    def test_learning_from_the_data_itself(self):
        self.write_table(rows=200, labels=True)
        result = self.run_json("detect", "table.csv", "--labels", "label", "-o", "s.csv",
                               "--explain", 2, "--latent-dim", 2)
        self.assertEqual(result["rows"], 200)
        self.assertGreater(result["auroc"], 0.9)
        for key in ("average_precision", "threshold", "flagged"):
            self.assertIn(key, result)
        self.assertLessEqual({"train", "score"}, result["seconds"].keys())
        with open(self.folder / "s.csv", newline="") as file:
            header, *rows = csv.reader(file)
        self.assertEqual(header[:6], ["row", "anomaly_score", "p_value", "is_anomaly",
                                      "top_1_feature", "top_1_error"])
        self.assertEqual([row[0] for row in rows], [str(i + 1) for i in range(200)])
        self.assertEqual(sum(row[3] == "1" for row in rows), result["flagged"])
        self.assertLessEqual({row[4] for row in rows}, {f"x{i + 1}" for i in range(5)})

    def test_by_a_model_of_normal_rows(self):
        np.save(self.folder / "normal.npy", plane(400, 6, seed=3))
        self.run_ok("train", "normal.npy", "-o", "m", "--for", "detect", "--latent-dim", 2)
        strange = plane(100, 6, seed=3)
        strange[10:20] += np.random.default_rng(1).normal(0, 5, (10, 6))
        labels = np.zeros(100, dtype=np.int64)
        labels[10:20] = 1
        np.savez(self.folder / "test.npz", X=strange, y=labels)
        result = self.run_json("detect", "m", "test.npz", "--labels", "y", "--contamination", 0.1,
                               "-o", "s.csv")
        self.assertGreater(result["auroc"], 0.95)
        self.assertEqual(result["flagged"], 10)
        self.assertEqual(result["seconds"]["train"], 0)

    def test_without_output_the_strangest_rows_are_printed(self):
        self.write_table(rows=200, labels=True)
        text = self.run_ok("detect", "table.csv", "--drop", "label")
        rows = [line.split()[0] for line in text.splitlines()[1:] if line[:9].strip().isdigit()]
        self.assertEqual(len(rows), 10)
        self.assertGreaterEqual(len({"1", "2", "3", "4", "5"} & set(rows)), 4)
        self.assertIn("expected", text)
        self.assertEqual(self.files(), {"table.csv"})

    def test_labels_of_one_kind_are_said_to_tell_nothing(self):
        self.write_table()
        for label, word in (("0", "normal"), ("anomaly", "anomalous"), ("1", "anomalous")):
            self.write("labels.csv", f"{label}\n" * 120)
            done = self.command("detect", "table.csv", "--labels", "labels.csv", "--json",
                                "--epochs", 2)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn(f"every row {word}".encode(), done.stderr)
            result = json.loads(done.stdout)
            self.assertIsNone(result["auroc"])
            self.assertIn("labels-of-one-kind", [w["code"] for w in result["warnings"]])

    def test_a_category_observed_and_expected_is_told_by_how_much(self):
        lines = ["x,z,flag"]
        for x in np.random.default_rng(0).normal(size=200):
            lines.append(f"{x:.3f},{2 * x + 1:.3f},{'yes' if x > 0 else 'no'}")
        self.write("t.csv", "\n".join(lines) + "\n")
        self.run_ok("detect", "t.csv", "--explain", 3, "-o", "s.csv", "--epochs", 20)
        told = [(row[f"top_{k}_observed"], row[f"top_{k}_expected"])
                for row in self.read_csv("s.csv") for k in (1, 2, 3)
                if row[f"top_{k}_feature"] == "flag"]
        same = [expected for observed, expected in told if expected.split()[0] == observed]
        self.assertGreater(len(same), 10)
        for expected in same:
            self.assertRegex(expected, r"^(yes|no) -?\d+ %, (yes|no|\(other\)) -?\d+ %$")

    def test_is_the_same_for_any_number_of_threads(self):
        self.write_table(rows=150)
        for name, threads in (("a.csv", 1), ("b.csv", 2)):
            self.run_ok("detect", "table.csv", "-o", name, "--threads", threads, "--epochs", 5)
        self.assertEqual((self.folder / "a.csv").read_bytes(), (self.folder / "b.csv").read_bytes())


if __name__ == "__main__":
    unittest.main()
