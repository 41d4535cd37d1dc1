"""Steps of sentence-transformers for train_pairs.py: the model's forward, multiple negatives ranking, backward, torch.optim.AdamW."""
import json
import sys
import time

sys.path.pop(0)  # this folder has a tokenizers.py of its own

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss

o = json.loads(sys.argv[1])
torch.set_num_threads(o["threads"])
with open(o["pairs"], encoding="utf-8") as file:
    pairs = [json.loads(line) for line in file]
model = SentenceTransformer(o["model"], device="cpu")
model.eval()  # no dropout, as akin by default
loss_fn = MultipleNegativesRankingLoss(model)
adam = torch.optim.AdamW(model.parameters(), lr=o["rate"], weight_decay=0.01)
seconds = 0
for step in range(o["steps"] + 1):  # the first warms up
    some = [pairs[(step * o["batch"] + i) % len(pairs)] for i in range(o["batch"])]
    start = time.perf_counter()
    adam.zero_grad()
    loss = loss_fn([model.tokenize([p[c] for p in some]) for c in ("anchor", "positive")], None)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    adam.step()
    if step > 0:
        seconds += time.perf_counter() - start
print(json.dumps({"pairs_per_second": o["steps"] * o["batch"] / seconds}))
