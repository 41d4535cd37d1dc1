"""akin map: pages, pictures and places of texts, vectors, pictures and collections."""
import csv
import json
import re
import struct
import unittest

from akin_case import ROOT, TINY, AkinCase

WORDS = ("whale", "ship", "storm")
RECORDS = [{"text": f"{word} number {n}", "topic": word, "year": str(1850 + n)} for n in range(6) for word in WORDS]
POINTS = [[x + 0.1 * n, y, 0.01 * n] for n in range(5) for x, y in ((0, 0), (9, 9), (0, 9))]


def flat(vectors):
    return "".join(",".join(map(str, v)) + "\n" for v in vectors)


def data_of(path):
    """What a page holds."""
    return json.loads(re.search(r'id="map-data">(.*?)</script>', path.read_text(encoding="utf-8"), flags=re.DOTALL).group(1))


class Map(AkinCase):
    def setUp(self):
        super().setUp()
        self.write("records.jsonl", "".join(json.dumps(record) + "\n" for record in RECORDS))
        self.write("points.csv", flat(POINTS))

    def test_texts_become_a_page_pictures_and_places_at_once(self):
        outs = [f"map.{ending}" for ending in ("html", "svg", "png", "csv", "jsonl", "npy")]
        words = ["map", "records.jsonl", "--model", TINY, "--method", "pca", "--label-field", "topic", "--title", "At <sea>"]
        told = self.json(*words, *[word for out in outs for word in ("-o", out)])
        self.assertEqual([file["path"] for file in told["files"]], outs)
        self.assertEqual([file["bytes"] for file in told["files"]], [(self.folder / out).stat().st_size for out in outs])
        self.assertEqual(told["groups"], [{"name": word, "size": 6} for word in sorted(WORDS)])
        self.assertEqual((told["n"], told["method"], told["color_by"]), (18, "pca", "topic"))
        page = data_of(self.folder / "map.html")
        self.assertEqual((page["title"], page["texts"]), ("At <sea>", [record["text"] for record in RECORDS]))
        self.assertEqual([field["name"] for field in page["fields"]], ["topic", "year"])
        svg = (self.folder / "map.svg").read_text()
        for shown in (">At &lt;sea&gt;<", ">whale<", ">storm<", "18 texts by pool-mean, principal components"):
            self.assertIn(shown, svg)
        self.assertTrue((self.folder / "map.png").read_bytes().startswith(b"\x89PNG"))
        with open(self.folder / "map.csv", newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual([(row["name"], row["topic"]) for row in rows[:2]], [("records.jsonl:1", "whale"), ("records.jsonl:2", "ship")])
        lines = [json.loads(line) for line in (self.folder / "map.jsonl").read_text().splitlines()]
        places = struct.unpack("<36f", (self.folder / "map.npy").read_bytes()[-144:])
        for i, (row, line) in enumerate(zip(rows, lines)):
            self.assertAlmostEqual(float(row["x"]), places[2 * i], places=6)
            self.assertAlmostEqual(line["y"], places[2 * i + 1], places=6)
            self.assertEqual(line["text"], RECORDS[i]["text"])

    def test_the_same_bytes_on_any_number_of_threads(self):
        for method in ("pca", "umap", "tsne"):
            for name, threads in (("one", 1), ("two", 2), ("again", 2)):
                self.ok("map", "points.csv", "--method", method, "--clusters", "3", "--threads", threads, "-o", f"{name}.html", "-o", f"{name}.svg",
                        "-o", f"{name}.png", "--title", "Points")
            for ending in ("html", "svg", "png"):
                one, two, again = ((self.folder / f"{name}.{ending}").read_bytes() for name in ("one", "two", "again"))
                self.assertEqual(one, two, method)
                self.assertEqual(two, again, method)

    def test_methods_say_how_they_placed(self):
        for words, told in (([], {"method": "umap", "n_neighbors": 15}), (["--neighbors", "5"], {"n_neighbors": 5}),
                            (["--label-field", "topic", "--supervised"], {"supervised": True}),
                            (["--method", "tsne", "--perplexity", "4"], {"method": "tsne", "perplexity": 4.0, "repulsion": "automatic"}),
                            (["--method", "tsne", "--repulsion", "grid"], {"repulsion": "grid"})):
            found = self.json("map", "records.jsonl", "--model", TINY, *words, "-o", "map.svg")
            self.assertEqual({name: found[name] for name in told}, told)

    def test_colours_show_clusters_or_nothing(self):
        told = self.json("map", "points.csv", "--clusters", "3", "-o", "map.svg")
        self.assertEqual(sorted(group["size"] for group in told["groups"]), [5, 5, 5])
        self.assertIn(">cluster 1<", (self.folder / "map.svg").read_text())
        told = self.json("map", "records.jsonl", "--model", TINY, "--clusters", "2", "-o", "map.svg")
        self.assertTrue(all(group["name"] != "" and group["size"] > 0 for group in told["groups"]))
        self.write("labels.txt", "".join(f"corner {n % 3}\n" for n in range(15)))
        told = self.json("map", "points.csv", "--label-file", "labels.txt", "-o", "map.svg", "-o", "map.csv")
        self.assertEqual((told["color_by"], told["groups"]), ("label", [{"name": f"corner {n}", "size": 5} for n in range(3)]))
        self.assertIn(",corner 2", (self.folder / "map.csv").read_text())
        self.write("labels.txt", "".join(f"{n}\n" for n in range(15)))
        self.ok("map", "points.csv", "--label-file", "labels.txt", "-o", "map.html")
        self.assertEqual(data_of(self.folder / "map.html")["fields"][0]["kind"], "groups", "numbers that are labels are kinds")
        told = self.json("map", "points.csv", "--color-by", "none", "-o", "map.svg", "-o", "map.html")
        self.assertEqual(told["groups"], [])
        self.assertNotIn("cluster", (self.folder / "map.svg").read_text())
        self.assertEqual(data_of(self.folder / "map.html")["color"], "")
        self.ok("map", "records.jsonl", "--model", TINY, "--color-by", "year", "-o", "map.html")
        self.assertEqual(data_of(self.folder / "map.html")["fields"][0]["values"], [str(1850 + n) for n in range(6)])

    def test_themes_and_outlines(self):
        for theme, ground in (("light", "#ffffff"), ("dark", "#18191c"), ("auto", "#ffffff")):
            self.ok("map", "points.csv", "--clusters", "3", "--theme", theme, "-o", "map.svg", "-o", "map.html")
            self.assertIn(f'fill="{ground}"', (self.folder / "map.svg").read_text())
            self.assertEqual(data_of(self.folder / "map.html")["theme"], theme)
        for outline, is_drawn in (("none", False), ("hull", True), ("density", True)):
            self.ok("map", "points.csv", "--clusters", "3", "--outline", outline, "-o", "map.svg")
            self.assertEqual("<polygon" in (self.folder / "map.svg").read_text(), is_drawn, outline)

    def test_a_collection_and_pictures(self):
        self.ok("index", "records.jsonl", "-c", "box", "--model", TINY)
        told = self.json("map", "-c", "box", "--by", "document", "-o", "map.html")
        self.assertEqual(told["n"], len(RECORDS))
        self.assertIn("uri", [field["name"] for field in data_of(self.folder / "map.html")["fields"]])

    def test_rows_that_come_later_move_none_of_the_old(self):
        places = lambda name: {row["text"]: (row["x"], row["y"]) for row in csv.DictReader(open(self.folder / name, newline="", encoding="utf-8"))}
        first = [record for record in RECORDS if not record["text"].endswith("5")]
        for method in ("umap", "tsne", "pca"):
            self.write("notes.jsonl", "".join(json.dumps(record) + "\n" for record in first))
            box = f"box-{method}"
            self.ok("index", "notes.jsonl", "-c", box, "--model", TINY)
            self.ok("map", "-c", box, "--method", method, "--color-by", "none", "-o", "old.csv", "-o", "map.safetensors")
            self.write("notes.jsonl", "".join(json.dumps(record) + "\n" for record in RECORDS))
            self.ok("index", "notes.jsonl", "-c", box)
            told = self.json("map", "-c", box, "--onto", "map.safetensors", "--color-by", "none", "-o", "grown.csv", "-o", "grown.html", "-o", "map.safetensors")
            self.assertEqual((told["method"], told["n_known"], told["n_new"]), (method, len(first), 3))
            old, grown = places("old.csv"), places("grown.csv")
            self.assertEqual((len(old), len(grown)), (len(first), len(RECORDS)))
            for text, place in old.items():
                self.assertEqual(grown[text], place, f"{method}: {text} has moved")
            # The map of the grown collection keeps all of them.
            again = self.json("map", "-c", box, "--onto", "map.safetensors", "--color-by", "none", "-o", "again.csv")
            self.assertEqual((again["n_known"], again["n_new"]), (len(RECORDS), 0))
            self.assertEqual(places("again.csv"), grown)

    def test_rows_that_come_later_stand_with_their_kind(self):
        rows = [[x + 0.13 * (n % 7), y + 0.11 * (n // 7), 0.01 * n] for n in range(40) for x, y in ((0, 0), (9, 9), (0, 9))]
        self.write("few.csv", flat(rows[:90]))
        self.write("many.csv", flat(rows))
        for method in ("umap", "tsne", "pca"):
            self.ok("map", "few.csv", "--method", method, "--color-by", "none", "-o", "few.npy", "-o", "map.safetensors")
            self.ok("map", "many.csv", "--onto", "map.safetensors", "--color-by", "none", "-o", "many.npy")
            few, many = ((self.folder / f"{name}.npy").read_bytes() for name in ("few", "many"))
            self.assertEqual(many[-960:-240], few[-720:], method)
            places = [struct.unpack("<2f", many[len(many) - 960 + 8 * i:][:8]) for i in range(120)]
            centre = [[sum(p[c] for p in places[kind:90:3]) / 30 for c in (0, 1)] for kind in range(3)]
            for i in range(90, 120):
                away = [sum((places[i][c] - centre[kind][c]) ** 2 for c in (0, 1)) for kind in range(3)]
                self.assertEqual(away.index(min(away)), i % 3, f"{method}: row {i}")

    def test_few_and_equal_rows(self):
        self.write("one.csv", "1,2,3\n")
        self.write("two.csv", "1,2,3\n1,2,3\n")
        self.write("thin.csv", "1\n2\n3\n")
        for name in ("one.csv", "two.csv", "thin.csv"):
            with self.subTest(name):
                self.ok("map", name, "-o", "map.html", "-o", "map.svg", "-o", "map.png", "--outline", "density")

    def test_mistakes_are_named(self):
        self.fails(2, "map", "points.csv", says=["--out"])
        self.fails(2, "map", "points.csv", "-o", "map.gif", says=[".html, .svg, .png, .csv, .jsonl, .npy or .safetensors", "'map.gif'"])
        self.fails(2, "map", "points.csv", "-o", "map.svg", "--method", "pcs", says=["'pcs'", "pca"])
        self.fails(2, "map", "points.csv", "-o", "map.svg", "--metric", "dot", says=["'dot'", "cosine"])
        self.fails(2, "map", "points.csv", "-o", "map.svg", "--method", "tsne", "--repulsion", "fft", says=["'fft'", "grid"])
        self.fails(2, "map", "points.csv", "-o", "map.svg", "--supervised", says=["--label-field"])
        self.fails(2, "map", "points.csv", "-o", "map.svg", "--supervised", "--method", "pca", says=["--method umap"])
        self.fails(2, "map", "points.csv", "-o", "map.svg", "--theme", "drak", says=["dark"])
        self.fails(2, "map", "points.csv", "-o", "map.svg", "--outline", "hulls", says=["hull"])
        self.fails(2, "map", "points.csv", "-o", "map.svg", "--clusters", "0", says=["--clusters"])
        self.fails(1, "map", "gone.npy", "-o", "map.svg", says=["'gone.npy': no such file"])
        self.fails(1, "map", "points.csv", "-o", "map.svg", "--color-by", "topic", says=["no row has a field 'topic'"])
        self.fails(1, "map", "points.csv", "-o", "nowhere/map.svg", says=["nowhere"])
        self.ok("map", "records.jsonl", "--model", TINY, "-o", "map.safetensors")
        self.fails(2, "map", "points.csv", "-o", "map.svg", "--onto", "map.safetensors", "--method", "pca", says=["--onto", "--method"])
        self.fails(1, "map", "points.csv", "-o", "map.svg", "--onto", "map.safetensors", says=["vectors of 3 numbers; the map's have"])
        self.fails(1, "map", "points.csv", "-o", "map.svg", "--onto", "points.csv", says=["points.csv"])
        self.fails(1, "map", "points.csv", "-o", "map.svg", "--onto", "none.safetensors", says=["none.safetensors"])


if __name__ == "__main__":
    unittest.main()
