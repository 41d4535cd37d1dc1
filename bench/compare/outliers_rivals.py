"""Outliers of others for outliers.py, in an environment that has them: outliers_rivals.py METHOD VECTORS.npy

The seconds of three fits, scores and all, after one on a few rows. One JSON line.
"""
import importlib.metadata
import json
import os
import sys
import time
import warnings

sys.path.pop(0)  # this folder: tokenizers.py in it has the name of a library
method, path = sys.argv[1:3]
THREADS, ROUNDS = 2, 3
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = str(THREADS)
warnings.filterwarnings("ignore")

import numpy as np  # noqa: E402


def maker():
    """(program, what scores rows)."""
    if method == "mahalanobis":
        from sklearn.covariance import LedoitWolf
        return "scikit-learn", lambda x: LedoitWolf().fit(x).mahalanobis(x)
    if method == "knn":
        from pyod.models.knn import KNN
        return "pyod", lambda x: KNN(n_neighbors=20, n_jobs=THREADS).fit(x).decision_scores_
    if method == "lof":
        from pyod.models.lof import LOF
        return "pyod", lambda x: LOF(20, n_jobs=THREADS).fit(x).decision_scores_
    if method == "iforest":
        from pyod.models.iforest import IForest
        return "pyod", lambda x: IForest(random_state=1, n_jobs=THREADS).fit(x).decision_scores_
    from pyod.models.ecod import ECOD
    return "pyod", lambda x: ECOD(n_jobs=1).fit(x).decision_scores_


rows = np.load(path)
who, score = maker()
score(rows[:1000])
seconds = []
for _ in range(ROUNDS):
    start = time.perf_counter()
    score(rows)
    seconds.append(time.perf_counter() - start)
print(json.dumps({"who": who, "seconds": seconds, "versions": {name: importlib.metadata.version(name) for name in ("pyod", "scikit-learn")}}))
