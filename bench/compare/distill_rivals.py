"""Model2Vec distils a model: distill_rivals.py MODEL DIMS OUT. Run by distill.py in the rivals' environment. Prints the seconds of the distilling alone,
without the start of Python and its libraries."""
import json
import sys
import time

model, dims, out = sys.argv[1:4]
sys.path.pop(0)  # this folder: tokenizers.py in it has the name of a library

from model2vec.distill import distill  # noqa: E402

start = time.perf_counter()
distilled = distill(model_name=model, pca_dims=int(dims), device="cpu")
print(json.dumps({"seconds": time.perf_counter() - start}))
distilled.save_pretrained(out)
