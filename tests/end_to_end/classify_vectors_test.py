"""akin train head, classify --head, eval classification: from labelled vectors to labels."""
import json
import random
import struct
import unittest

from akin_case import OTHER, TINY, AkinCase


def npy(rows):
    """A matrix of floats as .npy."""
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({len(rows)}, {len(rows[0])}), }}"
    header += " " * (63 - (len(header) + 10) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + b"".join(struct.pack(f"<{len(r)}f", *r) for r in rows)


def points(n, seed):
    """n rows around three places, with the place's name."""
    draw = random.Random(seed)
    rows, labels = [], []
    for i in range(n):
        place = i % 3
        rows.append([draw.gauss(3 if c == place else 0, 0.4) for c in range(4)])
        labels.append(["ant", "bee", "cow"][place])
    return rows, labels


class ClassifyVectors(AkinCase):
    def setUp(self):
        super().setUp()
        self.rows, self.labels = points(240, 1)
        self.vectors = self.write("train.npy", npy(self.rows))
        self.names = self.write("labels.txt", "\n".join(self.labels) + "\n")
        self.train = ["train", "head", self.vectors, "--label-file", self.names, "-o", "head.safetensors"]

    def test_every_kind_learns_answers_and_is_judged(self):
        rows, labels = points(90, 2)
        test = self.write("test.npy", npy(rows))
        truth = self.write("truth.txt", "\n".join(labels) + "\n")
        for words in [[], ["--kind", "svm"], ["--kind", "svm", "--loss", "hinge"], ["--kind", "centroid"], ["--kind", "knn", "-k", 5, "--vote", "distance"], ["--c", "0.1,1", "--balanced"],
                      ["--calibrate", "temperature"], ["--calibrate", "isotonic"]]:
            with self.subTest(words=words):
                report = self.json(*self.train, *words)
                self.assertEqual((report["n"], report["labels"]), (240, ["ant", "bee", "cow"]))
                answers = self.json_lines("classify", test, "--head", "head.safetensors", "-k", 0)
                self.assertEqual([a["label"] for a in answers], labels)
                self.assertAlmostEqual(sum(s["probability"] for s in answers[0]["scores"]), 1, places=5)
                scores = self.json("eval", "classification", test, "--head", "head.safetensors", "--label-file", truth, "--confusions")
                self.assertEqual((scores["accuracy"], scores["macro_f1"], scores["n"]), (1, 1, 90))
                self.assertEqual(scores["confusion"], [[30, 0, 0], [0, 30, 0], [0, 0, 30]])
                self.assertEqual(sum(b["n"] for b in scores["reliability"]), 90)

    def test_the_same_bits_on_any_number_of_threads_and_on_every_run(self):
        for words in [[], ["--kind", "svm"], ["--kind", "multilabel"], ["--kind", "centroid"], ["--kind", "knn"], ["--c", "0", "--calibrate", "isotonic"]]:
            files = []
            for n_threads in [1, 2, 1]:
                self.ok(*self.train, *words, "-t", n_threads)
                files.append((self.folder / "head.safetensors").read_bytes())
            self.assertEqual(files[0], files[1], words)
            self.assertEqual(files[0], files[2], words)

    def test_rows_may_have_several_labels(self):
        draw = random.Random(5)
        rows = [[draw.gauss(0, 1) for _ in range(4)] for _ in range(400)]
        labels = [";".join(n for n, x in zip(["a", "b"], row) if x > 0) for row in rows]
        self.write("m.npy", npy(rows))
        self.write("m.csv", "label\n" + "".join(f'"{label}"\n' for label in labels))
        self.ok("train", "head", "m.npy", "--label-file", "m.csv", "-o", "m.safetensors", "--kind", "multilabel", "--c", 100)
        answers = self.json_lines("classify", "m.npy", "--head", "m.safetensors")
        right = sum({s["label"] for s in a["scores"]} == set(filter(None, label.split(";"))) for a, label in zip(answers, labels))
        self.assertGreater(right, 380)
        scores = self.json("eval", "classification", "m.npy", "--head", "m.safetensors", "--label-file", "m.csv")
        self.assertGreater(scores["micro_f1"], 0.97)
        self.assertAlmostEqual(scores["all_right"], right / 400)
        self.ok("eval", "classification", "m.npy", "--head", "m.safetensors", "--label-file", "m.csv", "--per-label")

    def test_tables_answers_and_figures_are_written(self):
        self.ok(*self.train)
        self.assertIn("bee", self.ok("classify", self.vectors, "--head", "head.safetensors").out)
        self.ok("classify", self.vectors, "--head", "head.safetensors", "-o", "answers.csv")
        lines = (self.folder / "answers.csv").read_text().splitlines()
        self.assertEqual((len(lines), lines[0], lines[2].split(",")[1]), (241, "name,label,probability", "bee"))
        self.ok("classify", self.vectors, "--head", "head.safetensors", "-o", "answers.jsonl")
        self.assertEqual(json.loads((self.folder / "answers.jsonl").read_text().splitlines()[0])["label"], "ant")
        shown = self.ok("eval", "classification", self.vectors, "--head", "head.safetensors", "--label-file", self.names, "--per-label",
                        "--confusions", "--figure", "curve.svg").out
        self.assertIn("100.00", shown)
        self.assertIn("<svg", (self.folder / "curve.svg").read_text())

    def test_texts_go_through_the_model_that_the_head_remembers(self):
        table = self.write("t.csv", "body,team\nred green blue,colour\nblue red,colour\none two three,number\ntwo one,number\nnothing,\n")
        done = self.ok("train", "head", table, "--field", "body", "--label-field", "team", "-o", "t.safetensors", "--model", TINY, "--json")
        self.assertIn("1 rows have no label and were left out", done.err)
        report = json.loads(done.out)
        self.assertEqual((report["n"], report["n_without_label"]), (4, 1))
        self.assertTrue(report["fingerprint"])
        answers = self.json_lines("classify", "blue red", "two one", "--head", "t.safetensors")
        self.assertEqual(len(answers), 2)
        self.fails(1, "classify", "blue", "--head", "t.safetensors", "--model", OTHER, says=["another space"])
        self.fails(1, "classify", self.vectors, "--head", "t.safetensors", says=["vectors of 4 numbers", "was trained on"])
        self.ok("eval", "classification", table, "--field", "body", "--label-field", "team", "--head", "t.safetensors")

    def test_a_collection_is_labelled(self):
        self.write("notes/a.txt", "red green blue")
        self.write("notes/b.txt", "one two three")
        self.ok("index", "notes", "-c", "col", "--model", TINY)
        table = self.write("t.csv", "text,label\nred green blue,colour\none two three,number\n")
        self.ok("train", "head", table, "-o", "t.safetensors", "--model", TINY)
        answers = self.json_lines("classify", "-c", "col", "--head", "t.safetensors")
        self.assertEqual({a["label"] for a in answers}, {"colour", "number"})

    def test_what_cannot_be_done_is_one_clear_line(self):
        one = self.write("one.txt", "ant\n" * 240)
        short = self.write("short.txt", "ant\nbee\n")
        bad = self.write("bad.npy", npy(self.rows[:5] + [[float("nan")] * 4]))
        bad_labels = self.write("bad.txt", "a\nb\n" * 3)
        train = ["train", "head", self.vectors, "-o", "x.safetensors"]
        self.fails(2, *train, "--label-file", one, says=["all vectors have one label"])
        self.fails(1, *train, "--label-file", short, says=["short.txt: 2 labels", "240 rows"])
        self.fails(1, *train, says=["no row has a field 'label'", "--label-file"])
        self.fails(1, "train", "head", bad, "--label-file", bad_labels, "-o", "x.safetensors", says=["row 5", "not finite"])
        self.fails(2, *train, "--label-file", self.names, "--kind", "forest", says=["forest"])
        self.fails(2, *train, "--label-file", self.names, "--c", "-1", says=["C must be above 0"])
        self.fails(2, *train, "--label-file", self.names, "--kind", "knn", "--calibrate", "temperature", says=["no temperature"])
        self.fails(1, "train", "head", self.vectors, "--label-file", self.names, "-o", "nowhere/x.safetensors", says=["nowhere"])
        self.assertFalse((self.folder / "x.safetensors").exists())
        self.fails(1, "classify", self.vectors, "--head", "nothing.safetensors", says=["nothing.safetensors"])
        self.ok("embed", "a", "--model", TINY, "--out", "v.safetensors")
        self.fails(1, "classify", self.vectors, "--head", "v.safetensors", says=["no head of akin"])
        self.ok(*self.train)
        self.fails(2, "classify", self.vectors, "--head", "head.safetensors", "--labels", "a,b", says=["--labels"])
        self.fails(2, "classify", self.vectors, "--head", "head.safetensors", "-o", "x.png", says=[".csv or .jsonl"])
        self.fails(2, "eval", "classification", self.vectors, says=["--head"])


if __name__ == "__main__":
    unittest.main()
