#!/usr/bin/env python3
"""What labels and groups of real texts come to: heads and clusters of akin beside scikit-learn's on the same vectors, of the embedded model.

    AKIN_DATA=FOLDER python3 bench/compare/labels.py       # about 3 minutes

FOLDER holds classification/{banking77,trec-qc,agnews,stackoverflow} and classification/mini_newsgroups.jsonl.gz. Sets with a split of their own
keep it; of the others every second row is asked. scikit-learn runs in the environment that --python names. Writes build/compare/labels.json,
of which `write_quality.py --sets labels` makes tables of docs/quality.md.
"""
import argparse
import csv
import gzip
import io
import json
import pathlib
import tempfile

import harness

HERE = pathlib.Path(__file__).resolve().parent
KINDS = ("softmax", "svm", "knn", "centroid")
GROUPED = ("stackoverflow", "newsgroups", "agnews")
# of newsgroups: what the senders wrote, without the lines of addresses and groups before the first empty one
TITLES = {"banking77": "Banking77", "trec-coarse": "TREC questions, 6 labels", "trec-fine": "TREC questions, 50 labels", "agnews": "AG News, 4 labels",
          "newsgroups": "20 newsgroups (100 posts of each, no headers)", "stackoverflow": "StackOverflow titles, 20 labels"}


def unpacked(path):
    raw = path.read_bytes()
    return (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("latin-1" if "trec" in str(path) else "utf-8", "replace")


def halves(rows):
    return rows[0::2], rows[1::2]


def banking(data):
    return tuple([(row["text"], row["category"]) for row in csv.DictReader(io.StringIO(unpacked(data / "banking77" / name)))] for name in ("train.csv.gz", "test.csv"))


def trec(data, fine):
    def part(name):
        lines = [line.split(" ", 1) for line in unpacked(data / "trec-qc" / name).splitlines() if line]
        return [(text, label if fine else label.split(":")[0]) for label, text in lines]

    return part("train.txt"), part("test.txt")


def agnews(data):
    return halves([(f"{title}. {text}", label) for label, title, text in csv.reader(io.StringIO(unpacked(data / "agnews/test.csv.gz")))])


def newsgroups(data):
    rows = [json.loads(line) for line in unpacked(data / "mini_newsgroups.jsonl.gz").splitlines()]
    return halves([(row["text"].partition("\n\n")[2] or row["text"], row["label"]) for row in rows])


def stackoverflow(data):
    titles, labels = (unpacked(data / "stackoverflow" / name).splitlines() for name in ("titles.txt.gz", "labels.txt.gz"))
    return halves(list(zip(titles, labels)))


SETS = {"banking77": banking, "trec-coarse": lambda data: trec(data, False), "trec-fine": lambda data: trec(data, True), "agnews": agnews,
        "newsgroups": newsgroups, "stackoverflow": stackoverflow}


def checked(ran, what):
    if ran.error:
        raise SystemExit(f"{what}: {ran.error}")
    return ran


def embed(akin, rows, stem):
    """stem.npy and stem.txt: the vectors, and a label a line."""
    texts = stem.with_suffix(".jsonl")
    texts.write_text("".join(json.dumps({"text": text}) + "\n" for text, _ in rows), encoding="utf-8")
    checked(harness.run([akin, "embed", texts, "--out", stem.with_suffix(".npy"), "-t", 2], timeout=1200), "akin embed")
    stem.with_suffix(".txt").write_text("".join(label + "\n" for _, label in rows), encoding="utf-8")


def one(akin, *words):
    return checked(harness.run([akin, *words, "--json", "-t", 2], timeout=900), f"akin {words[0]}").json_lines()[-1]


def classified(akin, folder, name):
    """Kind → (accuracy, macro F1)."""
    out = {}
    for kind in KINDS:
        head = folder / "head.safetensors"
        one(akin, "train", "head", folder / f"{name}-train.npy", "--label-file", folder / f"{name}-train.txt", "-o", head, "--kind", kind, "--calibrate", "none")
        judged = one(akin, "eval", "classification", folder / f"{name}-test.npy", "--head", head, "--label-file", folder / f"{name}-test.txt")
        out[kind] = (judged["accuracy"], judged["macro_f1"])
    return out


def grouped(akin, folder, name, k):
    """Way → clusters, ARI, V-measure."""
    out = {}
    ways = {"k-means": ["--method", "kmeans", "-k", k, "--starts", 10], "Ward": ["--method", "agglomerative", "-k", k]}
    for way, options in ways.items():
        found = one(akin, "cluster", folder / f"{name}-all.npy", *options, "-o", folder / "found.npy", "--label-file", folder / f"{name}-all.txt", "--words", 0)
        judged = one(akin, "eval", "clustering", folder / "found.npy", folder / f"{name}-all.txt")
        out[way] = {"clusters": len(found["clusters"]), "ari": judged["adjusted_rand"], "v": judged["v_measure"]}
    return out


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--sets", default=",".join(SETS))
    harness.add_rival_options(p)
    a = p.parse_args()
    data = harness.data_folder("classification/") / "classification"
    akin = harness.program(a.build, "akin")
    rows, versions = [], {}
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for name in a.sets.split(","):
            train, test = SETS[name](data)
            for part, content in (("train", train), ("test", test), *([("all", train + test)] if name in GROUPED else [])):
                embed(akin, content, folder / f"{name}-{part}")
            k = len({label for _, label in train})
            ran = harness.run([a.python, HERE / "labels_rivals.py", folder, name, k if name in GROUPED else 0], timeout=1800)
            theirs = {} if ran.error else ran.json_lines()[-1]
            if ran.error:
                harness.skipped(f"scikit-learn ({name})", ran.error)
            versions.update(theirs.get("versions", {}))
            rows.append({"set": name, "title": TITLES[name], "n_train": len(train), "n_test": len(test), "n_labels": k, "akin": classified(akin, folder, name),
                         "scikit-learn": theirs.get("heads", {}), "groups": grouped(akin, folder, name, k) if name in GROUPED else {},
                         "their groups": theirs.get("groups", {})})
            harness.say(f"  {rows[-1]}")
    harness.save("labels", [], {"akin": "0.1.0", **versions}, harness.command_line(), a.out, {"sets": rows})


if __name__ == "__main__":
    main()
