"""akin train classifier, classify with its models, eval classifier: from labelled lines to labels."""
import json
import random
import signal
import time
import unittest

from akin_case import AkinCase


def lines(n, topics=4, seed=3):
    draw = random.Random(seed)
    out = []
    for _ in range(n):
        topic = draw.randrange(topics)
        words = [f"w{topic}x{draw.randrange(15)}" if i % 2 else f"all{draw.randrange(20)}" for i in range(9)]
        out.append(f"__label__topic{topic} " + " ".join(words))
    return "\n".join(out) + "\n"


class TrainClassifier(AkinCase):
    def setUp(self):
        super().setUp()
        self.text = self.write("train.txt", lines(800))
        self.test = self.write("test.txt", lines(200, seed=4))

    def test_every_loss_and_both_files_find_the_labels(self):
        for loss in ["softmax", "hs", "ova"]:
            for out in ["m.bin", "m.ftz"]:
                with self.subTest(loss=loss, out=out):
                    report = self.json("train", "classifier", self.text, "-o", out, "--dim", 20, "--rate", 0.5, "--epochs", 10, "--loss", loss)
                    self.assertEqual((report["n_labels"], report["n_lines"], report["finished"]), (4, 800, True))
                    self.assertLess(report["losses"][-1], report["losses"][0])
                    scores = self.json("eval", "classifier", self.test, "--model", out, "--per-label")
                    self.assertGreater(scores["precision"], 0.98)
                    self.assertEqual(scores["precision"], scores["recall"])
                    self.assertEqual(sum(s["n_named"] for s in scores["labels"].values()), 200)
        self.assertFalse(list(self.folder.glob("*.checkpoint")))

    def test_classify_gives_labels_with_probabilities(self):
        self.ok("train", "classifier", self.text, "-o", "m.bin", "--dim", 20, "--rate", 0.5, "--word-ngrams", 2, "--buckets", 1000)
        answer = self.json("classify", "w2x1 w2x3 all1", "--model", "m.bin", "-k", 0)
        self.assertEqual(answer["label"], "topic2")
        self.assertEqual(len(answer["scores"]), 4)
        self.assertAlmostEqual(sum(s["probability"] for s in answer["scores"]), 1, places=5)
        answers = self.ok("classify", self.test, "--model", "m.bin", "--json").out.splitlines()
        self.assertEqual(len(answers), 200)
        self.assertEqual(len(self.json("classify", "w2x1", "--model", "m.bin", "-k", 0, "--threshold", 0.6)["scores"]), 1)
        self.assertIn("topic2", self.ok("classify", "w2x1 w2x3", "--model", "m.bin").out)
        self.assertEqual(self.json("info", "m.bin")["family"], "fastText")
        self.fails(2, "classify", "a text", says=["--labels is required"])

    def test_the_same_bits_on_any_number_of_threads_and_from_any_source(self):
        command = ["train", "classifier", "-o", "m.bin", "--dim", 20, "--epochs", 2]
        self.ok(*command, self.text, "-t", 1)
        wanted = (self.folder / "m.bin").read_bytes()
        for words in [[self.text, "-t", 2], ["-"]]:
            self.ok(*command, *words, stdin=self.text.read_bytes() if "-" in words else b"")
            self.assertEqual((self.folder / "m.bin").read_bytes(), wanted, words)

    def test_an_interrupt_leaves_a_usable_model_and_resume_ends_with_the_same_bits(self):
        self.write("long.txt", lines(20000))
        command = ["train", "classifier", "long.txt", "-o", "m.bin", "--dim", 50, "--epochs", 80]
        process = self.start(*map(str, command), "--checkpoint-minutes", "0")
        deadline = time.monotonic() + 120
        while not (self.folder / "m.bin.checkpoint").exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=120)
        self.assert_failed(process.returncode, err, 130, ["interrupted", "--resume"])
        # How much it knows depends on the moment; that it answers does not.
        answer = self.json("classify", "w1x1", "--model", "m.bin", "-k", 0)
        self.assertEqual({score["label"] for score in answer["scores"]}, {f"topic{n}" for n in range(4)})
        report = self.json(*command, "--resume")
        self.assertGreater(report["n_words_resumed"], 0)
        resumed = (self.folder / "m.bin").read_bytes()
        self.ok(*command)
        self.assertEqual((self.folder / "m.bin").read_bytes(), resumed)

    def test_what_cannot_be_trained_is_one_clear_line(self):
        empty, plain = self.write("empty.txt", ""), self.write("plain.txt", "no labels here\n")
        train = ["train", "classifier"]
        self.fails(2, *train, empty, "-o", "x.bin", says=["the text has no words"])
        self.fails(2, *train, plain, "-o", "x.bin", says=["no label that is frequent enough", "__label__"])
        self.fails(1, *train, "nowhere.txt", "-o", "x.bin", says=["nowhere.txt: no such file"])
        self.fails(2, *train, self.text, "-o", "x.vec", says=["x.vec", "the ending says"])
        self.fails(1, *train, self.text, "-o", "nowhere/x.bin", says=["nowhere: no such folder"])
        self.fails(2, *train, self.text, "-o", "x.bin", "--cutoff", 5, says=["--out NAME.ftz"])
        self.fails(2, *train, self.text, "-o", "x.ftz", "--retrain", says=["--retrain goes with --cutoff"])
        self.fails(2, *train, self.text, "-o", "x.bin", "--loss", "hinge", says=["hinge"])
        self.fails(2, *train, self.text, "-o", "x.bin", "--rate", 0, says=["the rate is 0"])
        self.fails(2, *train, self.text, "-o", "x.bin", "--rate", 99, "--loss", "ova", says=["a rate below 99 is wanted"])
        self.fails(2, *train, self.text, "-o", "x.bin", "--dim", 12345, says=["the dimension is 12345"])
        self.fails(2, *train, self.text, "-o", "x.bin", "--word-ngrams", 1000, says=["n-gram is 1000"])
        self.fails(2, *train, self.text, "-o", "x.ftz", "--part", 101, says=["share a code is 101"])
        self.fails(1, *train, self.text, "-o", "x.bin", "--resume", says=["no checkpoint"])
        self.assertFalse(list(self.folder.glob("x.*")))

    def test_odd_bytes_are_told_and_left_out(self):
        odd = self.write("odd.txt", b"__label__a good\0words b\xff\xffd\n__label__b other words\n" * 20 + b"x" * 300 + b" no label\n")
        done = self.ok("train", "classifier", odd, "-o", "o.bin", "--dim", 5, "--json")
        self.assertIn("20 words are not UTF-8", done.err)
        self.assertIn("1 words are longer than 256 bytes", done.err)
        self.assertIn("1 lines have no label", done.err)
        self.assertEqual(json.loads(done.out)["n_labels"], 2)

    def test_broken_models_are_one_clear_line(self):
        self.ok("train", "classifier", self.text, "-o", "m.bin", "--dim", 5, "--epochs", 1)
        whole = (self.folder / "m.bin").read_bytes()
        for length in [60, 200, len(whole) // 2, len(whole) - 1]:
            self.write("cut.bin", whole[:length])
            self.fails(1, "classify", "w1x1", "--model", "cut.bin", says=["cut.bin", "at byte"])
        self.ok("train", "word2vec", self.text, "-o", "w.vec", "--dim", 5, "--min-count", 1)
        self.fails(1, "eval", "classifier", self.test, "--model", "w.vec", says=["w.vec"])


if __name__ == "__main__":
    unittest.main()
