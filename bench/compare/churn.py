#!/usr/bin/env python3
"""A collection from which a random half goes and comes again, ten times: what each round leaves of recall, speed, size and memory. It must not
drift: the goals compare the worst of the later half of the rounds with the worst of the earlier half.

    python3 bench/compare/churn.py --base base.npy --queries queries.npy    # 100,000 x 384: about 5 minutes
"""
import argparse
import pathlib
import shutil

import harness

# Field, what, unit, better, and how much worse than the earlier rounds the later ones may be, as a factor, with the reason:
# - recall: 0.99 is asked for and met by a measurement on 300 of the vectors, which has a standard deviation of 0.002;
# - queries: they follow the candidates that this measurement asks for, and timings of the same work move by a tenth;
# - size: a fifth may be dead space, and FTS5 and SQLite keep pages for later;
# - memory: what the allocator keeps of a round's changes is a matter of chance.
FIELDS = (
    ("recall", "least recall@10", "share", "higher", 0.996),
    ("qps", "slowest queries", "queries/s", "higher", 0.8),
    ("disk_mb", "largest size on disk", "MB", "lower", 1.05),
    ("own_mb", "most memory of its own", "MB", "lower", 1.25),
    ("peak_mb", "highest peak", "MB", "lower", 1.05),
)
COLUMNS = (("round", "round"), ("recall", "recall@10"), ("qps", "queries/s"), ("disk_mb", "on disk, MB"), ("own_mb", "own memory, MB"),
           ("resident_mb", "with mapped files, MB"), ("peak_mb", "peak of the round, MB"), ("remove_s", "removing, s"), ("add_s", "adding, s"),
           ("graph_s", "graph, s"))


def tables(first, rounds, a):
    half = len(rounds) // 2
    rows = []
    for field, what, unit, better, factor in FIELDS:
        worst = min if better == "higher" else max
        earlier, later = (worst(line[field] for line in part) for part in (rounds[:half], rounds[half:]))
        line = harness.row(f"{a.rows:,} x 384, half removed and added again: {what} of rounds {half + 1} to {len(rounds)}", unit, better,
                           [later], {f"akin, rounds 1 to {half}": [earlier]}, goal_times=factor if better == "higher" else 1 / factor)
        rows.append({"id": f"churn.{field}", **line})
    rows[0]["all"] = [first, *rounds]
    return rows, {"columns": [name for _, name in COLUMNS], "rows": [[line[field] for field, _ in COLUMNS] for line in [first, *rounds]]}


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--base", required=True)
    p.add_argument("--queries", required=True)
    p.add_argument("--rows", type=int, default=100_000)
    p.add_argument("--rounds", type=int, default=10, help="2 or more")
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
    rows, details = tables(first, rounds, a)
    harness.save("churn", rows, {}, harness.command_line(), a.out, details)


if __name__ == "__main__":
    main()
