"""Clusters of others for clusters.py, in an environment that has them: clusters_rivals.py PEER WORK VECTORS.npy [START.npy]

WORK is kmeans, hdbscan or ward, PEER one of those in TABLE. The time is that of the fit alone, after one on a few rows, so that nothing is
compiled within it. One JSON line.
"""
import json
import os
import sys
import time

peer, work, path = sys.argv[1:4]
THREADS = 2
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = str(THREADS)

import numpy as np

rows = np.load(path)
start = np.load(sys.argv[4]) if len(sys.argv) > 4 else None
ROUNDS, MIN_CLUSTER_SIZE, MIN_SAMPLES, K = 20, 100, 10, 20


def inertia_of(centres):
    total = 0.0
    for i in range(0, len(rows), 10000):
        block = rows[i:i + 10000].astype(np.float64)
        total += np.maximum((block * block).sum(1) + ((centres * centres).sum(1)[None] - 2 * block @ centres.T).min(1), 0).sum()
    return float(total)


def sklearn_kmeans(x):
    from sklearn.cluster import KMeans
    fit = KMeans(len(start), init=start, n_init=1, max_iter=ROUNDS, tol=0, algorithm="lloyd").fit(x)
    return fit.cluster_centers_


def faiss_kmeans(x):
    import faiss
    faiss.omp_set_num_threads(THREADS)
    fit = faiss.Kmeans(x.shape[1], len(start), niter=ROUNDS, max_points_per_centroid=10**9, min_points_per_centroid=1, seed=1)
    fit.train(x, init_centroids=start)
    return fit.centroids


def sklearn_hdbscan(x):
    from sklearn.cluster import HDBSCAN
    return HDBSCAN(min_cluster_size=MIN_CLUSTER_SIZE, min_samples=MIN_SAMPLES + 1, n_jobs=THREADS, copy=True).fit_predict(x)


def hdbscan_hdbscan(x):
    import hdbscan
    return hdbscan.HDBSCAN(min_cluster_size=MIN_CLUSTER_SIZE, min_samples=MIN_SAMPLES, core_dist_n_jobs=THREADS).fit_predict(x)


def fast_hdbscan(x):
    import fast_hdbscan as fast
    return fast.HDBSCAN(min_cluster_size=MIN_CLUSTER_SIZE, min_samples=MIN_SAMPLES).fit_predict(x)


def sklearn_ward(x):
    from sklearn.cluster import AgglomerativeClustering
    return AgglomerativeClustering(K, linkage="ward").fit_predict(x)


def scipy_ward(x):
    from scipy.cluster.hierarchy import fcluster, linkage
    return fcluster(linkage(x, "ward"), K, "maxclust")


TABLE = {("scikit-learn", "kmeans"): ("sklearn", sklearn_kmeans), ("faiss", "kmeans"): ("faiss", faiss_kmeans),
         ("scikit-learn", "hdbscan"): ("sklearn", sklearn_hdbscan), ("hdbscan", "hdbscan"): ("hdbscan", hdbscan_hdbscan),
         ("fast_hdbscan", "hdbscan"): ("fast_hdbscan", fast_hdbscan), ("scikit-learn", "ward"): ("sklearn", sklearn_ward),
         ("scipy", "ward"): ("scipy", scipy_ward)}
module, fit = TABLE[(peer, work)]
if work != "kmeans":
    fit(rows[:1000])
begin = time.perf_counter()
result = fit(rows)
seconds = time.perf_counter() - begin
from importlib.metadata import version

package = {"sklearn": "scikit-learn", "faiss": "faiss-cpu", "fast_hdbscan": "fast-hdbscan"}.get(module, module)
line = {"seconds": seconds, "versions": {peer: version(package), "numpy": np.__version__}}
if work == "kmeans":
    line["inertia"] = inertia_of(np.asarray(result, np.float64))
else:
    line["n_clusters"] = len(set(np.asarray(result).tolist()) - {-1})
print(json.dumps(line))
