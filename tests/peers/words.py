"""Do gensim, fastText and sentence-transformers read what akin writes, and akin what they write, with the same vectors?

python tests/peers/words.py --program BUILD/akin --text TEXT

Needs `pip install gensim sentence-transformers` (parts whose package is missing are said to be skipped) and the program `fasttext`. TEXT is any
text of a few thousand words. Prints one line a check and ends with status 1 if one fails. Vectors must agree bit by bit, but for means that
the other side computes (sentence-transformers, fastText: within 1e-6 of float rounding).
"""
import argparse
import json
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile

sys.path.pop(0)  # this folder has names of libraries


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--text", required=True)
    return parser.parse_args()


def akin(a, *words):
    return subprocess.run([a.program, *map(str, words)], check=True, capture_output=True, text=True).stdout


def vector_in_akin(a, model, word):
    return json.loads(akin(a, "embed", word, "--text", "--model", model, "--json").splitlines()[0])["vector"]


def as_float(x):
    """JSON has the fewest digits that read back to the same 32-bit float."""
    return struct.unpack("f", struct.pack("f", float(x)))[0]


def close(x, y, most):
    return len(x) == len(y) and max(abs(as_float(p) - as_float(q)) for p, q in zip(x, y)) <= most


def gensim_checks(a, folder, words):
    from gensim.models import FastText, KeyedVectors, Word2Vec
    from gensim.models.fasttext import load_facebook_vectors

    for file, binary, header in [("w.vec", False, True), ("w.bin", True, True), ("w.glove.txt", False, False)]:
        vectors = KeyedVectors.load_word2vec_format(folder / file, binary=binary, no_header=not header)
        yield f"gensim reads {file}", all(close(vectors[w], vector_in_akin(a, folder / file, w), 0) for w in words)
    subwords = load_facebook_vectors(folder / "f.bin")
    yield "gensim reads f.bin", all(close(subwords[w], vector_in_akin(a, folder / "f.bin", w), 1e-6) for w in [*words, words[0] + words[1]])
    sentences = [line.split() for line in open(a.text, encoding="utf-8", errors="replace")]
    trained = Word2Vec(sentences, vector_size=20, min_count=2, epochs=1)
    for file, binary in [("g.vec", False), ("g.bin", True)]:
        trained.wv.save_word2vec_format(folder / file, binary=binary)
        yield f"akin reads gensim's {file}", all(close(trained.wv[w], vector_in_akin(a, folder / file, w), 1e-6) for w in trained.wv.index_to_key[:5])


def fasttext_checks(a, folder, words):
    asked = [*words, words[0] + words[1]]
    out = subprocess.run(["fasttext", "print-word-vectors", folder / "f.bin"], input="\n".join(asked) + "\n", check=True, capture_output=True, text=True).stdout
    for line in out.splitlines():
        word, *numbers = line.split()
        # fastText prints five digits.
        yield f"fasttext reads f.bin: {word}", all(abs(float(x) - y) <= 1e-4 * max(1, abs(y)) for x, y in zip(numbers, vector_in_akin(a, folder / "f.bin", word)))
    subprocess.run(["fasttext", "skipgram", "-input", a.text, "-output", folder / "theirs", "-dim", "20", "-minCount", "2", "-epoch", "1", "-bucket", "5000"],
                   check=True, capture_output=True)
    lines = (folder / "theirs.vec").read_text(encoding="utf-8").splitlines()[2:5]
    for line in lines:
        word, *numbers = line.split()
        yield f"akin reads fastText's .bin: {word}", all(abs(float(x) - y) <= 1e-4 * max(1, abs(y)) for x, y in zip(numbers, vector_in_akin(a, folder / "theirs.bin", word)))


def sentence_checks(a, folder, words):
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(folder / "words"), device="cpu")
    for text in [words[0], " ".join(words), "Unheard of " + words[1] + "!"]:
        yield f"sentence-transformers reads the folder: {text}", close(model.encode(text), vector_in_akin(a, folder / "words", text), 1e-6)


def main():
    a = arguments()
    good = True
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        common = ["--dim", 20, "--min-count", 2, "--epochs", 2]
        for out, kind, *more in [("w.vec", "word2vec"), ("w.bin", "word2vec"), ("w.glove.txt", "word2vec", "--format", "glove"), ("words", "word2vec"),
                                 ("f.bin", "fasttext", "--buckets", 5000)]:
            akin(a, "train", kind, a.text, "-o", folder / out, *common, *more)
        words = [line.split(" ")[0] for line in (folder / "w.vec").read_text(encoding="utf-8").splitlines()[1:7]]
        for name, checks in [("gensim", gensim_checks), ("fastText", fasttext_checks), ("sentence-transformers", sentence_checks)]:
            if name == "fastText" and shutil.which("fasttext") is None:
                print("skipped fastText: no such program")
                continue
            try:
                for what, passed in checks(a, folder, words):
                    print("ok  " if passed else "FAIL", what)
                    good = good and passed
            except ImportError as error:
                print(f"skipped {name}: {error}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
