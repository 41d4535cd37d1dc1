"""Static vectors: files of word vectors and folders of token vectors, as models of every verb."""
import gzip
import json
import unittest

from akin_case import ROOT, SENTENCE_MODELS, AkinCase

STATIC = ROOT / "tests/golden/static"
WORDS = STATIC / "words.vec.bin"
SUBWORDS = STATIC / "skipgram.bin"
EXPECTED = json.loads((STATIC / "expected.json").read_text(encoding="utf-8"))


class Near(AkinCase):
    def test_the_neighbours_of_a_word_are_gensims(self):
        answer = self.json("near", "king", "bank", "--model", WORDS, "-k", 5)
        self.assertEqual([w["word"] for w in answer["words"]], ["king", "bank"])
        for word in answer["words"]:
            self.assertEqual([hit["word"] for hit in word["neighbours"]], [w for w, _ in EXPECTED["plain"]["near"][word["word"]]])

    def test_a_word_that_fasttext_never_saw_has_neighbours(self):
        answer = self.json("near", "riverbank", "--model", SUBWORDS, "-k", 3)["words"][0]
        self.assertFalse(answer["in_vocabulary"])
        self.assertEqual(len(answer["neighbours"]), 3)
        self.assertIn("made of its subwords", self.ok("near", "riverbank", "--model", SUBWORDS).out)

    def test_a_map_shows_the_words_and_their_neighbours(self):
        self.ok("near", "king", "bank", "--model", WORDS, "-k", 3, "--map", "map.svg")
        drawn = (self.folder / "map.svg").read_text()
        self.assertTrue(all(f">{word}<" in drawn for word in ["king", "bank", *[w for w, _ in EXPECTED["plain"]["near"]["king"][:3]]]), drawn)
        self.ok("near", "king", "queen", "--model", WORDS, "-k", 0, "--map", "two.png")
        self.assertTrue((self.folder / "two.png").read_bytes().startswith(b"\x89PNG"))
        self.fails(2, "near", "king", "--model", WORDS, "--map", "map.pdf", says=["map.pdf"])

    def test_a_mistyped_word_is_guessed(self):
        self.fails(1, "near", "quen", "--model", WORDS, says=["'quen'", "15 words", "did you mean 'queen'?"])

    def test_the_tokens_of_a_model_are_asked_too(self):
        for model in ["model2vec", "pool-mean"]:
            answer = self.json("near", "the", "--model", SENTENCE_MODELS / model, "-k", 2)["words"][0]
            self.assertEqual((answer["word"], len(answer["neighbours"])), ("the", 2))


class Analogy(AkinCase):
    def test_both_rules_answer_as_gensim_does(self):
        for rule, key in [("add", "cos_add"), ("mul", "cos_mul")]:
            answer = self.json("analogy", "king", "-", "man", "+", "woman", "--model", WORDS, "-k", 5, "--rule", rule)
            self.assertEqual([hit["word"] for hit in answer["answers"]], [w for w, _ in EXPECTED["plain"][key]])
            self.assertEqual((answer["positive"], answer["negative"]), (["king", "woman"], ["man"]))

    def test_three_bare_words_are_the_same_question(self):
        self.assertEqual(self.json("analogy", "man", "king", "woman", "--model", WORDS)["answers"],
                         self.json("analogy", "king", "-", "man", "+", "woman", "--model", WORDS)["answers"])

    def test_a_question_that_cannot_be_read_is_a_usage_error(self):
        self.fails(2, "analogy", "king", "man", "--model", WORDS, says=["'king - man + woman' is wanted"])
        self.fails(2, "analogy", "king", "-", "--model", WORDS, says=["after the last sign"])
        self.fails(2, "analogy", "king", "-", "-", "man", "--model", WORDS, says=["after a sign"])
        self.fails(2, "analogy", "-", "king", "--model", WORDS, says=["all are subtracted"])
        self.fails(2, "analogy", "a", "b", "c", "--model", WORDS, "--rule", "mull", says=["did you mean 'mul'?"])


class Models(AkinCase):
    def test_every_format_gives_the_same_vector(self):
        packed = self.write("words.txt.gz", gzip.compress((STATIC / "words.vec.txt").read_bytes()))
        vectors = [self.json_lines("embed", "The king's café", "--model", model)[0]["vector"]
                   for model in [STATIC / "words.vec.txt", STATIC / "words.glove.txt", packed]]
        self.assertEqual(vectors[0], vectors[1])
        self.assertEqual(vectors[0], vectors[2])

    def test_unknown_words_are_told(self):
        done = self.ok("embed", "the quark king", "--model", WORDS)
        self.assertIn("3 tokens seen, 1 dropped from 1 texts, unknown to the model", done.err)
        record = json.loads(done.out)
        self.assertEqual((record["n_tokens"], record["n_tokens_dropped"]), (2, 1))

    def test_info_describes_a_file_of_word_vectors(self):
        answer = self.json("info", WORDS)
        self.assertEqual((answer["family"], answer["vocabulary_size"], answer["dim"]), ("word2vec binary", 15, 6))
        self.assertIn("none: a table", self.ok("info", WORDS).out)

    def test_a_collection_is_made_and_searched_with_static_models(self):
        self.write("docs/water.txt", "The river and the bank of the river.")
        self.write("docs/court.txt", "The king and the queen, a man and a woman.")
        for model, collection in [(WORDS, "words"), (SUBWORDS, "subwords"), (SENTENCE_MODELS / "model2vec", "distilled"),
                                  (SENTENCE_MODELS / "static-embedding", "static")]:
            with self.subTest(collection=collection):
                report = self.json("index", "docs", "-c", collection, "--model", model)
                self.assertEqual((report["n_documents"], report["n_chunks"]), (2, 2))
                hits = self.json("search", "the queen", "-c", collection, "--mode", "dense", "-k", 2)["hits"]
                self.assertEqual(len(hits), 2)
        hits = self.json("search", "queen king", "-c", "words", "--mode", "dense", "-k", 1)["hits"]
        self.assertTrue(hits[0]["uri"].endswith("court.txt"))

    def test_a_collection_remembers_the_pooling_of_its_words(self):
        self.write("docs/water.txt", "The river and the bank of the river.")
        self.ok("index", "docs", "-c", "sif", "--model", WORDS, "--pooling", "sif")
        self.assertEqual(self.json("info", "sif")["word_pooling"], "sif")
        self.assertEqual(self.json("index", "docs", "-c", "sif")["n_unchanged"], 1)
        self.assertEqual(len(self.json("search", "the river", "-c", "sif", "--mode", "dense")["hits"]), 1)
        self.fails(1, "search", "the river", "-c", "sif", "--mode", "dense", "--pooling", "mean", says=["was made with model", "@sif"])

    def test_rare_words_weigh_more_where_that_is_asked_for(self):
        cosines = [self.json("similar", "the river", "river", "--model", WORDS, "--pooling", pooling)["pairs"][0]["cosine"]
                   for pooling in ["mean", "sif"]]
        self.assertGreater(cosines[1], cosines[0])
        self.fails(2, "embed", "x", "--model", SENTENCE_MODELS / "model2vec", "--pooling", "sif",
                   says=["model2vec", "for files of word vectors", "a pooling of its own"])
        self.fails(2, "embed", "x", "--model", WORDS, "--pooling", "sift", says=["did you mean 'sif'?"])

    def test_the_pieces_of_a_static_model_are_shown(self):
        model = SENTENCE_MODELS / "static-embedding"
        answer = self.json_lines("tokens", "the river", "--rows", "--model", model)[0]
        vectors = self.json_lines("embed", "the river", "--tokens", "--model", model)[0]["tokens"]
        self.assertEqual([t["id"] for t in answer["tokens"] if not t["special"]], [t["id"] for t in vectors])
        self.assertIn("the model reads any number", self.ok("tokens", "the river", "--model", model).out)
        self.assertEqual(len(self.json_lines("tokens", "--near", "the", "-k", 2, "--model", model)[0]["near"]), 2)
        self.fails(1, "tokens", "the", "--model", SENTENCE_MODELS / "model2vec-weights", says=["model2vec-weights", "share rows or are weighted"])

    def test_a_static_model_is_not_converted(self):
        self.fails(1, "convert", SENTENCE_MODELS / "model2vec", "-o", "x.gguf", says=["a table without layers"])

    def test_a_word_is_one_vector_in_every_sentence(self):
        lines = self.json_lines("embed", "the river bank", "bank money", "--tokens", "--model", WORDS)
        bank = [next(t["vector"] for t in line["tokens"] if t["piece"] == "bank") for line in lines]
        self.assertEqual(bank[0], bank[1])


class Broken(AkinCase):
    def test_a_broken_file_is_one_clear_line(self):
        good = WORDS.read_bytes()
        for name, content, says in [("cut.vec", good[:100], ["cut.vec"]), ("empty.vec", b"", ["this one is empty"]),
                                    ("zip.bin", b"PK\x03\x04rest", ["a zip archive"]), ("lies.vec", b"99 2\na 1 2\n", ["99 words, the file has 1"]),
                                    ("huge.vec", b"4000000000 4000000000\na 1\n", ["4000000000"])]:
            with self.subTest(name=name):
                path = self.write(name, content)
                self.fails(1, "embed", "x", "--model", path, says=says)
                self.fails(1, "near", "x", "--model", path, says=says)


if __name__ == "__main__":
    unittest.main()
