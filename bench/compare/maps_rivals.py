"""Maps of others for maps.py, in an environment that has them, and how good a map is.

    maps_rivals.py umap-learn|openTSNE ROWS.npy METRIC OUT.npy     umap-learn: the median of three calls after one that compiles
    maps_rivals.py score ROWS.npy PLACES.npy METRIC [LABELS.npy]   scikit-learn's trustworthiness of 5,000 rows; labels of ten neighbours

One JSON line.
"""
import json
import os
import statistics
import sys
import time

work = sys.argv[1]
THREADS = 2
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = str(THREADS)

import numpy as np

NEIGHBOURS = 15
CALLS = 3


def score():
    from sklearn.manifold import trustworthiness
    from sklearn.neighbors import NearestNeighbors
    rows, places, metric = np.load(sys.argv[2]), np.load(sys.argv[3]), sys.argv[4]
    pick = np.random.default_rng(0).permutation(len(rows))[:5000]
    found = {"trustworthiness": float(trustworthiness(rows[pick], places[pick], n_neighbors=NEIGHBOURS, metric=metric))}
    if len(sys.argv) > 5:
        labels = np.load(sys.argv[5]).astype(int)
        near = NearestNeighbors(n_neighbors=11).fit(places).kneighbors(places, return_distance=False)[:, 1:]
        votes = np.array([np.bincount(r).argmax() for r in labels[near]])
        found["neighbor_accuracy"] = float((votes == labels).mean())
    return found


def umap_learn(rows, metric):
    import umap
    make = lambda x: umap.UMAP(metric=metric, n_jobs=THREADS).fit_transform(x)
    make(rows)  # small sets take other ways: only a call on these very rows compiles all
    seconds = []
    for _ in range(CALLS):
        start = time.perf_counter()
        places = make(rows)
        seconds.append(time.perf_counter() - start)
    return places, statistics.median(seconds), {"umap-learn": umap.__version__}


def open_tsne(rows, metric):
    import openTSNE
    start = time.perf_counter()
    places = openTSNE.TSNE(metric=metric, n_jobs=THREADS, random_state=1).fit(rows)
    return np.asarray(places), time.perf_counter() - start, {"openTSNE": openTSNE.__version__}


if work == "score":
    print(json.dumps(score()))
else:
    places, seconds, versions = {"umap-learn": umap_learn, "openTSNE": open_tsne}[work](np.load(sys.argv[2]), sys.argv[3])
    np.save(sys.argv[4], places.astype(np.float32))
    print(json.dumps({"seconds": seconds, "versions": versions}))
