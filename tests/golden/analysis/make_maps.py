"""maps/: small sets of vectors, what scikit-learn's PCA finds in them, and the trustworthiness of a map. Run in this folder; needs numpy and
scikit-learn.
"""
import json
import pathlib

import numpy as np
import sklearn
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness

OUT = pathlib.Path(__file__).parent / "maps"
OUT.mkdir(exist_ok=True)
rng = np.random.default_rng(7)


def pca():
    """300 rows of 12 numbers around (5, 5, …), each direction weaker than the one before."""
    turn, _ = np.linalg.qr(rng.normal(size=(12, 12)))
    rows = (rng.normal(size=(300, 12)) * 0.7 ** np.arange(12) @ turn + 5).astype(np.float32)
    fit = PCA(4, svd_solver="full").fit(rows.astype(np.float64))
    np.save(OUT / "pca_rows.npy", rows)
    np.save(OUT / "pca_components.npy", np.ascontiguousarray(fit.components_, np.float32))
    np.save(OUT / "pca_transformed.npy", np.ascontiguousarray(fit.transform(rows.astype(np.float64)), np.float32))
    return rows, fit


rows, fit = pca()
plane = fit.transform(rows.astype(np.float64))[:, :2].astype(np.float32)
quality = {
    str(k): {
        "trustworthiness": trustworthiness(rows.astype(np.float64), plane.astype(np.float64), n_neighbors=k),
        # Continuity is trustworthiness with the two spaces exchanged (Venna & Kaski, 2001).
        "continuity": trustworthiness(plane.astype(np.float64), rows.astype(np.float64), n_neighbors=k),
    }
    for k in (5, 15)
}
(OUT / "maps.json").write_text(
    json.dumps(
        {
            "explained_variance": fit.explained_variance_.tolist(),
            "explained_variance_ratio": fit.explained_variance_ratio_.tolist(),
            "quality_of_the_plane": quality,
            "versions": {"numpy": np.__version__, "scikit-learn": sklearn.__version__},
        },
        indent=1,
    )
    + "\n"
)


def umap_graph():
    """umap-learn's graph of the rows and its curve: umap_graph.npy holds its first 60 rows; needs umap-learn."""
    import umap
    from umap.umap_ import discrete_metric_simplicial_set_intersection, find_ab_params, fuzzy_simplicial_set

    graph, _, _ = fuzzy_simplicial_set(rows, 10, np.random.RandomState(1), "euclidean")
    labels = (np.arange(len(rows)) % 3).astype(np.int64)
    labels[::7] = -1
    told = discrete_metric_simplicial_set_intersection(graph.copy(), labels, far_dist=5.0)
    np.save(OUT / "umap_graph.npy", np.asarray(graph.todense(), np.float32)[:60])
    np.save(OUT / "umap_graph_told.npy", np.asarray(told.todense(), np.float32)[:60])
    curves = [{"min_dist": m, "spread": s, "a": a, "b": b} for m, s in ((0.1, 1.0), (0.0, 1.0), (0.5, 2.0)) for a, b in [find_ab_params(s, m)]]
    (OUT / "umap.json").write_text(json.dumps({"curves": curves, "versions": {"umap-learn": umap.__version__}}, indent=1) + "\n")


umap_graph()


def tsne_affinities():
    """scikit-learn's joint probabilities of the rows for perplexity 10 among 30 neighbours: the first 60 rows."""
    from sklearn.manifold._t_sne import _joint_probabilities_nn
    from sklearn.neighbors import NearestNeighbors

    distances = NearestNeighbors(n_neighbors=30).fit(rows.astype(np.float64)).kneighbors_graph(mode="distance")
    distances.data **= 2
    p = _joint_probabilities_nn(distances, 10, 0)
    np.save(OUT / "tsne_affinities.npy", np.asarray(p.todense(), np.float32)[:60])


tsne_affinities()
