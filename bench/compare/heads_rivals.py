"""scikit-learn and pyod on the vectors of heads.py: heads_rivals.py FOLDER ROUNDS SEEDS. One JSON object a line: name, seconds of fitting or
scoring alone, and accuracy or ROC-AUC (of isolation forests the mean over SEEDS). Two threads where the program has a choice."""
import json
import pathlib
import sys
import time
import warnings

sys.path.pop(0)  # this folder: tokenizers.py in it has the name of a library
import numpy as np  # noqa: E402
import sklearn  # noqa: E402

warnings.filterwarnings("ignore")
THREADS = 2


def say(name, seconds, **more):
    print(json.dumps({"name": name, "seconds": seconds, **more}), flush=True)


def classify(folder, rounds):
    from sklearn.linear_model import LogisticRegression
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.svm import LinearSVC

    x, y, tx, ty = (np.load(folder / f"{name}.npy") for name in ("train", "train_labels", "test", "test_labels"))
    for _ in range(rounds):
        for name, model in {"softmax": LogisticRegression(C=10, max_iter=1000), "svm": LinearSVC(C=1)}.items():
            start = time.perf_counter()
            model.fit(x, y)
            say(name, time.perf_counter() - start, accuracy=float((model.predict(tx) == ty).mean()))
        start = time.perf_counter()
        answers = KNeighborsClassifier(10, metric="cosine", n_jobs=THREADS).fit(x, y).predict(tx)
        say("knn", time.perf_counter() - start, accuracy=float((answers == ty).mean()))


def outliers(folder, rounds, n_seeds):
    from pyod.models.ecod import ECOD
    from pyod.models.iforest import IForest
    from pyod.models.knn import KNN
    from pyod.models.lof import LOF
    from sklearn.covariance import LedoitWolf
    from sklearn.metrics import roc_auc_score

    makers = {"pyod": {"knn": lambda x: KNN(n_neighbors=20, n_jobs=THREADS).fit(x).decision_scores_,
                       "lof": lambda x: LOF(20, n_jobs=THREADS).fit(x).decision_scores_,
                       "iforest": lambda x, seed=0: IForest(random_state=seed, n_jobs=THREADS).fit(x).decision_scores_,
                       "ecod": lambda x: ECOD(n_jobs=1).fit(x).decision_scores_},
              "scikit-learn": {"mahalanobis": lambda x: LedoitWolf().fit(x).mahalanobis(x)}}
    for path in sorted(folder.glob("odds-*.csv")):
        table = np.loadtxt(path, delimiter=",", skiprows=1)
        x, y = table[:, :-1], table[:, -1]
        x = (x - x.mean(0)) / np.where(x.std(0) > 0, x.std(0), 1)
        for program, methods in makers.items():
            for method, make in methods.items():
                for _ in range(rounds if "shuttle" in path.name else 1):
                    start = time.perf_counter()
                    scores = make(x)
                    seconds = time.perf_counter() - start
                    aucs = [roc_auc_score(y, scores)]
                    if method == "iforest":
                        aucs += [roc_auc_score(y, make(x, seed)) for seed in range(1, n_seeds)]
                    say(f"{path.stem} {method}", seconds, auc=float(np.mean(aucs)), program=program)


folder, rounds = pathlib.Path(sys.argv[1]), int(sys.argv[2])
classify(folder, rounds)
outliers(folder, rounds, int(sys.argv[3]))
import importlib.metadata  # noqa: E402

print(json.dumps({"versions": {"scikit-learn": sklearn.__version__, "pyod": importlib.metadata.version("pyod")}}))
