#!/usr/bin/env python3
"""Two tiny causal models that differ in their positions alone as far as the families allow (BLOOM's ALiBi, LLaMA's rotation), trained on
windows of 64 tokens of the library's books, and a text that neither has seen: what `akin positions extrapolate` shows of them is the point.

    python3 examples/positions/make.py      # needs torch, transformers, tokenizers; a few minutes

2 layers of 64, 4 heads, a byte-level vocabulary of 512; AdamW, 2,000 steps of 32 windows; weights are kept as f16.
"""
import html
import pathlib
import re

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import BloomConfig, BloomForCausalLM, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

HERE = pathlib.Path(__file__).resolve().parent
LIBRARY = HERE.parent / "library"
TRAINED, STEPS, WINDOWS, HELD_OUT = 64, 2000, 32, 20_000
SIZE = {"vocab_size": 512, "hidden_size": 64, "bos_token_id": 0, "eos_token_id": 0}


def texts():
    alice = (LIBRARY / "alices-adventures-in-wonderland.txt").read_text(encoding="utf-8")
    pride = html.unescape(re.sub(r"<[^>]*>", " ", (LIBRARY / "pride-and-prejudice.html").read_text(encoding="utf-8")))
    return re.sub(r"\s+", " ", pride) + " " + re.sub(r"\s+", " ", alice[:-HELD_OUT]), re.sub(r"\s+", " ", alice[-HELD_OUT:])


def train_tokenizer(text):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator([text], trainers.BpeTrainer(vocab_size=SIZE["vocab_size"], special_tokens=["<|endoftext|>"], show_progress=False,
                                                              initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    return tokenizer


def train(model, ids):
    torch.manual_seed(1)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, total_steps=STEPS, pct_start=0.05)
    for step in range(STEPS):
        starts = torch.randint(0, len(ids) - TRAINED, (WINDOWS,))
        batch = torch.stack([ids[s:s + TRAINED] for s in starts])
        loss = model(input_ids=batch, labels=batch).loss
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step % 250 == 0:
            print(step, round(loss.item(), 3), flush=True)
    return model


def main():
    known, unseen = texts()
    tokenizer = train_tokenizer(known)
    ids = torch.tensor(tokenizer.encode(known).ids)
    torch.manual_seed(0)
    alibi = BloomForCausalLM(BloomConfig(n_layer=2, n_head=4, hidden_dropout=0, attention_dropout=0, **SIZE))
    torch.manual_seed(0)
    rope = LlamaForCausalLM(LlamaConfig(num_hidden_layers=2, num_attention_heads=4, intermediate_size=172, max_position_embeddings=TRAINED,
                                        tie_word_embeddings=True, **SIZE))
    for name, model in (("alibi", alibi), ("rope", rope)):
        train(model, ids).half().save_pretrained(HERE / name)
        (HERE / name / "generation_config.json").unlink(missing_ok=True)
        PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<|endoftext|>").save_pretrained(HERE / name)
    (HERE / "unseen.txt").write_text(unseen + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
