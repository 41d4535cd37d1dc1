"""akin train pairs and akin eval knn: from files of pairs to a model that is used."""
import json
import signal
import time
import unittest

from akin_case import AkinCase, TINY, full_disk

SUBJECTS = ["whale", "ship", "wife", "truth", "fortune", "sea", "man", "shore"]


def pairs(n=64):
    return [(f"the {SUBJECTS[i % 8]} of year {i}", f"about a {SUBJECTS[i % 8]} once more {i % 5}") for i in range(n)]


class TrainPairs(AkinCase):
    def write(self, name, content):
        path = self.folder / name
        path.write_text(content)
        return path

    def setUp(self):
        super().setUp()
        self.pairs = self.write("pairs.jsonl", "".join(json.dumps({"anchor": a, "positive": p}) + "\n" for a, p in pairs()))
        self.scored = self.write("scored.csv", "a,b,score\n" + "".join(f"{a},{p},{i % 6}\n" for i, (a, p) in enumerate(pairs())))
        self.labelled = self.write("labelled.tsv", "text\tlabel\n" + "".join(f"{a}\t{i % 8}\n" for i, (a, _) in enumerate(pairs())))

    def tune(self, *words):
        return self.json_lines("train", "pairs", *words, "--model", TINY, "--batch", 16, "--rate", "0.002", "--log-every", 1)

    def test_every_kind_of_file_makes_a_model_of_every_verb(self):
        for name, words in {"ranking": [self.pairs, "--both-directions"], "mined": [self.pairs, "--mine"],
                            "matryoshka": [self.pairs, "--dims", "32,16,8"], "cosent": [self.scored, "--max-score", 5],
                            "cosine": [self.scored, "--max-score", 5, "--loss", "cosine"], "labels": [self.labelled]}.items():
            with self.subTest(name):
                lines = self.tune(*words, "-o", name, "--epochs", 4)
                end = lines.pop()
                self.assertEqual([line["step"] for line in lines], list(range(1, 17)))
                self.assertEqual((end["n_pairs"], end["n_steps"], end["best_step"]), (64, 16, 16))
                self.assertLess(sum(line["loss"] for line in lines[-4:]), sum(line["loss"] for line in lines[:4]))
                self.assertEqual(self.json("info", name)["pooling"], "mean")
                self.ok("similar", "the whale", "a ship", "--model", name)

    def test_the_same_bits_on_any_number_of_threads(self):
        for threads in [1, 2]:
            self.tune(self.pairs, "-o", f"t{threads}", "--held-out", "0.2", "--threads", threads, "--dropout", "0.1")
        self.assertEqual((self.folder / "t1/model.safetensors").read_bytes(), (self.folder / "t2/model.safetensors").read_bytes())

    def test_the_best_look_is_kept(self):
        before = self.json("eval", "knn", self.labelled, "--model", TINY, "--neighbours", 3)["accuracy"]
        lines = self.tune(self.pairs, "-o", "best", "--epochs", 4, "--eval-knn", self.labelled, "--eval-every", 4, "--held-out", "0.2")
        looks = {line["step"]: line["score"] for line in lines if "score" in line}
        best = lines[-1]["best_step"]
        self.assertEqual(looks[best], max(looks.values()))
        self.assertTrue(all("held_out_loss" in line for line in lines if "score" in line))
        after = self.json("eval", "knn", self.labelled, "--model", "best", "--neighbours", 3)["accuracy"]
        self.assertGreaterEqual(after, before)
        asked = self.json("eval", "knn", self.labelled, self.labelled, "--model", "best", "--neighbours", 1)
        self.assertEqual((asked["accuracy"], asked["n_texts"]), (1.0, 64))  # every text finds itself

    def test_an_interrupt_leaves_a_usable_model(self):
        running = self.start("train", "pairs", self.pairs, "-o", "cut", "--model", TINY, "--epochs", 100000, "--log-every", 1)
        running.stdout.readline()
        running.send_signal(signal.SIGINT)
        _, err = running.communicate(timeout=120)
        self.assert_failed(running.returncode, err, 130, ["interrupted after", "cut has the model so far"])
        self.assertEqual(self.json("info", "cut")["dim"], 32)

    def test_killed_or_interrupted_it_goes_on_to_the_same_bits(self):
        def command(out, *words):
            return ["train", "pairs", self.pairs, "-o", out, "--model", TINY, "--batch", 16, "--rate", "0.002", "--steps", 300, "--dropout", "0.1",
                    "--held-out", "0.2", "--eval-every", 50, "--save-every", 20, "--log-every", 0, *words]

        self.ok(*command("whole"))
        for sent in [signal.SIGINT, signal.SIGKILL]:
            out = sent.name
            process = self.start(*map(str, command(out)))
            deadline = time.monotonic() + 120
            checkpoint = self.folder / out / "checkpoint.safetensors"
            while not checkpoint.exists() and time.monotonic() < deadline:
                time.sleep(0.01)
            process.send_signal(sent)
            _, err = process.communicate(timeout=120)
            if sent == signal.SIGINT:
                self.assert_failed(process.returncode, err, 130, ["interrupted after", "--resume"])
            self.fails(2, *command(out), says=[f"{out} holds a training", "--resume"])
            self.fails(1, *command(out, "--resume", "--seed", 5), says=["the training was begun with"])
            self.ok(*command(out, "--resume"))
            self.assertFalse(checkpoint.exists())
            self.assertEqual((self.folder / out / "model.safetensors").read_bytes(), (self.folder / "whole/model.safetensors").read_bytes())

    def test_a_full_disk_leaves_the_last_checkpoint(self):
        def command(out, *words):
            return ["train", "pairs", self.pairs, "-o", out, "--model", TINY, "--batch", 16, "--steps", 200, "--save-every", 20, "--log-every", 0, *words]

        process = self.start(*map(str, command("full")))
        deadline = time.monotonic() + 120
        checkpoint = self.folder / "full/checkpoint.safetensors"
        while not checkpoint.exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        process.kill()
        process.communicate(timeout=120)
        for partial in self.folder.glob("full/.akin*"):  # what the killed run was writing
            partial.unlink()
        before = {path.name: path.read_bytes() for path in (self.folder / "full").iterdir()}
        self.fails(1, *command("full", "--resume"), says=["full"], preexec_fn=full_disk)
        self.assertEqual({path.name: path.read_bytes() for path in (self.folder / "full").iterdir()}, before)
        self.ok(*command("full", "--resume"))
        self.ok(*command("whole"))
        self.assertEqual((self.folder / "full/model.safetensors").read_bytes(), (self.folder / "whole/model.safetensors").read_bytes())

    def test_mistakes_are_told_in_one_line_and_nothing_is_written(self):
        model = ["--model", TINY, "-o", "out"]
        wrong = self.write("wrong.csv", "x,y\n1,2\n")
        short = self.write("short.csv", "a,b,score\nonly one\n")
        word = self.write("word.csv", "a,b,score\none,two,high\n")
        for code, words, says in [
            (1, [wrong, *model], "found 'x, y'"), (1, [short, *model], "short.csv:2: a row of 1 cells"), (1, [word, *model], "a number was wanted"),
            (1, [self.scored, *model], "above --max-score"), (1, ["none.csv", *model], "no such file"), (1, ["pairs.txt", *model], ".jsonl, .csv and .tsv"),
            (2, [self.pairs, *model, "--loss", "cosine"], "scored pairs"), (2, [self.pairs, *model, "--rate", -1], "the rate must be"),
            (2, [self.pairs, *model, "--dims", 64], "the model gives 32"), (2, [self.pairs, *model, "--loss", "best"], "known are ranking"),
            (1, [self.pairs, *model, "--fields", "anchor,other"], "the file has 'anchor, positive'"),
            (1, [self.pairs, "--model", TINY / "model.safetensors", "-o", "out"], "a model's folder is wanted"),
        ]:
            with self.subTest(says):
                self.fails(code, "train", "pairs", *words, says=[says])
                self.assertFalse((self.folder / "out").exists())


if __name__ == "__main__":
    unittest.main()
