#!/usr/bin/env python3
"""Outliers of more and more vectors: akin beside pyod and scikit-learn over the same ones with two threads, with the peak memory of each.

    python3 bench/compare/outliers.py --base base.npy --low low.npy        # the vectors of clusters.py; about 5 minutes

Parameters are those of heads.py: 20 neighbours, 100 trees, Ledoit and Wolf's covariance. Seconds are of fitting and scoring alone, memory is
the process's peak. The rivals need the environment that --python names; one that is missing is skipped.
"""
import pathlib

import clusters
import harness

ROUNDS = 3
METHODS = ("knn", "lof", "iforest", "mahalanobis", "ecod")
WORK = (("low", 5_000), ("low", 20_000), ("low", 100_000), ("base", 5_000), ("base", 20_000))
GOAL = 3.0
AT_GOAL = {("low", 100_000), ("base", 20_000)}


def run_akin(program, method, path):
    ran = harness.run([program, "outliers", path, "--method", method, "--metric", "euclidean", "--threads", 2, "--top", 0, "--json"], timeout=900)
    if ran.error:
        raise SystemExit(f"{program}: {ran.error}")
    return {"seconds": ran.json_lines()[-1]["seconds"], "mb": ran.peak_rss_mb}


def run_rival(a, method, path, versions):
    ran = harness.run([a.python, pathlib.Path(__file__).resolve().parent / "outliers_rivals.py", method, path], timeout=900)
    if ran.error:
        harness.skipped(f"{method} ({path.name})", ran.error)
        return []
    found = ran.json_lines()[-1]
    versions.update(found["versions"])
    return [{"seconds": seconds, "mb": ran.peak_rss_mb, "who": found["who"]} for seconds in found["seconds"]]


def main():
    a, program, folder = clusters.begin(__doc__)
    rows, versions = [], {}
    details = {"columns": ["work", "rows", "akin, s", "rival, s", "akin, MB", "rival, MB"], "rows": []}
    with harness.machine_lock():
        harness.warn_if_busy()
        for method in METHODS:
            for table, n in WORK:
                path = folder / f"{table}_{n}.npy"
                dims = "384" if table == "base" else "5"
                ours = [run_akin(program, method, path) for _ in range(ROUNDS)]
                theirs = run_rival(a, method, path, versions)
                who = {theirs[0]["who"]: [r["seconds"] for r in theirs]} if theirs else {}
                row = harness.row(f"{method}, {n:,} × {dims}: fit and score", "s", "lower", [r["seconds"] for r in ours], who,
                                  goal_times=GOAL if (table, n) in AT_GOAL else None, rounds=ROUNDS)
                rows.append({"id": f"outliers.{method}.{table}.{n}", **row})
                details["rows"].append([f"{method}, {dims} numbers", f"{n:,}", min(r["seconds"] for r in ours), min((r["seconds"] for r in theirs), default="–"),
                                        max(r["mb"] for r in ours), max((r["mb"] for r in theirs), default="–")])
    harness.save("outliers", rows, versions, harness.command_line(), a.out, details)


if __name__ == "__main__":
    main()
