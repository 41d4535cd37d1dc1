"""akin duplicates: what is there twice, or nearly, and getting rid of it."""
import json
import random
import struct
import unittest

from akin_case import TINY, AkinCase

TITLES = ["How do I undo the most recent local commits in git without losing my changes?",
          "What is the difference between a list and a tuple?",
          "how do i  undo the most recent local commits in git without losing my changes?",
          "How do I undo the most recent local commit in git without losing my changes?",
          "What is the difference between a list and a tuple?",
          "Why is my cat asleep?"]


def kept_and_going(found):
    return {(group["kept"]["row"], tuple(m["row"] for m in group["going"])) for group in found["groups"]}


def npy(rows):
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({len(rows)}, {len(rows[0])}), }}".encode()
    header += b" " * (-(10 + len(header) + 1) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + b"".join(struct.pack(f"<{len(r)}f", *r) for r in rows)


class Duplicates(AkinCase):
    def setUp(self):
        super().setUp()
        self.titles = self.write("titles.txt", "\n".join(TITLES) + "\n")

    def test_near_texts_are_found_without_a_model(self):
        found = self.json("duplicates", self.titles)
        self.assertEqual(found["method"], "near")
        self.assertEqual(kept_and_going(found), {(0, (2, 3)), (1, (4,))})
        self.assertEqual((found["n"], found["n_groups"], found["n_going"]), (6, 2, 3))
        going = found["groups"][0]["going"]
        self.assertEqual([(m["method"], m["name"]) for m in going], [("near", f"{self.titles}:3"), ("near", f"{self.titles}:4")])
        self.assertEqual(going[0]["similarity"], 1)
        # The shingles of five characters counted by hand, as sets.
        a, b = ({t[i:i + 5] for i in range(len(t) - 4)} for t in (TITLES[0].lower(), TITLES[3].lower()))
        self.assertAlmostEqual(going[1]["similarity"], len(a & b) / len(a | b), 6)
        self.assertEqual(found["groups"][1]["going"][0]["method"], "exact")

    def test_standard_input_is_read_and_shown_as_groups(self):
        done = self.ok("duplicates", "-", stdin=self.titles.read_bytes())
        self.assertIn("stays", done.out)
        self.assertIn("near 1.000", done.out)
        self.assertTrue(done.out.splitlines()[-1].startswith("6 texts, 2 groups, 3 can go; near, "), done.out)

    def test_exact_is_to_the_byte_unless_folded(self):
        self.assertEqual(kept_and_going(self.json("duplicates", self.titles, "--method", "exact")), {(1, (4,))})
        self.assertEqual(kept_and_going(self.json("duplicates", self.titles, "--method", "exact", "--fold")), {(0, (2,)), (1, (4,))})
        self.assertEqual(kept_and_going(self.json("duplicates", self.titles, "--threshold", 1)), {(0, (2,)), (1, (4,))})

    def test_words_tell_otherwise_than_characters(self):
        self.write("two.txt", "one two three four five six seven\none two three four five six eight\n")
        self.assertEqual(self.json("duplicates", "two.txt", "--threshold", 0.5)["n_going"], 1)
        self.assertEqual(self.json("duplicates", "two.txt", "--threshold", 0.5, "--shingles", "words")["n_going"], 1)
        self.assertEqual(self.json("duplicates", "two.txt", "--threshold", 0.6, "--shingles", "words", "--shingle-size", 7)["n_going"], 0)

    def test_who_stays_is_a_rule(self):
        rows = [{"text": TITLES[0] + "!", "votes": 3, "date": "2024-05-01"}, {"text": TITLES[0], "votes": 20, "date": "2023-01-31"},
                {"text": TITLES[0].lower(), "votes": 9, "date": "2024-11-02"}, {"text": "something else", "votes": 1, "date": "2020-01-01"}]
        self.write("rows.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
        for rule, stays in [("first", 0), ("last", 2), ("longest", 0), ("shortest", 1), ("max:votes", 1), ("min:votes", 0), ("max:date", 2),
                            ("min:date", 1), ("central", 1)]:
            with self.subTest(rule=rule):
                found = self.json("duplicates", "rows.jsonl", "--keep", rule)
                self.assertEqual([group["kept"]["row"] for group in found["groups"]], [stays])
        self.fails(1, "duplicates", "rows.jsonl", "--keep", "max:points", says=["points", "--keep"])
        self.fails(2, "duplicates", "rows.jsonl", "--keep", "newest", says=["newest", "max:FIELD"])

    def test_what_stays_is_written_as_it_was(self):
        self.ok("duplicates", self.titles, "--write", "unique.txt")
        self.assertEqual((self.folder / "unique.txt").read_text().splitlines(), [TITLES[0], TITLES[1], TITLES[5]])
        records = ['{"id": 7, "tags": ["a", {"b": null}],   "text": "%s"}' % t for t in TITLES]
        self.write("rows.jsonl", "\n".join(records) + "\n")
        self.ok("duplicates", "rows.jsonl", "--write", "unique.jsonl")
        self.assertEqual((self.folder / "unique.jsonl").read_text().splitlines(), [records[0], records[1], records[5]])
        self.write("rows.csv", 'id,text\r\n1,"two\nlines, quoted ""so"""\n2,other words here\n3,"two\nlines, quoted ""so"""\n')
        self.ok("duplicates", "rows.csv", "--write", "unique.csv")
        self.assertEqual((self.folder / "unique.csv").read_text(), 'id,text\n1,"two\nlines, quoted ""so"""\n2,other words here\n')
        self.ok("duplicates", self.titles, "--write", "texts.jsonl")
        self.assertEqual(json.loads((self.folder / "texts.jsonl").read_text().splitlines()[2])["text"], TITLES[5])
        self.fails(2, "duplicates", self.titles, "--write", "unique.csv", says=["unique.csv", ".jsonl"])
        self.fails(2, "duplicates", "rows.jsonl", "--write", "unique.npy", says=["unique.npy"])

    def test_every_row_is_listed(self):
        self.ok("duplicates", self.titles, "-o", "rows.csv")
        lines = (self.folder / "rows.csv").read_text().splitlines()
        self.assertEqual(lines[0], "name,stays,for,similarity,method,text")
        self.assertEqual(len(lines), 7)
        self.assertTrue(lines[5].startswith(f"{self.titles}:5,0,{self.titles}:2,1.000000,exact,"), lines[5])
        self.ok("duplicates", self.titles, "-o", "rows.jsonl")
        rows = [json.loads(line) for line in (self.folder / "rows.jsonl").read_text().splitlines()]
        self.assertEqual([row["stays"] for row in rows], [True, True, False, False, False, True])
        self.assertEqual(rows[3]["for"], f"{self.titles}:1")
        self.fails(2, "duplicates", self.titles, "-o", "rows.txt", says=["rows.txt"])

    def test_what_is_in_another_set_is_found(self):
        self.write("train.txt", "HOW DO I UNDO THE MOST RECENT LOCAL COMMITS IN GIT WITHOUT LOSING MY CHANGES?\nsomething else\nsomething else\n")
        found = self.json("duplicates", self.titles, "--against", "train.txt", "--write", "clean.txt")
        self.assertEqual(found["against"], {"source": "train.txt", "n": 3})
        self.assertEqual(kept_and_going(found), {(0, (0, 2, 3))})  # row 4 is only twice in the test itself
        self.assertEqual((self.folder / "clean.txt").read_text().splitlines(), [TITLES[1], TITLES[4], TITLES[5]])
        self.assertIn("6 texts, 3 are in train.txt (3)", self.ok("duplicates", self.titles, "--against", "train.txt").out)
        self.fails(2, "duplicates", self.titles, "--against", "train.txt", "--keep", "last", says=["--against"])
        self.fails(1, "duplicates", self.titles, "--against", "gone.txt", says=["gone.txt"])

    def test_vectors_are_compared_by_their_direction(self):
        draw = random.Random(3)
        rows = [[draw.gauss(0, 1) for _ in range(12)] for _ in range(200)]
        rows += [[2 * x for x in rows[7]], [x + draw.gauss(0, 0.02) for x in rows[11]], rows[3]]
        self.write("v.npy", npy(rows))
        found = self.json("duplicates", "v.npy", "--threshold", 0.99, "--write", "unique.npy")
        self.assertEqual(found["method"], "semantic")
        self.assertEqual(kept_and_going(found), {(7, (200,)), (11, (201,)), (3, (202,))})
        self.assertEqual({m["row"]: m["method"] for group in found["groups"] for m in group["going"]}, {200: "semantic", 201: "semantic", 202: "exact"})
        again = self.json("duplicates", "unique.npy", "--threshold", 0.99)
        self.assertEqual((again["n"], again["n_going"]), (200, 0))
        self.assertEqual(kept_and_going(self.json("duplicates", "v.npy", "--method", "exact")), {(3, (202,))})
        self.fails(2, "duplicates", "v.npy", "--method", "near", says=["no texts"])
        self.fails(2, "duplicates", "v.npy", "--keep", "longest", says=["texts"])
        self.fails(2, "duplicates", "v.npy", "--write", "unique.txt", says=["unique.txt"])
        self.write("other.npy", npy([[1, 2, 3]]))
        self.fails(1, "duplicates", "v.npy", "--against", "other.npy", says=["other.npy", "3 numbers"])
        self.assertEqual(self.json("duplicates", "v.npy", "--against", "unique.npy")["n_going"], 203)

    def test_texts_are_compared_by_a_model(self):
        found = self.json("duplicates", self.titles, "--method", "semantic", "--threshold", 0.999999, "--model", TINY)
        self.assertIn((1, (4,)), kept_and_going(found))
        self.assertEqual(found["cosine"], 0.999999)
        both = self.json("duplicates", self.titles, "--method", "all", "--threshold", "0.8,0.999999", "--model", TINY)
        self.assertIn((1, (4,)), kept_and_going(both))
        self.assertEqual((both["jaccard"], both["cosine"]), (0.8, 0.999999))
        self.assertGreaterEqual(both["n_going"], 3)

    def test_the_same_answer_on_any_number_of_threads_and_on_every_run(self):
        draw = random.Random(1)
        words = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu".split()
        lines = [" ".join(draw.choices(words, k=8)) for _ in range(3000)]
        self.write("many.txt", "\n".join(lines) + "\n")
        for more in [[], ["--groups", "chain"], ["--keep", "central"], ["--shingles", "words", "--shingle-size", 2, "--threshold", 0.4]]:
            answers = set()
            for n_threads in [1, 2, 1]:
                self.ok("duplicates", "many.txt", "-t", n_threads, "-o", "r.csv", *more)
                answers.add((self.folder / "r.csv").read_bytes())
            self.assertEqual(len(answers), 1, more)

    def test_documents_of_a_collection_are_found_and_removed(self):
        text = "The pump leaks at the seal. It was mended twice, and leaks again since Monday. "
        for name, body in {"a.txt": text * 3, "b.txt": text * 3 + "Thank you.", "c.txt": "Quite another matter: the cat sleeps.", "d.txt": text * 3}.items():
            self.write(f"notes/{name}", body)
        self.ok("index", "notes", "-c", "col", "--model", TINY)
        found = self.json("duplicates", "-c", "col")
        self.assertEqual([g["kept"]["name"] for g in found["groups"]], ["notes/a.txt"])
        self.assertEqual(found["n_going"], 2)
        shown = self.ok("duplicates", "-c", "col", "--delete").out
        self.assertIn("2 documents would be removed", shown)
        self.assertEqual(self.json("info", "col")["n_documents"], 4)
        self.assertIn("2 documents removed", self.ok("duplicates", "-c", "col", "--delete", "--yes").out)
        self.assertEqual(self.json("info", "col")["n_documents"], 2)
        self.assertEqual(self.json("duplicates", "-c", "col")["n_going"], 0)
        self.ok("doctor", "-c", "col")
        self.ok("index", "notes", "-c", "col")  # their files are still there
        self.assertEqual(self.json("info", "col")["n_documents"], 4)
        self.write("more.txt", "the cat\n" + text * 3 + "\n")
        self.assertEqual(self.json("duplicates", "more.txt", "--against", "col", "--threshold", 0.9)["n_going"], 1)
        self.assertEqual(self.json("duplicates", "-c", "col", "--method", "semantic", "--threshold", 0.9999)["method"], "semantic")
        self.fails(2, "duplicates", self.titles, "--delete", says=["--delete", "--write"])
        self.fails(2, "duplicates", "-c", "col", "--delete", "--by", "chunk", says=["--by document"])
        self.fails(2, "duplicates", "-c", "col", "--yes", says=["--delete"])
        self.fails(2, "duplicates", "-c", "col", "--write", "x.txt", says=[".jsonl"])

    def test_odd_input_has_an_answer(self):
        self.write("empty.txt", "")
        self.fails(2, "duplicates", "empty.txt", says=["no texts"])
        self.write("one.txt", "a\n")
        self.assertEqual(self.json("duplicates", "one.txt")["n_going"], 0)
        self.assertIn("1 text, 0 groups, 0 can go", self.ok("duplicates", "one.txt").out)
        self.write("short.txt", "a\nA\n\nab\n?\n?\n")
        done = self.ok("duplicates", "short.txt", "--json")
        self.assertIn("1 blank text was left out", done.err)
        self.assertEqual(kept_and_going(json.loads(done.out)), {(0, (1,)), (3, (4,))})
        self.write("same.txt", "the same line\n" * 50_000)
        self.assertEqual(self.json("duplicates", "same.txt", "--top", 0)["n_going"], 49_999)
        self.write("bytes.txt", b"\xff\xfe abc def\n\xff\xfe abc def\n\xff\xfe\xfd abc def\n")
        self.assertEqual(kept_and_going(self.json("duplicates", "bytes.txt", "--threshold", 0.7)), {(0, (1, 2))})
        self.write("nan.csv", "a,b\n1,2\nnan,3\n")
        self.fails(1, "duplicates", "nan.csv", says=["nan.csv"])
        nan = npy([[1, 2], [float("nan"), 3]])
        self.write("nan.npy", nan)
        self.fails(1, "duplicates", "nan.npy", says=["row 1", "not finite"])

    def test_what_cannot_be_done_is_one_clear_line(self):
        self.fails(2, "duplicates", self.titles, "--method", "magic", says=["magic"])
        self.fails(2, "duplicates", self.titles, "--threshold", 0, says=["0.05"])
        self.fails(2, "duplicates", self.titles, "--threshold", 1.5, says=["0.05 to 1"])
        self.fails(2, "duplicates", self.titles, "--method", "exact", "--threshold", 0.5, says=["exact takes none"])
        self.fails(2, "duplicates", self.titles, "--method", "all", "--threshold", 0.5, says=["0.8,0.9"])
        self.fails(2, "duplicates", self.titles, "--shingle-size", 0, says=["1 to 64"])
        self.fails(2, "duplicates", self.titles, "--recall", 1, says=["recall"])
        self.fails(2, "duplicates", self.titles, "--groups", "ring", says=["ring"])
        self.fails(1, "duplicates", "gone.txt", says=["gone.txt"])
        self.fails(1, "duplicates", self.titles, "--write", "no/such/folder.txt", says=["no/such"])
        self.write("rows.jsonl", '{"body": "x"}\n')
        self.fails(1, "duplicates", "rows.jsonl", says=["--field"])


if __name__ == "__main__":
    unittest.main()
