"""outliers/: a small set of vectors and how odd scikit-learn and pyod find them. Run in this folder; needs numpy, scikit-learn and pyod.

Every file is .npy; `outliers.json` holds the scalars and the versions.
"""
import importlib.metadata
import json
import pathlib

import numpy as np
import sklearn
from pyod.models.ecod import ECOD
from sklearn.covariance import LedoitWolf
from sklearn.ensemble import IsolationForest
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.neighbors import LocalOutlierFactor, NearestNeighbors

OUT = pathlib.Path(__file__).parent / "outliers"
OUT.mkdir(exist_ok=True)


def save(name, array):
    np.save(OUT / f"{name}.npy", np.ascontiguousarray(array, dtype=np.int32 if array.dtype.kind in "iu" else np.float32))


draw = np.random.default_rng(8)
good = np.concatenate([draw.normal(0, 1, (150, 6)), draw.normal(4, 0.5, (100, 6)) * [1, 1, 2, 1, 1, 1]])
odd = draw.uniform(-2.5, 5, (20, 6))
rows = np.concatenate([good, odd]).astype(np.float32)
truth = np.r_[np.zeros(len(good), int), np.ones(len(odd), int)]
new = draw.uniform(-6, 9, (40, 6)).astype(np.float32)
save("rows", rows)
save("new", new)
save("truth", truth)
x, n = rows.astype(np.float64), new.astype(np.float64)

lof = LocalOutlierFactor(15, novelty=True).fit(x)
save("lof", -lof.negative_outlier_factor_)
save("lof_new", -lof.score_samples(n))
save("knn", NearestNeighbors(n_neighbors=15).fit(x).kneighbors()[0][:, -1])
cov = LedoitWolf().fit(x)
save("mahalanobis", cov.mahalanobis(x))
save("mahalanobis_new", cov.mahalanobis(n))
save("ecod", ECOD().fit(x).decision_scores_)
save("ecod_new", np.array([ECOD().fit(np.vstack([x, row])).decision_scores_[-1] for row in n]))
forests = [-IsolationForest(random_state=seed).fit(x).score_samples(x) for seed in range(20)]
save("iforest", np.mean(forests, axis=0))
scores = np.round(-lof.negative_outlier_factor_, 1)  # with equal ones
facts = {
    "shrinkage": cov.shrinkage_,
    "iforest_auc": float(np.mean([roc_auc_score(truth, s) for s in forests])),
    "auc": roc_auc_score(truth, scores),
    "average_precision": average_precision_score(truth, scores),
    "versions": {"numpy": np.__version__, "scikit-learn": sklearn.__version__, "pyod": importlib.metadata.version("pyod")},
}
save("scores", scores)
(OUT / "outliers.json").write_text(json.dumps(facts, indent=1) + "\n")
