#!/usr/bin/env python3
"""Graph search, the ten nearest by product: akin beside hnswlib, FAISS, USearch and SVS over the same vectors in one run.

    AKIN_VEC=FOLDER python3 bench/compare/ann.py             # about 8 minutes; base.npy and queries.npy lie in FOLDER
    python3 bench/compare/ann.py --base base.npy --queries queries.npy --what "my vectors"

Built by two threads, searched by one. Queries a second at a recall are read off each one's curve (logarithm of the speed over recall,
between the two settings around it). The rivals need their packages in the environment `vectors` of AKIN_PEERS; without it only akin is
timed. akin searches a query a call, the rivals all queries in one call.
"""
import argparse
import json
import math
import os
import pathlib

import harness

RECALLS = (0.90, 0.95, 0.99, 0.999)
GOAL_TIMES = {0.95: 2.0, 0.99: 2.0, 0.999: 2.0}
KEEPS = (0.5, 0.1, 0.01, 0.001, 0.00003)
PEERS = ("hnswlib", "faiss", "usearch", "svs")

TRUTH = """
import sys, numpy as np
base, queries = np.load(sys.argv[1]), np.load(sys.argv[2])
out = np.empty((len(queries), 10), np.int64)
for i in range(0, len(queries), 500):
    scores = queries[i:i + 500] @ base.T
    top = np.argpartition(-scores, 10, axis=1)[:, :10]
    out[i:i + 500] = top
np.save(sys.argv[3], out)
"""


def at_recall(sweep, recall):
    """Queries a second at `recall`, between the two settings around it; None if the curve does not go there."""
    points = sorted((r, q) for _, r, q in sweep)
    for (r0, q0), (r1, q1) in zip(points, points[1:]):
        if r0 <= recall <= r1 and r1 > r0:
            part = (recall - r0) / (r1 - r0)
            return math.exp(math.log(q0) * (1 - part) + math.log(q1) * part)
    return None


def run_akin(program, a):
    command = [program, a.base, a.queries, "--threads", 2, "--rounds", 2]
    for keep in KEEPS:
        command += ["--keep", keep]
    ran = harness.run(command, timeout=1200)
    if ran.error:
        raise SystemExit(f"{program}: {ran.error}")
    lines = ran.json_lines()
    sweep = [[line["ef"], line["recall"], line["qps"]] for line in lines if "ef" in line]
    return {**lines[0], "sweep": sweep, "filters": [line for line in lines if "keep" in line]}


def run_rivals(a, work, versions):
    python, here = harness.PEERS / "vectors" / "bin" / "python", pathlib.Path(__file__).resolve().parent
    truth, found, filters = work / "truth.npy", [], []
    ran = harness.run([python, "-c", TRUTH, a.base, a.queries, truth], timeout=600)
    if ran.error:
        harness.skipped("all rivals", ran.error)
        return found, filters
    for peer in PEERS:
        ran = harness.run([python, here / "ann_rivals.py", peer, a.base, a.queries, truth], timeout=1800)
        if ran.error:
            harness.skipped(peer, ran.error)
        for line in ran.json_lines():
            (filters if "keep" in line else found).append(line)
            if "version" in line:
                versions[peer] = line["version"]
                harness.say(f"  {line['peer']}: built in {line['build_seconds']:.1f} s, " + ", ".join(f"{r}: {harness.number(at_recall(line['sweep'], r))}" for r in RECALLS))
    return found, filters


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    folder = pathlib.Path(os.environ.get("AKIN_VEC", "."))
    p.add_argument("--base", default=str(folder / "base.npy"))
    p.add_argument("--queries", default=str(folder / "queries.npy"))
    p.add_argument("--what", default="100k x 384", help="what the vectors are, for the rows")
    p.add_argument("--rounds", type=int, default=3, help="of akin, before, between and after the rivals")
    p.add_argument("--build", default="build/bench")
    p.add_argument("--out", default=str(harness.ROOT / "build/compare"))
    a = p.parse_args()
    for path in (a.base, a.queries):
        if not pathlib.Path(path).exists():
            raise SystemExit(f"{path}: no such file; AKIN_VEC names the folder of base.npy and queries.npy")
    program = harness.program(a.build, "bench/index/hnsw_bench")
    work = pathlib.Path(a.out) / "ann"
    work.mkdir(parents=True, exist_ok=True)
    versions = {}
    with harness.machine_lock():
        harness.warn_if_busy()
        akin = [run_akin(program, a)]
        rivals, filters = run_rivals(a, work, versions)
        akin += [run_akin(program, a) for _ in range(a.rounds - 1)]

    rows = []
    by_recall = {r: {line["peer"]: [q] for line in rivals if (q := at_recall(line["sweep"], r))} for r in RECALLS}
    for recall in RECALLS:
        mine = [q for run in akin if (q := at_recall(run["sweep"], recall))]
        rows.append({"id": f"ann.{recall}", **harness.row(f"{a.what}: recall@10 of {recall}, one query a call, 1 thread", "queries/s", "higher", mine,
                                                          by_recall[recall], goal_times=GOAL_TIMES.get(recall), rounds=a.rounds)})
    build = {line["peer"]: [line["build_seconds"]] for line in rivals}
    rows.append({"id": "ann.build", **harness.row(f"{a.what}: build, 2 threads", "s", "lower", [run["build_seconds"] for run in akin], build,
                                                  goal_times=1.5, rounds=a.rounds)})
    memory = {line["peer"]: [line["bytes_a_vector"]] for line in rivals}
    rows.append({"id": "ann.bytes", **harness.row(f"{a.what}: memory a vector, akin's floats staying in their file", "bytes", "lower",
                                                  [akin[0]["bytes_a_vector"]], memory)})
    for i, keep in enumerate(KEEPS):
        theirs = {line["peer"]: [line["qps"]] for line in filters if line["keep"] == keep and line["recall"] >= 0.95 and line["too_few"] == 0}
        mine = [run["filters"][i] for run in akin]
        work_text = f"{a.what}: filter keeps {keep:.3%} (akin's recall {mine[0]['recall']:.3f}; rivals at 0.95 or more with all hits)"
        rows.append({"id": f"ann.filter.{keep}", "filters": filters, **harness.row(work_text, "queries/s", "higher", [line["qps"] for line in mine], theirs,
                                                                                  goal_value=10000 if keep == 0.01 else None, rounds=a.rounds)})
    rows[0]["sweeps"] = {"akin": akin, "rivals": rivals}
    harness.save("ann", rows, versions, harness.command_line(), a.out)
    (work / "filters.json").write_text(json.dumps(filters, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
