"""embed's steps around the model: prompts, fewer dimensions, texts over the limit, late chunks, codes with ranges."""
import array
import json
import math
import struct
import unittest

from akin_case import ROOT, SENTENCE_MODELS, TINY, AkinCase

PROMPTS = SENTENCE_MODELS / "prompts"
NOMIC = ROOT / "tests/golden/models/nomic-bert"
LONG = " ".join(["the old house by the sea was empty."] * 20)


def npy(path):
    """The rows of a small .npy file of one-byte or float numbers."""
    data = path.read_bytes()
    size = struct.unpack("<H", data[8:10])[0]
    header = data[10 : 10 + size].decode()
    kind = "f" if "<f4" in header else "B" if "|u1" in header else "b"
    rows, columns = (int(n) for n in header.split("(")[1].split(")")[0].split(","))
    numbers = array.array(kind, data[10 + size :]).tolist()
    return [numbers[r * columns : (r + 1) * columns] for r in range(rows)]


class Steps(AkinCase):
    def vectors(self, *words, model=TINY, **more):
        return [record["vector"] for record in self.json_lines("embed", *words, "--model", model, **more)]

    def test_a_prompt_is_chosen_by_role_by_name_or_given(self):
        query = self.vectors("a house", "--as", "query", model=PROMPTS)
        self.assertEqual(self.vectors("a house", "--prompt-name", "query", model=PROMPTS), query)
        self.assertEqual(self.vectors("a house", "--prompt", "search_query: ", model=PROMPTS), query)
        self.assertEqual(self.vectors("search_query: a house", model=PROMPTS), query)
        self.assertNotEqual(self.vectors("a house", "--prompt-name", "clustering", model=PROMPTS), query)
        self.assertEqual(self.vectors("a house", "--prompt", "", model=PROMPTS), self.vectors("a house", model=PROMPTS))

    def test_an_unknown_prompt_is_refused_with_those_that_there_are(self):
        self.fails(2, "embed", "a", "--model", PROMPTS, "--prompt-name", "qery", says=["'qery'", "clustering, document, query"])
        self.fails(2, "embed", "a", "--model", NOMIC, "--prompt-name", "query", says=["the model has none"])
        self.fails(2, "embed", "a", "--model", PROMPTS, "--prompt-name", "query", "--prompt", "x", says=["pass one"])
        self.fails(2, "embed", "a", "--model", PROMPTS, "--prompt-name", "query", "--as", "query", says=["--as"])

    def test_fewer_dimensions_of_nomic_are_unit_vectors(self):
        [vector] = self.vectors("a house by the sea", "--dims", "16", model=NOMIC)
        self.assertEqual(len(vector), 16)
        self.assertAlmostEqual(math.hypot(*vector), 1, places=6)
        [plain] = self.vectors("a house by the sea", model=NOMIC)
        self.assertNotAlmostEqual(vector[0] / vector[1], plain[0] / plain[1], places=3)  # the LayerNorm moved the numbers

    def test_unit_length_is_given_where_asked_for(self):
        model = SENTENCE_MODELS / "pool-max"
        self.assertNotAlmostEqual(math.hypot(*self.vectors("a house", model=model)[0]), 1, places=2)
        self.assertAlmostEqual(math.hypot(*self.vectors("a house", "--normalize", model=model)[0]), 1, places=6)

    def test_long_texts_are_cut_pooled_or_chunked_only_as_asked(self):
        cut = self.ok("embed", LONG, "--model", TINY, "--json")
        self.assertGreater(json.loads(cut.out)["n_tokens_dropped"], 0)
        self.assertIn("dropped from 1 texts longer than", cut.err)
        pooled = self.ok("embed", LONG, "a house", "--model", TINY, "--long", "pool", "--json")
        first, second = (json.loads(line) for line in pooled.out.splitlines())
        self.assertEqual(first["n_tokens_dropped"], 0)
        self.assertGreater(first["n_pieces"], 1)
        self.assertAlmostEqual(math.hypot(*first["vector"]), 1, places=6)
        self.assertIn("1 read in pieces", pooled.err)
        self.assertEqual([second["vector"]], self.vectors("a house"))
        self.fails(2, "embed", LONG, "--model", TINY, "--long", "polo", says=["did you mean 'pool'?"])

    def test_late_chunks_cover_the_text_and_one_chunk_is_the_plain_vector(self):
        records = self.json_lines("embed", "a house", LONG, "--model", TINY, "--long", "late", "--chunk-tokens", "12")
        self.assertEqual([r["vector"] for r in records if r["text_index"] == 0], self.vectors("a house"))
        chunks = [r for r in records if r["text_index"] == 1]
        self.assertGreater(len(chunks), 10)
        self.assertEqual("".join(c["text"] for c in chunks), LONG)
        self.assertEqual([c["chunk"] for c in chunks], list(range(len(chunks))))
        self.assertEqual([LONG[slice(*c["bytes"])] for c in chunks], [c["text"] for c in chunks])
        self.ok("embed", "a house", LONG, "--model", TINY, "--long", "late", "--chunk-tokens", "12", "--out", "late.npy")
        places = [json.loads(line) for line in (self.folder / "late.npy.chunks.jsonl").read_text().splitlines()]
        self.assertEqual([(p["text"], p["chunk"], p["bytes"]) for p in places], [(r["text_index"], r["chunk"], r["bytes"]) for r in records])
        self.assertEqual(len(npy(self.folder / "late.npy")), len(records))
        self.fails(1, "embed", LONG, "--model", SENTENCE_MODELS / "pool-cls", "--long", "late", "--chunk-tokens", "12", says=["first token alone"])


class Ranges(AkinCase):
    TEXTS = [f"house {i} by the sea" for i in range(50)]

    def setUp(self):
        super().setUp()
        self.texts = self.write("texts.txt", "\n".join(self.TEXTS))
        self.ok("embed", self.texts, "--model", TINY, "--out", "f.npy")
        self.floats = npy(self.folder / "f.npy")

    def wanted(self, low, high):
        single = lambda x: struct.unpack("f", struct.pack("f", x))[0]
        steps = [single(single(h - l) / 255) or 1 for l, h in zip(low, high)]
        return [[min(255, max(0, math.floor(single(single(x - l) / s)))) for x, l, s in zip(row, low, steps)] for row in self.floats]

    def test_codes_are_places_in_the_range_of_each_number(self):
        low, high = ([f(column) for column in zip(*self.floats)] for f in (min, max))
        for calibration in (self.texts, "f.npy", "first"):
            self.ok("embed", self.texts, "--model", TINY, "--type", "u8", "--calibrate", calibration, "--out", "u.npy")
            self.assertEqual(npy(self.folder / "u.npy"), self.wanted(low, high))
            self.assertEqual(npy(self.folder / "u.npy.ranges.npy"), [low, high])
            self.assertEqual(json.loads((self.folder / "u.npy.json").read_text())["ranges"], "u.npy.ranges.npy")
        self.ok("embed", self.texts, "--model", TINY, "--type", "i8", "--calibrate", "u.npy.ranges.npy", "--out", "i.npy")
        self.assertEqual(npy(self.folder / "i.npy"), [[code - 128 for code in row] for row in self.wanted(low, high)])

    def test_numbers_outside_are_counted(self):
        some = self.write("some.txt", "\n".join(self.TEXTS[:5]))
        done = self.ok("embed", self.texts, "--model", TINY, "--type", "u8", "--calibrate", some, "--out", "u.npy")
        self.assertRegex(done.err, r"[\d,]+ numbers outside the calibrated ranges")

    def test_binary_codes_are_bits_or_bits_minus_128(self):
        plain = [r["vector"] for r in self.json_lines("embed", "a", "b", "--model", TINY, "--type", "bit")]
        signed = [r["vector"] for r in self.json_lines("embed", "a", "b", "--model", TINY, "--type", "ibit")]
        self.assertEqual(signed, [[byte - 128 for byte in row] for row in plain])

    def test_ranges_that_are_missing_or_do_not_fit_are_refused(self):
        self.fails(2, "embed", "a", "--model", TINY, "--type", "u8", says=["--calibrate"])
        self.fails(2, "embed", "a", "--model", TINY, "--type", "f16", "--calibrate", "f.npy", says=["i8 and u8"])
        self.fails(1, "embed", "a", "--model", TINY, "--type", "u8", "--calibrate", "nowhere.txt", says=["nowhere.txt"])
        self.fails(1, "embed", "a", "--model", TINY, "--dims", "8", "--type", "u8", "--calibrate", "f.npy", says=["32 dimensions, the model gives 8"])
        self.fails(2, "embed", "a", "--model", TINY, "--type", "u8", "--calibrate", self.write("empty.txt", ""), says=["holds no texts"])


if __name__ == "__main__":
    unittest.main()
