"""heads/: small labelled sets of vectors and what scikit-learn learns from them. Run in this folder; needs numpy and scikit-learn.

Every file is .npy; `heads.json` holds the scalars and the versions.
"""
import json
import pathlib

import numpy as np
import sklearn
from sklearn.datasets import make_blobs
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, log_loss
from sklearn.neighbors import KNeighborsClassifier, NearestCentroid
from sklearn.svm import LinearSVC

OUT = pathlib.Path(__file__).parent / "heads"
OUT.mkdir(exist_ok=True)
FACTS = {}


def save(name, array):
    np.save(OUT / f"{name}.npy", np.ascontiguousarray(array, dtype=np.int32 if array.dtype.kind in "iu" else np.float32))


def rows_and_labels():
    """Six classes that overlap, of 20 to 170 rows."""
    rows, labels = make_blobs([20, 40, 60, 80, 130, 170], 5, cluster_std=2.2, center_box=(-3, 3), random_state=11)
    rows = rows.astype(np.float32)
    save("rows", rows)
    save("labels", labels)
    return rows.astype(np.float64), labels


def logistic(x, y):
    for name, options in {"softmax": {"C": 1.0}, "softmax_balanced": {"C": 0.1, "class_weight": "balanced"}}.items():
        fit = LogisticRegression(tol=1e-9, max_iter=10_000, **options).fit(x, y)
        save(f"{name}_weights", fit.coef_)
        save(f"{name}_bias", fit.intercept_)
        save(f"{name}_probabilities", fit.predict_proba(x))
        FACTS[f"{name}_accuracy"] = fit.score(x, y)
    two = y < 2
    fit = LogisticRegression(C=0.5, tol=1e-9, max_iter=10_000).fit(x[two], y[two])
    save("binary_weights", fit.coef_)
    save("binary_bias", fit.intercept_)


def svm(x, y):
    for loss in ("squared_hinge", "hinge"):
        fit = LinearSVC(C=0.1, loss=loss, tol=1e-8, max_iter=1_000_000, random_state=1).fit(x, y)
        save(f"svm_{loss}_weights", fit.coef_)
        save(f"svm_{loss}_bias", fit.intercept_)


def multi_label(x, y):
    """Of label c are the rows whose numbers c and c + 1 add up to more than 0.5."""
    truth = np.stack([x[:, c] + x[:, c + 1] + 0.3 * x[:, (c + 3) % 5] > 0.5 for c in range(3)], axis=1)
    save("multi_truth", truth.astype(np.int32))
    fits = [LogisticRegression(C=0.01, tol=1e-9, max_iter=10_000).fit(x, truth[:, c]) for c in range(3)]
    save("multi_weights", np.concatenate([fit.coef_ for fit in fits]))
    save("multi_bias", np.concatenate([fit.intercept_ for fit in fits]))


def neighbours(x, y):
    for vote in ("uniform", "distance"):
        save(f"knn_{vote}", KNeighborsClassifier(7, weights=vote).fit(x[::2], y[::2]).predict_proba(x[1::2]))
    save("centroid_labels", NearestCentroid().fit(x, y).predict(x))


def calibration(x, y):
    at = np.round(x[:, 0], 1)
    values = (y > 2).astype(np.float64)
    fit = IsotonicRegression(out_of_bounds="clip").fit(at, values)
    save("isotonic_at", at)
    save("isotonic_values", values)
    asked = np.linspace(at.min() - 1, at.max() + 1, 101)
    save("isotonic_asked", asked)
    save("isotonic_answers", fit.predict(asked))


def scores(x, y):
    fit = LogisticRegression(C=0.01).fit(x, y)
    given, probabilities = fit.predict(x), fit.predict_proba(x)
    save("scores_given", given)
    save("scores_probabilities", probabilities)
    FACTS["scores"] = {
        "accuracy": float((given == y).mean()),
        "macro": f1_score(y, given, average="macro"),
        "micro": f1_score(y, given, average="micro"),
        "weighted": f1_score(y, given, average="weighted"),
        "each": f1_score(y, given, average=None).tolist(),
        "log_loss": log_loss(y, probabilities.astype(np.float32).astype(np.float64)),
        "brier": float(((probabilities - np.eye(6)[y]) ** 2).sum(1).mean()),
    }


x, y = rows_and_labels()
for make in (logistic, svm, multi_label, neighbours, calibration, scores):
    make(x, y)
FACTS["versions"] = {"numpy": np.__version__, "scikit-learn": sklearn.__version__}
(OUT / "heads.json").write_text(json.dumps(FACTS, indent=1) + "\n")
