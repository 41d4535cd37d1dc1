"""akin train lm and generate: a language model from a text, stopped and gone on with, used."""
import gzip
import json
import shutil
import signal
import time
import unittest

from akin_case import ROOT, AkinCase, full_disk

BOOK = ROOT / "examples/library/alices-adventures-in-wonderland.txt"
TINY_SHAPE = ["--layers", 2, "--dim", 32, "--heads", 2, "--context", 32, "--batch", 8, "--rate", 0.003]
SMALL_SHAPE = ["--layers", 2, "--dim", 64, "--heads", 4, "--context", 64, "--batch", 16, "--rate", 0.003]


class TrainLm(AkinCase):
    def setUp(self):
        super().setUp()
        self.text = self.write("text.txt", BOOK.read_bytes()[:60000])

    def train(self, out, *words, steps=10, shape=TINY_SHAPE):
        return ["train", "lm", self.text, "-o", out, *shape, "--steps", steps, "--warmup", 3, *words]

    def weights(self, out):
        return (self.folder / out / "model.safetensors").read_bytes()

    def test_every_kind_is_a_model_of_the_other_verbs(self):
        for objective, positions in [("causal", "learned"), ("causal", "sinusoidal"), ("causal", "rope"), ("causal", "alibi"),
                                     ("masked", "learned"), ("masked", "sinusoidal"), ("masked", "rope")]:
            out = f"{objective}-{positions}"
            with self.subTest(out):
                lines = self.json_lines(*self.train(out, "--objective", objective, "--positions", positions, "--held-out", self.text, "--log-every", 1))
                self.assertEqual([line["step"] for line in lines], list(range(1, 11)))
                self.assertLess(lines[-1]["loss"], lines[0]["loss"])
                self.assertLess(lines[-1]["held_out_loss"], lines[0]["loss"])
                curve = [json.loads(line) for line in (self.folder / out / "curve.jsonl").read_text().splitlines()]
                self.assertEqual([p["loss"] for p in curve], [line["loss"] for line in lines])
                self.assertTrue((self.folder / out / "curve.svg").read_text().startswith("<svg "))
                self.assertEqual(len(self.json_lines("embed", "Alice was", "--tokens", "--model", out)[0]["tokens"]), 9)
                if objective == "causal":
                    text = self.json("generate", "Alice", "--model", out, "-n", 20, "--seed", 3)
                    self.assertEqual(text, self.json("generate", "Alice", "--model", out, "-n", 20, "--seed", 3, "-t", 2))
                    self.assertLessEqual(len(text["ids"]), 20)

    def test_beyond_its_length_linear_biases_hold_and_rotary_positions_fail(self):
        losses = {}
        for positions in ["rope", "alibi"]:
            self.ok(*self.train(positions, "--positions", positions, steps=300, shape=SMALL_SHAPE))
            model = self.json("positions", "extrapolate", BOOK, "--model", positions, "--windows", 20)["models"][0]
            self.assertEqual((model["trained"], model["length"]), (64, 256))
            losses[positions] = [sum(model[key][192:]) / len(model[key][192:]) for key in ("loss", "loss_with_trained_length")]
        # The last quarter with everything in sight, against the trained length in sight: rotary loses 0.6 nats, linear biases 0.002.
        self.assertGreater(losses["rope"][0] - losses["rope"][1], 0.2)
        self.assertLess(losses["alibi"][0] - losses["alibi"][1], 0.03)

    def test_the_same_bits_on_any_number_of_threads_and_from_any_source(self):
        self.ok(*self.train("one", "--dropout", 0.1, "-t", 1))
        wanted = self.weights("one")
        packed = self.write("text.txt.gz", gzip.compress(self.text.read_bytes()))
        for out, corpus in [("threads", self.text), ("packed", packed), ("stdin", "-")]:
            command = self.train(out, "--dropout", 0.1, "-t", 3)
            command[2] = corpus
            self.ok(*command, stdin=self.text.read_bytes() if corpus == "-" else b"")
            self.assertEqual(self.weights(out), wanted, out)
        self.ok(*self.train("seed", "--dropout", 0.1, "--seed", 1))
        self.assertNotEqual(self.weights("seed"), wanted)

    def test_killed_or_interrupted_it_goes_on_to_the_same_bits(self):
        self.ok(*self.train("whole", "--dropout", 0.1, steps=400))
        for sent in [signal.SIGINT, signal.SIGKILL]:
            out = sent.name
            command = self.train(out, "--dropout", 0.1, "--save-every", 10, steps=400)
            process = self.start(*map(str, command))
            deadline = time.monotonic() + 120
            while not (self.folder / out / "checkpoint.safetensors").exists() and time.monotonic() < deadline:
                time.sleep(0.02)
            process.send_signal(sent)
            _, err = process.communicate(timeout=120)
            if sent == signal.SIGINT:
                self.assert_failed(process.returncode, err, 130, ["interrupted"])
                self.json("generate", "Alice", "--model", out, "-n", 5)
            self.assertLess(len((self.folder / out / "curve.jsonl").read_text().splitlines()), 400)
            self.fails(2, *command, says=[f"{out} holds a training", "--resume"])
            self.ok(*command, "--resume")
            self.assertEqual(self.weights(out), self.weights("whole"), out)
            self.assertEqual((self.folder / out / "curve.jsonl").read_bytes(), (self.folder / "whole/curve.jsonl").read_bytes())

    def test_a_full_disk_leaves_the_last_checkpoint(self):
        command = self.train("full", "--stop-after", 3, "--save-every", 0)
        self.ok(*command)
        before = self.weights("full")
        self.fails(1, *command, "--resume", says=["full"], preexec_fn=full_disk)
        self.assertEqual(self.weights("full"), before)
        self.assertFalse(list(self.folder.glob("full/.akin*")))
        self.ok(*self.train("full", "--resume"))
        self.ok(*self.train("whole"))
        self.assertEqual(self.weights("full"), self.weights("whole"))

    def test_what_cannot_be_trained_is_one_clear_line(self):
        def refused(code, *words, says, corpus=self.text):
            command = self.train("x", *words, shape=[])
            command[2] = corpus
            self.fails(code, *command, says=says)
            shutil.rmtree(self.folder / "x", ignore_errors=True)

        refused(2, corpus=self.write("empty.txt", ""), says=["the corpus has no token"])
        refused(2, corpus=self.write("one.txt", "word"), says=["fewer than one text of 257"])
        refused(1, corpus="nowhere.txt", says=["nowhere.txt: no such file"])
        refused(2, "--objective", "masked", "--positions", "alibi", says=["no family of masked models with alibi positions"])
        refused(2, "--positions", "spiral", says=["--positions", "spiral"])
        refused(2, "--heads", 5, says=["must be a multiple of the number of heads, 5"])
        refused(2, "--rate", "nan", says=["rate"])
        refused(2, "--rate", 1e9, says=["the rate must be above 0 and at most 10"])
        refused(2, "--batch", 0, says=["texts a step"])
        refused(2, "--dropout", 1, says=["dropout"])
        refused(2, "--layers", 10**9, says=["1 to 256 layers"])
        refused(1, "--tokenizer", "nowhere", says=["nowhere"])
        refused(1, "--resume", says=["x"])
        bad = self.folder / "ids.npy"
        header = b"{'descr': '<i4', 'fortran_order': False, 'shape': (400,), }"
        header += b" " * (117 - len(header)) + b"\n"
        bad.write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + (70000).to_bytes(4, "little") * 400)
        refused(2, corpus=bad, says=["token id 70000 is outside the vocabulary"])

    def test_nul_bytes_bad_utf8_and_a_line_without_an_end_are_a_text(self):
        odd = self.write("odd.txt", b"a\0b\xff\xfe " * 200 + b"x" * 2_000_000)
        command = self.train("odd", steps=3)
        command[2] = odd
        self.ok(*command)
        self.assertGreater((self.folder / "odd/tokens.npy").stat().st_size, 4 * 2_000_000)


if __name__ == "__main__":
    unittest.main()
