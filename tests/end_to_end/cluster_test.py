"""akin cluster: groups in texts, vectors and collections."""
import json
import unittest

from akin_case import TINY, AkinCase

TEXTS = [f"{word} number {n}" for n in range(6) for word in ("whale", "ship", "storm")]


def flat(vectors):
    """Rows as `akin embed --out x.csv` writes them."""
    return "".join(",".join(map(str, v)) + "\n" for v in vectors)


POINTS = [[x + 0.1 * n, y] for n in range(5) for x, y in ((0, 0), (9, 9), (0, 9))]


class Cluster(AkinCase):
    def assert_three_groups(self, labels):
        self.assertEqual(labels, labels[:3] * 5)
        self.assertEqual(len(set(labels[:3])), 3)

    def labels(self, *words, **more):
        self.ok("cluster", *words, "--out", "labels.jsonl", **more)
        return [json.loads(line)["cluster"] for line in (self.folder / "labels.jsonl").read_text().splitlines()]

    def test_vectors_of_every_kind(self):
        self.write("plain.csv", flat(POINTS))
        self.write("named.csv", "id,x,y,topic\n" + "".join(f"p{i},{x},{y},t{i % 3}\n" for i, (x, y) in enumerate(POINTS)))
        self.write("listed.csv", "vector,text\n" + "".join(f'"[{x}, {y}]",point {i}\n' for i, (x, y) in enumerate(POINTS)))
        self.write("records.jsonl", "".join(json.dumps({"id": i, "vector": v}) + "\n" for i, v in enumerate(POINTS)))
        for name in ("plain.csv", "named.csv", "listed.csv", "records.jsonl"):
            with self.subTest(name):
                self.assert_three_groups(self.labels(name, "-k", "3"))

    def test_texts_a_collection_and_what_they_are_called(self):
        self.write("texts.txt", "\n".join(TEXTS) + "\n")
        self.write("texts.csv", "text,topic\n" + "".join(f"{t},{t.split()[0]}\n" for t in TEXTS))
        first = self.labels("texts.txt", "-k", "3", "--model", TINY)
        self.assertEqual(first, self.labels("texts.csv", "-k", "3", "--model", TINY))
        self.assertEqual(first, self.labels("-", "-k", "3", "--model", TINY, stdin="\n".join(TEXTS) + "\n"))
        self.assertEqual(first, self.labels("texts.txt", "-k", "3", "--model", TINY, "--threads", "1"))
        self.ok("index", "texts.csv", "-c", "box", "--model", TINY)
        found = self.json("cluster", "-c", "box", "-k", "2", "--by", "document")
        self.assertEqual(found["n"], len(TEXTS))
        self.assertEqual(sum(c["size"] for c in found["clusters"]), len(TEXTS))
        self.assertIn("texts.csv", found["clusters"][0]["examples"][0]["name"])
        few = self.json("cluster", "-c", "box", "-k", "2", "--where", "topic = whale")
        self.assertEqual(few["n"], 6)

    def test_files_of_labels(self):
        self.write("texts.txt", 'a, "quoted" text\nanother\n')
        self.ok("cluster", "texts.txt", "-k", "1", "--model", TINY, "--out", "labels.csv")
        self.assertEqual((self.folder / "labels.csv").read_text().splitlines()[1], 'texts.txt:1,0,"a, ""quoted"" text"')
        self.ok("cluster", "texts.txt", "-k", "1", "--model", TINY, "--out", "labels.npy")
        self.assertTrue((self.folder / "labels.npy").read_bytes().startswith(b"\x93NUMPY"))

    def test_mistakes_are_named(self):
        self.write("points.csv", flat(POINTS))
        self.write("bad.csv", "1,2\n3,nan\n")
        self.write("ragged.csv", "1,2\n3\n")
        self.fails(2, "cluster", "points.csv", "-k", "99", says=["99 clusters of 15 vectors"])
        self.fails(1, "cluster", "bad.csv", "-k", "1", says=["bad.csv:2", "not finite"])
        self.fails(1, "cluster", "ragged.csv", "-k", "1", says=["ragged.csv:2"])
        self.fails(1, "cluster", "points.csv", "--label-field", "topic", says=["no row has a field 'topic'"])
        self.fails(2, "cluster", "points.csv", "--out", "labels.png", says=[".csv, .jsonl or .npy"])
        self.fails(2, "cluster", "points.csv", "-c", "box", says=["not mixed"])
        self.fails(1, "cluster", "-c", "nowhere", says=["nowhere"])


if __name__ == "__main__":
    unittest.main()
