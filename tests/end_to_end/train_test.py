"""`akin train`: what it writes is read again, and mistakes are named."""
import json
import unittest

from akin_case import ROOT, AkinCase

CORPUS = ROOT / "tests/golden/trained-tokenizers/corpus.txt"


class TrainTokenizer(AkinCase):
    def test_every_kind_is_written_and_tells_what_it_learned(self):
        for kind in ("bpe", "wordpiece", "unigram"):
            out = self.folder / kind
            told = self.json("train", "tokenizer", str(CORPUS), "-o", str(out), "--kind", kind, "--vocabulary", "600")
            self.assertEqual(told["vocabulary_size"], 600)
            learned = json.loads((out / "tokenizer.json").read_text(encoding="utf-8"))
            self.assertEqual(len(learned["model"]["vocab"]), 600)

    def test_another_tokenizer_gives_its_form(self):
        first, second = self.folder / "first.json", self.folder / "second.json"
        self.ok("train", "tokenizer", str(CORPUS), "-o", str(first), "--kind", "wordpiece", "--vocabulary", "500")
        self.ok("train", "tokenizer", str(CORPUS), "-o", str(second), "--like", str(first), "--vocabulary", "500")
        self.assertEqual(first.read_bytes(), second.read_bytes())

    def test_mistakes_are_named_and_leave_nothing(self):
        out = self.folder / "t.json"
        for code, arguments, words in ((2, ("--kind", "bpee"), "bpe"), (2, ("--vocabulary", "10"), "no room"), (1, ("--like", "nowhere"), "nowhere")):
            self.fails(code, "train", "tokenizer", str(CORPUS), "-o", str(out), *arguments, says=[words])
        self.assertFalse(out.exists())


class Distill(AkinCase):
    MODEL = ROOT / "tests/golden/sentence-transformers/pool-mean"

    def test_a_fitted_static_model_is_written_and_read(self):
        told = self.json("distill", str(self.MODEL), "-o", "static", "--corpus", str(CORPUS), "--dims", "16", "--type", "f32")
        self.assertEqual((told["dims"], told["type"]), (16, "f32"))
        self.assertGreater(told["fit"]["mean_cosine"], 0.5)
        self.assertEqual(len(self.json("embed", "the white whale", "--model", str(self.folder / "static"))["vector"]), 16)
        wider = self.json("distill", str(self.MODEL), "-o", "wider", "--corpus", str(CORPUS), "--dims", "16", "--words", "50")
        self.assertEqual(wider["n_tokens"], told["n_tokens"] + 50)

    def test_mistakes_are_named_and_leave_nothing(self):
        self.fails(2, "distill", str(self.MODEL), "-o", "x", "--words", "5", says=["--corpus"])
        self.fails(2, "distill", str(self.MODEL), "-o", "x", "--words", "5", "--corpus", "-", says=["standard input"])
        self.fails(2, "distill", str(self.MODEL), "-o", "static", "--type", "f64", says=["f64"])
        self.fails(2, "distill", str(self.MODEL), "-o", "static", "--dims", "100000", says=["dimensions"])
        self.assertFalse((self.folder / "static").exists())
        for verb in (("distill", str(self.MODEL)), ("convert", str(self.MODEL)), ("train", "lm", str(CORPUS)), ("train", "tokenizer", str(CORPUS)),
                     ("train", "word2vec", str(CORPUS)), ("train", "classifier", str(CORPUS))):
            self.fails(2, *verb, "-o", "-", says=["cannot go to standard output"])
            self.assertFalse((self.folder / "-").exists(), verb)


if __name__ == "__main__":
    unittest.main()
