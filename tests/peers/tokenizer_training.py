"""Trains tokenizers with akin and with Hugging Face tokenizers on the same corpus and compares what they learned, and how long it took.

python tests/peers/tokenizer_training.py AKIN CORPUS.txt [VOCABULARY]      one text a line

BPE and WordPiece must be equal to the last id. Unigram must have the same pieces, with scores within 1e-6 but for characters whose piece
was dropped (the reference numbers those in the order of a hash table). Exit code 1 if anything differs.
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.pop(0)  # this folder: tokenizers.py in it has the name of the library
sys.path.append(str(ROOT / "tests/golden/trained-tokenizers"))
import make  # noqa: E402


def akin(command, corpus, kind, size):
    with tempfile.TemporaryDirectory() as folder:
        out = f"{folder}/tokenizer.json"
        begin = time.perf_counter()
        subprocess.run([command, "train", "tokenizer", corpus, "-o", out, "--kind", kind, "--vocabulary", str(size)], check=True, capture_output=True)
        seconds = time.perf_counter() - begin
        model = json.loads(pathlib.Path(out).read_text())["model"]
        return model, seconds


def unigram_difference(ours, theirs):
    a, b = dict(map(tuple, ours["vocab"])), dict(map(tuple, theirs["vocab"]))
    only = set(a) ^ set(b)
    low = min(b.values()) + 0.0001 * sum(len(piece) == 1 for piece in b)
    far = [piece for piece in a if piece in b and b[piece] > low and abs(a[piece] - b[piece]) > 1e-6]
    return len(only) + len(far), f"{len(only)} pieces in one only, {len(far)} scores differ"


def main(command, corpus, size=8000):
    lines = pathlib.Path(corpus).read_text().split("\n")
    failed = 0
    for kind, train in (("bpe", make.bpe), ("wordpiece", make.wordpiece), ("unigram", make.unigram)):
        begin = time.perf_counter()
        theirs = make.learned(train(lines, int(size)))
        their_seconds = time.perf_counter() - begin
        ours, seconds = akin(command, corpus, kind, size)
        if kind == "unigram":
            n, words = unigram_difference(ours, theirs)
        else:
            n = sum(ours["vocab"].get(piece) != i for piece, i in theirs["vocab"].items())
            n += kind == "bpe" and ours["merges"] != theirs["merges"]
            words = f"{n} ids differ"
        failed += n
        print(f"{kind}: {words}; akin {seconds:.2f} s, the reference {their_seconds:.2f} s, {their_seconds / seconds:.1f} x")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
