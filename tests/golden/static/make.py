#!/usr/bin/env python3
"""Makes the files beside this one: small tables of word vectors in every format, and what gensim and fastText read out of them.

    pip install gensim==4.4.0 fasttext-wheel==0.9.2 numpy && python3 make.py

Words and numbers come from a few sentences of our own and a fixed seed; one thread, so that a second run gives the same models.
"""
import json
import pathlib

import fasttext
import numpy as np
from gensim.models import KeyedVectors

HERE = pathlib.Path(__file__).resolve().parent
CORPUS = """the king and the queen sat by the river bank and the man and the woman went to the bank for money
a boat lay at the bank of the river while the queen gave the woman money from the bank of the king
the man rowed the boat down the river and the woman paid the man at the bank with the money of the king
naïve café crème and Ångström were words that the king found in a book by the river
""" * 6
ABSENT = ["riverbank", "kings", "queenly", "naïveté", "über", "boats", "日本語", "x", "zzzz", "</s>", "money!"]


def table():
    rng = np.random.default_rng(7)
    words = ["the", "of", "king", "queen", "man", "woman", "river", "bank", "money", "naïve", "café", "日本語", "New_York", "don't", "The"]
    rows = rng.normal(size=(len(words), 6)).astype(np.float32)
    by = {w: i for i, w in enumerate(words)}
    rows[by["queen"]] = rows[by["king"]] - rows[by["man"]] + rows[by["woman"]] + 0.05 * rows[by["river"]]
    keyed = KeyedVectors(vector_size=6)
    keyed.add_vectors(words, rows)
    return keyed


def plain():
    keyed = table()
    keyed.save_word2vec_format(HERE / "words.vec.txt", binary=False)
    keyed.save_word2vec_format(HERE / "words.vec.bin", binary=True)
    lines = (HERE / "words.vec.txt").read_text().split("\n", 1)[1]
    (HERE / "words.glove.txt").write_text(lines)
    text = KeyedVectors.load_word2vec_format(HERE / "words.vec.txt", binary=False)
    binary = KeyedVectors.load_word2vec_format(HERE / "words.vec.bin", binary=True)
    glove = KeyedVectors.load_word2vec_format(HERE / "words.glove.txt", binary=False, no_header=True)
    assert np.array_equal(text.vectors, glove.vectors) and text.index_to_key == binary.index_to_key == glove.index_to_key
    return {
        "words": text.index_to_key,
        "text": text.vectors.tolist(),
        "binary": binary.vectors.tolist(),
        "near": {w: text.most_similar(w, topn=5) for w in ["king", "bank", "naïve"]},
        "cos_add": text.most_similar(positive=["king", "woman"], negative=["man"], topn=5),
        "cos_mul": text.most_similar_cosmul(positive=["king", "woman"], negative=["man"], topn=5),
    }


def subwords(name, **options):
    corpus = HERE / "corpus.txt"
    corpus.write_text(CORPUS)
    model = fasttext.train_unsupervised(str(corpus), dim=6, minCount=1, epoch=3, t=1, bucket=200, thread=1, verbose=0, **options)
    corpus.unlink()
    model.save_model(str(HERE / name))
    again = fasttext.load_model(str(HERE / name))
    words = again.get_words()
    asked = words + ABSENT
    return {
        "words": words,
        "counts": [int(n) for n in again.get_words(include_freq=True)[1]],
        "vectors": {w: again.get_word_vector(w).tolist() for w in asked},
        "subwords": {w: [int(i) for i in again.get_subwords(w)[1]] for w in asked},
    }


def supervised():
    corpus = HERE / "corpus.txt"
    lines = [f"__label__{'water' if 'boat' in line else 'other'} {line}" for line in CORPUS.split("\n") if line]
    corpus.write_text("\n".join(lines) + "\n")
    model = fasttext.train_supervised(str(corpus), dim=6, minCount=1, epoch=3, bucket=600, minn=2, maxn=4, thread=1, verbose=0)
    out = {}
    for name, options in {"labels.bin": None, "labels.ftz": {"qnorm": True, "cutoff": 280, "dsub": 4}}.items():
        if options:
            model.quantize(str(corpus), retrain=False, thread=1, **options)
        model.save_model(str(HERE / name))
        again = fasttext.load_model(str(HERE / name))
        asked = again.get_words() + ABSENT
        out[name] = {
            "words": again.get_words(),
            "labels": again.get_labels(),
            "vectors": {w: again.get_word_vector(w).tolist() for w in asked},
        }
    corpus.unlink()
    return out


def main():
    expected = {"plain": plain(), "skipgram.bin": subwords("skipgram.bin", model="skipgram"), "cbow.bin": subwords("cbow.bin", model="cbow", minn=0, maxn=0)}
    expected.update(supervised())
    (HERE / "expected.json").write_text(json.dumps(expected, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
