"""Indexes and searches by the command, from files to files."""

import csv
import io
import unittest

import numpy as np

from images_test import png, read_png
from support import CommandTest, plane


class Search(CommandTest):
    def setUp(self):
        super().setUp()
        self.values = plane(200, 5, 1)
        self.write_named("table.csv", self.values)
        self.train("table.csv", "m", "--drop", "name,kind", "--family", "linear")
        self.run_ok("encode", "m", "table.csv", "-o", "codes.npy")
        self.codes = np.load(self.folder / "codes.npy")

    def write_named(self, name, values, prefix="r"):
        lines = ["name,kind,x1,x2,x3,x4,x5"]
        for i, row in enumerate(values):
            lines.append(f"{prefix}{i:03d},{int(row[0] > 0)},"
                         + ",".join(f"{value:.6g}" for value in row))
        self.write(name, "\n".join(lines) + "\n")

    def index(self, *words, name="i"):
        return self.run_json("index", "m", "table.csv", "-o", name, "--names", "name",
                             "--labels", "kind", *words)

    def printed(self, *words):
        return list(csv.DictReader(io.StringIO(self.run_ok("search", *words, "--quiet"))))

    def rows(self, *words):
        return [int(hit["row"]) for hit in self.printed(*words)]

    def nearest(self, code, count, metric):
        if metric == "cosine":
            unit = lambda x: x / np.linalg.norm(x, axis=-1, keepdims=True)
            distance = 1 - unit(self.codes) @ unit(code)
        elif metric == "hamming":
            middle = np.sort(self.codes, axis=0)[(len(self.codes) - 1) // 2]
            distance = ((self.codes > middle) != (code > middle)).sum(axis=1)
        else:
            distance = np.linalg.norm(self.codes.astype(float) - code, axis=1)
        order = np.argsort(distance, kind="stable")[:count]
        return [int(row) + 1 for row in order], distance[order]

    def test_hits_are_the_nearest_by_each_metric(self):
        for metric in ("cosine", "euclidean", "hamming"):
            made = self.index("--metric", metric)
            self.assertEqual((made["rows"], made["metric"], made["graph"]), (200, metric, False))
            self.run_ok("search", "i", "table.csv", "-k", 4, "-o", "h.csv")
            hits = self.read_csv("h.csv")
            self.assertEqual(len(hits), 800)
            self.assertEqual(list(hits[0]), ["query", "rank", "row", "name", "distance"])
            for query in (0, 77, 199):
                rows, distances = self.nearest(self.codes[query], 4, metric)
                own = hits[4 * query:4 * query + 4]
                self.assertEqual([int(hit["rank"]) for hit in own], [1, 2, 3, 4])
                if metric == "hamming":
                    self.assertEqual([int(hit["row"]) for hit in own], rows)
                for hit, row, distance in zip(own, rows, distances):
                    self.assertEqual(hit["name"], f"r{int(hit['row']) - 1:03d}")
                    self.assertAlmostEqual(float(hit["distance"]), distance, places=5)

    def test_by_row_by_vector_and_by_code(self):
        self.index("--metric", "euclidean")
        rows, _ = self.nearest(self.codes[11], 4, "euclidean")
        self.assertEqual(self.rows("i", "--row", 12, "-k", 3), rows[1:])
        vector = ",".join(f"{value:.6g}" for value in self.values[11])
        self.assertEqual(self.rows("i", f"--vector={vector}", "-k", 4), rows)
        code = ",".join(str(number) for number in self.codes[11])
        self.assertEqual(self.rows("i", f"--vector={code}", "--codes", "-k", 4), rows)
        np.save(self.folder / "one.npy", self.codes[11:12])
        self.assertEqual(self.rows("i", "one.npy", "--codes", "-k", 4), rows)

    def test_more_hits_than_rows_are_all_rows(self):
        self.index()
        self.assertEqual(sorted(self.rows("i", "--row", 1, "-k", 1000)), list(range(2, 201)))

    def test_labels_tell_how_good_hits_are(self):
        self.index()
        found = self.run_json("search", "i", "table.csv", "-k", 5, "-o", "h.csv",
                              "--query-labels", "kind")
        kinds = (self.values[:, 0] > 0).astype(int)
        hits = self.read_csv("h.csv")
        right = [kinds[int(hit["row"]) - 1] == kinds[int(hit["query"]) - 1] for hit in hits]
        self.assertAlmostEqual(found["precision_at_k"], np.mean(right))
        self.assertEqual(found["queries"], 200)
        self.run_ok("search", "i", "table.csv", "-k", 200, "-o", "all.csv")
        by_query = np.array([int(hit["row"]) - 1 for hit in self.read_csv("all.csv")])
        averages = []
        for query, rows in enumerate(by_query.reshape(200, 200)):
            right = kinds[rows] == kinds[query]
            averages.append((np.cumsum(right) / np.arange(1, 201))[right].mean())
        self.assertAlmostEqual(found["mean_average_precision"], np.mean(averages), places=3)
        # Labels of the index may be given when it is searched, too.
        self.run_ok("index", "m", "table.csv", "-o", "j")
        for labels in (("--labels", "kind"), ("--labels", "kinds.csv", "--query-labels", "kind")):
            self.write("kinds.csv", "kind\n" + "".join(f"{kind}\n" for kind in kinds))
            again = self.run_json("search", "j", "table.csv", "-k", 5, *labels)
            self.assertEqual(again["precision_at_k"], found["precision_at_k"])
        self.refused(2, "search", "j", "table.csv", "--query-labels", "kind", says="--labels")
        self.refused(2, "search", "j", "--row", 1, "--labels", "kind", says="--query-labels")

    def test_adding_deleting_and_merging(self):
        self.index()
        self.write_named("more.csv", self.values[:30] + 0.001, prefix="s")
        self.run_ok("index", "i", "--add", "more.csv", "--names", "name", "--labels", "kind",
                    "-o", "i")
        self.assertEqual(self.run_json("search", "i", "--row", 205)["rows"], 230)
        self.assertIn("s004", [hit["name"] for hit in self.printed("i", "--row", 5, "-k", 8)])
        changed = self.run_json("index", "i", "--delete", "5,205", "-o", "i")
        self.assertEqual((changed["rows"], changed["deleted_rows"]), (228, 2))
        self.assertNotIn(5, self.rows("i", "more.csv", "-k", 1000))
        self.refused(3, "search", "i", "--row", 5, says="row 5 has been deleted")
        self.refused(3, "search", "i", "--row", 231, says="this index has 230")
        self.refused(3, "index", "i", "--delete", "5", "-o", "k", says="row 5 has been deleted")
        self.refused(3, "index", "i", "--add", "more.csv", "-o", "k", says="--names")
        self.index(name="other")
        merged = self.run_json("index", "other", "--merge", "i", "-o", "both")
        self.assertEqual(merged["rows"], 428)

    def test_an_index_of_another_model_is_not_merged(self):
        self.index()
        self.train("table.csv", "m", "--drop", "name,kind", "--seed", 5)
        self.index(name="other")
        self.refused(4, "index", "i", "--merge", "other", "-o", "k", says="different models")

    def test_bits_are_small_and_the_same_for_any_number_of_threads(self):
        self.index("--bits", "--threads", 1)
        self.index("--bits", "--threads", 3, name="j")
        self.assertEqual((self.folder / "i").read_bytes(), (self.folder / "j").read_bytes())
        hits = [self.run_ok("search", "i", "table.csv", "--threads", n, "--quiet") for n in (1, 2, 3)]
        self.assertEqual(hits[0], hits[1])
        self.assertEqual(hits[0], hits[2])

    def test_many_rows_get_a_graph(self):
        random = np.random.default_rng(0)
        centres = random.normal(size=(50, 2))
        codes = centres[random.integers(0, 50, 20000)] + random.normal(0, 0.1, (20000, 2))
        np.save(self.folder / "many.npy", codes.astype(np.float32))
        np.save(self.folder / "few.npy", codes[:300].astype(np.float32) + 0.003)
        made = self.run_json("index", "m", "many.npy", "--codes", "--metric", "euclidean", "-o", "g")
        self.assertTrue(made["graph"])
        self.assertGreater(made["recall_at_10"], 0.95)
        found, exact = (self.printed("g", "few.npy", "--codes", *words)
                        for words in ((), ("--exact",)))
        same = {(h["query"], h["row"]) for h in found} & {(h["query"], h["row"]) for h in exact}
        self.assertGreater(len(same), 0.93 * 3000)
        self.run_ok("index", "g", "--delete", "1,2,3", "-o", "g")
        self.assertTrue(self.rows("g", "few.npy", "--codes", "-k", 3))
        self.assertFalse({1, 2, 3} & set(self.rows("g", "few.npy", "--codes", "-k", 50)))
        plain = self.run_json("index", "m", "many.npy", "--codes", "--exact", "-o", "e")
        self.assertFalse(plain["graph"])

    def test_what_makes_no_sense_is_refused(self):
        self.index()
        self.write("narrow.csv", "a,b\n1,2\n")
        self.refused(3, "search", "i", "narrow.csv", says="narrow.csv")
        self.refused(3, "search", "i", "--vector=1,2", says="columns")
        self.refused(2, "search", "i", "--vector=1,x,2", says="'x'")
        self.refused(2, "search", "i", says="QUERY is missing")
        self.refused(2, "search", "i", "table.csv", "--row", 3, says="give one of them")
        self.refused(2, "search", "i", "table.csv", "-k", 0, says="-k")
        self.refused(4, "search", "m", "table.csv", says="is a model and no index")
        self.refused(4, "search", "table.csv", "table.csv", says="is no Hourglass index")
        self.refused(4, "search", "none", "table.csv", says="none")
        self.refused(3, "search", "i", "none.csv", says="none.csv")
        self.refused(2, "index", "m", "table.csv", "--bits", "--metric", "cosine", "-o", "k",
                     says="codes of numbers")
        self.refused(2, "index", "m", "-o", "k", says="DATA is missing")
        self.refused(2, "index", "i", "table.csv", "-o", "k", says="--add")
        self.refused(2, "index", "i", "-o", "k", says="--delete")
        self.refused(2, "index", "m", "table.csv", "--delete", "1", "-o", "k", says="is none")
        self.refused(2, "search", "i", "--row", 3, "--sheet", "s.png", says="cannot be drawn")
        self.refused(2, "search", "i", "table.csv", "--sheet", "s.jpg", says=".png")
        whole = (self.folder / "i").read_bytes()
        self.write("cut", whole[:-10])
        self.refused(4, "search", "cut", "table.csv", says="cut")
        self.write("changed", whole[:-100] + bytes([whole[-100] ^ 1]) + whole[-99:])
        self.refused(4, "search", "changed", "table.csv", says="damaged")


class Images(CommandTest):
    def test_images_are_found_by_name_and_drawn(self):
        random = np.random.default_rng(0)
        (self.folder / "photos").mkdir()
        for i in range(30):
            ramp = np.add.outer(np.arange(8), np.arange(8)) * (2 + i % 5) * 3
            pixels = np.clip(ramp + random.normal(0, 5, (8, 8)), 0, 255).astype(np.uint8)
            self.write(f"photos/{i:02d}.png", png(pixels))
        self.run_ok("train", "photos", "-o", "m", "--latent-dim", 2, "--family", "linear",
                    "--epochs", 30)
        self.run_ok("index", "m", "photos", "--metric", "euclidean", "-o", "i")
        self.run_ok("search", "i", "photos/07.png", "-k", 5, "-o", "h.csv", "--sheet", "s.png")
        hits = self.read_csv("h.csv")
        self.assertEqual(hits[0]["name"], "07.png")
        self.assertTrue({int(hit["name"][:2]) % 5 for hit in hits} <= {1, 2, 3})
        sheet = read_png(self.folder / "s.png")
        self.assertEqual(sheet.shape, (64, 364))
        # The query is its own first hit.
        np.testing.assert_array_equal(sheet[4:60, 4:60], sheet[4:60, 64:120])
        (self.folder / "photos/29.png").unlink()
        self.refused(3, "search", "i", "photos/07.png", "--sheet", "t.png", says="index it again")


class Counts(CommandTest):
    """Texts as counts of words: some of each kind's own, more of all."""

    def write_texts(self, name, rows, seed):
        random = np.random.default_rng(seed)
        lines = []
        for i in range(rows):
            odds = np.full(300, 1.0)
            odds[20 * (i % 4):20 * (i % 4) + 20] = 12
            words = random.choice(300, size=30, p=odds / odds.sum())
            found, counts = np.unique(words, return_counts=True)
            lines.append(f"{i % 4} " + " ".join(f"{w + 1}:{c}" for w, c in zip(found, counts)))
        self.write(name, "\n".join(lines) + "\n")

    def test_training_for_search_takes_counts_for_what_they_are(self):
        self.write_texts("train.svm", 400, 0)
        self.write_texts("test.svm", 100, 1)
        self.run_ok("train", "train.svm", "-o", "m", "--for", "search", "--latent-dim", 8,
                    "--epochs", 20, "--hidden", "64")
        settings = self.run_json("info", "m")["settings"]
        self.assertEqual((settings["loss"], settings["job"]), ("multinomial", "search-counts"))
        self.run_ok("index", "m", "train.svm", "-o", "i", "--labels", "label")
        found = self.run_json("search", "i", "test.svm", "--query-labels", "label")
        self.assertGreater(found["precision_at_k"], 0.6)
        # How a text's weight is spread over words: all of it.
        self.run_ok("reconstruct", "m", "test.svm", "-o", "out.npy")
        self.assertTrue(np.isfinite(np.load(self.folder / "out.npy")).all())

    def test_scalings_of_counts_come_back_in_counts(self):
        self.write_texts("train.svm", 200, 0)
        for scaling in ("log", "tf-idf"):
            self.run_ok("train", "train.svm", "-o", "m", "--scaling", scaling, "--family", "linear",
                        "--latent-dim", 150, "--epochs", 60)
            errors = self.run_json("reconstruct", "m", "train.svm", "-o", "out.npy")
            self.assertLess(errors["mean_squared_error"], 0.1)

    def test_what_are_no_counts_is_refused(self):
        self.write_table()
        self.refused(3, "train", "table.csv", "-o", "m", "--loss", "multinomial", says="below 0")
        self.write_texts("texts.svm", 100, 0)
        self.refused(2, "train", "texts.svm", "-o", "m", "--loss", "multinomial", "--scaling",
                     "standard", says="log, tf-idf or none")


if __name__ == "__main__":
    unittest.main()
