"""Makes tests/golden/train/pairs: losses, gradients and steps of sentence-transformers on a tiny model, for pairs_golden_test.cc.

Run in this folder with sentence-transformers 6.2.0, torch 2.15.0: python make_pairs.py
"""
import json

import torch
from safetensors.torch import save_file
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.losses import (CosineSimilarityLoss, CoSENTLoss, MatryoshkaLoss,
                                                               MultipleNegativesRankingLoss)

TRIPLETS = [
    ("call me Ishmael", "my name is Ishmael", "the ship sails at dawn"),
    ("the whale swam away", "a whale left the ship", "it is a truth"),
    ("some years ago", "a few years back", "never mind how long"),
    ("a single man in possession of a good fortune", "a rich man", "a poor man at sea"),
    ("she sells sea shells", "shells are sold by her", "he sells ships"),
    ("must be in want of a wife", "wants to marry", "wants to sail about a little"),
]
SCORES = [0.9, 0.8, 0.35, 0.6, 0.05, 0.6]
KEPT = ["encoder.layer.0.attention.self.query.weight", "encoder.layer.1.output.LayerNorm.weight"]


def load():
    model = SentenceTransformer("../sentence-transformers/pool-mean", device="cpu")
    model.eval()  # no dropout
    return model


def columns(model, n):
    return [model.tokenize([t[c] for t in TRIPLETS]) for c in range(n)]


def losses(model):
    ranking = MultipleNegativesRankingLoss(model)
    both = MultipleNegativesRankingLoss(model, directions=("query_to_doc", "doc_to_query"), partition_mode="per_direction")
    dims = [32, 16, 8]
    return {
        "ranking": (ranking, 2), "ranking-negatives": (ranking, 3), "ranking-both": (both, 2),
        "ranking-matryoshka": (MatryoshkaLoss(model, MultipleNegativesRankingLoss(model), dims), 3),
        "cosent": (CoSENTLoss(model), 2), "cosent-matryoshka": (MatryoshkaLoss(model, CoSENTLoss(model), dims), 2),
        "cosine": (CosineSimilarityLoss(model), 2),
    }


def main():
    torch.manual_seed(0)
    tensors, facts = {}, {"triplets": TRIPLETS, "scores": SCORES, "losses": {}, "steps": {}}
    labels = torch.tensor(SCORES)
    for name in losses(load()):
        model = load()
        loss_fn, n = losses(model)[name]
        loss = loss_fn(columns(model, n), labels)
        loss.backward()
        facts["losses"][name] = loss.item()
        parameters = dict(model[0].model.named_parameters())
        for kept in KEPT:
            tensors[f"{name}.{kept}"] = parameters[kept].grad.clone()
    for name in ("ranking-negatives", "cosent"):
        model = load()
        loss_fn, n = losses(model)[name]
        decayed = [p for p in model.parameters() if p.dim() > 1]
        others = [p for p in model.parameters() if p.dim() <= 1]
        adam = torch.optim.AdamW([{"params": decayed, "weight_decay": 0.01}, {"params": others, "weight_decay": 0.0}],
                                 lr=1e-3, betas=(0.9, 0.999), eps=1e-8)
        curve = []
        for _ in range(20):
            adam.zero_grad()
            loss = loss_fn(columns(model, n), labels)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            adam.step()
            curve.append(loss.item())
        facts["steps"][name] = curve
    save_file(tensors, "pairs/gradients.safetensors")
    with open("pairs/facts.json", "w") as file:
        json.dump(facts, file, indent=1)
        file.write("\n")


main()
