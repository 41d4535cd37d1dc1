"""akin train word2vec, fasttext and glove, akin eval words and analogies: from a text to a model that is used."""
import gzip
import json
import random
import signal
import time
import unittest

from akin_case import AkinCase


def topics(n_sentences, seed=7):
    """Sentences of two topics: words stand among words of their own only."""
    draw = random.Random(seed)
    lines = []
    for _ in range(n_sentences):
        topic = draw.choice(["north", "south"])
        lines.append(" ".join(f"{topic}{draw.randrange(20)}" for _ in range(12)))
    return "\n".join(lines) + "\n"


class Train(AkinCase):
    def setUp(self):
        super().setUp()
        self.text = self.write("text.txt", topics(1500))

    def test_every_format_is_a_model_of_every_verb(self):
        for out in ["w.vec", "w.txt", "w.bin", "folder"]:
            with self.subTest(out=out):
                report = self.json("train", "word2vec", self.text, "-o", out, "--dim", 20, "--sample", 0)
                self.assertEqual((report["n_words"], report["dim"], report["finished"]), (40, 20, True))
                self.assertEqual(report["n_words_in_text"], 18000)
                self.assertLess(report["losses"][-1], report["losses"][0])
                near = self.json("near", "north3", "--model", out, "-k", 10)["words"][0]["neighbours"]
                self.assertTrue(all(hit["word"].startswith("north") for hit in near), near)
                self.assertEqual(len(self.json("similar", "north1 north2", "south1", "--model", out)["pairs"]), 1)
        self.assertFalse(list(self.folder.glob("*.checkpoint")))
        self.assertFalse(list(self.folder.glob(".akin*")))

    def test_the_same_bits_on_any_number_of_threads_and_from_any_source(self):
        command = ["train", "word2vec", "-o", "w.bin", "--dim", 20, "--epochs", 2]
        self.ok(*command, self.text, "-t", 1)
        wanted = (self.folder / "w.bin").read_bytes()
        packed = self.write("text.txt.gz", gzip.compress(self.text.read_bytes()))
        for words in [[self.text, "-t", 2], [packed], ["-"]]:
            self.ok(*command, *words, stdin=self.text.read_bytes() if "-" in words else b"")
            self.assertEqual((self.folder / "w.bin").read_bytes(), wanted, words)
        self.ok(*command, self.text, "--seed", 1)
        self.assertNotEqual((self.folder / "w.bin").read_bytes(), wanted)

    def test_words_that_stand_together_become_one(self):
        text = self.write("york.txt", "".join(f"x{i} lives in new york city\n" for i in range(60)))
        report = self.json("train", "word2vec", text, "-o", "p.vec", "--dim", 5, "--phrases", 2, "--phrase-threshold", 1)
        self.assertEqual(report["n_words"], 2)
        self.assertIn("new_york", (self.folder / "p.vec").read_text())

    def test_fasttext_knows_words_it_never_saw(self):
        self.ok("train", "fasttext", self.text, "-o", "f.bin", "--dim", 20, "--buckets", 2000, "--cbow")
        answer = self.json("near", "north99", "--model", "f.bin", "-k", 5)["words"][0]
        self.assertFalse(answer["in_vocabulary"])
        self.assertTrue(all(hit["word"].startswith("north") for hit in answer["neighbours"]))
        self.assertEqual(self.json("info", "f.bin")["family"], "fastText")

    def test_an_interrupt_leaves_a_usable_model_and_resume_ends_with_the_same_bits(self):
        self.write("long.txt", topics(20000))
        command = ["train", "word2vec", "long.txt", "-o", "w.bin", "--dim", 50, "--epochs", 60, "--sample", 0]
        for signal_sent in [signal.SIGINT, signal.SIGKILL]:
            extra = [] if signal_sent == signal.SIGINT else ["--checkpoint-minutes", "0"]
            process = self.start(*map(str, command), *extra)
            checkpoint = self.folder / "w.bin.checkpoint"
            deadline = time.monotonic() + 120
            if signal_sent == signal.SIGINT:
                time.sleep(1.5)
            while signal_sent == signal.SIGKILL and not checkpoint.exists() and time.monotonic() < deadline:
                time.sleep(0.05)
            process.send_signal(signal_sent)
            _, err = process.communicate(timeout=120)
            if signal_sent == signal.SIGINT:
                self.assert_failed(process.returncode, err, 130, ["interrupted", "--resume"])
                self.assertEqual(self.json("info", "w.bin")["vocabulary_size"], 40)
            self.assertTrue(checkpoint.exists())
            report = self.json(*command, "--resume")
            self.assertGreater(report["n_words_learnt"] - report["n_words_resumed"], 0)
            resumed = (self.folder / "w.bin").read_bytes()
            self.assertFalse(checkpoint.exists())
            self.ok(*command)
            self.assertEqual((self.folder / "w.bin").read_bytes(), resumed)

    def test_what_cannot_be_trained_is_one_clear_line(self):
        empty, one = self.write("empty.txt", ""), self.write("one.txt", "word " * 50)
        self.fails(2, "train", "word2vec", empty, "-o", "x.vec", says=["the text has no words"])
        self.fails(2, "train", "word2vec", one, "-o", "x.vec", says=["1 of the text's 1 different words"])
        self.fails(1, "train", "word2vec", "nowhere.txt", "-o", "x.vec", says=["nowhere.txt: no such file"])
        self.fails(1, "train", "word2vec", self.text, "-o", "nowhere/x.vec", says=["nowhere: no such folder"])
        self.fails(2, "train", "word2vec", self.text, "-o", "x.npy", says=["x.npy", "the ending says"])
        self.fails(2, "train", "word2vec", self.text, "-o", "x.vec", "--dim", 0, says=["the dimension is 0"])
        self.fails(2, "train", "word2vec", self.text, "-o", "x.vec", "--epochs", 10**9, says=["the number of epochs"])
        self.fails(2, "train", "fasttext", self.text, "-o", "x.vec", "--minn", 9, says=["n-grams is 6, wanted is 9"])
        self.fails(1, "train", "word2vec", self.text, "-o", "x.vec", "--resume", says=["no checkpoint"])
        self.fails(2, "train", says=["akin train --help"])
        self.fails(2, "train", "word2vex", self.text, "-o", "x.vec", says=["akin train --help"])
        self.assertFalse(list(self.folder.glob("x.*")))

    def test_odd_bytes_are_told_and_left_out(self):
        odd = self.write("odd.txt", b"good words here\0and there b\xff\xffd good\n" * 20 + b"x" * 3_000_000 + b" good words\n" * 9)
        done = self.ok("train", "word2vec", odd, "-o", "o.vec", "--dim", 5, "--json")
        self.assertIn("20 words are not UTF-8", done.err)
        self.assertIn("1 words are longer than 256 bytes", done.err)
        self.assertEqual(json.loads(done.out)["n_words"], 5)


class TrainGlove(AkinCase):
    def setUp(self):
        super().setUp()
        # Every tenth word is of the other topic: pairs that never stand together teach nothing.
        rng, lines = random.Random(5), []
        for _ in range(3000):
            topic = rng.random() < 0.5
            lines.append(" ".join(("north" if (rng.random() < 0.1) != topic else "south") + str(rng.randrange(20)) for _ in range(12)))
        self.text = self.write("text.txt", "\n".join(lines) + "\n")

    def test_counts_and_learns(self):
        report = self.json("train", "glove", self.text, "-o", "g.txt", "--dim", 20, "--epochs", 15)
        self.assertEqual((report["n_words"], report["dim"], report["finished"], report["format"]), (40, 20, True, "GloVe text"))
        self.assertEqual(report["n_pairs_learnt"], 15 * report["n_pairs"])
        self.assertLess(report["losses"][-1], report["losses"][0])
        self.assertFalse((self.folder / "g.txt").read_text().startswith("40 20"), "GloVe's text has no first line")
        near = self.json("near", "north3", "--model", "g.txt", "-k", 10)["words"][0]["neighbours"]
        self.assertTrue(all(hit["word"].startswith("north") for hit in near), near)
        self.assertEqual([p.name for p in self.folder.iterdir() if p.name not in ("text.txt", "g.txt")], [])

    def test_the_same_bits_on_any_number_of_threads_and_in_any_memory(self):
        self.write("more.txt", topics(20000))
        written = set()
        for extra in [["-t", 1], ["-t", 2], ["--memory", 1]]:
            self.ok("train", "glove", "more.txt", "-o", "g.bin", "--dim", 20, "--epochs", 2, *extra)
            written.add((self.folder / "g.bin").read_bytes())
        self.assertEqual(len(written), 1)

    def test_an_interrupt_leaves_a_usable_model_and_resume_ends_with_the_same_bits(self):
        command = ["train", "glove", self.text, "-o", "g.bin", "--dim", 200, "--epochs", 8000]
        process = self.start(*map(str, command), "--checkpoint-minutes", "0")
        checkpoint = self.folder / "g.bin.checkpoint"
        deadline = time.monotonic() + 120
        while not checkpoint.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=120)
        self.assert_failed(process.returncode, err, 130, ["interrupted", "--resume"])
        self.assertEqual(self.json("info", "g.bin")["vocabulary_size"], 40)
        report = self.json(*command, "--resume")
        self.assertGreater(report["n_pairs_resumed"], 0)
        self.assertEqual(report["n_pairs_learnt"], 8000 * report["n_pairs"])
        resumed = (self.folder / "g.bin").read_bytes()
        self.assertFalse(checkpoint.exists())
        self.ok(*command)
        self.assertEqual((self.folder / "g.bin").read_bytes(), resumed)

    def test_what_cannot_be_trained_is_one_clear_line(self):
        empty = self.write("empty.txt", "")
        self.fails(2, "train", "glove", empty, "-o", "x.txt", says=["the text has no words"])
        self.fails(2, "train", "glove", self.text, "-o", "x.txt", "--x-max", 0, says=["x_max is 0"])
        self.fails(2, "train", "glove", self.text, "-o", "x.txt", "--window", 5000, says=["the window is 5000"])
        self.fails(2, "train", "glove", self.text, "-o", "x.txt", "--memory", 0, says=["--memory"])
        self.assertFalse(list(self.folder.glob("x.*")))


class Eval(AkinCase):
    def setUp(self):
        super().setUp()
        self.model = self.write("w.vec", "6 3\nking 1 1 0.1\nqueen 1 -1 0.1\nman 0 1 0.2\nwoman 0 -1 0.2\nriver 0.1 0 1\nbank 0.3 0.1 1\n")

    def test_analogies_by_section_and_in_all(self):
        questions = self.write("q.txt", ": family\nman king woman queen\nMan King Woman River\nman king aunt queen\n: gram1\nking man queen woman\n")
        answer = self.json("eval", "analogies", questions, "--model", self.model)
        self.assertEqual([(s["name"], s["n_right"], s["n_asked"], s["n_questions"]) for s in answer["sections"]], [("family", 1, 2, 3), ("gram1", 1, 1, 1)])
        self.assertEqual((answer["total"]["n_right"], answer["semantic"]["percent"], answer["syntactic"]["percent"]), (2, 50, 100))
        self.assertIn("total", self.ok("eval", "analogies", questions, "--model", self.model).out)

    def test_similarity_of_words(self):
        pairs = self.write("p.txt", "king\tqueen\t3\nriver\tbank\t9\nman\twoman\t1\nman\tghost\t4\n")
        answer = self.json("eval", "words", pairs, "--model", self.model)
        self.assertEqual((answer["n_pairs"], answer["n_scored"]), (4, 3))
        self.assertAlmostEqual(answer["spearman"], 1, places=12)
        self.fails(1, "eval", "words", self.write("bad.txt", "a b 1\na b\n"), "--model", self.model, says=["bad.txt:2"])


if __name__ == "__main__":
    unittest.main()
