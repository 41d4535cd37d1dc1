#!/usr/bin/env python3
"""Duplicates: akin's near ones beside datasketch's and rensa's, semantic ones beside FAISS' and SemHash's, over the same texts and vectors.

    python3 bench/compare/duplicates.py --texts "20,000 titles|titles.txt" --vectors "100,000 × 384|vectors.npy"

A --texts (there may be several) is a name for the table and a file of lines, a --vectors one of vectors. All take shingles of five characters
of the same folded texts and keep the first of alike ones, at a Jaccard similarity of 0.8, or at a cosine of 0.9. Times are of all the work from
texts or vectors to who goes, without reading and starting. A comparison of all pairs says who truly goes; it is made where there are no more
than --truth rows. The rivals need the environment that --python names; one that is missing is skipped.
"""
import argparse
import pathlib
import re

import harness

ROUNDS = 3
NEAR, SEMANTIC = ("datasketch", "rensa"), ("FAISS range_search", "SemHash")
GOALS = {"near": 4.0, "semantic": 4.0}
THRESHOLDS = {"near": 0.8, "semantic": 0.9}


def rival(a, kind, who, path, out, timeout=1800):
    here = pathlib.Path(__file__).resolve().parent
    return harness.run([a.python, here / "duplicates_rivals.py", kind, who, path, THRESHOLDS[kind], out], timeout=timeout)


def run_akin(program, kind, path, out):
    ran = harness.run([program, "duplicates", path, "--method", kind, "--threshold", THRESHOLDS[kind], "--threads", 2, "--top", 0, "-o", out, "--json"], timeout=1800)
    if ran.error:
        raise SystemExit(f"{program}: {ran.error}")
    return {**ran.json_lines()[-1], "mb": ran.peak_rss_mb}


def going_of_akin(path):
    """Rows that go, of the list that akin writes."""
    with open(path, encoding="utf-8", errors="replace") as lines:
        return {row for row, line in enumerate(lines) if '"stays":false' in line}


def going_of(path):
    return {int(line) for line in pathlib.Path(path).read_text().split()}


def measure(a, program, kind, name, path, folder, versions):
    rivals = NEAR if kind == "near" else SEMANTIC
    ours, theirs, going = [], {}, {}
    for turn in range(ROUNDS):
        ours.append(run_akin(program, kind, path, folder / "akin.jsonl"))
        going["akin"] = going_of_akin(folder / "akin.jsonl")
        for who in rivals:
            if turn > 0 and who not in theirs:
                continue
            ran = rival(a, kind, who, path, folder / "rival.txt")
            if ran.error:
                harness.skipped(f"{who} ({name})", ran.error)
                continue
            found = ran.json_lines()[-1]
            theirs.setdefault(who, []).append({**found, "mb": ran.peak_rss_mb})
            versions.update(found["versions"])
            going[who] = going_of(folder / "rival.txt")
    truth = None
    if ours[0]["n"] <= a.truth:
        ran = rival(a, kind, "truth", path, folder / "truth.txt")
        if ran.error:
            harness.skipped(f"all pairs ({name})", ran.error)
        else:
            truth = going_of(folder / "truth.txt")
    return ours, theirs, going, truth


def detail_rows(kind, name, ours, theirs, going, truth):
    for who, runs in {"akin": ours, **theirs}.items():
        found = going[who]
        right = "–" if truth is None else f"{len(found & truth)} of {len(truth)}"
        wrong = "–" if truth is None else len(found - truth)
        yield [f"{kind}, {name}", who, min(r["seconds"] for r in runs), max(r["mb"] for r in runs), len(found), right, wrong]


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--texts", action="append", default=[])
    p.add_argument("--vectors", action="append", default=[])
    p.add_argument("--truth", type=int, default=25_000, help="all pairs are compared where there are no more rows than this")
    harness.add_rival_options(p)
    a = p.parse_args()
    program = harness.program(a.build, "akin")
    folder = pathlib.Path(a.out) / "duplicates"
    folder.mkdir(parents=True, exist_ok=True)
    lines, versions = [], {}
    details = {"columns": ["duplicates", "program", "s", "MB", "go", "of those that truly go", "others that go"], "rows": []}
    with harness.machine_lock():
        harness.warn_if_busy()
        for kind, given in (("near", a.texts), ("semantic", a.vectors)):
            for name, _, path in (text.partition("|") for text in given):
                ours, theirs, going, truth = measure(a, program, kind, name, path, folder, versions)
                text = f"{kind} duplicates, {name}, 2 threads"
                line = harness.row(text, "s", "lower", [r["seconds"] for r in ours], {who: [r["seconds"] for r in runs] for who, runs in theirs.items()},
                                   goal_times=GOALS[kind], rounds=len(ours))
                lines.append({"id": f"duplicates.{kind}.{pathlib.Path(path).stem}", **line})
                details["rows"].extend(detail_rows(kind, name, ours, theirs, going, truth))
    command = re.sub(r"/[^|' ]*/", "", harness.command_line().split(" ", 2)[2])  # files by their names alone
    harness.save("duplicates", lines, versions, f"python3 bench/compare/duplicates.py {command}", a.out, details)


if __name__ == "__main__":
    main()
