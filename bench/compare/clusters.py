#!/usr/bin/env python3
"""Clusters: akin beside scikit-learn, FAISS, hdbscan, fast_hdbscan and SciPy over the same vectors with two threads, interleaved.

    python3 bench/compare/clusters.py                 # about 10 minutes; makes its vectors on its first run
    python3 bench/compare/clusters.py --base base.npy --low low.npy

`base`: 100,000 vectors of some hundred numbers, `low`: 20,000 of few, as a projection leaves them; more of few numbers are made of those by
adding noise. k-means begins everywhere from the same rows and takes 20 rounds; HDBSCAN with min_cluster_size 100 and min_samples 10. Times
are of the clustering alone (the rivals' after a first call, so that nothing is compiled within them), memory is the process's peak. The
rivals need the environment that --python names; one that is missing is skipped.
"""
import argparse
import pathlib

import harness

ROUNDS = {"quick": 3, "slow": 1}
# work, rows, table, (peer, how often), goal over the best
WORK = (
    ("kmeans", 5_000, "base", (("scikit-learn", "quick"), ("faiss", "quick")), None),
    ("kmeans", 20_000, "base", (("scikit-learn", "quick"), ("faiss", "quick")), None),
    ("kmeans", 100_000, "base", (("scikit-learn", "quick"), ("faiss", "quick")), 2.5),
    ("hdbscan", 5_000, "low", (("scikit-learn", "slow"), ("hdbscan", "slow"), ("fast_hdbscan", "quick")), None),
    ("hdbscan", 20_000, "low", (("scikit-learn", "slow"), ("hdbscan", "slow"), ("fast_hdbscan", "quick")), 3.0),
    ("hdbscan", 100_000, "low", (("fast_hdbscan", "quick"),), None),
    ("hdbscan", 5_000, "base", (("scikit-learn", "slow"), ("fast_hdbscan", "slow")), None),
    ("hdbscan", 20_000, "base", (("fast_hdbscan", "slow"),), 1.0),
    ("ward", 5_000, "base", (("scikit-learn", "quick"), ("scipy", "quick")), None),
    ("ward", 10_000, "base", (("scikit-learn", "slow"), ("scipy", "slow")), None),
)
NAMES = {"kmeans": "k-means, k = 100, 20 rounds from a given start", "hdbscan": "HDBSCAN", "ward": "Ward's tree, cut to 20 clusters"}
OPTIONS = {"kmeans": ("--method", "kmeans", "--max-iterations", "20", "--tolerance", "0"),
           "hdbscan": ("--method", "hdbscan", "--min-cluster-size", "100", "--min-samples", "10"),
           "ward": ("--method", "agglomerative", "--linkage", "ward", "-k", "20")}


def make_tables(a, folder):
    """The vectors of every size, and the start of k-means."""
    folder.mkdir(parents=True, exist_ok=True)
    sizes = sorted({(table, n) for _, n, table, _, _ in WORK})
    script = f"""
import numpy as np, pathlib
rng = np.random.default_rng(7)
folder = pathlib.Path({str(folder)!r})
def clustered(n, dim, k, spread):
    centres = rng.standard_normal((k, dim), dtype=np.float32)
    v = centres[rng.integers(0, k, n)] + spread * rng.standard_normal((n, dim), dtype=np.float32)
    return v
base, low = {a.base!r}, {a.low!r}
base = np.load(base) if base else clustered(100000, 384, 300, 1.2)
base = (base / np.linalg.norm(base, axis=1, keepdims=True)).astype(np.float32)
low = (np.load(low) if low else clustered(20000, 5, 40, 0.15)).astype(np.float32)
more = np.tile(low, (100000 // len(low) + 1, 1))[:100000]
more = np.concatenate([low, more[len(low):] + 0.05 * low.std(0) * rng.standard_normal(more[len(low):].shape, dtype=np.float32)]).astype(np.float32)
for table, n in {sizes!r}:
    np.save(folder / f"{{table}}_{{n}}.npy", (base if table == "base" else more)[:n])
np.save(folder / "start.npy", base[rng.choice(5000, 100, replace=False)])
"""
    ran = harness.run([a.python, "-c", script], timeout=600)
    if ran.error:
        raise SystemExit(f"cannot make vectors with {a.python}: {ran.error}")


def run_akin(program, work, path, folder):
    command = [program, "cluster", path, *OPTIONS[work], "--threads", 2, "--words", 0, "--examples", 0, "--json"]
    ran = harness.run(command + (["--start", folder / "start.npy"] if work == "kmeans" else []))
    if ran.error:
        raise SystemExit(f"{program}: {ran.error}")
    return {**ran.json_lines()[0], "mb": ran.peak_rss_mb}


def run_rival(a, peer, work, path, folder):
    here = pathlib.Path(__file__).resolve().parent
    ran = harness.run([a.python, here / "clusters_rivals.py", peer, work, path, *([folder / "start.npy"] if work == "kmeans" else [])], timeout=900)
    if ran.error:
        harness.skipped(f"{peer} ({work}, {path.name})", ran.error)
        return None
    return {**ran.json_lines()[-1], "mb": ran.peak_rss_mb}


def measure(a, program, folder, versions):
    """(akin's runs, rivals' runs by name) of each row of WORK."""
    for work, n, table, peers, goal in WORK:
        path = folder / f"{table}_{n}.npy"
        ours, theirs = [], {peer: [] for peer, _ in peers}
        for turn in range(ROUNDS["quick"]):
            for peer, often in peers:
                if turn >= ROUNDS[often]:
                    continue
                line = run_rival(a, peer, work, path, folder)
                if line:
                    versions.update(line["versions"])
                    theirs[peer].append(line)
            ours.append(run_akin(program, work, path, folder))
        yield work, n, table, goal, ours, {peer: lines for peer, lines in theirs.items() if lines}


def same_result(work, ours, theirs):
    """What both found, for the table: the inertia or the number of clusters."""
    key = "inertia" if work == "kmeans" else "n_clusters"
    own = ours[0].get(key, ours[0].get("n_clusters"))
    return "; ".join([f"akin {own:.6g}", *(f"{peer} {lines[0][key]:.6g}" for peer, lines in theirs.items())])


def begin(description):
    """The arguments of a script over these vectors, akin, and the folder of the vectors, which are made."""
    p = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--base", default="")
    p.add_argument("--low", default="")
    harness.add_rival_options(p)
    a = p.parse_args()
    program = harness.program(a.build, "akin")
    folder = pathlib.Path(a.out) / "clusters"
    make_tables(a, folder)
    return a, program, folder


def main():
    a, program, folder = begin(__doc__)
    rows, versions, details = [], {}, {"columns": ["work", "rows", "akin, s", "rivals, s", "akin, MB", "rivals, MB", "inertia or clusters"], "rows": []}
    with harness.machine_lock():
        harness.warn_if_busy()
        for work, n, table, goal, ours, theirs in measure(a, program, folder, versions):
            dims = "384" if table == "base" else "5"
            text = f"{NAMES[work]}, {n:,} × {dims}, 2 threads"
            row = harness.row(text, "s", "lower", [r["seconds"] for r in ours], {peer: [r["seconds"] for r in lines] for peer, lines in theirs.items()},
                              goal_times=goal, rounds=len(ours))
            rows.append({"id": f"clusters.{work}.{table}.{n}", **row})
            if goal is not None:
                row = harness.row(f"peak memory: {text}", "MB", "lower", [r["mb"] for r in ours], {peer: [r["mb"] for r in lines] for peer, lines in theirs.items()},
                                  rounds=len(ours))
                rows.append({"id": f"clusters.{work}.{table}.{n}.memory", **row})
            listed = lambda key: "; ".join(f"{peer} {harness.number(min(r[key] for r in lines))}" for peer, lines in theirs.items()) or "–"
            details["rows"].append([f"{NAMES[work].split(',')[0]}, {dims} numbers", f"{n:,}", min(r["seconds"] for r in ours), listed("seconds"),
                                    max(r["mb"] for r in ours), listed("mb"), same_result(work, ours, theirs)])
    harness.save("clusters", rows, versions, harness.command_line(), a.out, details)


if __name__ == "__main__":
    main()
