"""What structure is looked for in and there is none, or too much: no row, one, equal ones, a million; NaN and infinity; k > n; one class.
Every verb and method gives a clear answer or one clear line."""
import array
import json
import math
import os
import random
import unittest

from akin_case import AkinCase

CLUSTERS = [("cluster", "{}", *words) for words in (
    ("-k", "silhouette"), ("-k", "elbow"), ("-k", "3", "--scores"), ("-k", "2", "--metric", "cosine"), ("--method", "minibatch", "-k", "3"),
    ("--method", "hdbscan", "--scores", "--membership", "m.npy"), ("--method", "hdbscan", "--allow-single-cluster", "--min-samples", "1000"),
    ("--method", "hdbscan", "--select", "leaf", "--join-outliers"), ("--method", "dbscan", "--distance", "0.5"),
    *(("--method", "agglomerative", "--linkage", linkage, "-k", "2", "--tree", "t.npy", "--scores") for linkage in ("ward", "average", "complete", "single")))]
OUTLIERS = [("outliers", "{}", "--method", method, "--out", "s.csv") for method in ("knn", "lof", "iforest", "mahalanobis", "ecod")] + [
    ("outliers", "{}", "-k", "1000", "--contamination", "0.1"), ("outliers", "{}", "--standardize", "--method", "lof", "--metric", "cosine")]
DUPLICATES = [("duplicates", "{}", *words) for words in (("--method", "exact"), ("--method", "semantic", "--groups", "chain"), ("--keep", "central"))]
MAPS = [("map", "{}", "--method", method, *(w for end in ("html", "svg", "png", "csv", "safetensors") for w in ("-o", f"{method}.{end}")))
        for method in ("pca", "umap", "tsne")]
COMMANDS = CLUSTERS + OUTLIERS + DUPLICATES + MAPS
KINDS = ("softmax", "svm", "centroid", "knn", "multilabel")
SANITIZED = bool(os.environ.get("AKIN_SANITIZE"))
MANY = 20_000 if SANITIZED else 1_000_000  # sanitizers make programs ten times slower


class HardInputs(AkinCase):
    def npy(self, name, rows, dim=None):
        """A file of f32 vectors."""
        dim = len(rows[0]) if dim is None else dim
        return self.flat(name, (x for row in rows for x in row), len(rows), dim)

    def flat(self, name, numbers, n, dim):
        head = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({n}, {dim}), }}"
        head += " " * (63 - (10 + len(head)) % 64) + "\n"
        return self.write(name, b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head.encode() + array.array("f", numbers).tobytes())

    def labels(self, name, labels):
        return self.write(name, "".join(f"{label}\n" for label in labels))

    def clear(self, *words):
        """Done, with no number that is none; or one line."""
        done = self.akin(*words)
        if done.returncode == 0:
            self.assertNotRegex(done.out, r"(?i)\b(nan|inf)\b", f"akin {words}")
            self.assertTrue(all(line.startswith("akin: warning: ") for line in done.err.splitlines()), done.err)
        else:
            self.assert_failed(done.returncode, done.err, done.returncode, [])
            self.assertIn(done.returncode, (1, 2), done.err)
        return done

    def every(self, path, check, commands=COMMANDS):
        for words in commands:
            with self.subTest(" ".join(words)):
                check(*(str(path) if word == "{}" else word for word in words))

    def refused(self, code, path, *says, commands=COMMANDS):
        self.every(path, lambda *words: self.fails(code, *words, says=says), commands)

    def test_files_without_rows_are_named(self):
        self.refused(2, self.npy("none.npy", [], 4), "none.npy: holds no vectors")
        self.refused(2, self.npy("narrow.npy", [[], []], 0), "narrow.npy: ", " no numbers")
        self.refused(1, self.write("empty.npy", b""), "empty.npy: ")
        self.refused(1, self.write("empty.csv", b""), "empty.csv: an empty CSV file")

    def test_numbers_that_are_none_are_named_by_their_row(self):
        rows = [[float(i), 1.0, -1.0] for i in range(40)]
        for bad in (math.nan, math.inf, -math.inf):
            rows[17][2] = bad
            path = self.npy("bad.npy", rows)
            self.refused(1, path, "bad.npy: row 17: holds a number that is not finite")
        self.fails(2, "eval", "clustering", self.labels("l.txt", "ab" * 20), "l.txt", "--vectors", path, says=["row 17", "not finite"])
        self.fails(2, "eval", "map", path, path, says=["row 17", "not finite"])
        rows[17][2] = 3e38
        path = self.npy("large.npy", rows)
        by_size = [words for words in COMMANDS if "exact" not in words]  # who is equal to whom shows in the bytes
        self.refused(2, path, "row 17 has a number that is larger than 1e17", commands=by_size)
        good = self.npy("good.npy", rows[:17])
        self.fails(2, "duplicates", path, "--against", good, says=["large.npy: row 17"])
        self.fails(2, "outliers", path, "--good", good, says=["row 17"])

    def test_one_row_and_a_few_are_answered(self):
        for n in (1, 2, 3, 4):
            self.every(self.npy(f"few{n}.npy", [[float(i), i * i, 1.0] for i in range(n)]), self.clear)
        self.fails(2, "cluster", "few1.npy", "-k", "2", says=["2 clusters of 1 vector"])
        self.fails(2, "eval", "map", "few1.npy", "few1.npy", says=["15 neighbours", "below half of 1 rows"])
        self.assertEqual(self.json("cluster", "few1.npy", "-k", "1")["n_clusters"], 1)
        self.assertEqual(len((self.folder / "umap.csv").read_text().splitlines()), 5)

    def test_equal_rows_are_one_group_and_nobody_is_odd(self):
        for n, number in ((2, 1.0), (300, 0.3), (300, 0.0)):
            path = self.npy("equal.npy", [[number] * 5] * n)
            self.every(path, self.clear)
            for k in ("2", "1") if n == 2 else ("2", "5", "silhouette", "elbow"):
                self.assertEqual(self.json("cluster", path, "-k", k)["n_clusters"], 1, k)
            self.assertEqual(self.json("cluster", path, "--method", "dbscan", "--distance", "0.1", "--min-samples", "2")["n_clusters"], 1)
            self.assertEqual(self.json("duplicates", path)["n_groups"], 1)
            for method in ("knn", "lof", "iforest", "mahalanobis", "ecod"):
                self.assertEqual(self.json("outliers", path, "--method", method, "--contamination", "0.01").get("n_outliers"), 0, method)
        self.assertIn("1 cluster (of 5; the others have no rows)", self.ok("cluster", path, "-k", "5").out)
        done = self.ok("cluster", path, "--method", "hdbscan", "--membership", "w.npy")
        self.assertIn("w.npy is not written: there is no cluster", done.err)
        done = self.ok("cluster", path, "-k", "2", "--scores", "--out", "kept.csv")
        self.assertIn("scores of clusters need at least two clusters", done.err)
        self.assertTrue((self.folder / "kept.csv").exists())

    def test_rows_outside_and_in_many_equal_ones_are_told_apart(self):
        rows = [[0.5, 0.5]] * 3000 + [[9.0, 9.0]]
        path = self.npy("one-odd.npy", rows)
        for method in ("knn", "lof", "mahalanobis", "ecod"):
            self.assertEqual(self.json("outliers", path, "--method", method, "--top", "1")["oddest"][0]["row"], 3000, method)
        found = self.json("cluster", path, "--method", "dbscan", "--distance", "0.1")
        self.assertEqual((found["n_clusters"], found["n_outside"]), (1, 1))

    def test_classes_that_are_missing_or_alone(self):
        random.seed(5)
        rows = self.npy("rows.npy", [[random.gauss(0, 1) for _ in range(4)] for _ in range(20)])
        one, all_different = self.labels("one.txt", "c" * 20), self.labels("different.txt", range(20))
        rare, blank = self.labels("rare.txt", "a" * 19 + "b"), self.write("blank.txt", "a\n" * 10 + "\n" * 10)
        for kind in KINDS:
            for labels in (one, all_different, rare, blank):
                self.clear("train", "head", rows, "--label-file", labels, "--kind", kind, "-o", "h.safetensors")
        for kind in KINDS[:-1]:
            self.fails(2, "train", "head", rows, "--label-file", one, "--kind", kind, "-o", "h.safetensors", says=["all vectors have one label"])
        self.fails(2, "train", "head", rows, "--label-file", all_different, "--kind", "svm", "-o", "h.safetensors", says=["no class has two rows"])
        self.fails(1, "train", "head", rows, "--label-file", self.labels("few.txt", "ab"), "-o", "h.safetensors", says=["2 labels", "20 rows"])
        self.ok("train", "head", rows, "--label-file", rare, "-o", "rare.safetensors")
        done = self.ok("eval", "classification", rows, "--head", "rare.safetensors", "--label-file", one, "--json")
        self.assertIn("20 of 20 rows have a label that the head does not know", done.err)
        self.assertEqual((json.loads(done.out)["accuracy"], json.loads(done.out)["n_unknown_label"]), (0, 20))
        self.fails(2, "eval", "clustering", one, rare, "--vectors", rows, says=["at least two clusters"])
        self.fails(1, "classify", self.npy("wide.npy", [[1.0] * 5]), "--head", "rare.safetensors", says=["vectors of 5 numbers", "trained on 4"])

    def test_very_many_equal_rows_take_no_longer_than_others(self):
        """Neighbours at distance 0 are all the others: a list of them, or a hub of them, is the square of their number."""
        path = self.flat("equal.npy", [0.25] * (2 * MANY), MANY, 2)
        for words in (("-k", "5"), ("-k", "silhouette"), ("--method", "minibatch", "-k", "5"), ("--method", "hdbscan"),
                      ("--method", "dbscan", "--distance", "0.1"), ("--method", "agglomerative", "--linkage", "single", "-k", "2")):
            self.assertEqual(self.json("cluster", path, *words)["n"], MANY)
        for method in ("knn", "lof", "iforest", "mahalanobis", "ecod"):
            self.assertEqual(self.json("outliers", path, "--method", method, "--contamination", "0.01").get("n_outliers"), 0, method)
        self.ok("map", path, "--method", "pca", "-o", "places.npy")
        few = self.flat("few.npy", [0.25] * (MANY // 50), MANY // 100, 2)
        self.ok("map", few, "--method", "umap", "-o", "places.npy")
        self.ok("map", few, "--method", "tsne", "-o", "places.npy")

    def test_very_many_points_on_a_line(self):
        random.seed(3)
        path = self.flat("line.npy", (random.gauss(0, 1) for _ in range(MANY)), MANY, 1)
        for words in (("-k", "5"), ("--method", "minibatch", "-k", "50"), ("--method", "dbscan", "--distance", "0.5"), ("--method", "dbscan", "--distance", "1e-5"),
                      ("--method", "agglomerative", "--linkage", "single", "-k", "3")):
            found = self.json("cluster", path, *words)
            self.assertEqual(sum(c["size"] for c in found["clusters"]) + found["n_outside"], MANY)
        for method in ("iforest", "mahalanobis", "ecod"):
            odd = self.json("outliers", path, "--method", method, "--top", "1")["oddest"][0]
            self.assertLess(odd["p_value"], 0.01, method)
        done = self.akin("cluster", path, "--method", "agglomerative", "-k", "3")
        if MANY == 1_000_000:
            self.assert_failed(done.returncode, done.err, 1, ["1000000 vectors take", "are allowed", "single linkage"])


if __name__ == "__main__":
    unittest.main()
