"""akin outliers, eval anomaly: odd rows, odd values of a series, and how well they are told."""
import json
import random
import unittest

from akin_case import TINY, AkinCase

METHODS = ["knn", "lof", "iforest", "mahalanobis", "ecod"]


def table(n, odd, seed):
    """n rows of three numbers with a label; those of `odd` lie far away."""
    draw = random.Random(seed)
    lines = ["a,b,c,label"]
    for row in range(n):
        shift = 9 if row in odd else 0
        lines.append(",".join(f"{draw.gauss(shift, 1):.4f}" for _ in range(3)) + f",{int(row in odd)}")
    return "\n".join(lines) + "\n"


class Outliers(AkinCase):
    def setUp(self):
        super().setUp()
        self.odd = {17, 101, 250}
        self.rows = self.write("rows.csv", table(300, self.odd, 1))

    def test_every_method_finds_the_odd_rows(self):
        for method in METHODS:
            with self.subTest(method=method):
                found = self.json("outliers", self.rows, "--label-field", "label", "--method", method, "--contamination", 0.01, "-o", "s.csv")
                self.assertEqual({row["row"] for row in found["oddest"][:3]}, self.odd)
                self.assertEqual(found["n_outliers"], 3)
                self.assertEqual(len(found["oddest"][0]["neighbours"]), 3)
                self.assertNotIn(found["oddest"][0]["row"], [n["row"] for n in found["oddest"][0]["neighbours"]])
                scores = self.json("eval", "anomaly", "s.csv")
                self.assertEqual((scores["roc_auc"], scores["average_precision"], scores["n_odd"]), (1, 1, 3))
        self.assertIn("100.00", self.ok("eval", "anomaly", "s.csv").out)
        shown = self.ok("outliers", self.rows, "--label-field", "label", "--standardize", "--p-value", 0.01).out
        self.assertIn("3 outliers", shown)

    def test_new_rows_are_judged_by_good_ones(self):
        good = self.write("good.csv", table(200, set(), 2))
        for method in METHODS:
            with self.subTest(method=method):
                found = self.json("outliers", self.rows, "--label-field", "label", "--good", good, "--method", method, "--p-value", 0.006)
                told = {row["row"] for row in found["oddest"] if row["outlier"]}
                self.assertTrue(self.odd <= told, told)
                self.assertLessEqual(found["n_outliers"], 12)
                self.assertAlmostEqual(found["oddest"][0]["p_value"], 1 / 201)

    def test_the_same_bits_on_any_number_of_threads_and_on_every_run(self):
        for method in METHODS:
            files = []
            for n_threads in [1, 2, 1]:
                self.ok("outliers", self.rows, "--label-field", "label", "--method", method, "-t", n_threads, "-o", "s.npy")
                files.append((self.folder / "s.npy").read_bytes())
            self.assertEqual(files[0], files[1], method)
            self.assertEqual(files[0], files[2], method)

    def test_a_series_is_looked_at_in_windows(self):
        values = [float(i % 24) for i in range(720)]
        for i in range(400, 412):
            values[i] = 11.5  # half a day that stands still: no value is odd by itself
        lines = [f"{i},{v},{int(400 <= i < 412)}" for i, v in enumerate(values)]
        self.write("series.csv", "time,value,odd\n" + "\n".join(lines) + "\n")
        found = self.json("outliers", "series.csv", "--window", 24, "-k", 5, "--label-field", "odd", "-o", "s.jsonl")
        self.assertEqual(found["n"], 720)
        self.assertTrue(390 < found["oddest"][0]["row"] < 425, found["oddest"][0])
        self.assertEqual(json.loads((self.folder / "s.jsonl").read_text().splitlines()[3])["name"], "3")
        self.assertGreater(self.json("eval", "anomaly", "s.jsonl")["roc_auc"], 0.97)

    def test_texts_go_through_a_model(self):
        self.write("t.txt", "red green blue\nblue red\none two three\n")
        found = self.json("outliers", "t.txt", "--model", TINY, "--top", 2)
        self.assertEqual((len(found["oddest"]), found["metric"]), (2, "cosine"))
        self.assertIn("red", self.ok("outliers", "t.txt", "--model", TINY).out)

    def test_one_row_and_equal_rows_have_an_answer(self):
        self.write("one.csv", "a,b\n1,2\n")
        self.write("equal.csv", "a,b\n" + "1,2\n" * 30)
        for name in ["one.csv", "equal.csv"]:
            for method in METHODS:
                found = self.json("outliers", name, "--method", method, "-k", 100)
                self.assertEqual(len({row["score"] for row in found["oddest"]}), 1, (name, method))
                self.assertEqual(found["oddest"][0]["p_value"], 1)

    def test_what_cannot_be_done_is_one_clear_line(self):
        self.write("bad.csv", "a,b\n1,2\n3,x\n")
        self.fails(1, "outliers", "bad.csv", says=["bad.csv", "'x'"])
        self.fails(2, "outliers", self.rows, "--method", "magic", says=["magic"])
        self.fails(2, "outliers", self.rows, "--metric", "dot", says=["dot"])
        self.fails(2, "outliers", self.rows, "-k", 0, says=["k must be"])
        self.fails(2, "outliers", self.rows, "--contamination", 2, says=["--contamination"])
        self.fails(2, "outliers", self.rows, "--contamination", 0.1, "--p-value", 0.1, says=["pass one"])
        self.fails(2, "outliers", self.rows, "-o", "x.png", says=[".csv, .jsonl or .npy"])
        self.fails(1, "outliers", self.rows, "--window", 5, says=["no field 'value'"])
        self.fails(2, "outliers", self.rows, "--window", 500, "--value-field", "a", says=["300 values", "500"])
        self.fails(1, "outliers", self.rows, "--good", "bad.csv", says=["bad.csv"])
        self.fails(1, "eval", "anomaly", self.rows, says=["no field 'score'"])
        self.ok("outliers", self.rows, "--label-field", "label", "-o", "s.csv")
        self.fails(2, "eval", "anomaly", "s.csv", "--odd-label", "yes", says=["no row has the label 'yes'", "--odd-label"])


if __name__ == "__main__":
    unittest.main()
