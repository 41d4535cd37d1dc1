"""clusters/: small sets of vectors and what scikit-learn finds in them. Run in this folder; needs numpy and scikit-learn.

Every file is .npy; `kmeans.json` holds the scalars and the versions.
"""
import json
import pathlib

import numpy as np
import sklearn
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


versions = {"numpy": np.__version__, "scikit-learn": sklearn.__version__}
(OUT / "kmeans.json").write_text(json.dumps({**kmeans(), "versions": versions}, indent=1) + "\n")
