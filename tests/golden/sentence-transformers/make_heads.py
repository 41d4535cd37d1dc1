"""Writes the folders head-NAME: tiny random …ForSequenceClassification models of more families and what they answer.

    make_heads.py GOLDEN        GOLDEN is tests/golden, whose models lend their tokenizers (needs torch and transformers)

Layout as cross-encoder/: config.json, model.safetensors, inputs.json (pairs with ids), expected.safetensors (logits), in float64 from the
weights as they lie on disk, one pair at a time. No tokenizer is copied: the ids are in inputs.json.
"""
import json
import pathlib
import sys

import torch
import transformers
from safetensors.torch import save_file

PAIRS = [("where is the whale", "The whale swam away from the ship."), ("x", "It is a truth universally acknowledged."),
         ("", "a house"), ("ships at sea", "ships at sea"), ("who said so", "Nobody said a word about it for a long time, and then all did.")]
SMALL = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4}
HEADS = {
    "distilbert": ("distilbert", "DistilBertForSequenceClassification", {"dim": 32, "hidden_dim": 48, "n_layers": 2, "n_heads": 4}, 1),
    "mpnet": ("mpnet", "MPNetForSequenceClassification", SMALL, 2),
    "modernbert": ("modernbert", "ModernBertForSequenceClassification", {**SMALL, "classifier_pooling": "mean", "layer_types": None}, 1),
    "qwen3": ("qwen3", "Qwen3ForSequenceClassification",
              {**SMALL, "num_key_value_heads": 2, "head_dim": 8, "layer_types": ["full_attention"] * 2}, 1),
    "gpt2": ("gpt2", "GPT2ForSequenceClassification", {"n_embd": 32, "n_layer": 2, "n_head": 4, "n_inner": 48}, 3),
}


def make(golden: pathlib.Path, name: str, seed: int) -> None:
    base, kind, small, n_labels = HEADS[name]
    config_file = json.loads((golden / "models" / base / "config.json").read_text())
    config_file = {k: v for k, v in {**config_file, **small}.items() if v is not None}
    config_file["architectures"] = [kind]
    config = transformers.AutoConfig.for_model(**config_file)
    config.num_labels = n_labels
    config._attn_implementation = "eager"
    torch.manual_seed(seed)
    model = getattr(transformers, kind)(config)
    with torch.no_grad():
        for part, weight in model.named_parameters():
            scale = 0.2 if weight.dim() > 1 else 0.1
            weight.copy_(torch.randn_like(weight) * scale + (1 if "norm" in part.lower() and part.endswith("weight") else 0))
    folder = golden / "sentence-transformers" / f"head-{name}"
    model.save_pretrained(folder)
    tokenizer = transformers.AutoTokenizer.from_pretrained(golden / "models" / base)
    exact = getattr(transformers, kind).from_pretrained(folder, attn_implementation="eager").double().eval()
    rows, logits = [], []
    for a, b in PAIRS:
        encoded = tokenizer(a, b)
        keep = ("input_ids", "token_type_ids") if base == "bert" else ("input_ids",)
        with torch.no_grad():
            logits.append(exact(input_ids=torch.tensor([encoded["input_ids"]])).logits[0])
        rows.append({"a": a, "b": b, **{k: encoded[k] for k in keep}})
    save_file({"logits": torch.stack(logits).float()}, folder / "expected.safetensors")
    (folder / "inputs.json").write_text(json.dumps({"pairs": rows}, indent=1))


if __name__ == "__main__":
    for i, head in enumerate(HEADS):
        make(pathlib.Path(sys.argv[1]), head, 100 + i)
