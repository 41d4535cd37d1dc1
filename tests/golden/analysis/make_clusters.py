"""clusters/: small sets of vectors and what scikit-learn finds in them. Run in this folder; needs numpy and scikit-learn.

Every file is .npy; `kmeans.json` holds the scalars and the versions.
"""
import json
import pathlib

import numpy as np
import sklearn
from sklearn import metrics
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs

OUT = pathlib.Path(__file__).parent / "clusters"
OUT.mkdir(exist_ok=True)


def kmeans():
    rows, _ = make_blobs(400, 6, centers=9, cluster_std=1.6, random_state=3)  # overlapping: several rounds are needed
    rows = rows.astype(np.float32)
    start = rows[np.random.default_rng(5).choice(len(rows), 9, replace=False)].copy()
    fit = KMeans(9, init=start, n_init=1, max_iter=300, tol=0, algorithm="lloyd").fit(rows.astype(np.float64))
    few = KMeans(9, init=start, n_init=1, max_iter=3, tol=0, algorithm="lloyd").fit(rows.astype(np.float64))
    np.save(OUT / "kmeans_rows.npy", rows)
    np.save(OUT / "kmeans_start.npy", start)
    np.save(OUT / "kmeans_labels.npy", fit.labels_.astype(np.int32))
    np.save(OUT / "kmeans_centres.npy", fit.cluster_centers_.astype(np.float32))
    return {"inertia": fit.inertia_, "n_iterations": fit.n_iter_, "inertia_after_3": few.inertia_}


def agreements():
    """Pairs of labellings with their scores, odd ones among them."""
    rng = np.random.default_rng(8)
    truth = rng.integers(0, 6, 300)
    noisy = np.where(rng.random(300) < 0.3, rng.integers(0, 9, 300), truth)
    pairs = [(truth, noisy), (noisy, truth), (truth, truth), (truth, np.zeros(300, int)), (np.zeros(300, int), truth), (np.arange(9), np.arange(9)[::-1]),
             (np.arange(9), np.zeros(9, int)), ([3], [5]), ([0, 0, 1, 1], [0, 1, 0, 1]), (truth, np.where(rng.random(300) < 0.2, -1, noisy))]
    out = []
    for a, b in pairs:
        h, c, v = metrics.homogeneity_completeness_v_measure(a, b)
        out.append({"truth": [int(x) for x in a], "found": [int(x) for x in b], "adjusted_rand": metrics.adjusted_rand_score(a, b),
                    "homogeneity": h, "completeness": c, "v_measure": v, "nmi": metrics.normalized_mutual_info_score(a, b)})
    return out


def scores():
    rows = np.load(OUT / "kmeans_rows.npy").astype(np.float64)
    labels = np.load(OUT / "kmeans_labels.npy")
    uneven = np.where(np.arange(len(rows)) == 7, 99, labels % 4)  # a cluster of one row, numbers left out
    return [{"labels": [int(x) for x in l], "silhouette": metrics.silhouette_score(rows, l),
             "silhouette_cosine": metrics.silhouette_score(rows, l, metric="cosine"), "davies_bouldin": metrics.davies_bouldin_score(rows, l)}
            for l in (labels, uneven)]


def write(name, content):
    (OUT / f"{name}.json").write_text(json.dumps({"made_with": versions, "cases": content}) + "\n")


versions = {"numpy": np.__version__, "scikit-learn": sklearn.__version__}
(OUT / "kmeans.json").write_text(json.dumps({**kmeans(), "versions": versions}, indent=1) + "\n")
write("agreements", agreements())
write("scores", scores())
