"""Does fastText read the classifiers that akin writes, and akin those that fastText writes, with the same labels and probabilities?

python tests/peers/classifiers.py --program BUILD/akin --train LABELLED --test LABELLED [--timed RUNS]

Needs `pip install fasttext-wheel 'numpy<2'`; LABELLED has a line an example with `__label__x` in it. Prints one line a check and ends with status 1
if one fails. Then prints precision at 1 on the lines of --test, and with --timed seconds on one and two threads, for both programs at equal options.

fastText adds 1e-5 to each probability (at each step down a tree) and takes sigmoids from a table with steps of 1/32, over which a sigmoid rises by
up to 1/128: hence the tolerances. Down a tree it leaves out labels of less than 1e-5: they count as 0. Labels are compared where the probabilities are further apart than that.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.pop(0)  # this folder has names of libraries
import fasttext  # noqa: E402

fasttext.FastText.eprint = lambda *words: None
ADDED = 1e-5
# Float32 scores of ten differ by some 1e-6, which moves a probability by as much; down a tree of some ten steps, ADDED comes at each.
LOSSES = {"softmax": 1e-5, "hs": 4e-4, "ova": 1 / 128 + 1e-5}
SMALL = {"bin": [], "ftz": ["--qnorm", "--cutoff", "2000", "--retrain"]}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--train", required=True)
    parser.add_argument("--test", required=True)
    parser.add_argument("--timed", type=int, default=0)
    return parser.parse_args()


def akin(a, *words):
    return subprocess.run([a.program, *map(str, words)], check=True, capture_output=True, text=True).stdout


def agree(ours, theirs, tolerance):
    """Each label's probability, and the best label where it is clearly the best."""
    ours = {s["label"]: s["probability"] for s in ours}
    theirs = {label.removeprefix("__label__"): p - ADDED for label, p in zip(*theirs)}
    if not theirs.keys() <= ours.keys() or any(abs(ours[label] - theirs.get(label, 0)) > tolerance for label in ours):
        return False
    first, second = sorted([*theirs.values(), 0], reverse=True)[:2]
    return first - second <= 2 * tolerance or max(ours, key=ours.get) == max(theirs, key=theirs.get)


def same_answers(a, model, lines, tolerance):
    answers = [json.loads(line)["scores"] for line in akin(a, "classify", a.test, "--model", model, "-k", 0, "--json").splitlines()]
    theirs = fasttext.load_model(str(model))
    right = sum(agree(ours, theirs.predict(line, k=-1), tolerance) for ours, line in zip(answers, lines))
    return right == len(lines) == len(answers), f"{right} of {len(lines)} lines"


def checks(a, folder, lines):
    for loss, tolerance in LOSSES.items():
        for ngrams in [1, 2]:
            shape = ["--loss", loss, "--word-ngrams", ngrams, "--buckets", 20000, "--dim", 50, "--rate", 0.5]
            for ending, more in SMALL.items():
                akin(a, "train", "classifier", a.train, "-o", folder / f"ours.{ending}", *shape, *more)
                yield f"fastText reads akin's .{ending}: {loss}, {ngrams}-grams", *same_answers(a, folder / f"ours.{ending}", lines, tolerance)
            model = fasttext.train_supervised(a.train, loss=loss, wordNgrams=ngrams, bucket=20000, dim=50, lr=0.5, thread=1, verbose=0)
            model.save_model(str(folder / "theirs.bin"))
            yield f"akin reads fastText's .bin: {loss}, {ngrams}-grams", *same_answers(a, folder / "theirs.bin", lines, tolerance)
            model.quantize(qnorm=True, cutoff=2000)
            model.save_model(str(folder / "theirs.ftz"))
            yield f"akin reads fastText's .ftz: {loss}, {ngrams}-grams", *same_answers(a, folder / "theirs.ftz", lines, tolerance)


def scores(a, folder):
    for loss in LOSSES:
        for rate, epochs, ngrams in [(0.1, 5, 1), (0.5, 25, 1), (0.5, 25, 2)]:
            akin(a, "train", "classifier", a.train, "-o", folder / "o.bin", "--loss", loss, "--rate", rate, "--epochs", epochs, "--word-ngrams", ngrams, "--buckets", 200000)
            ours = json.loads(akin(a, "eval", "classifier", a.test, "--model", folder / "o.bin", "--json"))["precision"]
            model = fasttext.train_supervised(a.train, loss=loss, lr=rate, epoch=epochs, wordNgrams=ngrams, bucket=200000, thread=1, verbose=0)
            print(f"{loss:8} rate {rate}, {epochs} epochs, {ngrams}-grams: akin {100 * ours:.2f}, fastText {100 * model.test(a.test, 1)[1]:.2f}", flush=True)


def seconds(run):
    start = time.monotonic()
    run()
    return time.monotonic() - start


def timings(a, folder):
    for loss in LOSSES:
        for threads in [1, 2]:
            ours, theirs = [], []
            for _ in range(a.timed):
                ours.append(seconds(lambda: akin(a, "train", "classifier", a.train, "-o", folder / "o.bin", "--loss", loss, "--rate", 0.5, "--epochs", 25, "-t", threads)))
                theirs.append(seconds(lambda: fasttext.train_supervised(a.train, loss=loss, lr=0.5, epoch=25, thread=threads, verbose=0)))
            middle = a.timed // 2
            print(f"{loss:8} {threads} threads: akin {sorted(ours)[middle]:.2f} s, fastText {sorted(theirs)[middle]:.2f} s (median of {a.timed})", flush=True)


def main():
    a = arguments()
    lines = [line for line in pathlib.Path(a.test).read_text(encoding="utf-8").splitlines() if line.strip()]
    failed = False
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for what, good, detail in checks(a, folder, lines):
            print("same" if good else "DIFFERENT", what, f"({detail})", flush=True)
            failed |= not good
        scores(a, folder)
        if a.timed:
            timings(a, folder)
    sys.exit(failed)


if __name__ == "__main__":
    main()
