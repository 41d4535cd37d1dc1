"""positions: every scheme printed and drawn, and a model run beyond its training length."""
import json
import math
import statistics
import unittest

from akin_case import ROOT, AkinCase

MODELS = ROOT / "tests/golden/models"


class Positions(AkinCase):
    def test_every_scheme_is_printed_and_drawn(self):
        for words in (["sinusoidal"], ["learned", "--model", MODELS / "bert"], ["rope", "--scaling", "yarn", "--factor", "4", "--original", "32"],
                      ["alibi"], ["t5"], ["t5", "--model", MODELS / "t5-relu"], ["rope", "--model", MODELS / "llama3"], ["alibi", "--model", MODELS / "bloom"]):
            with self.subTest(words=words):
                self.assertGreater(len(self.ok("positions", *words, "-n", "24").out.splitlines()), 2)
                self.ok("positions", *words, "-n", "24", "--out", "a.svg")
                svg = (self.folder / "a.svg").read_text()
                self.assertTrue(svg.startswith("<svg ") and svg.endswith("</svg>\n"))
                self.ok("positions", *words, "-n", "24", "--out", "a.png", "--theme", "dark")
                first = (self.folder / "a.png").read_bytes()
                self.assertEqual(first[:8], b"\x89PNG\r\n\x1a\n")
                self.ok("positions", *words, "-n", "24", "--out", "a.png", "--theme", "dark")
                self.assertEqual((self.folder / "a.png").read_bytes(), first)

    def test_numbers_are_those_of_the_formulas(self):
        table = self.json("positions", "sinusoidal", "-n", "5", "--dim", "4")["table"]
        self.assertAlmostEqual(table[3][0], math.sin(3), places=6)
        self.assertAlmostEqual(table[3][3], math.cos(3 / 100), places=6)
        self.assertEqual(self.json("positions", "alibi", "--heads", "8")["slopes"], [2.0 ** -i for i in range(1, 9)])
        rope = self.json("positions", "rope", "--dim", "8", "--theta", "10000")
        self.assertAlmostEqual(rope["frequencies"][1], 0.1, places=6)
        self.assertEqual(rope["similarity_by_distance"][0], 1)

    def test_both_rotations_of_a_model_are_shown(self):
        bases = [self.json("positions", "rope", "--model", MODELS / "modernbert", "--rotation", n)["theta"] for n in (1, 2)]
        self.assertEqual(sorted(bases), sorted(json.loads((MODELS / "modernbert/config.json").read_text())[key]
                                               for key in ("global_rope_theta", "local_rope_theta")))
        self.assertIn("rotation 2 of 2", self.json("positions", "rope", "--model", MODELS / "modernbert", "--rotation", 2)["title"])
        self.fails(2, "positions", "rope", "--model", MODELS / "modernbert", "--rotation", 3, says=["modernbert", "--rotation 3", "the model has 2"])
        buckets = self.json("positions", "t5", "-n", "200")
        self.assertEqual(max(buckets["bucket_by_distance"]), 31)
        self.assertEqual(buckets["bucket_by_distance"][199], 0)

    def test_what_a_model_does_not_have_is_told(self):
        self.fails(1, "positions", "rope", "--model", MODELS / "bert", says=["no rotary positions", "it has learned"])
        self.fails(1, "positions", "learned", "--model", MODELS / "llama", says=["no learned positions", "it has rope"])

    def test_wrong_calls_are_refused(self):
        self.fails(2, "positions", "sinusodal", says=["did you mean 'sinusoidal'?"])
        self.fails(2, "positions", "alibi", "--out", "a.jpg", says=["a.jpg", ".svg, .png"])
        self.fails(2, "positions", "alibi", "-n", "0", says=["--positions"])
        self.fails(2, "positions", "rope", "--dim", "7", says=["even"])
        self.fails(2, "positions", "t5", "--max-distance", "2", says=["max_distance"])
        self.fails(2, "positions", "extrapolate", says=["text file"])

    def test_a_model_is_measured_beyond_its_training_length(self):
        text = self.write("text.txt", "The sea was quiet and the house was small. " * 60)
        report = self.json("positions", "extrapolate", text, "--model", MODELS / "bloom", "--with", MODELS / "gpt2", "--trained", "8", "--length", "24",
                           "--windows", "3")
        self.assertEqual([m["positions"] for m in report["models"]], ["alibi", "learned"])
        for model in report["models"]:
            self.assertEqual((model["trained"], model["length"], len(model["loss"])), (8, 24, 23))
            self.assertEqual(model["loss"][:7], model["loss_with_trained_length"][:7])
            self.assertNotEqual(model["loss"][10:], model["loss_with_trained_length"][10:])
        self.ok("positions", "extrapolate", text, "--model", MODELS / "bloom", "--trained", "8", "--out", "longer.svg")
        self.fails(2, "positions", "extrapolate", text, "--model", MODELS / "gpt2", "--trained", "8", "--length", "100000", says=["more than it can run"])

    def test_alibi_carries_over_to_longer_texts_and_rotation_does_not(self):
        folder = ROOT / "examples/positions"
        report = self.json("positions", "extrapolate", folder / "unseen.txt", "--model", folder / "alibi", "--with", folder / "rope", "--trained", 64)
        losses = {}
        for model in report["models"]:
            self.assertEqual((model["trained"], model["length"]), (64, 256))
            losses[model["positions"]] = [statistics.fmean(model["loss"][begin:begin + 32]) for begin in (31, 95, 223)]
        inside, outside, far = losses["alibi"]
        self.assertLess(max(outside, far), inside + 0.15, losses)
        inside, outside, far = losses["rope"]
        self.assertGreater(min(outside, far), inside + 0.3, losses)


if __name__ == "__main__":
    unittest.main()
