"""Graph indexes of others for ann.py, in an environment that has them: ann_rivals.py PEER BASE QUERIES TRUTH.npy

PEER: hnswlib, faiss, usearch or svs. Built by two threads, searched by one with all queries in one call; each setting twice, the faster
counts. One JSON line a result.
"""
import json
import os
import sys
import time

peer, base_path, queries_path, truth_path = sys.argv[1:5]
os.environ["OMP_NUM_THREADS"] = "2"

import numpy as np

K = 10
EFS = [10, 16, 24, 32, 48, 64, 96, 128, 192, 256, 400, 640]
KEEPS = (0.5, 0.1, 0.01, 0.001)
base, queries, truth = np.load(base_path), np.load(queries_path), np.load(truth_path)
n, dim = base.shape


def resident():
    with open("/proc/self/statm", encoding="ascii") as f:
        return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def recall(found, wanted):
    return float(np.mean([len(np.intersect1d(f, w)) / max(1, len(w)) for f, w in zip(found, wanted)]))


def sweep(name, version, build, search):
    """build() -> index; search(index, ef) -> (queries, K) ids."""
    before, start = resident(), time.perf_counter()
    index = build()
    seconds, grown = time.perf_counter() - start, (resident() - before) / n
    points = []
    for ef in EFS:
        best = 0
        for _ in range(2):
            start = time.perf_counter()
            ids = search(index, ef)
            best = max(best, len(queries) / (time.perf_counter() - start))
        points.append([ef, recall(ids, truth), best])
        if points[-1][1] > 0.9995:
            break
    print(json.dumps({"peer": name, "version": version, "build_seconds": seconds, "bytes_a_vector": grown, "sweep": points}), flush=True)
    return index


def filters(name, search):
    """search(kept ids, query, ef) -> ids, for 300 queries at the least ef of three that finds 95 %, or the largest."""
    rng = np.random.default_rng(3)
    for keep in KEEPS:
        kept = np.flatnonzero(rng.random(n) < keep)
        scores = queries[:300] @ base[kept].T
        wanted = [kept[row] for row in np.argsort(-scores, axis=1, kind="stable")[:, :K]]
        for ef in (64, 256, 1000):
            prepared = search(kept)
            start, found = time.perf_counter(), []
            for q in queries[:300]:
                try:
                    ids = prepared(q, ef)
                    found.append(ids[ids >= 0])
                except RuntimeError:
                    found.append(np.empty(0, np.int64))
            qps, good = 300 / (time.perf_counter() - start), recall(found, wanted)
            if good >= 0.95:
                break
        print(json.dumps({"peer": name, "keep": keep, "qps": qps, "recall": good, "too_few": sum(len(f) < min(K, len(kept)) for f in found)}), flush=True)


def hnswlib_index():
    import hnswlib

    def build():
        index = hnswlib.Index("ip", dim)
        index.init_index(n, M=16, ef_construction=200, random_seed=1)
        index.add_items(base, num_threads=2)
        return index

    def search(index, ef):
        index.set_ef(ef)
        return index.knn_query(queries, K, num_threads=1)[0]

    index = sweep("hnswlib M=16", getattr(hnswlib, "__version__", "0.8"), build, search)

    def kept_search(kept):
        inside = np.zeros(n, bool)
        inside[kept] = True

        def one(q, ef):
            index.set_ef(ef)
            return index.knn_query(q, K, num_threads=1, filter=lambda i: bool(inside[i]))[0][0].astype(np.int64)
        return one
    filters("hnswlib M=16", kept_search)


def faiss_index():
    import faiss

    def build(degree):
        def made():
            faiss.omp_set_num_threads(2)
            index = faiss.IndexHNSWFlat(dim, degree, faiss.METRIC_INNER_PRODUCT)
            index.hnsw.efConstruction = 200
            index.add(base)
            faiss.omp_set_num_threads(1)
            return index
        return made

    def search(index, ef):
        index.hnsw.efSearch = ef
        return index.search(queries, K)[1]

    sweep("FAISS HNSW M=32", faiss.__version__, build(32), search)
    index = sweep("FAISS HNSW M=16", faiss.__version__, build(16), search)

    def kept_search(kept):
        chosen = faiss.IDSelectorBatch(kept)
        return lambda q, ef: index.search(q[None], K, params=faiss.SearchParametersHNSW(efSearch=ef, sel=chosen))[1][0]
    filters("FAISS HNSW M=16", kept_search)


def usearch_index():
    import usearch
    from usearch.index import Index

    def build(dtype):
        def made():
            index = Index(ndim=dim, metric="ip" if dtype != "i8" else "cos", dtype=dtype, connectivity=16, expansion_add=200)
            index.add(np.arange(n), base, threads=2)
            return index
        return made

    def search(index, ef):
        index.expansion_search = ef
        return index.search(queries, K, threads=1).keys.astype(np.int64)

    for dtype in ("f32", "i8"):
        sweep(f"USearch {dtype}", usearch.__version__, build(dtype), search)


def svs_index():
    import svs
    chosen = svs.VamanaBuildParameters(alpha=0.95, graph_max_degree=64, window_size=128)

    def build():
        index = svs.Vamana.build(chosen, base, svs.DistanceType.MIP, num_threads=2)
        index.num_threads = 1
        return index

    def search(index, ef):
        index.search_window_size = ef
        return index.search(queries, K)[0].astype(np.int64)

    sweep("SVS Vamana R=64", getattr(svs, "__version__", "0.5"), build, search)


{"hnswlib": hnswlib_index, "faiss": faiss_index, "usearch": usearch_index, "svs": svs_index}[peer]()
