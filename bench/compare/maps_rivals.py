"""Maps of others for maps.py, in an environment that has them, and how good a map is.

    maps_rivals.py WHO ROWS.npy METRIC OUT.npy SEED                WHO: umap-learn (a call after one that compiles; SEED is not its: with one
                                                                   it takes one thread), uwot, openTSNE, "openTSNE, exact neighbours"
    maps_rivals.py score ROWS.npy PLACES.npy METRIC [LABELS.npy]   trustworthiness of 5,000 rows (scikit-learn's) and of all; labels of ten neighbours

One JSON line.
"""
import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

work = sys.argv[1]
THREADS = 2
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = str(THREADS)

import numpy as np

NEIGHBOURS = 15


def trust_of_all(rows, places, metric, at_once=500):
    """Venna and Kaski's sum, as scikit-learn has it, by blocks: all pairs of 20,000 rows are too many to keep."""
    from sklearn.metrics import pairwise_distances
    from sklearn.neighbors import NearestNeighbors
    n, k = len(rows), NEIGHBOURS
    near = NearestNeighbors(n_neighbors=k + 1).fit(places).kneighbors(places, return_distance=False)
    total = 0
    for first in range(0, n, at_once):
        block = np.arange(first, min(n, first + at_once))
        distances = pairwise_distances(rows[block], rows, metric=metric)
        distances[np.arange(len(block)), block] = np.inf
        for i, row in enumerate(block):
            others = [j for j in near[row] if j != row][:k]
            ranks = 1 + (distances[i][None, :] < distances[i][others][:, None]).sum(1)
            total += np.maximum(ranks - k, 0).sum()
    return 1 - 2 * total / (n * k * (2 * n - 3 * k - 1))


def score():
    from sklearn.manifold import trustworthiness
    from sklearn.neighbors import NearestNeighbors
    rows, places, metric = np.load(sys.argv[2]), np.load(sys.argv[3]), sys.argv[4]
    pick = np.random.default_rng(0).permutation(len(rows))[:5000]
    found = {"trustworthiness": float(trustworthiness(rows[pick], places[pick], n_neighbors=NEIGHBOURS, metric=metric))}
    found["trustworthiness of all"] = float(trust_of_all(rows, places, metric))
    if len(sys.argv) > 5:
        labels = np.load(sys.argv[5]).astype(int)
        near = NearestNeighbors(n_neighbors=11).fit(places).kneighbors(places, return_distance=False)[:, 1:]
        votes = np.array([np.bincount(r).argmax() for r in labels[near]])
        found["neighbor_accuracy"] = float((votes == labels).mean())
    return found


def umap_learn(rows, metric, _):
    import umap
    make = lambda x: umap.UMAP(metric=metric, n_jobs=THREADS).fit_transform(x)
    make(rows)  # small sets take other ways: only a call on these very rows compiles all
    start = time.perf_counter()
    places = make(rows)
    return places, {"seconds": time.perf_counter() - start, "versions": {"umap-learn": umap.__version__}}


def uwot(rows, metric, _):
    """In R, of which the peak memory is asked."""
    script = pathlib.Path(__file__).resolve().with_suffix(".R")
    with tempfile.TemporaryDirectory() as folder:
        source, target = pathlib.Path(folder) / "rows.f32", pathlib.Path(folder) / "places.f32"
        np.ascontiguousarray(rows, np.float32).tofile(source)
        ran = subprocess.run(["Rscript", str(script), str(source), *map(str, rows.shape), metric, str(target)], capture_output=True, text=True)
        if ran.returncode != 0:
            sys.exit(ran.stderr.strip().splitlines()[-1] if ran.stderr.strip() else "Rscript failed")
        found = json.loads(ran.stdout.strip().splitlines()[-1])
        return np.fromfile(target, np.float32).reshape(-1, 2), {**found, "mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024}


def open_tsne(rows, metric, seed, neighbours="auto"):
    import openTSNE
    start = time.perf_counter()
    places = openTSNE.TSNE(metric=metric, neighbors=neighbours, n_jobs=THREADS, random_state=int(seed)).fit(rows)
    return np.asarray(places), {"seconds": time.perf_counter() - start, "versions": {"openTSNE": openTSNE.__version__}}


MAKERS = {"umap-learn": umap_learn, "uwot": uwot, "openTSNE": open_tsne, "openTSNE, exact neighbours": lambda *words: open_tsne(*words, neighbours="exact")}
if work == "score":
    print(json.dumps(score()))
else:
    places, found = MAKERS[work](np.load(sys.argv[2]), sys.argv[3], sys.argv[5])
    np.save(sys.argv[4], places.astype(np.float32))
    print(json.dumps(found))
