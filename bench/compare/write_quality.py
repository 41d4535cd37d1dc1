#!/usr/bin/env python3
"""docs/quality.md and docs/quality.json: the scores of `akin eval` beside those of sentence-transformers on the same model and data.

    AKIN_DATA=FOLDER python3 bench/compare/write_quality.py           # about 10 minutes; --sets sts for a part
    ... --sets heads                                                  # what heads.py measured, into the page; so for labels, maps

FOLDER holds sts/stsb-en-test.csv and retrieval/{cranfield,cacm,npl} in BEIR layout.
"""
import argparse
import json
import pathlib

import harness

# sentence-transformers 5.2.3 on torch 2.9.1, float32, one text at a time, max_seq_length 256: Spearman's correlation of the cosines with the
# gold scores of the 1,379 pairs, and nDCG@10 of exact dense search, title and text joined by a space.
REFERENCE = "sentence-transformers 5.2.3 (torch 2.9.1, f32)"
REFERENCE_SPEARMAN = 82.03246721851083
REFERENCE_DENSE = {"cranfield": 0.5090003426157459, "cacm": 0.40930006673968033, "npl": 0.4335075940749842}
DENSE_TOLERANCE = 0.002
TEXT_GOAL = {"cranfield": 0.50, "cacm": 0.39, "npl": 0.39}

# What other scripts measured: the name here of what their details call so.
ELSEWHERE = {"heads": ("rows", "rows"), "labels": ("sets", "sets"), "maps": ("rows", "quality")}

# name, options, how far from the reference it may be, in points
STS_RUNS = [
    ("the f32 model, f32", ["--model", "F32", "--precision", "f32"], 0.01),
    ("the f32 model, bf16", ["--model", "F32", "--precision", "bf16"], 0.1),
    ("the f32 model, int8", ["--model", "F32", "--precision", "int8"], 0.3),
    ("the embedded default (8-bit weights), f32", ["--precision", "f32"], 0.1),
    ("the embedded default (8-bit weights), int8", ["--precision", "int8"], 0.3),
]


def evaluate(akin, kind, data, options):
    """The JSON object that `akin eval` prints, or None with the reason said."""
    options = [str(harness.minilm_folder()) if option == "F32" else option for option in options]
    ran = harness.run([akin, "eval", kind, data, "--json", *options], timeout=1800)
    lines = [] if ran.error else ran.json_lines()
    if not lines:
        harness.skipped(f"akin eval {kind} {pathlib.Path(data).name} {' '.join(options)}", ran.error or "no JSON line")
        return None
    return lines[-1]


def figure(result, *names):
    for name in names:
        if result is not None and name in result:
            return float(result[name])
    return None


def verdict(value, wanted, tolerance):
    if value is None:
        return "not measured"
    return "yes" if abs(value - wanted) <= tolerance else "no"


def sts(akin, data):
    rows = []
    for name, options, tolerance in STS_RUNS:
        value = figure(evaluate(akin, "sts", data / "sts/stsb-en-test.csv", options), "spearman")
        value = None if value is None else 100 * value if abs(value) <= 1 else value
        rows.append({"run": name, "spearman": value, "tolerance": tolerance, "met": verdict(value, REFERENCE_SPEARMAN, tolerance)})
        harness.say(f"  STS-B test, {name}: {value}")
    return rows


def retrieval(akin, data):
    rows = []
    for name, reference in REFERENCE_DENSE.items():
        scores = {}
        for mode in ("dense", "text", "hybrid"):
            result = evaluate(akin, "retrieval", data / "retrieval" / name, ["--model", "F32", "--mode", mode])
            scores[mode] = figure(result, "ndcg@10", "ndcg_at_10", "ndcg10")
            harness.say(f"  {name}, {mode}: {scores[mode]}")
        rows.append({"set": name, **scores, "reference_dense": reference})
    return rows


def text_of(value, digits):
    return "–" if value is None else f"{value:.{digits}f}"


def sts_table(rows):
    lines = ["## STS-B test: Spearman × 100, 1,379 pairs", "", "| run | akin | reference | difference | may differ by | holds |",
             "|---|---|---|---|---|---|"]
    for row in rows:
        difference = None if row["spearman"] is None else row["spearman"] - REFERENCE_SPEARMAN
        lines.append(f"| {row['run']} | {text_of(row['spearman'], 2)} | {REFERENCE_SPEARMAN:.2f} | {text_of(difference, 3)} | "
                     f"{row['tolerance']} | {row['met']} |")
    return lines


def best_text(row):
    if None in (row["dense"], row["text"], row["hybrid"]):
        return "not measured"
    return "yes" if row["hybrid"] > max(row["dense"], row["text"]) else "no"


def retrieval_table(rows):
    lines = ["## Retrieval: nDCG@10", "",
             "| set | dense | reference, dense | within 0.002 | full text (BM25) | wanted | hybrid | above both |", "|---|---|---|---|---|---|---|---|"]
    for row in rows:
        lines.append(f"| {row['set']} | {text_of(row['dense'], 4)} | {row['reference_dense']:.4f} | "
                     f"{verdict(row['dense'], row['reference_dense'], DENSE_TOLERANCE)} | {text_of(row['text'], 4)} | "
                     f"≥ {TEXT_GOAL[row['set']]:.2f} | {text_of(row['hybrid'], 4)} | {best_text(row)} |")
    return lines


def heads_table(content):
    """What heads.py found: accuracies of Banking77 and ROC-AUC of outliers."""
    rows = {row[0]: row for row in content["rows"]}
    lines = ["## Classifiers of vectors: Banking77, 3,080 questions, accuracy × 100", "",
             "Vectors of the embedded model, 10,003 labelled ones to learn from; scikit-learn on the same vectors with the same parameters.", "",
             "| kind | akin | scikit-learn |", "|---|---|---|"]
    lines += [f"| {kind} | {rows[kind][2]} | {rows[kind][3]} |" for kind in ("softmax", "svm", "knn")]
    methods = ("knn", "lof", "iforest", "mahalanobis", "ecod")
    lines += ["", "## Outliers: ODDS, ROC-AUC × 100", "",
              "Columns standardised, 20 neighbours, 100 trees (the mean of five seeds, on both sides); beside each the figure of pyod (Mahalanobis: scikit-learn's, with Ledoit and "
              "Wolf's covariance).", "", f"| set | {' | '.join(f'{m} | pyod' for m in methods)} |", "|---" * (1 + 2 * len(methods)) + "|"]
    for name in sorted({row[0].split()[0] for row in content["rows"] if " " in row[0] and not row[0].startswith("nab ")}):
        cells = [cell for m in methods for cell in rows[f"{name} {m}"][2:4]]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    series = [(row[0][4:], row[2]) for row in content["rows"] if row[0].startswith("nab ")]
    mean = sum(float(auc) for _, auc in series) / len(series)
    lines += ["", "## Series: NAB, ROC-AUC × 100 of values inside the marked times", "",
              f"k-NN distance over windows of 48 values, 20 neighbours; every value counts. Mean of {len(series)} series: {mean:.2f}.", "",
              "| series | ROC-AUC |", "|---|---|", *(f"| {name} | {auc} |" for name, auc in series)]
    versions = ", ".join(f"{name} {version}" for name, version in sorted(content["versions"].items()))
    return [*lines, "", f"Measured {content['date']} at commit {content['commit']}: `{content['command']}`. Versions: {versions}."]


def labels_tables(content):
    """What labels.py found: of every set the accuracy of heads, of some what clusters share with the labels."""
    kinds = ("softmax", "svm", "knn", "centroid")
    versions = ", ".join(f"{name} {version}" for name, version in sorted(content["versions"].items()))

    def pair(mine, theirs):
        return f"{100 * mine:.1f} | {'–' if theirs is None else f'{100 * theirs:.1f}'}"

    lines = ["## Labels of real texts: accuracy × 100 (macro F1 × 100)", "",
             "Vectors of the embedded model; the first figure of a kind is akin's, the second scikit-learn's on the same vectors with the same parameters. Sets without a "
             "split of their own: every second row is asked. No set of the kind of SST is at hand: skipped.", "",
             "| set | learnt from | asked | " + " | ".join(f"{kind} | scikit-learn" for kind in kinds) + " |", "|---|---|---|" + "---|" * (2 * len(kinds))]
    for row in content["sets"]:
        cells = []
        for kind in kinds:
            for who in ("akin", "scikit-learn"):
                value = row[who].get(kind)
                cells.append("–" if value is None else f"{100 * value[0]:.1f} ({100 * value[1]:.1f})")
        lines.append(f"| {row['title']} | {row['n_train']:,} | {row['n_test']:,} | {' | '.join(cells)} |")
    lines += ["", "## Clusters of real texts beside their labels, × 100", "",
              "As many clusters as there are labels, over all rows; k-means: the best of 10 starts. The first figure is akin's, the second scikit-learn's.", "",
              "| set | way | ARI | scikit-learn | V-measure (NMI) | scikit-learn |", "|---|---|---|---|---|---|"]
    for row in content["sets"]:
        for way, mine in row["groups"].items():
            theirs = row["their groups"].get(way, {})
            lines.append(f"| {row['title']} | {way}, {mine['clusters']} | " + " | ".join(pair(mine[key], theirs.get(key)) for key in ("ari", "v")) + " |")
    return [*lines, "", f"Measured {content['date']} at commit {content['commit']}: `{content['command']}`. Versions: {versions}."]


def maps_table(content):
    """What maps.py found out about the maps' quality."""
    versions = ", ".join(f"{name} {version}" for name, version in sorted(content["versions"].items()))
    lines = ["## Maps", "",
             "Everything at its default, the least and the largest of some maps (akin's of other seeds). Trustworthiness at 15 neighbours, of 5,000 rows by scikit-learn and of all; labels of ten "
             "neighbours: rows whose label is that of most of their ten nearest on the map. Vectors of texts by the embedded model, compared by cosine. uwot's min_dist is 0.01, that of the others 0.1. openTSNE's neighbours are "
             "approximate unless it is told otherwise; what it misses works like a larger perplexity (docs/adr/0016).", "",
             "| map | trustworthiness of 5,000 | of all rows | labels of ten neighbours, % |", "|---|---|---|---|"]
    lines += [f"| {' | '.join(row)} |" for row in content["rows"]]
    return [*lines, "", f"Measured {content['date']} at commit {content['commit']}: `{content['command']}`. Versions: {versions}."]


def page(content):
    lines = ["# Quality", "", "Written by `bench/compare/write_quality.py`; do not edit. all-MiniLM-L6-v2 in akin beside the reference: "
             f"{REFERENCE}, the same texts, cut at 256 tokens. Raw figures: [quality.json](quality.json)."]
    for key, table in (("sts", sts_table), ("retrieval", retrieval_table), ("labels", labels_tables), ("heads", heads_table), ("maps", maps_table)):
        if content.get(key):
            lines += ["", *table(content[key])]
    lines += ["", f"Measured {content['date']} at commit {content['commit']} on {content['machine']['cpu']} "
              f"({', '.join(content['machine']['instructions'])}): `{content['command']}`"]
    return "\n".join(lines) + "\n"


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--sets", default="sts,retrieval")
    p.add_argument("--build", default="build/bench")
    p.add_argument("--to", default=str(harness.ROOT / "docs"))
    a = p.parse_args()
    data = harness.data_folder("sts/ and retrieval/")
    sets = a.sets.split(",")
    measured_elsewhere = set(sets) <= ELSEWHERE.keys()
    akin = None if measured_elsewhere else harness.program(a.build, "akin")
    target = pathlib.Path(a.to)
    target.mkdir(parents=True, exist_ok=True)
    kept = target / "quality.json"
    content = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {"sts": [], "retrieval": []}
    if "sts" in sets:
        content["sts"] = sts(akin, data)
    if "retrieval" in sets:
        content["retrieval"] = retrieval(akin, data)
    for name in ELSEWHERE.keys() & set(sets):
        part = json.loads((harness.ROOT / f"build/compare/{name}.json").read_text(encoding="utf-8"))
        mine, theirs = ELSEWHERE[name]
        content[name] = {mine: part["details"][theirs], **{key: part[key] for key in ("versions", "date", "commit", "command")}}
    if measured_elsewhere:
        kept.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
        (target / "quality.md").write_text(page(content), encoding="utf-8")
        return
    content.update(machine=harness.machine(), commit=harness.commit(), command=harness.command_line(), date=harness.today())
    kept.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    (target / "quality.md").write_text(page(content), encoding="utf-8")
    harness.say(f"wrote {target / 'quality.md'}")


if __name__ == "__main__":
    main()
