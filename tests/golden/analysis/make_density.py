"""density/: small sets of vectors and what hdbscan, scikit-learn and scipy find in them. Run in this folder; needs numpy, hdbscan,
scikit-learn and scipy.

NAME_rows.npy: the vectors; NAME.json: cases with their options, labels and probabilities (hdbscan by Prim's algorithm, with which scikit-learn agrees; its Boruvka breaks ties otherwise), soft
membership, and where new vectors go. hdbscan takes its own core distances one neighbour short when it places new vectors
(prediction.py: query(k=min_samples), the vector itself counted); here it is given those that it clustered with.
"""
import json
import pathlib

import hdbscan
import numpy as np
import scipy
import sklearn
from hdbscan import prediction
from hdbscan.prediction import all_points_membership_vectors
from scipy.cluster.hierarchy import linkage
from sklearn.cluster import DBSCAN, HDBSCAN
from sklearn.datasets import make_blobs, make_moons
from sklearn.metrics import pairwise_distances
from sklearn.neighbors import NearestNeighbors

OUT = pathlib.Path(__file__).parent / "density"
OUT.mkdir(exist_ok=True)
VERSIONS = {"hdbscan": "0.8.44", "scikit-learn": sklearn.__version__, "scipy": scipy.__version__, "numpy": np.__version__}


def plane():
    rng = np.random.default_rng(4)
    moons, _ = make_moons(220, noise=0.06, random_state=2)
    blobs, _ = make_blobs([90, 60, 40, 30], centers=[[3, 3], [3.9, 3.2], [-2, 2.5], [-2.6, 2.1]], cluster_std=[0.3, 0.1, 0.35, 0.1], random_state=6)
    return np.concatenate([moons, blobs, rng.uniform(-4, 5, (80, 2))]).astype(np.float32)


def wide():
    rows, _ = make_blobs([80, 60, 50, 30, 20], 20, cluster_std=[1.0, 2.0, 0.6, 0.4, 3.0], center_box=(-3, 3), random_state=5)
    rng = np.random.default_rng(5)
    return np.concatenate([rows, rng.uniform(-5, 5, (40, 20))]).astype(np.float32)


def cores(rows, k, metric):
    return NearestNeighbors(n_neighbors=k + 1, metric=metric, algorithm="brute").fit(rows).kneighbors(rows)[0][:, -1]


def predict(model, rows, new, min_samples):
    """As approximate_predict(), with the core distances of the clustering."""
    data = model.prediction_data_
    distances, ids = NearestNeighbors(n_neighbors=2 * min_samples).fit(rows).kneighbors(new)
    core = cores(rows, min_samples, "euclidean")
    answers = []
    for d, i in zip(distances, ids):
        # It reads the (min_samples + 1)-th of the list as the new vector's core distance: the list is shifted so that this is the m-th.
        shifted_d, shifted_i = np.concatenate([[d[0]], d]), np.concatenate([[i[0]], i])
        answers.append(prediction._find_cluster_and_probability(model.condensed_tree_, data.cluster_tree, shifted_i, shifted_d, core, data.cluster_map,
                                                                data.max_lambdas, min_samples)[:2])
    return [int(a[0]) for a in answers], [float(a[1]) for a in answers]


def case(rows, mcs, ms, soft=False, metric="euclidean", **options):
    x = rows.astype(np.float64)
    if metric == "cosine":
        model = hdbscan.HDBSCAN(min_cluster_size=mcs, min_samples=ms, metric="precomputed", **options).fit(pairwise_distances(x, metric="cosine"))
    else:
        model = hdbscan.HDBSCAN(min_cluster_size=mcs, min_samples=ms, algorithm="prims_kdtree", prediction_data=soft, **options).fit(x)
    out = {"min_cluster_size": mcs, "min_samples": ms, "metric": metric, "options": options, "labels": model.labels_.tolist(),
           "probabilities": model.probabilities_.tolist()}
    if metric == "euclidean" and not options:
        twin = HDBSCAN(min_cluster_size=mcs, min_samples=ms + 1).fit(x)
        out["scikit_learn_labels"] = twin.labels_.tolist()
    if soft:
        out["membership"] = np.round(all_points_membership_vectors(model), 7).tolist()
        new = (x[::9] + np.random.default_rng(1).normal(0, 0.3, x[::9].shape)).astype(np.float32).astype(np.float64)
        out["new"] = new.astype(np.float32).tolist()
        out["new_labels"], out["new_probabilities"] = predict(model, x, new, ms)
    return out


def trees(rows):
    x = rows.astype(np.float64)
    return [{"method": method, "metric": metric, "linkage": linkage(x, method, metric=metric).tolist()}
            for method, metric in (("ward", "euclidean"), ("average", "euclidean"), ("complete", "euclidean"), ("single", "euclidean"),
                                   ("average", "cosine"), ("complete", "cosine"), ("single", "cosine"))]


def by_distance(rows, cases):
    x = rows.astype(np.float64)
    return [{"epsilon": eps, "min_samples": ms, "metric": metric, "labels": DBSCAN(eps=eps, min_samples=ms, metric=metric).fit(x).labels_.tolist()}
            for eps, ms, metric in cases]


def main():
    rows = plane()
    np.save(OUT / "plane_rows.npy", rows)
    cases = [case(rows, 15, 5, soft=True), case(rows, 8, 8), case(rows, 30, 2), case(rows, 5, 1), case(rows, 10, 5, cluster_selection_method="leaf"),
             case(rows, 10, 5, cluster_selection_epsilon=0.4), case(rows, 10, 5, cluster_selection_method="leaf", cluster_selection_epsilon=0.25),
             case(rows, 200, 5, allow_single_cluster=True), case(rows, 200, 5), case(rows, 40, 5, allow_single_cluster=True),
             case(rows, 200, 5, allow_single_cluster=True, cluster_selection_epsilon=0.5), case(rows, 10, 5, max_cluster_size=100)]
    (OUT / "plane.json").write_text(json.dumps({"made_with": VERSIONS, "cases": cases, "trees": trees(rows[::3]),
                                                "dbscan": by_distance(rows, [(0.3, 5, "euclidean"), (0.2, 3, "euclidean"), (0.15, 10, "euclidean"), (0.01, 4, "cosine")])}) + "\n")
    rows = wide()
    np.save(OUT / "wide_rows.npy", rows)
    cases = [case(rows, 15, 5, soft=True), case(rows, 8, 8), case(rows, 12, 3, cluster_selection_method="leaf"), case(rows, 10, 4, metric="cosine")]
    (OUT / "wide.json").write_text(json.dumps({"made_with": VERSIONS, "cases": cases, "trees": trees(rows),
                                               "dbscan": by_distance(rows, [(4.0, 5, "euclidean"), (6.0, 3, "euclidean"), (0.3, 8, "cosine")])}) + "\n")


main()
