#!/usr/bin/env python3
"""docs/distillation.md: a static model from all-MiniLM-L6-v2, by akin and by Model2Vec: seconds, size, speed, and what the results are worth.

    AKIN_DATA=FOLDER python3 bench/compare/distill.py --corpus sentences.txt [--dims 256]        # about 7 minutes with 300,000 sentences

FOLDER holds sts/stsb-en-test.csv and retrieval/{cranfield,cacm,npl} in BEIR layout; sentences.txt has a sentence a line. Model2Vec runs in
AKIN_PEERS/text. All models are scored by `akin eval`. Seconds are of the whole command, but for Model2Vec without the start of Python.
"""
import argparse
import os
import pathlib
import tempfile

import harness

HERE = pathlib.Path(__file__).resolve().parent
SETS = ("cranfield", "cacm", "npl")


def evaluate(akin, model, data):
    def one(kind, path, field):
        lines = harness.run([akin, "eval", kind, path, "--model", model, "--json"], timeout=1800).json_lines()
        return 100 * float(lines[-1][field])

    scores = {"STS-B dev": one("sts", data / "sts/stsb-en-dev.csv", "spearman"), "STS-B test": one("sts", data / "sts/stsb-en-test.csv", "spearman")}
    for name in SETS:
        scores[name] = one("retrieval", data / "retrieval" / name, "ndcg_at_10")
    return scores


def speed(akin, model, texts):
    """Texts a second of `akin embed` on two threads, vectors written to a file."""
    with tempfile.TemporaryDirectory() as folder:
        ran = harness.run([akin, "embed", texts, "--model", model, "--out", pathlib.Path(folder) / "v.npy", "-t", 2], timeout=600)
        with open(texts, "rb") as lines:
            return sum(1 for _ in lines) / ran.seconds


def size(folder):
    return sum(file.stat().st_size for file in pathlib.Path(folder).rglob("*.safetensors")) / 1e6


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--corpus", required=True)
    p.add_argument("--dims", type=int, default=256)
    p.add_argument("--build", default="build/release")
    p.add_argument("--to", default=str(harness.ROOT / "docs/distillation.md"))
    a = p.parse_args()
    akin = harness.program(a.build, "akin")
    data, source = pathlib.Path(os.environ["AKIN_DATA"]), harness.minilm_folder()
    python = harness.PEERS / "text/bin/python"
    with open(a.corpus, "rb") as lines:
        n_texts = sum(1 for _ in lines)
    rows = []
    with harness.machine_lock(), tempfile.TemporaryDirectory() as folder:
        harness.warn_if_busy()
        folder = pathlib.Path(folder)
        ran = harness.run([python, HERE / "distill_rivals.py", source, a.dims, folder / "m2v"], timeout=1800)
        if ran.error:
            harness.skipped("Model2Vec", ran.error)
        else:
            rows.append({"model": "Model2Vec", "seconds": ran.json_lines()[-1]["seconds"], "folder": folder / "m2v"})
        runs = (("akin, the vocabulary alone", []),
                (f"akin, fitted to {n_texts:,} sentences, computed in int8", ["--corpus", a.corpus, "--precision", "int8"]))
        for i, (name, options) in enumerate(runs):
            out = folder / f"akin{i}"
            ran = harness.run([akin, "distill", source, "-o", out, "--dims", a.dims, "-t", 2, *options], timeout=3600)
            if ran.error:
                raise SystemExit(f"{name}: {ran.error}")
            rows.append({"model": name, "seconds": ran.seconds, "folder": out})
        for row in rows:
            row |= {"mb": size(row["folder"]), "texts_per_s": speed(akin, row["folder"], a.corpus), **evaluate(akin, row["folder"], data)}
            harness.say(f"  {row}")
        teacher = {"model": "all-MiniLM-L6-v2 itself", "seconds": None, "mb": size(source), "texts_per_s": None, **evaluate(akin, source, data)}
    pathlib.Path(a.to).write_text(page([*rows, teacher], a, n_texts), encoding="utf-8")


def page(rows, a, n_texts):
    machine = harness.machine()
    names = ["STS-B dev", "STS-B test", *SETS]
    out = ["# Distilled models", "",
           f"Written by `bench/compare/distill.py`; do not edit. Static models of {a.dims} dimensions out of all-MiniLM-L6-v2, on two threads. Model2Vec has its",
           f"defaults; akin's vectors are fitted to the model's own of {n_texts:,} sentences of Wikipedia where a row says so. Texts a second are those",
           "sentences through `akin embed`, reading and writing counted. STS-B: Spearman · 100; the others: nDCG@10 · 100 of dense search. Nothing of the",
           "sets that are scored was looked at in the fitting.", "",
           f"Measured {harness.today()} at commit {harness.commit()}: `{harness.command_line()}`; {machine['cpu']}, {', '.join(machine['instructions'])}.", "",
           "| model | seconds | MB | texts/s | " + " | ".join(names) + " |", "|---|---|---|---|" + "---|" * len(names)]
    for row in rows:
        seconds = "–" if row["seconds"] is None else f"{row['seconds']:.1f}"
        rate = "–" if row["texts_per_s"] is None else f"{row['texts_per_s']:,.0f}"
        out.append(f"| {row['model']} | {seconds} | {row['mb']:.1f} | {rate} | " + " | ".join(f"{row[name]:.1f}" for name in names) + " |")
    return "\n".join(out) + "\n"


if __name__ == "__main__":
    main()
