#!/usr/bin/env python3
"""A collection from which a random half goes and comes again, ten times: what each round leaves of recall, speed, size and memory. It must not
drift: the goals compare the worst round with the collection as it was filled.

    python3 bench/compare/churn.py --base base.npy --queries queries.npy    # 100,000 x 384: about 5 minutes
"""
import argparse
import pathlib
import shutil

import harness

# Field, what, unit, better, and how much worse than at the start the worst round may be, as a factor, with the reason:
# - recall: it is measured on 2,000 queries, so by chance alone it moves by 0.001;
# - queries: timings of the same work move by a tenth;
# - size: a fifth may be dead space, and FTS5 and SQLite keep pages for later;
# - memory: what a round's changes took may stay with the allocator.
FIELDS = (
    ("recall", "recall@10, the worst of the rounds", "share", "higher", 0.998),
    ("qps", "queries, the slowest of the rounds", "queries/s", "higher", 0.8),
    ("disk_mb", "size on disk, the largest of the rounds", "MB", "lower", 1.25),
    ("own_mb", "memory of its own after a round, the largest", "MB", "lower", 1.25),
)
COLUMNS = (("round", "round"), ("recall", "recall@10"), ("qps", "queries/s"), ("disk_mb", "on disk, MB"), ("own_mb", "own memory, MB"),
           ("resident_mb", "with mapped files, MB"), ("peak_mb", "peak of the round, MB"), ("remove_s", "removing, s"), ("add_s", "adding, s"),
           ("graph_s", "graph, s"))


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--base", required=True)
    p.add_argument("--queries", required=True)
    p.add_argument("--rows", type=int, default=100_000)
    p.add_argument("--rounds", type=int, default=10)
    p.add_argument("--build", default="build/bench")
    p.add_argument("--out", default=str(harness.ROOT / "build/compare"))
    a = p.parse_args()
    program = harness.program(a.build, "bench/store/churn_bench")
    folder = pathlib.Path(a.out) / "churn-collection"
    with harness.machine_lock():
        harness.warn_if_busy()
        ran = harness.run([program, folder, a.base, a.queries, a.rounds, a.rows], timeout=3600)
    shutil.rmtree(folder, ignore_errors=True)
    if ran.error:
        raise SystemExit(f"{program}: {ran.error}")
    first, *rounds = ran.json_lines()
    for line in [first, *rounds]:
        harness.say("  " + ", ".join(f"{name} {line[field]}" for field, name in COLUMNS))
    rows = []
    for field, what, unit, better, factor in FIELDS:
        worst = (min if better == "higher" else max)(line[field] for line in rounds)
        line = harness.row(f"{a.rows:,} x 384, half removed and added again {a.rounds} times: {what}", unit, better, [worst],
                           {"itself as it was filled": [first[field]]}, goal_value=first[field] * factor)
        rows.append({"id": f"churn.{field}", **line})
    rows[0]["all"] = [first, *rounds]
    details = {"columns": [name for _, name in COLUMNS], "rows": [[line[field] for field, _ in COLUMNS] for line in [first, *rounds]]}
    harness.save("churn", rows, {}, harness.command_line(), a.out, details)


if __name__ == "__main__":
    main()
