#!/usr/bin/env python3
"""Heads and outliers beside scikit-learn and pyod: seconds of the fitting or scoring alone, and what the results are worth.

    AKIN_DATA=FOLDER python3 bench/compare/heads.py        # about 4 minutes

FOLDER holds classification/banking77/{train.csv.gz,test.csv}, anomaly/odds/*.csv.gz and anomaly/nab. The rivals run in the environment that --python names. All see the same
vectors: those of Banking77 by the embedded model, the columns of ODDS standardised. Writes build/compare/heads.json, of which
write_performance.py makes a section and `write_quality.py --sets heads` the tables of docs/quality.md.
"""
import argparse
import gzip
import json
import pathlib
import statistics
import tempfile

import harness

HERE = pathlib.Path(__file__).resolve().parent
SEEDS = 5  # of isolation forests, which differ by some points from seed to seed: their mean
METHODS = ("knn", "lof", "iforest", "mahalanobis", "ecod")
GOAL = 3
WINDOW = 48  # values of NAB's series: four hours to two days


def write_tables(data, folder):
    for name, path in (("train", "train.csv.gz"), ("test", "test.csv")):
        raw = (data / "classification/banking77" / path).read_bytes()
        (folder / f"{name}.csv").write_bytes(gzip.decompress(raw) if path.endswith(".gz") else raw)
    for path in sorted((data / "anomaly/odds").glob("*.csv.gz")):
        text = gzip.decompress(path.read_bytes()).decode()
        n_columns = text.split("\n", 1)[0].count(",")
        head = ",".join(f"c{i}" for i in range(n_columns)) + ",label\n"
        (folder / f"odds-{path.name.split('.')[0]}.csv").write_text(head + text, encoding="utf-8")


def write_series(data, folder):
    """NAB: each value with whether its time lies in one of the windows that people marked."""
    marked = json.loads((data / "anomaly/nab/combined_windows.json").read_text(encoding="utf-8"))
    for path in sorted((data / "anomaly/nab").rglob("*.csv.gz")):
        windows = [[end.split(".")[0] for end in window] for window in marked.get(f"{path.parent.name}/{path.name[:-3]}", [])]
        if not windows:
            continue
        lines = ["timestamp,value,label"]
        for line in gzip.decompress(path.read_bytes()).decode().splitlines()[1:]:
            time = line.split(",")[0]
            lines.append(f"{line},{int(any(first <= time <= last for first, last in windows))}")
        (folder / f"nab-{path.name.split('.')[0]}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def series(akin, folder, path):
    scores = folder / "s.csv"
    one(akin, "outliers", path, "--window", WINDOW, "--label-field", "label", "--top", 0, "-o", scores)
    return one(akin, "eval", "anomaly", scores)["roc_auc"]


def embed(akin, folder):
    """Vectors and numbers of labels, as both sides read them."""
    import csv

    names = sorted({row["category"] for row in csv.DictReader(open(folder / "train.csv", encoding="utf-8"))})
    for part in ("train", "test"):
        ran = harness.run([akin, "embed", folder / f"{part}.csv", "--out", folder / f"{part}.npy"], timeout=600)
        if ran.error:
            raise SystemExit(f"akin embed: {ran.error}")
        labels = [names.index(row["category"]) for row in csv.DictReader(open(folder / f"{part}.csv", encoding="utf-8"))]
        header = f"{{'descr': '<i4', 'fortran_order': False, 'shape': ({len(labels)},), }}"
        header += " " * (63 - (len(header) + 10) % 64) + "\n"
        numbers = b"".join(label.to_bytes(4, "little") for label in labels)
        (folder / f"{part}_labels.npy").write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + numbers)


def one(akin, *words):
    ran = harness.run([akin, *words, "--json", "-t", 2], timeout=600)
    if ran.error:
        raise SystemExit(f"akin {words[0]}: {ran.error}")
    return ran.json_lines()[-1]


def heads(akin, folder):
    """Name → (seconds, accuracy)."""
    out = {}
    for kind in ("softmax", "svm", "knn"):
        head = folder / "head.safetensors"
        trained = one(akin, "train", "head", folder / "train.npy", "--label-file", folder / "train_labels.npy", "-o", head, "--kind", kind,
                      "--calibrate", "none")
        start = harness.run([akin, "classify", folder / "test.npy", "--head", head, "-o", folder / "a.jsonl", "-t", 2], timeout=600)
        judged = one(akin, "eval", "classification", folder / "test.npy", "--head", head, "--label-file", folder / "test_labels.npy")
        # k-NN has nothing to fit: its time is the whole command that answers
        out[kind] = (start.seconds if kind == "knn" else trained["seconds"], judged["accuracy"])
    return out


def outliers(akin, folder, path):
    out = {}
    for method in METHODS:
        found = one(akin, "outliers", path, "--label-field", "label", "--standardize", "--method", method, "--top", 0, "-o", folder / "s.csv")
        out[method] = (found["seconds"], one(akin, "eval", "anomaly", folder / "s.csv")["roc_auc"])
    return out


def of_seed(akin, folder, path, seed):
    one(akin, "outliers", path, "--label-field", "label", "--standardize", "--method", "iforest", "--seed", seed, "--top", 0, "-o", folder / "s.csv")
    return one(akin, "eval", "anomaly", folder / "s.csv")["roc_auc"]


def measure(akin, folder, rounds, python):
    """Name → measurements, of akin and of the rivals."""
    mine = {}
    for _ in range(rounds):
        for kind, value in heads(akin, folder).items():
            mine.setdefault(kind, []).append(value)
    for path in sorted(folder.glob("odds-*.csv")):
        for _ in range(rounds if "shuttle" in path.name else 1):
            for method, value in outliers(akin, folder, path).items():
                mine.setdefault(f"{path.stem} {method}", []).append(value)
        forests = [of_seed(akin, folder, path, seed) for seed in range(SEEDS)]
        mine[f"{path.stem} iforest"] = [(seconds, statistics.mean(forests)) for seconds, _ in mine[f"{path.stem} iforest"]]
    others, versions = {}, {}
    ran = harness.run([python, HERE / "heads_rivals.py", folder, rounds, SEEDS], timeout=1800)
    if ran.error:
        harness.skipped("scikit-learn and pyod", ran.error)
        return mine, others, versions
    for line in ran.json_lines():
        versions.update(line.get("versions", {}))
        if "name" in line:
            others.setdefault(line["name"], []).append((line["seconds"], line.get("accuracy", line.get("auc")), line.get("program", "scikit-learn")))
    return mine, others, versions


WORK = {"softmax": "softmax regression, 10,003 × 384, 77 classes: fit", "svm": "linear SVM, the same: fit",
        "knn": "k-NN, 3,080 asked among them (akin: the whole command)",
        **{f"odds-shuttle {m}": f"{m}, shuttle (49,097 × 9): fit and score" for m in METHODS}}


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--rounds", type=int, default=3)
    harness.add_rival_options(p, build="build/bench")
    a = p.parse_args()
    data = harness.data_folder("classification/ and anomaly/")
    akin = harness.program(a.build, "akin")
    with harness.machine_lock(), tempfile.TemporaryDirectory() as folder:
        harness.warn_if_busy()
        folder = pathlib.Path(folder)
        write_tables(data, folder)
        write_series(data, folder)
        embed(akin, folder)
        of_series = {path.stem[4:]: series(akin, folder, path) for path in sorted(folder.glob("nab-*.csv"))}
        mine, others, versions = measure(akin, folder, a.rounds, a.python)
    rows = []
    for name, work in WORK.items():
        rivals = {}
        for seconds, _, program in others.get(name, []):
            rivals.setdefault(program, []).append(seconds)
        rows.append({"id": f"heads.{name.replace(' ', '.')}", **harness.row(work, "s", "lower", [m[0] for m in mine[name]], rivals, GOAL, rounds=a.rounds)})
    worth = []
    for name in mine:
        theirs = others.get(name, [(None, None, None)])[0]
        worth.append([name.replace("odds-", ""), "accuracy" if name in ("softmax", "svm", "knn") else "ROC-AUC", f"{100 * mine[name][0][1]:.2f}",
                      "–" if theirs[1] is None else f"{100 * theirs[1]:.2f}", theirs[2] or "–"])
    worth += [[f"nab {name}", "ROC-AUC", f"{100 * auc:.2f}", "–", "–"] for name, auc in of_series.items()]
    details = {"columns": ["what", "measure", "akin", "rival", "its name"], "rows": worth}
    harness.save("heads", rows, {"akin": "0.1.0", **versions}, harness.command_line(), a.out, details)


if __name__ == "__main__":
    main()
