"""embed, similar, tokens: texts in every form in, vectors in every form out, in order and with nothing cut silently."""
import array
import json
import math
import struct
import unittest

from akin_case import ROOT, TINY, AkinCase

TEXTS = ["a small house", "the sea at night", "", "a small house by the sea at night, long ago"]


class Embed(AkinCase):
    def vectors(self, *words, **more):
        return [record["vector"] for record in self.json_lines("embed", *words, "--model", TINY, **more)]

    def setUp(self):
        super().setUp()
        self.direct = self.vectors(*TEXTS)

    def test_every_form_of_input_gives_the_same_vectors_in_order(self):
        lines = "\n".join(TEXTS) + "\n"
        rows = "".join(json.dumps({"body": text, "n": 1}) + "\n" for text in TEXTS)
        csv = "id,body\n" + "".join(f'{i},"{text}"\n' for i, text in enumerate(TEXTS))
        self.assertEqual(self.vectors("-", stdin=lines), self.direct)
        self.assertEqual(self.vectors(stdin=lines), self.direct)
        self.assertEqual(self.vectors(self.write("a.txt", lines)), self.direct)
        self.assertEqual(self.vectors(self.write("b.txt", lines.replace("\n", "\r\n"))), self.direct)
        self.assertEqual(self.vectors(self.write("a.jsonl", rows), "--field", "body"), self.direct)
        self.assertEqual(self.vectors(self.write("a.csv", csv), "--field", "body"), self.direct)
        self.assertEqual(self.vectors("-", "--format", "jsonl", "--field", "body", stdin=rows), self.direct)

    def test_a_quoted_csv_cell_may_hold_separators_quotes_and_line_ends(self):
        csv = 'text,n\n"one, ""two""\nthree",1\n'
        records = self.json_lines("embed", self.write("q.csv", csv), "--model", TINY)
        self.assertEqual([r["text"] for r in records], ['one, "two"\nthree'])

    def test_npy_and_fvecs_hold_the_same_numbers(self):
        flat = array.array("f", [x for vector in self.direct for x in vector]).tobytes()
        dim = len(self.direct[0])
        self.ok("embed", *TEXTS, "--model", TINY, "--out", "x.npy")
        self.assertTrue((self.folder / "x.npy").read_bytes().endswith(flat))
        about = json.loads((self.folder / "x.npy.json").read_text())
        self.assertEqual(about["dim"], dim)
        self.assertEqual(about["fingerprint"], self.json("info", TINY)["fingerprint"])
        self.ok("embed", *TEXTS, "--model", TINY, "--out", "x.fvecs")
        rows = b"".join(struct.pack("<i", dim) + array.array("f", vector).tobytes() for vector in self.direct)
        self.assertEqual((self.folder / "x.fvecs").read_bytes(), rows)

    def test_safetensors_say_where_they_come_from(self):
        self.ok("embed", *TEXTS, "--model", TINY, "--out", "x.safetensors", "--type", "f16")
        data = (self.folder / "x.safetensors").read_bytes()
        header = json.loads(data[8 : 8 + struct.unpack("<Q", data[:8])[0]])
        self.assertEqual(header["vectors"]["dtype"], "F16")
        self.assertEqual(header["vectors"]["shape"], [len(TEXTS), len(self.direct[0])])
        self.assertEqual(header["__metadata__"]["fingerprint"], self.json("info", TINY)["fingerprint"])

    def test_text_formats_read_back_to_the_same_floats(self):
        single = lambda numbers: array.array("f", numbers).tolist()
        self.ok("embed", *TEXTS, "--model", TINY, "--out", "x.jsonl")
        records = [json.loads(line) for line in (self.folder / "x.jsonl").read_text().splitlines()]
        self.assertEqual([r["text"] for r in records], TEXTS)
        self.assertEqual([single(r["vector"]) for r in records], [single(v) for v in self.direct])
        self.ok("embed", *TEXTS, "--model", TINY, "--out", "x.csv")
        rows = [[float(x) for x in line.split(",")] for line in (self.folder / "x.csv").read_text().splitlines()]
        self.assertEqual([single(r) for r in rows], [single(v) for v in self.direct])

    def test_codes_of_one_byte_and_one_bit_keep_the_direction(self):
        for codes, vector in zip(self.vectors(*TEXTS, "--type", "i8"), self.direct):
            self.assertEqual(max(map(abs, codes)), 127)
            cosine = sum(a * b for a, b in zip(codes, vector)) / math.hypot(*codes) / math.hypot(*vector)
            self.assertGreater(cosine, 0.9995)  # 8 bits: a rounding error of at most 1/254 of the largest number
        for codes, vector in zip(self.vectors(*TEXTS, "--type", "bit"), self.direct):
            bits = "".join(f"{byte:08b}" for byte in codes)[: len(vector)]
            self.assertEqual(bits, "".join("1" if x > 0 else "0" for x in vector))

    def test_what_is_cut_is_told(self):
        done = self.ok("embed", "word " * 5000, "--model", TINY)
        record = json.loads(done.out)
        self.assertGreater(record["n_tokens_dropped"], 4000)
        self.assertIn(f"{record['n_tokens_dropped']:,} dropped", done.err)

    def test_one_vector_a_token(self):
        record = self.json_lines("embed", "the bank by the river", "--tokens", "--model", TINY)[0]
        ids = [t["id"] for t in self.json("tokens", "the bank by the river", "--model", TINY)["tokens"]]
        self.assertEqual([t["id"] for t in record["tokens"]], ids)
        the = [t["vector"] for t in record["tokens"] if t["piece"] == "the"]
        if len(the) == 2:
            self.assertNotEqual(the[0], the[1])

    def test_vectors_of_tokens_are_kept_in_a_file(self):
        texts = ["the bank by the river", "", "a naïve house"]
        records = self.json_lines("embed", *texts, "--tokens", "--model", TINY)
        done = self.ok("embed", *texts, "--tokens", "--model", TINY, "--out", "x.safetensors")
        self.assertEqual(done.out, "")
        content = (self.folder / "x.safetensors").read_bytes()
        start = 8 + struct.unpack_from("<Q", content)[0]
        header = json.loads(content[8:start])
        self.assertEqual(header.pop("__metadata__")["n_texts"], "3")
        self.assertEqual(len(header), 9)
        for k, record in enumerate(records):
            def numbers(name, letter, k=k):
                begin, end = header[f"{k}.{name}"]["data_offsets"]
                return list(struct.unpack(f"<{(end - begin) // 4}{letter}", content[start + begin:start + end]))
            tokens = record["tokens"]
            self.assertEqual(numbers("ids", "i"), [t["id"] for t in tokens])
            self.assertEqual(numbers("offsets", "i"), [place for t in tokens for place in t["bytes"]])
            self.assertEqual(numbers("hidden", "f"), [x for t in tokens for x in array.array("f", t["vector"])])
            self.assertEqual(header[f"{k}.hidden"]["shape"], [len(tokens), len(tokens[0]["vector"])])
        self.fails(2, "embed", "x", "--tokens", "--model", TINY, "--out", "x.npy", says=["x.npy", ".safetensors only"])
        self.fails(2, "embed", "x", "--tokens", "--model", TINY, "--type", "f16", says=["takes no --type"])

    def test_an_unknown_ending_is_refused_before_the_work(self):
        self.fails(2, "embed", "x", "--model", TINY, "--out", "x.xlsx", says=["x.xlsx", ".npy"])

    def test_a_mistyped_file_name_is_not_embedded_as_a_text(self):
        self.fails(1, "embed", "notes.txt", "--model", TINY, says=["'notes.txt'", "no such file", "--text"])
        self.assertEqual(len(self.vectors("notes.txt", "--text")), 1)

    def test_a_broken_record_is_named_by_file_and_line(self):
        bad = self.write("bad.jsonl", '{"text": "fine"}\n{"text": \n')
        self.fails(1, "embed", bad, "--model", TINY, "--out", "y.npy", says=["bad.jsonl:2"])
        self.assertFalse((self.folder / "y.npy").exists())
        self.fails(1, "embed", self.write("c.csv", "a,b\n1,2\n"), "--model", TINY, says=["no column 'text'", "a, b"])


class Similar(AkinCase):
    def test_a_text_is_like_itself(self):
        pairs = self.json("similar", "one text", "one text", "another thing", "--model", TINY)["pairs"]
        self.assertEqual(len(pairs), 3)
        self.assertEqual((pairs[0]["a"], pairs[0]["b"]), (0, 1))
        self.assertAlmostEqual(pairs[0]["cosine"], 1, places=5)
        self.assertAlmostEqual(pairs[0]["euclidean"], 0, places=5)

    def test_the_table_shows_the_texts(self):
        out = self.ok("similar", "one text", "another thing", "--model", TINY).out
        self.assertIn("cosine", out)
        self.assertIn("another thing", out)


class Tokens(AkinCase):
    def test_offsets_count_bytes_and_characters(self):
        text = "naïve 猫 House"
        record = self.json("tokens", text, "--model", TINY)
        for token in record["tokens"]:
            if token["special"]:
                continue
            by_bytes = text.encode()[slice(*token["bytes"])].decode()
            self.assertEqual(by_bytes, text[slice(*token["characters"])])
        self.assertEqual(record["n_tokens"], len(record["tokens"]))

    def test_lines_of_standard_input_are_taken_one_by_one(self):
        self.assertEqual(len(self.json_lines("tokens", "-", "--model", TINY, stdin="a\nb\nc\n")), 3)

    def test_rows_are_those_of_the_embedding_matrix(self):
        record = self.json("tokens", "house house", "--model", TINY)
        rows = [t["row"] for t in record["tokens"] if not t["special"]]
        self.assertEqual(rows[: len(rows) // 2], rows[len(rows) // 2 :])
        self.assertEqual(len(rows[0]), self.json("info", TINY)["dim_model"])
        self.assertRegex(self.ok("tokens", "house", "--rows", "--model", TINY).out, r"rows of a table of [\d,]+ × [\d,]+ in F32")

    def test_the_nearest_row_to_a_row_is_known_by_hand(self):
        pieces = {t["piece"]: t for t in self.json("tokens", "a b c the house sea at night", "--model", TINY)["tokens"]}
        near = self.json("tokens", "--near", pieces["the"]["id"], "--metric", "dot", "-k", "100000", "--model", TINY)["near"]
        by_id = {n["id"]: n["dot"] for n in near}
        self.assertEqual([n["dot"] for n in near], sorted((n["dot"] for n in near), reverse=True))
        self.assertNotIn(pieces["the"]["id"], by_id)
        for token in pieces.values():
            if token["piece"] != "the":
                by_hand = sum(a * b for a, b in zip(token["row"], pieces["the"]["row"]))
                self.assertAlmostEqual(by_id[token["id"]], by_hand, places=5)

    def test_a_masked_model_fills_its_gap_and_says_that_it_is_tied(self):
        masked = ROOT / "tests/golden/models/bert-mlm-f16"
        record = self.json("tokens", "--next", "The [MASK] by the sea", "-k", "3", "--model", masked)
        self.assertEqual((record["tied"], record["masked"], len(record["next"])), (True, True, 3))
        odds = [n["probability"] for n in record["next"]]
        self.assertEqual(odds, sorted(odds, reverse=True))
        self.assertLessEqual(sum(odds), 1)
        self.assertIn("tied: scores are products with the token embeddings themselves", self.ok("tokens", "--next", "The [MASK]", "--model", masked).out)
        self.fails(2, "tokens", "--next", "no gap", "--model", masked, says=["masked model", "put [MASK]"])

    def test_a_causal_model_says_what_comes_next(self):
        for name, tied in (("gpt2", True), ("gpt-neox", False)):
            record = self.json("tokens", "--next", "She was", "-k", "2", "--model", ROOT / "tests/golden/models" / name)
            self.assertEqual((record["tied"], record["masked"], len(record["next"])), (tied, False, 2))

    def test_what_has_no_answer_is_refused(self):
        self.fails(1, "tokens", "--next", "x", "--model", TINY, says=["no head that scores tokens"])
        self.fails(2, "tokens", "--near", "99999999", "--model", TINY, says=["there is no token 99999999", "rows"])
        self.fails(2, "tokens", "--near", "a", "--metric", "cosin", "--model", TINY, says=["did you mean 'cosine'?"])
        self.fails(2, "tokens", "--near", "a", "-k", "0", "--model", TINY, says=["-k"])
        self.fails(2, "tokens", "--next", "x", "--rows", "--model", TINY, says=["--next"])
        self.fails(2, "tokens", says=["no texts given"])


if __name__ == "__main__":
    unittest.main()
