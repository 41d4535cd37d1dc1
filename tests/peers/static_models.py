"""Opens a static model that akin distilled in sentence-transformers and in Model2Vec, and compares their vectors with akin's.

python tests/peers/static_models.py AKIN FOLDER      exit code 1 if a cosine is below 0.9999
"""
import json
import subprocess
import sys

sys.path.pop(0)  # this folder: tokenizers.py in it has the name of the library
import numpy as np  # noqa: E402

TEXTS = ["A man is eating food.", "Someone has a meal.", "the white whale", "Une baleine blanche", "x", "123 + 4", "word " * 600]


def akin(command, folder):
    out = subprocess.run([command, "embed", "--text", "--json", "--model", folder, *TEXTS], check=True, capture_output=True, text=True).stdout
    return np.array([json.loads(line)["vector"] for line in out.splitlines()])


def main(command, folder):
    from model2vec import StaticModel
    from sentence_transformers import SentenceTransformer

    ours = akin(command, folder)
    worst = 1.0
    for name, theirs in (("sentence-transformers", SentenceTransformer(folder, device="cpu").encode(TEXTS)),
                         ("model2vec", StaticModel.from_pretrained(folder).encode(TEXTS))):
        cosines = (ours * theirs).sum(1) / np.linalg.norm(ours, axis=1) / np.linalg.norm(theirs, axis=1)
        print(f"{name}: least cosine {cosines.min():.6f} over {len(TEXTS)} texts")
        worst = min(worst, cosines.min())
    return 0 if worst > 0.9999 else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
