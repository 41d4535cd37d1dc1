#!/usr/bin/env python3
"""docs/word-training.md: words a second, peak memory and quality of learning word vectors, beside gensim, fastText, word2vec.c and glove.c.

    AKIN_DATA=FOLDER python3 bench/compare/words.py --corpus enwiki.txt [--epochs 5] [--threads 1,2] [--models skipgram,cbow,fasttext,glove]

FOLDER/words holds questions-words.txt and the EN-*.txt sets of pairs. The rivals' Python is in AKIN_PEERS/vectors (gensim, word2vec), fastText is
the program of that name, AKIN_GLOVE names the folder of the reference's four programs. Words a second count all words of the text, all epochs, over
the time of the whole run: reading, counting, learning, saving.
"""
import argparse
import json
import os
import pathlib
import tempfile

import harness

RIVALS = {"skipgram": ["gensim", "word2vec.c", "fasttext"], "cbow": ["gensim", "word2vec.c", "fasttext"], "fasttext": ["gensim", "fasttext"], "glove": ["glove.c"]}
PAIRS = [("WS-353", "EN-WS-353-ALL.txt"), ("MEN", "EN-MEN-TR-3k.txt"), ("RG-65", "EN-RG-65.txt"), ("MTurk-287", "EN-MTurk-287.txt")]
HERE = pathlib.Path(__file__).resolve().parent


def epochs_of(model, a):
    return a.glove_epochs if model == "glove" else a.epochs


def akin_command(akin, model, a, threads, out):
    kind = model if model in ("fasttext", "glove") else "word2vec"
    return [akin, "train", kind, a.corpus, "-o", out, "--format", "text" if kind == "fasttext" else "binary", "--epochs", epochs_of(model, a), "-t", threads,
            *(["--cbow"] if model == "cbow" else [])]


def quality(akin, out, data):
    line = {}
    answer = harness.run([akin, "eval", "analogies", data / "questions-words.txt", "--model", out, "--json"]).json_lines()[0]
    for kind in ("semantic", "syntactic", "total"):
        line[kind] = answer[kind]["percent"]
    for name, file in PAIRS:
        line[name] = 100 * harness.run([akin, "eval", "words", data / file, "--model", out, "--json"]).json_lines()[0]["spearman"]
    return line


def measure(name, command, words, akin, out, data):
    """`words`: of all epochs."""
    ran = harness.run(command, timeout=3600)
    if ran.error:
        harness.skipped(name, ran.error)
        return None
    return {"name": name, "words_per_s": words / ran.seconds, "peak_mb": ran.peak_rss_mb, **quality(akin, out, data)}


def page(groups):
    """`groups`: as word-training.json has them."""
    machine = harness.machine()
    out = ["# Word vectors, learnt", "",
           "Written by `bench/compare/words.py`; do not edit. Every program learns from the same text with the same settings: 100 numbers a word, window 5, 5 negatives,",
           "least count 5, sample 1e-4, rate 0.025 (CBOW 0.05); GloVe: window 15, x_max 100, rate 0.05. The text: English Wikipedia in lower case.",
           "Words a second count the whole run: reading, counting, learning, saving. Analogies: Google's, over the 30,000 most frequent words, percent right;",
           "pairs of words: Spearman's correlation times 100. All are scored by `akin eval`. gensim with two threads on a file lets its rate fall only half as far",
           "within an epoch as it means to (each thread counts its own words against all), and so learns at a higher rate: with one thread the rates of both are equal.",
           "One thread was measured while other work ran on the second core. Raw figures: [word-training.json](word-training.json).", "",
           f"Machine: {machine['cpu']}, {machine['cores']} cores, {', '.join(machine['instructions'])}.", ""]
    for group in groups.values():
        lines, threads = group["lines"], group["threads"]
        best = max((line["words_per_s"] for line in lines[1:]), default=0)
        out += [f"## {group['model']}, {threads} thread{'s' if threads != 1 else ''}, {group['epochs']} epoch{'s' if group['epochs'] != 1 else ''} of {group['words']:,} words", "",
                "| program | words/s | MB | semantic | syntactic | total | " + " | ".join(n for n, _ in PAIRS) + " |", "|---|---|---|---|---|---|" + "---|" * len(PAIRS)]
        for line in lines:
            figures = [f"{line['words_per_s']:,.0f}", f"{line['peak_mb']:,.0f}"]
            figures += [f"{line[k]:.1f}" for k in ("semantic", "syntactic", "total", *(n for n, _ in PAIRS))]
            out.append(f"| {line['name']} | " + " | ".join(figures) + " |")
        if best:
            out += ["", f"akin is {lines[0]['words_per_s'] / best:.1f} times as fast as the fastest other."]
        out += [f"Measured {group['date']} at commit {group['commit']}: `{group['command']}`.", ""]
    return "\n".join(out)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--corpus", required=True)
    p.add_argument("--epochs", type=int, default=5)
    p.add_argument("--glove-epochs", type=int, default=15)
    p.add_argument("--threads", default="1,2")
    p.add_argument("--models", default="skipgram,cbow,fasttext,glove")
    p.add_argument("--rivals", default="gensim,word2vec.c,fasttext,glove.c", help="those of them that have the model are run")
    p.add_argument("--build", default="build/release")
    p.add_argument("--to", default=str(harness.ROOT / "docs/word-training.md"))
    a = p.parse_args()
    akin = harness.program(a.build, "akin")
    data = pathlib.Path(os.environ["AKIN_DATA"]) / "words"
    python = harness.PEERS / "vectors/bin/python"
    with open(a.corpus, "rb") as text:
        words = sum(len(line.split()) for line in text)
    kept = pathlib.Path(a.to).with_suffix(".json")
    groups = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}  # of earlier runs: those measured now take their places
    with harness.machine_lock(), tempfile.TemporaryDirectory() as folder:
        harness.warn_if_busy()
        for model in a.models.split(","):
            for threads in map(int, a.threads.split(",")):
                out = pathlib.Path(folder) / "words.bin"
                runs = [("akin", akin_command(akin, model, a, threads, out))]
                runs += [(peer, [python, HERE / "words_rivals.py", peer, model, a.corpus, epochs_of(model, a), threads, out]) for peer in RIVALS[model] if peer in a.rivals.split(",")]
                lines = [line for line in (measure(name, command, words * epochs_of(model, a), akin, out, data) for name, command in runs) if line]
                groups[f"{model} {threads}"] = {"model": model, "threads": threads, "epochs": epochs_of(model, a), "words": words, "lines": lines,
                                                "date": harness.today(), "commit": harness.commit(), "command": harness.command_line()}
                for line in lines:
                    harness.say(f"{model} {threads} {line}")
    kept.write_text(json.dumps(groups, indent=1) + "\n", encoding="utf-8")
    pathlib.Path(a.to).write_text(page(groups), encoding="utf-8")


if __name__ == "__main__":
    main()
