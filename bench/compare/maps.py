#!/usr/bin/env python3
"""Maps: akin's UMAP and t-SNE beside umap-learn's, uwot's and openTSNE's over the same vectors with two threads, one after the other.

    python3 bench/compare/maps.py --set "MNIST, 10,000 × 784|mnist.npy|mnist_labels.npy|euclidean|umap,tsne"

A --set (there may be several) is a name for the table, a file of vectors, one of labels or nothing, a metric, and the maps to draw.
Times are of the map alone, neighbours and all (umap-learn's after a call on the same rows that compiles); memory is the process's peak. Of
--quality maps each of a set with labels, akin's with other seeds, the quality is measured by trustworthiness at 15 neighbours, of 5,000 rows
and of all, and by the labels of ten neighbours on the map. openTSNE is asked a second time with exact neighbours, as akin's are: its own are approximate
from some thousand rows on. The rivals need the environment that --python names, uwot Rscript and r-cran-uwot; one that is missing is skipped.
"""
import argparse
import pathlib
import re

import harness

RIVALS = {"umap": ("umap-learn", "uwot"), "tsne": ("openTSNE",)}
EXACT = "openTSNE, exact neighbours"
TITLES = {"umap": "UMAP", "tsne": "t-SNE"}
TURNS = 3  # of akin
GOALS = {"umap": 4.0, "tsne": 4.0}
MANY_ROWS = 15_000  # a rival's map of more takes minutes: one counts for time and quality


def rival(a, *words, timeout=3600):
    here = pathlib.Path(__file__).resolve().parent
    return harness.run([a.python, here / "maps_rivals.py", *words], timeout=timeout)


class Rows:
    """One --set."""

    def __init__(self, text):
        parts = text.split("|")
        if len(parts) != 5:
            raise SystemExit(f"--set {text!r}: name|rows|labels|metric|maps is wanted")
        self.name, self.path, self.labels, self.metric, methods = parts
        self.methods = methods.split(",")
        self.id = pathlib.Path(self.path).stem


def score(a, rows, places):
    ran = rival(a, "score", rows.path, places, rows.metric, *([rows.labels] if rows.labels else []))
    return {} if ran.error else ran.json_lines()[-1]


def run_akin(program, rows, method, places, seed):
    ran = harness.run([program, "map", rows.path, "--method", method, "--metric", rows.metric, "--threads", 2, "--color-by", "none", "--seed", seed,
                       "-o", places, "--json"], timeout=1800)
    if ran.error:
        raise SystemExit(f"{program}: {ran.error}")
    return {**ran.json_lines()[-1], "mb": ran.peak_rss_mb}


def measure(a, program, rows, method, folder, versions):
    """Who → runs, and who → what its maps are worth."""
    runs, worth, n_judged = {"akin": []}, {}, a.quality if rows.labels else 0
    own, other = folder / f"akin_{method}_{rows.id}.npy", folder / f"rival_{method}_{rows.id}.npy"
    for turn in range(max(TURNS, n_judged)):
        runs["akin"].append(run_akin(program, rows, method, own, turn))
        if turn < n_judged:
            worth.setdefault("akin", []).append(score(a, rows, own))
    n = runs["akin"][0]["n"]
    for who in (*RIVALS[method], *((EXACT,) if method == "tsne" and n_judged else ())):
        for turn in range(1 if n > MANY_ROWS else max(n_judged, 1)):
            ran = rival(a, who, rows.path, rows.metric, other, str(turn))
            if ran.error:
                harness.skipped(f"{who} ({rows.name})", ran.error)
                break
            found = ran.json_lines()[-1]
            versions.update(found["versions"])
            runs.setdefault(who, []).append({**found, "mb": max(ran.peak_rss_mb, found.get("mb", 0))})
            if turn < n_judged:
                worth.setdefault(who, []).append(score(a, rows, other))
    return n, runs, worth


def spread(worth, key, times, digits):
    """akin 0.950 to 0.952; umap-learn …"""
    parts = []
    for who, found in worth.items():
        values = sorted(times * f[key] for f in found if key in f)
        if values:
            texts = list(dict.fromkeys((f"{values[0]:.{digits}f}", f"{values[-1]:.{digits}f}")))
            parts.append(f"{who} {' to '.join(texts)}")
    return "; ".join(parts) or "–"


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--set", action="append", required=True, dest="sets")
    p.add_argument("--quality", type=int, default=2, help="maps of each that are judged")
    harness.add_rival_options(p)
    a = p.parse_args()
    program = harness.program(a.build, "akin")
    folder = pathlib.Path(a.out) / "maps"
    folder.mkdir(parents=True, exist_ok=True)
    lines, versions, worths = [], {}, []
    details = {"columns": ["map", "akin, s", "rivals, s", "akin, MB", "rivals, MB"], "rows": []}
    with harness.machine_lock():
        harness.warn_if_busy()
        for rows in map(Rows, a.sets):
            for method in rows.methods:
                n, runs, worth = measure(a, program, rows, method, folder, versions)
                text = f"{TITLES[method]}, {rows.name}, 2 threads"
                theirs = {who: found for who, found in runs.items() if who in RIVALS[method]}
                line = harness.row(text, "s", "lower", [r["seconds"] for r in runs["akin"]], {who: [r["seconds"] for r in found] for who, found in theirs.items()},
                                   goal_times=GOALS[method], rounds=TURNS)
                lines.append({"id": f"maps.{method}.{rows.id}", **line})
                listed = lambda key, of: "; ".join(f"{who} {harness.number(of(r[key] for r in found))}" for who, found in theirs.items()) or "–"
                details["rows"].append([text, min(r["seconds"] for r in runs["akin"]), listed("seconds", min), max(r["mb"] for r in runs["akin"]), listed("mb", max)])
                if worth:
                    worths.append([f"{TITLES[method]}, {rows.name}", spread(worth, "trustworthiness", 1, 4), spread(worth, "trustworthiness of all", 1, 4), spread(worth, "neighbor_accuracy", 100, 1)])
    details["quality"] = worths
    command = re.sub(r"/[^|' ]*/", "", harness.command_line().split(" ", 2)[2])  # files by their names alone
    harness.save("maps", lines, versions, f"python3 bench/compare/maps.py {command}", a.out, details)


if __name__ == "__main__":
    main()
