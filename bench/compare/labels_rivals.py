"""scikit-learn on the vectors of labels.py: labels_rivals.py FOLDER SET K. Prints one JSON object: accuracy and macro F1 of each kind of head, with
K > 0 also what K clusters come to, and the version."""
import json
import pathlib
import sys

sys.path.pop(0)  # this folder: tokenizers.py in it has the name of a library
import numpy as np  # noqa: E402
import sklearn  # noqa: E402
from sklearn.cluster import AgglomerativeClustering, KMeans  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.metrics import accuracy_score, adjusted_rand_score, f1_score, v_measure_score  # noqa: E402
from sklearn.neighbors import KNeighborsClassifier, NearestCentroid  # noqa: E402
from sklearn.svm import LinearSVC  # noqa: E402

folder, name, k = pathlib.Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])


def part(which):
    return np.load(folder / f"{name}-{which}.npy"), np.array((folder / f"{name}-{which}.txt").read_text(encoding="utf-8").splitlines())


(x, y), (asked, truth) = part("train"), part("test")
# the parameters of akin's defaults
heads = {"softmax": LogisticRegression(C=10, max_iter=1000), "svm": LinearSVC(C=1), "knn": KNeighborsClassifier(10, metric="cosine"), "centroid": NearestCentroid()}
out = {"versions": {"scikit-learn": sklearn.__version__}, "heads": {}, "groups": {}}
for kind, head in heads.items():
    answers = head.fit(x, y).predict(asked)
    out["heads"][kind] = (accuracy_score(truth, answers), f1_score(truth, answers, average="macro"))
if k > 0:
    x, y = part("all")
    for way, model in {"k-means": KMeans(k, n_init=10, random_state=1), "Ward": AgglomerativeClustering(k)}.items():
        found = model.fit_predict(x)
        out["groups"][way] = {"ari": adjusted_rand_score(y, found), "v": v_measure_score(y, found)}
print(json.dumps(out))
