#!/usr/bin/env python3
"""docs/performance.md and docs/performance.json from the results that the comparison scripts left in build/compare; what was not measured anew stays.

    python3 bench/compare/write_performance.py [--from build/compare] [--to docs]
"""
import argparse
import json
import pathlib

import harness

TITLES = {"text": "Texts to vectors", "tokenizers": "Text to token ids", "exact_search": "Exact search", "ann": "Graph search",
          "stores": "A collection as a store of vectors", "churn": "A collection that is half removed and added again", "decoder": "A decoder as an embedder",
          "images": "Images to vectors", "heads": "Classifiers of vectors, and outliers", "outliers": "Outliers of more and more vectors",
          "clusters": "Clusters", "maps": "Maps",
          "duplicates": "Duplicates"}
ABOUT = {
    "text": "all-MiniLM-L6-v2, the same texts for every program, warmed up, interleaved in one session, medians over the rounds. A rival counts "
            "with the better of its batch sizes. Lengths are not padded by akin; the rivals sort by length and pad within a batch. The limit is what "
            "the cores would give if a text were nothing but matrix products at the fastest rate that they reach in the same session.",
    "tokenizers": "20 MB of Wikipedia paragraphs, every program kept on one CPU, with the same vocabulary and the same ids. akin's figure is its "
                  "first pass, one paragraph a call, or a second one over the same texts. A rival counts with the better of one paragraph a call and "
                  "batches of 2,000; fastokens, which keeps the words it has met, with its first and second passes beside akin's.",
    "exact_search": "",
    "ann": "Vectors of real sentences and titles by all-MiniLM-L6-v2, 2,000 held-out queries. Each program sweeps its beam; queries a second at a "
           "recall are read off its curve. hnswlib and FAISS with efConstruction 200, SVS Vamana with 64 links and a window of 128, in float32. akin "
           "answers a query a call, the rivals all queries in one call of one thread. A rival counts in a row of filters if it finds 95 % and "
           "gives every query all its hits.",
    "stores": "Documents of a name, two fields and one vector, 1,000 a commit, two threads. akin's commits are synced, with indexes of all fields; the "
              "rivals keep their defaults, sqlite-vec is synced too; it and Qdrant's local mode have no index of vectors. LanceDB indexes at the end, as "
              "akin does. Qdrant's local mode commits every point for itself: it is measured beside akin with fewer rows. The set of chunks that a "
              "filter keeps is remembered between searches of a commit.",
    "decoder": "A random model of LLaMA's shape, 12 layers of 768, a gated MLP of 2,048, 4 heads of keys: hidden states of the same texts.",
    "heads": "The same vectors for every program: Banking77 by the embedded model, ODDS shuttle with its columns standardised; two threads. The seconds are of "
             "the fitting (outliers: and scoring) alone, without reading. The rival is scikit-learn or pyod with the same parameters: C = 10 (SVM 1), 10 and "
             "20 neighbours, 100 trees of 256 rows. What the results are worth is in [quality.md](quality.md).",
    "outliers": "The vectors of the clusters below; parameters as above, Euclidean distance. Seconds are of fitting and scoring alone, memory is the process's peak, with the "
                "vectors in it.",
    "images": "A random model of CLIP ViT-B/32's shape, the same 32 pictures of 224 × 224 for every program, from prepared pixels to projected vectors.",
    "clusters": "MiniLM vectors of sentences (384 numbers, unit length) and their projection to 5 numbers; two threads. k-means begins from the same rows for "
                "all and takes 20 rounds; HDBSCAN with min_cluster_size 100 and min_samples 10. Times are of the clustering alone, the rivals' after a first "
                "call on 1,000 rows; memory is the process's peak, with the vectors in it. Of 20,000 × 384 Prim's tree, condensed by hdbscan's own functions, "
                "has the length of akin's and 7 clusters too; fast_hdbscan breaks ties otherwise.",
    "maps": "The same vectors for all programs, two threads, everything at its default. Times are of the map alone, neighbours and all (umap-learn's after a call on "
            "the same rows, which compiles); memory is the process's peak, with the vectors in it. What the maps are worth is in [quality.md](quality.md).",
    "duplicates": "From texts or vectors in memory to who goes, the first of alike ones staying: shingles of five characters at a Jaccard similarity of 0.8 "
                  "(datasketch and rensa: 128 permutations, as their manuals show, one thread, whoever meets somebody kept goes), vectors at a cosine of 0.9 "
                  "(FAISS' flat index on two threads; SemHash over its own index, with an encoder that looks the vectors up). A comparison of all pairs says "
                  "who truly goes.",
}


def goal_text(row):
    if row.get("goal_value") is not None:
        return f"{'≥' if row['better'] == 'higher' else '≤'} {harness.number(row['goal_value'])} {row['unit']}"
    if row.get("goal_times") is None:
        return "–"
    return f"≥ {row['goal_times']:.3g} ×"


def times_text(value):
    return "–" if value is None else f"{value:.2f} ×"


def met_text(row):
    if row.get("goal_times") is None and row.get("goal_value") is None:
        return "–"
    return {True: "yes", False: "no", None: "not measured"}[row.get("met")]


def limit_text(row):
    limit = row.get("limit")
    if not limit or not row["akin"]:
        return "–"
    return f"{harness.number(limit)}, {100 * row['akin'] / limit:.0f} % of it"


def table(rows):
    columns = ["work", "unit", "akin", "best rival", "its figure", "akin is better by", "goal", "reached"]
    with_limit = any(row.get("limit") for row in rows)
    columns += ["limit"] if with_limit else []
    lines = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    for row in rows:
        cells = [row["work"], row["unit"], harness.number(row["akin"]), row["rival"] or "–", harness.number(row["rival_value"]),
                 times_text(row["times_better"]), goal_text(row), met_text(row)]
        cells += [limit_text(row)] if with_limit else []
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def details_table(details):
    cells = lambda values: "| " + " | ".join(v if isinstance(v, str) else f"{v:.4f}" if isinstance(v, float) and v < 1 else harness.number(v) for v in values) + " |"
    return [cells(details["columns"]), "|---" * len(details["columns"]) + "|", *map(cells, details["rows"])]


def section(part):
    lines = ["", f"## {TITLES.get(part['part'], part['part'])}", ""]
    if ABOUT.get(part["part"]):
        lines += [ABOUT[part["part"]], ""]
    lines += table(part["rows"])
    if part.get("details") and part["part"] != "heads":  # quality.md has those
        lines += ["", *details_table(part["details"])]
    versions = ", ".join(f"{name} {version}" for name, version in sorted(part["versions"].items()))
    lines += ["", f"Measured {part['date']} at commit {part['commit']}: `{part['command']}`" + ("  " if versions else "")]
    if versions:
        lines.append(f"Versions: {versions}.")
    return lines


def machine_lines(machine):
    return [f"Machine: {machine['cpu']}, {machine['cores']} cores, {machine['memory_gb']} GB, {', '.join(machine['instructions'])}; "
            f"{machine['system']}; {machine['compiler']}."]


def page(parts):
    lines = ["# Performance", "",
             "Written by `bench/compare/write_performance.py`; do not edit. Every figure stands beside the best rival's in the same session on "
             "the same machine with the same input and number of threads; only such ratios say something. The raw measurements are in "
             "[performance.json](performance.json)."]
    machines = {json.dumps(part["machine"], sort_keys=True): part["machine"] for part in parts}
    for machine in machines.values():
        lines += ["", *machine_lines(machine)]
    for part in parts:
        lines += section(part)
    lines += ["", "## Measure again", "",
              "    cmake --preset bench && cmake --build --preset bench",
              "    AKIN_PEER_SCRIPTS=FOLDER python3 bench/compare/run.py", "",
              "FOLDER holds the rivals' scripts (`peer_openvino.py`, …); `AKIN_PEERS` their environments. A rival that is missing is skipped and named. "
              "Leave the machine alone meanwhile."]
    return "\n".join(lines) + "\n"


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--from", dest="source", default=str(harness.ROOT / "build/compare"))
    p.add_argument("--to", default=str(harness.ROOT / "docs"))
    a = p.parse_args()
    order = list(TITLES)
    files = [f for f in pathlib.Path(a.source).glob("*.json") if f.stem in order]
    if not files:
        raise SystemExit(f"no results in {a.source}: run bench/compare/run.py")
    target = pathlib.Path(a.to)
    target.mkdir(parents=True, exist_ok=True)
    kept = target / "performance.json"
    known = {part["part"]: part for part in json.loads(kept.read_text(encoding="utf-8"))} if kept.exists() else {}
    known.update({f.stem: json.loads(f.read_text(encoding="utf-8")) for f in files})
    parts = [known[name] for name in order if name in known]
    (target / "performance.json").write_text(json.dumps(parts, indent=1) + "\n", encoding="utf-8")
    (target / "performance.md").write_text(page(parts), encoding="utf-8")
    harness.say(f"wrote {target / 'performance.md'} and {target / 'performance.json'}")


if __name__ == "__main__":
    main()
