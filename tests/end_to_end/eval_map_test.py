"""akin eval map: vectors against the places a map gives them."""
import unittest

from akin_case import TINY, AkinCase

TEXTS = [f"{word} number {n}" for n in range(12) for word in ("whale", "ship", "storm")]


class EvalMap(AkinCase):
    def setUp(self):
        super().setUp()
        self.ok("embed", *TEXTS, "--model", TINY, "--out", "v.npy")
        self.write("labels.txt", "".join(text.split()[0] + "\n" for text in TEXTS))

    def test_vectors_are_a_perfect_map_of_themselves(self):
        found = self.json("eval", "map", "v.npy", "v.npy", "--labels", "labels.txt")
        self.assertEqual((found["trustworthiness"], found["continuity"], found["kept_neighbors"]), (1, 1, 1))
        self.assertEqual((found["n"], found["sample"]), (36, 36))
        self.assertGreater(found["neighbor_accuracy"], 0.5)
        self.assertEqual(self.json("eval", "map", "v.npy", "v.npy", "--sample", "32")["sample"], 32)
        self.assertIn("trustworthiness", self.ok("eval", "map", "v.npy", "v.npy").out)

    def test_mistakes_are_named(self):
        self.fails(2, "eval", "map", "v.npy", says=["a file of vectors and one of their places"])
        self.fails(2, "eval", "map", "v.npy", "v.npy", "--map-neighbors", "18", says=["below half of 36 rows"])
        self.ok("embed", "a", "b", "--model", TINY, "--out", "two.npy")
        self.fails(1, "eval", "map", "v.npy", "two.npy", says=["v.npy has 36 rows", "two.npy has 2 places"])
        self.write("few.txt", "a\n")
        self.fails(1, "eval", "map", "v.npy", "v.npy", "--labels", "few.txt", says=["1 labels", "36 places"])


if __name__ == "__main__":
    unittest.main()
