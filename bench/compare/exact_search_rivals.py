"""FAISS and NumPy for exact_search.py, in an environment that has them: exact_search_rivals.py BASE QUERIES THREADS SECONDS [IDS.json]"""
import json
import os
import sys
import time

base_path, queries_path, threads, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = str(threads)

import faiss
import numpy as np

K = 10
base, queries = np.load(base_path), np.load(queries_path)
faiss.omp_set_num_threads(threads)
index = faiss.IndexFlatIP(base.shape[1])
index.add(base)
kept = np.arange(base.shape[0] // 100) * 101


def measure(peer, mode, step, call):
    """Calls call(queries) with `step` queries at a time until the time is up; the first call is not counted."""
    call(queries[:step])
    start, done, first = time.perf_counter(), 0, 0
    while done == 0 or time.perf_counter() - start < seconds:
        block = queries[first:first + step]
        call(block)
        done += len(block)
        first = first + step if first + step < len(queries) else 0
    qps = done / (time.perf_counter() - start)
    print(json.dumps({"peer": peer, "mode": mode, "threads": threads, "qps": qps,
                      "versions": {"faiss": faiss.__version__, "numpy": np.__version__}}), flush=True)


def by_numpy(block):
    scores = base @ block[0] if len(block) == 1 else None
    if scores is not None:
        top = np.argpartition(-scores, K)[:K]
        return top[np.argsort(-scores[top], kind="stable")]
    for i in range(0, len(block), 500):
        part = block[i:i + 500] @ base.T
        top = np.argpartition(-part, K, axis=1)[:, :K]
        np.take_along_axis(part, top, 1).argsort(axis=1)


chosen = faiss.SearchParameters(sel=faiss.IDSelectorBatch(kept))
measure("faiss IndexFlatIP", "one", 1, lambda q: index.search(q, K))
measure("numpy", "one", 1, by_numpy)
measure("faiss IndexFlatIP", "batch", len(queries), lambda q: index.search(q, K))
measure("numpy", "batch", len(queries), by_numpy)
measure("faiss IndexFlatIP", "filter", 1, lambda q: index.search(q, K, params=chosen))
if len(sys.argv) > 5:
    with open(sys.argv[5], "w", encoding="utf-8") as out:
        json.dump(index.search(queries, K)[1].tolist(), out)
