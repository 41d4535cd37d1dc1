#!/usr/bin/env python3
"""Maps: akin's UMAP and t-SNE beside umap-learn's and openTSNE's over the same vectors with two threads, one after the other.

    python3 bench/compare/maps.py --set "MNIST, 10,000 × 784|mnist.npy|mnist_labels.npy|euclidean|umap,tsne"

A --set (there may be several) is a name for the table, a file of vectors, one of labels or nothing, a metric, and the maps to draw.
Times are of the map alone, neighbours and all (umap-learn's of three calls after one that compiles); memory is the process's peak. Quality of
everybody's map is measured by scikit-learn's trustworthiness of 5,000 rows at 15 neighbours, and by the labels of ten neighbours on the map.
The rivals need the environment that --python names; one that is missing is skipped.
"""
import argparse
import pathlib
import re

import harness

RIVALS = {"umap": "umap-learn", "tsne": "openTSNE"}
ROUNDS = {"umap": 1, "tsne": 1}
TURNS = 3  # of akin, in a round
GOALS = {"umap": 4.0, "tsne": 4.0}


def rival(a, *words, timeout=1800):
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


def run_akin(program, rows, method, places):
    ran = harness.run([program, "map", rows.path, "--method", method, "--metric", rows.metric, "--threads", 2, "--color-by", "none", "-o", places, "--json"],
                      timeout=1800)
    if ran.error:
        raise SystemExit(f"{program}: {ran.error}")
    return {**ran.json_lines()[-1], "mb": ran.peak_rss_mb}


def measure(a, program, rows, method, folder, versions):
    """akin's runs and the rival's, and how good the last map of each is."""
    name, ours, theirs = RIVALS[method], [], []
    own, other = folder / f"akin_{method}_{rows.id}.npy", folder / f"rival_{method}_{rows.id}.npy"
    for _ in range(ROUNDS[method]):
        ours.extend(run_akin(program, rows, method, own) for _ in range(TURNS))
        ran = rival(a, name, rows.path, rows.metric, other)
        if ran.error:
            harness.skipped(f"{name} ({rows.name})", ran.error)
            continue
        theirs.append({**ran.json_lines()[-1], "mb": ran.peak_rss_mb})
        versions.update(theirs[-1]["versions"])
    return ours, theirs, {"akin": score(a, rows, own), **({name: score(a, rows, other)} if theirs else {})}


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--set", action="append", required=True, dest="sets")
    harness.add_rival_options(p)
    a = p.parse_args()
    program = harness.program(a.build, "akin")
    folder = pathlib.Path(a.out) / "maps"
    folder.mkdir(parents=True, exist_ok=True)
    lines, versions = [], {}
    details = {"columns": ["map", "akin, s", "rival, s", "akin, MB", "rival, MB", "trustworthiness", "labels of ten neighbours, %"], "rows": []}
    with harness.machine_lock():
        harness.warn_if_busy()
        for rows in map(Rows, a.sets):
            for method in rows.methods:
                ours, theirs, quality = measure(a, program, rows, method, folder, versions)
                text = f"{'UMAP' if method == 'umap' else 't-SNE'}, {rows.name}, 2 threads"
                line = harness.row(text, "s", "lower", [r["seconds"] for r in ours], {RIVALS[method]: [r["seconds"] for r in theirs]} if theirs else {},
                                   goal_times=GOALS[method], rounds=len(ours))
                lines.append({"id": f"maps.{method}.{rows.id}", **line})
                both = lambda key, times=1: "; ".join(f"{who} {times * found[key]:.4g}" for who, found in quality.items() if key in found) or "–"
                details["rows"].append([text, min(r["seconds"] for r in ours), min((r["seconds"] for r in theirs), default="–"), max(r["mb"] for r in ours),
                                        max((r["mb"] for r in theirs), default="–"), both("trustworthiness"), both("neighbor_accuracy", 100)])
    command = re.sub(r"/[^|' ]*/", "", harness.command_line().split(" ", 2)[2])  # files by their names alone
    harness.save("maps", lines, versions, f"python3 bench/compare/maps.py {command}", a.out, details)


if __name__ == "__main__":
    main()
