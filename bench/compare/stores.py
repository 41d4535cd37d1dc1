#!/usr/bin/env python3
"""A collection as a store of vectors beside Chroma, LanceDB, sqlite-vec and Qdrant's local mode: durable insert, search, filtered search, cold
open, delete. Each store in its own process, one after the other, two threads.

    AKIN_VECTOR_PEER_SCRIPTS=FOLDER python3 bench/compare/stores.py --base base.npy --queries queries.npy    # about 10 minutes

FOLDER holds stores.py of the rivals, which reads base.npy and queries.npy from the folder that AKIN_VEC names; AKIN_PEERS/vectors is their
environment. akin inserts with its log synced at every commit, as sqlite-vec does here; Chroma, LanceDB and Qdrant keep their defaults. sqlite-vec and
Qdrant's local mode have no index, so that they have no say in the row of indexing. Qdrant's local mode commits every point for itself (20,000 take more
than seven minutes here; its client warns above that number), so that it is measured with --small-rows, beside akin with as many.
"""
import argparse
import os
import pathlib
import shutil

import harness

WITHOUT_INDEX = ("sqlite-vec", "qdrant")
RIVALS = ("chroma", "lancedb", "sqlite-vec", "qdrant")
SMALL = ("qdrant",)
# id, what, unit, better, task, field
ROWS = (
    ("insert", "durable insert", "rows/s", "higher", "stores", "insert_per_s"),
    ("indexed", "insert and index", "rows/s", "higher", "stores", "insert_and_index_per_s"),
    ("search", "search, median", "ms", "lower", "stores", "p50_ms"),
    ("search99", "search, 99th percentile", "ms", "lower", "stores", "p99_ms"),
    ("filtered", "search with a filter that keeps 1 in 100, median", "ms", "lower", "stores", "filter_p50_ms"),
    ("filtered99", "the same, 99th percentile", "ms", "lower", "stores", "filter_p99_ms"),
    ("open", "new process: open and answer once", "s", "lower", "stores-open", "cold_open_to_first_hit_s"),
    ("disk", "size on disk", "MB", "lower", "stores", "disk_mb"),
    ("deleted", "size on disk after deleting half and compacting", "MB", "lower", "stores-delete", "disk_mb_after"),
)


def run_akin(program, a, rows, folder):
    lines = {}
    for words in (("fill", folder, a.base, a.queries, rows), ("open", folder, a.queries), ("delete", folder, a.base, a.queries, rows)):
        ran = harness.run([program, *words], timeout=1200)
        if ran.error:
            raise SystemExit(f"{program} {words[0]}: {ran.error}")
        for line in ran.json_lines():
            lines[line["task"]] = line
    return lines


def run_rival(name, rows, scripts):
    python = harness.PEERS / "vectors" / "bin" / "python"
    ran = harness.run([python, scripts / "stores.py", name, rows], cwd=scripts, timeout=1800)
    if ran.error:
        harness.skipped(name, ran.error)
    lines = {}
    for line in ran.json_lines():
        if "error" in line:
            harness.skipped(f"{name}, {line['task']}", line["error"])
        else:
            lines[line["task"]] = line
    return lines


def versions_of(names):
    python = harness.PEERS / "vectors" / "bin" / "python"
    packages = {"chroma": "chromadb", "qdrant": "qdrant-client"}
    out = {}
    for name in names:
        ran = harness.run([python, "-c", f"from importlib.metadata import version; print(version('{packages.get(name, name)}'))"])
        out[name] = ran.out.strip() or "?"
    return out


def rows_of(rows, prefix, names, results):
    """One row of the table for each of ROWS, the figures of akin and of the rivals that have one."""
    out = []
    for row, what, unit, better, task, field in ROWS:
        measured = [name for name in names if field in results[name].get(task, {}) and not (row == "indexed" and name in WITHOUT_INDEX)]
        if prefix and not measured:
            continue
        rivals = {name: [results[name][task][field]] for name in measured}
        line = harness.row(f"{rows:,} x 384 with metadata, {what}", unit, better, [results["akin"][task][field]], rivals, goal_times=1)
        out.append({"id": f"stores.{prefix}{row}", **line})
    for name, tasks in results.items():
        shown = tasks.get("stores", {})
        harness.say(f"  {name}: recall {shown.get('recall')}, with the filter {shown.get('filter_recall')}, fewer than k {shown.get('filter_fewer_than_k')}")
    out[0]["all"] = results
    return out


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--base", required=True)
    p.add_argument("--queries", required=True)
    p.add_argument("--rows", type=int, default=100_000)
    p.add_argument("--small-rows", type=int, default=5_000)
    p.add_argument("--only", default=",".join(RIVALS))
    p.add_argument("--build", default="build/bench")
    p.add_argument("--out", default=str(harness.ROOT / "build/compare"))
    a = p.parse_args()
    program = harness.program(a.build, "bench/store/store_bench")
    scripts = os.environ.get("AKIN_VECTOR_PEER_SCRIPTS")
    if not scripts:
        harness.skipped("all rivals", "AKIN_VECTOR_PEER_SCRIPTS is not set to the folder of their scripts")
    folder = pathlib.Path(a.out) / "stores"
    names = [name for name in a.only.split(",") if name] if scripts else []
    rows = []
    with harness.machine_lock():
        harness.warn_if_busy()
        for count, prefix, chosen in ((a.rows, "", [n for n in names if n not in SMALL]), (a.small_rows, "small.", [n for n in names if n in SMALL])):
            if prefix and not chosen:
                continue
            results = {name: run_rival(name, count, pathlib.Path(scripts)) for name in chosen}
            results["akin"] = run_akin(program, a, count, folder)
            shutil.rmtree(folder, ignore_errors=True)
            rows += rows_of(count, prefix, chosen, results)
    harness.save("stores", rows, versions_of(names), harness.command_line(), a.out)


if __name__ == "__main__":
    main()
