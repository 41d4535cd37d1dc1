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

    def test_every_method_finds_the_groups(self):
        self.write("points.csv", flat(POINTS))
        for words in (("minibatch", "-k", "3"), ("hdbscan", "--min-cluster-size", "3", "--min-samples", "2"), ("agglomerative", "-k", "3"),
                      ("agglomerative", "--distance", "3", "--linkage", "single"), ("dbscan", "--distance", "0.5", "--min-samples", "3"), ("kmeans",),
                      ("kmeans", "-k", "elbow")):
            with self.subTest(words):
                self.assert_three_groups(self.labels("points.csv", "--method", *words))
        self.assertEqual(self.json("cluster", "points.csv")["chosen_by"], "silhouette")

    def test_rows_outside_their_membership_and_the_tree(self):
        self.write("points.csv", flat([*POINTS, [-30.0, -40.0]]))
        words = ("points.csv", "--method", "hdbscan", "--min-cluster-size", "3", "--min-samples", "2")
        found = self.json("cluster", *words, "--membership", "soft.npy", "--out", "labels.csv")
        self.assertEqual(found["n_outside"], 1)
        self.assertTrue((self.folder / "soft.npy").read_bytes().startswith(b"\x93NUMPY"))
        lines = [line.split(",") for line in (self.folder / "labels.csv").read_text().splitlines()]
        self.assertEqual(lines[0], ["name", "cluster", "probability"])
        self.assertGreater(float(lines[1][2]), 0)
        self.assertEqual(lines[-1][1:], ["-1", "0.000000"])
        joined = self.labels(*words, "--join-outliers")
        self.assertEqual(joined[-1], joined[0])
        self.ok("cluster", "points.csv", "--method", "agglomerative", "-k", "2", "--tree", "tree.npy")
        self.assertIn(b"'shape': (15, 4)", (self.folder / "tree.npy").read_bytes())

    def test_words_and_scores(self):
        self.write("texts.csv", "text,topic\n" + "".join(f"{t},{t.split()[0]}\n" for t in TEXTS) + ",whale\n")
        done = self.akin("cluster", "texts.csv", "-k", "3", "--model", TINY, "--label-field", "topic", "--scores", "--json", "--out", "labels.csv")
        self.assertEqual(done.returncode, 0, done.err)
        self.assertIn("1 blank text was left out", done.err)
        found = json.loads(done.out)
        self.assertEqual(set(found["scores"]), {"silhouette", "davies_bouldin", "adjusted_rand", "homogeneity", "completeness", "v_measure", "n_true"})
        self.assertTrue(all("words" in cluster for cluster in found["clusters"]))
        again = self.json("eval", "clustering", "labels.csv")
        self.assertEqual(again["adjusted_rand"], found["scores"]["adjusted_rand"])
        self.assertEqual(again["n"], len(TEXTS))

    def test_clusters_against_true_labels(self):
        self.write("found.txt", "0\n0\n1\n1\n-1\n")
        self.write("truth.jsonl", "".join(json.dumps({"label": name}) + "\n" for name in "aabba"))
        found = self.json("eval", "clustering", "found.txt", "truth.jsonl")
        self.assertLess(found["adjusted_rand"], 1)
        self.assertEqual((found["clustered"]["n"], found["clustered"]["adjusted_rand"]), (4, 1.0))
        self.assertAlmostEqual(found["clustered"]["v_measure"], 1)
        self.write("points.csv", flat([[0, 0], [0, 1], [9, 9], [9, 8], [5, 5]]))
        self.ok("embed", "a", "b", "c", "d", "e", "--model", TINY, "--out", "v.npy")
        self.assertIn("silhouette", self.json("eval", "clustering", "found.txt", "truth.jsonl", "--vectors", "v.npy"))
        self.write("short.txt", "0\n")
        self.fails(1, "eval", "clustering", "short.txt", "truth.jsonl", says=["1 clusters", "5 labels"])
        self.fails(1, "eval", "clustering", "truth.jsonl", says=["no field 'cluster'"])

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
        self.fails(2, "cluster", "points.csv", "--method", "kmean", says=["'kmean' is not one of", "did you mean"])
        self.fails(2, "cluster", "points.csv", "-k", "many", says=["--clusters"])
        self.fails(2, "cluster", "points.csv", "--method", "dbscan", says=["wants --distance"])
        self.fails(2, "cluster", "points.csv", "--method", "agglomerative", says=["wants a number"])
        self.fails(2, "cluster", "points.csv", "--tree", "t.npy", says=["belongs to --method agglomerative"])


if __name__ == "__main__":
    unittest.main()
