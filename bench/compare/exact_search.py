#!/usr/bin/env python3
"""Exact search, the ten largest products: akin beside FAISS and NumPy over the same vectors with the same threads, interleaved.

    python3 bench/compare/exact_search.py             # about 4 minutes; makes 100,000 x 384 unit vectors in clusters on its first run
    python3 bench/compare/exact_search.py --base base.npy --queries queries.npy

The rivals need FAISS and NumPy in the environment that AKIN_PEERS names; without them only akin is timed. Ids of akin's batch are compared
with FAISS's: `same_ids` in the result counts the hits that agree (ties and rounding may swap two).
"""
import argparse
import json
import pathlib
import struct

import harness

THREADS = (1, 2)
# (id, work, mode, goal with one thread, goal with two)
WORK = (("one", "one query a call", (1.4, 1.8)), ("batch", "all queries in one call", (None, 3.0)), ("filter", "one query, 1 in 100 rows kept", (None, None)))


def make_vectors(folder, python):
    """Clusters of different sizes, as embeddings lie; the queries come from the same clusters."""
    folder.mkdir(parents=True, exist_ok=True)
    script = f"""
import numpy as np
rng = np.random.default_rng(7)
centres = rng.standard_normal((2000, 384), dtype=np.float32)
which = np.minimum(rng.geometric(0.002, 102000) - 1, 1999)
v = centres[which] * 0.7 + rng.standard_normal((102000, 384), dtype=np.float32)
v /= np.linalg.norm(v, axis=1, keepdims=True)
np.save({str(folder / 'base.npy')!r}, v[:100000])
np.save({str(folder / 'queries.npy')!r}, v[100000:])
"""
    ran = harness.run([python, "-c", script], timeout=300)
    if ran.error:
        raise SystemExit(f"cannot make vectors with {python}: {ran.error}")


def run_akin(program, a, threads, ids=None):
    command = [program, a.base, a.queries, "--threads", threads, "--seconds", a.seconds]
    for mode, _, _ in WORK:
        command += ["--mode", mode]
    ran = harness.run(command + (["--ids", ids] if ids else []))
    if ran.error:
        raise SystemExit(f"{program}: {ran.error}")
    return {line["mode"]: line for line in ran.json_lines()}


def run_rivals(a, threads, versions, ids=None):
    here = pathlib.Path(__file__).resolve().parent
    ran = harness.run([harness.peer_python(), here / "exact_search_rivals.py", a.base, a.queries, threads, a.seconds, *([ids] if ids else [])])
    if ran.error:
        harness.skipped("FAISS and NumPy", ran.error)
    speeds = {}
    for line in ran.json_lines():
        versions.update(line["versions"])
        speeds.setdefault(line["mode"], {})[line["peer"]] = line["qps"]
    return speeds


def read_ivecs(path):
    data, rows, at = path.read_bytes(), [], 0
    while at < len(data):
        (n,) = struct.unpack_from("<i", data, at)
        rows.append(struct.unpack_from(f"<{n}i", data, at + 4))
        at += 4 + 4 * n
    return rows


def same_ids(ours, theirs):
    if not theirs.exists():
        return None
    pairs = list(zip(read_ivecs(ours), json.loads(theirs.read_text(encoding="utf-8"))))
    return sum(len(set(x) & set(y)) for x, y in pairs) / sum(len(x) for x, _ in pairs)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--base")
    p.add_argument("--queries")
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--seconds", type=float, default=1.5, help="of each measurement")
    p.add_argument("--build", default="build/bench")
    p.add_argument("--out", default=str(harness.ROOT / "build/compare"))
    a = p.parse_args()
    program = harness.program(a.build, "bench/index/exact_search_bench")
    work = pathlib.Path(a.out) / "exact_search"
    work.mkdir(parents=True, exist_ok=True)
    if not a.base or not a.queries:
        a.base, a.queries = work / "base.npy", work / "queries.npy"
        if not a.queries.exists():
            make_vectors(work, harness.peer_python())
    akin, rivals, versions, gb = {}, {}, {}, {}
    ours, theirs = work / "akin.ivecs", work / "faiss.json"
    theirs.unlink(missing_ok=True)
    with harness.machine_lock():
        harness.warn_if_busy()
        for turn in range(a.rounds):
            for threads in THREADS:
                for mode, peers in run_rivals(a, threads, versions, theirs if turn == 0 else None).items():
                    for peer, qps in peers.items():
                        rivals.setdefault((mode, threads), {}).setdefault(peer, []).append(qps)
                for mode, line in run_akin(program, a, threads, ours if turn == 0 else None).items():
                    akin.setdefault((mode, threads), []).append(line["qps"])
                    gb.setdefault((mode, threads), []).append(line["gb_per_s"])
    rows = []
    for mode, work_text, goals in WORK:
        for threads in THREADS:
            key = (mode, threads)
            text = f"exact search, 100k x 384, {work_text}, {threads} thread{'s' if threads > 1 else ''}"
            row = harness.row(text, "queries/s", "higher", akin.get(key, []), rivals.get(key, {}), goal_times=goals[threads - 1], rounds=a.rounds)
            rows.append({"id": f"exact_search.{mode}.{threads}", **row, "gb_per_s": gb.get(key, [])})
    agreed = same_ids(ours, theirs)
    harness.say(f"  hits that agree with FAISS: {agreed}")
    rows[0]["same_ids"] = agreed
    harness.save("exact_search", rows, versions, harness.command_line(), a.out)


if __name__ == "__main__":
    main()
