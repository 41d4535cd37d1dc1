"""akin plot: pictures of curves, heat maps, points and trees from JSON and matrices."""
import json
import random
import unittest

from akin_case import AkinCase

FIGURE = {
    "title": "All kinds", "columns": 2,
    "panels": [
        {"title": "Lines", "x": "step", "y": {"label": "loss", "range": [0, 5]},
         "series": [{"label": "first", "x": [1, 2, 3], "y": [4.5, None, 3.1]}, {"label": "second", "y": [1, 2, 3]}], "marks": [{"x": 2, "label": "here"}]},
        {"title": "Map", "values": [[1, 0.3], [0.3, 1]], "x_names": ["ant", "bee"], "y_names": ["ant", "bee"], "scale": "sign", "value_label": "cosine"},
        {"title": "Words", "points": [{"x": 0, "y": 1, "label": "king"}, {"x": 1, "y": 0, "label": "queen", "group": 1}]},
        {"title": "Tree", "joins": [[0, 1, 1.0, 2], [2, 3, 3.0, 3]], "names": ["cat", "dog", "eel"], "cut": 2, "height_label": "distance"},
    ],
}


class Plot(AkinCase):
    def svg(self, file, *words, **more):
        self.ok("plot", file, "-o", "out.svg", *words, **more)
        return (self.folder / "out.svg").read_text()

    def assert_shows(self, svg, *words):
        for word in words:
            self.assertIn(f">{word}<", svg)

    def test_a_figure_of_every_kind_of_panel(self):
        self.write("figure.json", json.dumps(FIGURE))
        told = self.json("plot", "figure.json", "-o", "out.svg", "-o", "out.png")
        self.assertEqual((told["n_panels"], [file["path"] for file in told["files"]]), (4, ["out.svg", "out.png"]))
        self.assert_shows((self.folder / "out.svg").read_text(), "All kinds", "Lines", "step", "loss", "first", "second", "here", "Map", "ant", "cosine",
                          "Words", "king", "queen", "Tree", "dog", "distance")
        self.assertTrue((self.folder / "out.png").read_bytes().startswith(b"\x89PNG"))
        first = (self.folder / "out.png").read_bytes()
        self.ok("plot", "-", "-o", "out.png", stdin=json.dumps(FIGURE))
        self.assertEqual(first, (self.folder / "out.png").read_bytes())

    def test_a_panel_alone_themes_and_a_title(self):
        self.write("panel.json", json.dumps(FIGURE["panels"][0]))
        svg = self.svg("panel.json", "--theme", "dark", "--title", "Other", "--width", 300)
        self.assert_shows(svg, "Other", "Lines")
        self.assertIn("#18191c", svg)
        self.assertIn('width="328"', svg)

    def test_what_other_verbs_print(self):
        draw = random.Random(3)
        self.write("vectors.csv", "".join(",".join(str(draw.gauss(0, 1)) for _ in range(4)) + "\n" for _ in range(60)))
        self.ok("cluster", "vectors.csv", "--method", "agglomerative", "-k", "3", "--tree", "tree.npy")
        self.assert_shows(self.svg("tree.npy", "--cut", "3"), "tree.npy", "distance", "59")
        steps = [{"step": 10 * i, "loss": 5 / i, "rate": 0.1, **({"held_out_loss": 6 / i} if i % 2 == 0 else {})} for i in range(1, 9)]
        self.write("loss.jsonl", "".join(json.dumps(step) + "\n" for step in steps))
        self.assert_shows(self.svg("loss.jsonl"), "step", "loss", "held_out_loss")
        self.assert_shows(self.svg("loss.jsonl", "--x", "loss", "--y", "rate"), "rate")
        self.write("ann.jsonl", json.dumps({"file": "a.npy", "k": 10, "points": [{"ef": 1, "recall": r, "queries_per_second": 100 / r} for r in (0.5, 0.9)]}))
        self.assert_shows(self.svg("ann.jsonl"), "Graph search", "recall@10")
        bins = [{"from": i / 4, "to": (i + 1) / 4, "n": i, "mean_probability": i / 4 + 0.1, "accuracy": i / 4} for i in range(4)]
        self.write("scores.json", json.dumps({"accuracy": 0.5, "reliability": bins, "confusion": [[3, 1], [0, 4]], "confusion_labels": ["up", "down"]}))
        self.assert_shows(self.svg("scores.json"), "Reliability", "ideal", "Confusion", "up", "down", "given", "true")

    def test_broken_input_is_named(self):
        cases = [
            ("{", ["is no JSON"]),
            ("", ["nothing to draw"]),
            ("[]", ["nothing to draw"]),
            ("5", ["--y"]),
            ('{"a": 1}', ["--y"]),
            ('{"panels": []}', ["1 to 64 panels"]),
            ('{"panels": {}}', ["panels", "a list is wanted"]),
            ('{"panels": [{"kind": "pie"}]}', ["panels[0]", "'series'"]),
            ('{"series": [{"y": [1, "two"]}]}', ["series[0].y[1]", "a number is wanted"]),
            ('{"series": [{"x": [1], "y": [1, 2]}]}', ["series[0]", "found 1 and 2"]),
            ('{"series": [{}]}', ["series[0]", "'y' is missing"]),
            ('{"values": [[1, 2], [3]]}', ["values[1]", "found 1"]),
            ('{"values": []}', ["values", "at least one row"]),
            ('{"values": [[1]], "x_names": ["a", "b"]}', ["a name for each column"]),
            ('{"values": [[1]], "scale": "rainbow"}', ["'amount' or 'sign'"]),
            ('{"joins": [[0, 1]]}', ["joins[0]"]),
            ('{"joins": [[0, 0, 1]]}', ["each once"]),
            ('{"joins": [[-1, 1e30, 1]]}', ["joins[0][0]", "whole number"]),
            ('{"points": [{"x": 1}]}', ["points[0]", "'y' is missing"]),
            ('{"points": [{"x": 1, "y": 2, "group": 0.5}]}', ["group", "whole number"]),
            ('{"series": [], "x": {"range": [1]}}', ["x.range", "two numbers"]),
            ("[" * 100000, ["is no JSON"]),
        ]
        for text, says in cases:
            with self.subTest(text[:40]):
                self.write("bad.json", text)
                done = self.akin("plot", "bad.json", "-o", "out.svg")
                self.assert_failed(done.returncode, done.err, 2 if done.returncode == 2 else 1, says)
        self.write("bad.npy", b"\x93NUMPY\x01\x00")
        self.fails(1, "plot", "bad.npy", "-o", "out.svg", says=["bad.npy"])
        self.fails(1, "plot", "nowhere.json", "-o", "out.svg", says=["nowhere.json"])
        self.write("ok.json", json.dumps(FIGURE))
        self.fails(2, "plot", "ok.json", "-o", "out.pdf", says=[".svg, .png"])
        self.fails(2, "plot", "ok.json", says=["--out"])


if __name__ == "__main__":
    unittest.main()
