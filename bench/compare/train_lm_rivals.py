#!/usr/bin/env python3
"""torch's side of train_lm.py. Runs under the rivals' Python (torch, transformers, tokenizers, numpy).

    train_lm_rivals.py make FOLDER CORPUS_ZST MEGABYTES      text.txt, held_out.txt and a byte-level BPE of 8,192 tokens
    train_lm_rivals.py train OPTIONS_JSON                    JSON lines: one a step, one at the end

The training is the plainest good loop: transformers' model in train mode without dropout, sdpa attention, foreach AdamW, gradients clipped.
"""
import json
import math
import pathlib
import subprocess
import sys
import time

sys.path.pop(0)  # this folder has a tokenizers.py of its own
MASK64 = (1 << 64) - 1


class Rng:
    """akin's generator, for the same masks: xoshiro256** seeded through splitmix64."""

    def __init__(self, seed):
        self.seed, self.state = seed & MASK64, []
        for _ in range(4):
            seed, word = self.splitmix(seed)
            self.state.append(word)

    @staticmethod
    def splitmix(seed):
        seed = (seed + 0x9E3779B97F4A7C15) & MASK64
        z = seed
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK64
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK64
        return seed, z ^ (z >> 31)

    def fork(self, stream):
        mixed = self.splitmix(self.seed)[1] ^ stream
        return Rng(self.splitmix(mixed)[1])

    def next(self):
        s = self.state
        rotl = lambda x, k: ((x << k) | (x >> (64 - k))) & MASK64
        result = (rotl((s[1] * 5) & MASK64, 7) * 9) & MASK64
        shifted = (s[1] << 17) & MASK64
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= shifted
        s[3] = rotl(s[3], 45)
        return result

    def below(self, bound):
        threshold = ((1 << 64) - bound) % bound
        value = self.next()
        while value < threshold:
            value = self.next()
        return value % bound

    def uniform(self):
        return (self.next() >> 40) * 2.0**-24


def make(folder, corpus, megabytes):
    from tokenizers import ByteLevelBPETokenizer

    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    unpacked = subprocess.Popen(["zstd", "-dc", corpus], stdout=subprocess.PIPE)
    text = unpacked.stdout.read(int(float(megabytes) * 1e6))
    unpacked.kill()
    cut, end = text.rfind(b" ", 0, len(text) * 95 // 100), text.rfind(b" ")
    (folder / "text.txt").write_bytes(text[:cut])
    (folder / "held_out.txt").write_bytes(text[cut + 1 : end])
    tokenizer = ByteLevelBPETokenizer()
    tokenizer.train([str(folder / "text.txt")], vocab_size=8192, special_tokens=["<|endoftext|>", "[CLS]", "[SEP]", "[MASK]", "[PAD]"], show_progress=False)
    tokenizer.save(str(folder / "tokenizer.json"))


def causal(tokens, number, o):
    n = (len(tokens) - 1) // o["context"]
    at = number % n * o["context"]
    return tokens[at : at + o["context"]], tokens[at + 1 : at + o["context"] + 1]


def masked(tokens, number, o):
    import numpy

    inside = o["context"] - 2
    at = number % (len(tokens) // inside) * inside
    ids, targets = tokens[at : at + inside].copy(), numpy.full(o["context"], -100)
    rng = Rng(o["seed"]).fork(2 * number + 1)
    surely = rng.below(inside)
    for i in range(inside):
        if i == surely or rng.uniform() < 0.15:
            targets[i + 1] = ids[i]
            fate = rng.below(10)
            if fate < 8:
                ids[i] = o["mask"]
            if fate == 8:
                ids[i] = rng.below(o["vocabulary"])
    return numpy.concatenate([[o["cls"]], ids, [o["sep"]]]), targets


def rate_at(o, step):
    if step < o["warmup"]:
        return o["rate"] * (step + 1) / o["warmup"]
    done = min(1.0, (step - o["warmup"]) / (o["steps"] - 1 - o["warmup"]))
    return o["last_rate"] + (o["rate"] - o["last_rate"]) * 0.5 * (1 + math.cos(math.pi * done))


def train(o):
    import numpy
    import torch
    import transformers

    torch.set_num_threads(o["threads"])
    kind = transformers.AutoModelForMaskedLM if o["objective"] == "masked" else transformers.AutoModelForCausalLM
    # transformers has MPT in plain attention alone.
    model = kind.from_pretrained(o["model"], attn_implementation="eager" if o["positions"] == "alibi" else "sdpa")
    if o["positions"] == "sinusoidal":
        for name, parameter in model.named_parameters():
            if name.endswith(("wpe.weight", "position_embeddings.weight")):
                parameter.requires_grad = False
    if o["float64"]:
        model.double()
    model.train()
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
        if hasattr(module, "attention_dropout") and isinstance(module.attention_dropout, float):
            module.attention_dropout = 0.0
    for name in ("attn_pdrop", "resid_pdrop", "embd_pdrop", "hidden_dropout_prob", "attention_probs_dropout_prob"):
        if hasattr(model.config, name):
            setattr(model.config, name, 0.0)
    parameters = [p for p in model.parameters() if p.requires_grad]
    groups = [{"params": [p for p in parameters if p.dim() > 1], "weight_decay": 0.1}, {"params": [p for p in parameters if p.dim() == 1], "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=o["rate"], betas=(0.9, 0.95), eps=1e-8)
    tokens, held_out = (numpy.load(o[key], mmap_mode="r") for key in ("tokens", "held_out"))
    text_of = masked if o["objective"] == "masked" else causal

    def loss_of(tokens_, first, count, reduction="mean"):
        texts = [text_of(tokens_, number, o) for number in range(first, first + count)]
        ids = torch.tensor(numpy.stack([t[0] for t in texts]).astype("int64"))
        targets = torch.tensor(numpy.stack([t[1] for t in texts]).astype("int64"))
        logits = model(ids).logits
        return torch.nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-100, reduction=reduction), int((targets != -100).sum())

    start = time.perf_counter()
    for step in range(o["steps_run"]):
        for group in optimizer.param_groups:
            group["lr"] = rate_at(o, step)
        optimizer.zero_grad(set_to_none=True)
        loss, _ = loss_of(tokens, step * o["batch"], o["batch"])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        seconds = time.perf_counter() - start
        print(json.dumps({"step": step + 1, "loss": loss.item(), "seconds": seconds}), flush=True)
    model.eval()
    total, n = 0.0, 0
    with torch.no_grad():
        for first in range(0, o["held_out_texts"], o["batch"]):
            loss, count = loss_of(held_out, first, min(o["batch"], o["held_out_texts"] - first), "sum")
            total, n = total + loss.item(), n + count
    print(json.dumps({"held_out_loss": total / max(n, 1), "version": torch.__version__}), flush=True)


if __name__ == "__main__":
    {"make": make, "train": lambda text: train(json.loads(text))}[sys.argv[1]](*sys.argv[2:])
