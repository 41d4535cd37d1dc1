"""Duplicates by others for duplicates.py, in an environment that has them.

    duplicates_rivals.py near datasketch|rensa|truth TEXTS.txt THRESHOLD OUT.txt
    duplicates_rivals.py semantic "FAISS range_search"|SemHash|truth ROWS.npy THRESHOLD OUT.txt

OUT.txt gets the numbers of the rows that go, the first of alike ones staying; one JSON line tells the seconds. The rivals take what their
manuals show: 128 permutations, and whoever meets somebody kept goes. truth compares all pairs.
"""
import json
import os
import sys
import time
import unicodedata

kind, who, path, threshold, out = sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4]), sys.argv[5]
THREADS = 2
PERMUTATIONS, BANDS_OF_RENSA = 128, 16
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = str(THREADS)

sys.path.pop(0)  # this folder, whose tokenizers.py is not the package of that name
import numpy as np


def read_texts():
    with open(path, encoding="utf-8", errors="replace", newline="\n") as lines:
        return [line for line in (line.rstrip("\n").rstrip("\r") for line in lines) if line.strip()]


def shingles(text):
    folded = " ".join(unicodedata.normalize("NFC", text.lower()).split())
    return {folded[i:i + 5] for i in range(max(1, len(folded) - 4))}


def datasketch(texts):
    import datasketch
    lsh, going = datasketch.MinHashLSH(threshold=threshold, num_perm=PERMUTATIONS), []
    start = time.perf_counter()
    for i, text in enumerate(texts):
        signature = datasketch.MinHash(num_perm=PERMUTATIONS)
        signature.update_batch([s.encode() for s in shingles(text)])
        if lsh.query(signature):
            going.append(i)
        else:
            lsh.insert(i, signature)
    return going, time.perf_counter() - start, {"datasketch": datasketch.__version__}


def rensa(texts):
    import importlib.metadata
    from rensa import RMinHashDeduplicator
    start = time.perf_counter()
    made = RMinHashDeduplicator(threshold, PERMUTATIONS, True, num_bands=BANDS_OF_RENSA, seed=42)
    is_new = made.add_pairs([(str(i), list(shingles(text))) for i, text in enumerate(texts)])
    return [i for i, new in enumerate(is_new) if not new], time.perf_counter() - start, {"rensa": importlib.metadata.version("rensa")}


def first_of(n, neighbours_of):
    """Whoever is like somebody that stayed before goes."""
    stays, going = np.ones(n, bool), []
    for i in range(n):
        near = neighbours_of(i)
        if len(near) and stays[near[near < i]].any():
            stays[i] = False
            going.append(i)
    return going


def faiss_range(rows):
    import faiss
    faiss.omp_set_num_threads(THREADS)
    start = time.perf_counter()
    index = faiss.IndexFlatIP(rows.shape[1])
    index.add(rows)
    lims, _, ids = index.range_search(rows, threshold)
    going = first_of(len(rows), lambda i: ids[lims[i]:lims[i + 1]])
    return going, time.perf_counter() - start, {"faiss": faiss.__version__}


def semhash(rows):
    """Texts that are the rows' numbers, and an encoder that looks them up."""
    import importlib.metadata
    from semhash import SemHash

    class Rows:
        def encode(self, inputs, **_):
            return rows[[int(text) for text in inputs]]

    start = time.perf_counter()
    made = SemHash.from_records([str(i) for i in range(len(rows))], model=Rows())
    result = made.self_deduplicate(threshold=threshold)
    kept = {int(text) for text in result.selected}
    return [i for i in range(len(rows)) if i not in kept], time.perf_counter() - start, {"semhash": importlib.metadata.version("semhash")}


def true_near(texts):
    from scipy.sparse import csr_matrix
    sets = [shingles(text) for text in texts]
    number = {s: i for i, s in enumerate(sorted(set().union(*sets)))}
    columns = [number[s] for one in sets for s in one]
    begins = np.cumsum([0] + [len(one) for one in sets])
    rows = csr_matrix((np.ones(len(columns), np.float32), columns, begins), shape=(len(sets), len(number)))
    sizes = np.diff(begins)

    def neighbours_of(i):
        both = rows[:i + 1].dot(rows[i].T).toarray().ravel()
        return np.nonzero(both / (sizes[:i + 1] + sizes[i] - both) >= threshold - 1e-9)[0]

    return first_of(len(sets), neighbours_of)


def true_semantic(rows):
    return first_of(len(rows), lambda i: np.nonzero(rows[:i].astype(np.float64) @ rows[i].astype(np.float64) >= threshold)[0])


if kind == "near":
    given = read_texts()
else:
    given = np.load(path).astype(np.float32)
    given /= np.linalg.norm(given, axis=1, keepdims=True)
if who == "truth":
    going, seconds, versions = (true_near if kind == "near" else true_semantic)(given), 0, {}
else:
    going, seconds, versions = {"datasketch": datasketch, "rensa": rensa, "FAISS range_search": faiss_range, "SemHash": semhash}[who](given)
with open(out, "w", encoding="utf-8") as file:
    file.write("\n".join(map(str, going)) + "\n")
print(json.dumps({"seconds": seconds, "n": len(given), "going": len(going), "versions": versions}))
