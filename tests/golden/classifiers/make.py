#!/usr/bin/env python3
"""Makes the files beside this one: small classifiers of every loss that fastText has, dense and quantised, and what fastText answers with them.

    pip install fasttext-wheel==0.9.2 numpy && python3 make.py

The lines are made from words of our own and a fixed seed; one thread, so that a second run gives the same models.
"""
import json
import pathlib
import random

import fasttext

HERE = pathlib.Path(__file__).resolve().parent
TOPICS = {
    "pump": "impeller seal pressure flow leak bearing suction",
    "river": "boat bank water fish bridge naïve flow",
    "money": "bank loan interest café price pressure",
    "word": "letter verb meaning naïve bank 日本語",
}
COMMON = "the a of and is near with our"
ASKED = [
    "the seal of the pump is near",
    "a boat with our fish",
    "bank",
    "interest and price of the loan",
    "nothing that was ever seen",
    "",
    "日本語 verb __label__word",
    "__label__unheard of water __label__pump",
    "naïve naïveté boats 日本 bearings",
    "flow </s> money",
]


def lines():
    draw = random.Random(11)
    out = []
    for _ in range(160):
        names = draw.sample(sorted(TOPICS), draw.choice([1, 1, 2]))
        words = [draw.choice((COMMON if draw.random() < 0.4 else TOPICS[draw.choice(names)]).split()) for _ in range(9)]
        out.append(" ".join([f"__label__{n}" for n in names] + words))
    return out


def main():
    text = HERE / "labelled.txt"
    text.write_text("\n".join(lines()) + "\n", encoding="utf-8")
    expected = {}
    models = {
        "softmax": dict(loss="softmax"),
        "hs": dict(loss="hs", wordNgrams=2, bucket=300),
        "ova": dict(loss="ova", wordNgrams=3, minn=2, maxn=3, bucket=300),
    }
    for name, options in models.items():
        model = fasttext.train_supervised(str(text), dim=7, epoch=25, lr=0.5, thread=1, verbose=0, **options)
        for ending in [".bin", ".ftz"] if name == "ova" else [".bin"]:
            if ending == ".ftz":
                model.quantize(str(text), retrain=False, thread=1, cutoff=280, qnorm=True, dsub=3)
            model.save_model(str(HERE / (name + ending)))
            again = fasttext.load_model(str(HERE / (name + ending)))
            expected[name + ending] = {
                "labels": again.get_labels(),
                "answers": [[list(pair) for pair in zip(*map(list, again.predict(t, k=4)))] for t in ASKED],
                "precision at 1, recall at 2": [again.test(str(text), 1)[1], again.test(str(text), 2)[2]],
            }
    (HERE / "expected.json").write_text(json.dumps({"asked": ASKED, "models": expected}, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
