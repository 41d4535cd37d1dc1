"""Pictures through the verbs: vectors, collections, labels; and what is said where a model or a file does not fit."""
import json
import shutil
import struct
import unittest

from akin_case import ROOT, TINY, AkinCase

MODELS = ROOT / "tests/golden/models"
CLIP, SIGLIP, VIT = MODELS / "clip", MODELS / "siglip", MODELS / "vit"
PICTURES = ROOT / "tests/golden/images"


class Images(AkinCase):
    def golden(self, model, key):
        """A tensor of a golden model's expected.safetensors as a list of numbers."""
        raw = (model / "expected.safetensors").read_bytes()
        size = struct.unpack("<Q", raw[:8])[0]
        begin, end = json.loads(raw[8 : 8 + size])[key]["data_offsets"]
        return list(struct.unpack(f"<{(end - begin) // 4}f", raw[8 + size + begin : 8 + size + end]))

    def assert_near(self, got, want, tolerance):
        self.assertEqual(len(got), len(want))
        for a, b in zip(got, want):
            self.assertLessEqual(abs(a - b), tolerance)

    def test_embed_gives_the_references_vectors_of_pictures_and_texts(self):
        # Ten times the difference of torch's own float32 run from float64.
        for model, tolerance in ((CLIP, 9e-5), (SIGLIP, 7e-5)):
            files = [model / f"images/{i}.png" for i in range(4)]
            records = self.json_lines("embed", *files, "--model", model)
            self.assertEqual([r["image"] for r in records], [str(f) for f in files])
            self.assertEqual([records[0]["width"], records[0]["height"]], [60, 44])
            for i, record in enumerate(records):
                self.assert_near(record["vector"], self.golden(model, f"image{i}.image_embed"), tolerance)
            texts = [t["text"] for t in json.loads((model / "inputs.json").read_text())["texts"]]
            for i, record in enumerate(self.json_lines("embed", "--text", *texts, "--model", model)):
                self.assert_near(record["vector"], self.golden(model, f"text{i}.text_embed"), tolerance)

    def test_a_picture_is_told_by_its_content_and_kept_in_files(self):
        shutil.copy(PICTURES / "colour.jpg", self.folder / "no-ending")
        [record] = self.json_lines("embed", "no-ending", "--model", VIT)
        self.assertEqual([record["width"], record["height"]], [23, 17])
        self.ok("embed", "no-ending", PICTURES / "rgb8.png", "--model", VIT, "--out", "v.npy")
        header = (self.folder / "v.npy").read_bytes()[:128].decode("latin-1")
        self.assertIn("(2, 48)", header)

    def test_classify_makes_probabilities_as_the_model_was_trained(self):
        labels = ["a cat", "a dog", "a car"]
        for model in (CLIP, SIGLIP):
            [record] = self.json_lines("classify", "--labels", ", ".join(labels), model / "images/0.png", "--model", model)
            scores = record["scores"]
            self.assertEqual(sorted(s["label"] for s in scores), sorted(labels))
            self.assertEqual(record["label"], scores[0]["label"])
            self.assertEqual([s["cosine"] for s in scores], sorted((s["cosine"] for s in scores), reverse=True))
            total = sum(s["probability"] for s in scores)
            if model == CLIP:
                self.assertAlmostEqual(total, 1, places=5)
            else:
                self.assertNotAlmostEqual(total, 1, places=2)

    def test_a_collection_of_pictures_is_asked_with_words_and_pictures(self):
        docs = self.folder / "docs"
        docs.mkdir()
        for name in ("rgb8.png", "colour.jpg", "animated.webp", "tiled.tif", "quantized.gif", "rgb24.bmp"):
            shutil.copy(PICTURES / name, docs / name)
        (docs / "note.txt").write_text("A note.")
        (docs / "cut.png").write_bytes((PICTURES / "rgb8.png").read_bytes()[:60])
        report = self.json("index", "docs", "--model", CLIP, "-c", "c")
        self.assertEqual([report["n_added"], report["n_images_embedded"]], [7, 6])
        self.assertIn("cut.png: a broken PNG picture: the file ends too early", report["refused"][0]["reason"])
        self.assertEqual(self.json("index", "docs", "-c", "c")["n_images_embedded"], 0)
        hits = self.json("search", docs / "colour.jpg", "-c", "c")["hits"]
        self.assertEqual(hits[0]["uri"], str(docs / "colour.jpg"))
        self.assertAlmostEqual(hits[0]["score"], 1, places=5)
        hits = self.json("search", "a red car", "--mode", "dense", "--where", "format=image", "-c", "c")["hits"]
        self.assertEqual(len(hits), 6)
        hits = self.json("search", "quantized", "--mode", "text", "-c", "c")["hits"]
        self.assertEqual([h["metadata"]["width"] for h in hits], ["23"])

    def test_similar_takes_pictures_and_texts_together(self):
        pairs = self.json("similar", PICTURES / "rgb8.png", PICTURES / "rgb8.png", "a cat", "--model", CLIP)["pairs"]
        self.assertEqual([pairs[0]["a"], pairs[0]["b"]], [0, 1])
        self.assertAlmostEqual(pairs[0]["cosine"], 1, places=6)

    def test_texts_are_classified_by_any_model(self):
        [record] = self.json_lines("classify", "--labels", "food, weather", "it rains", "--model", TINY)
        self.assertEqual({s["label"] for s in record["scores"]}, {"food", "weather"})
        self.assertNotIn("probability", record["scores"][0])

    def test_info_says_what_a_model_takes(self):
        info = self.json("info", VIT)
        self.assertEqual([info["takes_texts"], info["takes_images"], info["image_width"]], [False, True, 32])
        self.assertTrue(self.json("info", CLIP)["takes_texts"])
        self.assertFalse(self.json("info", TINY)["takes_images"])

    def test_what_does_not_fit_is_said_in_one_line(self):
        picture = PICTURES / "rgb8.png"
        self.fails(1, "embed", picture, "--model", TINY, says=["takes no images", "a model of texts"])
        self.fails(1, "embed", "a text", "--model", VIT, says=["takes no texts", "images only"])
        self.fails(2, "embed", "a text", picture, "--model", CLIP, says=["one kind at a time"])
        self.fails(2, "embed", picture, "--tokens", "--model", CLIP, says=["for texts"])
        self.fails(2, "classify", picture, "--labels", "a,,b", "--model", CLIP, says=["label 2 is empty"])
        self.fails(2, "classify", picture, "--labels", "a", "--template", "x", "--model", CLIP, says=["has no {}"])
        self.fails(1, "classify", picture, "--labels", "a", "--model", VIT, says=["takes no texts"])
        cut = self.write("cut.jpg", (PICTURES / "colour.jpg").read_bytes()[:300])
        self.fails(1, "embed", cut, "--model", CLIP, says=["cut.jpg", "a broken JPEG picture", "ends too early"])
        report = self.json("index", picture, "--model", TINY, "-c", "texts")
        self.assertIn("is a PNG picture; the collection's model 'pool-mean' takes no images", report["refused"][0]["reason"])
        self.fails(1, "search", picture, "-c", "texts", says=["takes no images"])


if __name__ == "__main__":
    unittest.main()
