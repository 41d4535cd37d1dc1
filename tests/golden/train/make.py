#!/usr/bin/env python3
"""Losses and gradients of tiny language models, as torch computes them in float64: what tests/train/lm_golden_test.cc compares with.

  python3 make.py [FOLDER]     torch and transformers; made with torch 2.15.0 and transformers 5.3.0

Each folder is a model as transformers writes it (float32 numbers) and expected.safetensors:
  ids, starts                  int32: sequences packed end to end
  target_rows, target_ids      int32: row target_rows[i] is to give token target_ids[i]
  losses                       float32 (6,): mean loss before each of 6 steps of AdamW
  gradient.NAME                float32: of the first loss
  after.NAME                   float32: parameters after the sixth step
AdamW: rate 0.01, betas 0.9 and 0.95, eps 1e-8, decay 0.1 of tensors with two dimensions, gradients clipped to length 1.
No sequence has token 0: BERT and ModernBERT take it for padding, whose row torch gives no gradient.
Sequences run one by one, without padding: float64 on one thread, eager attention, no dropout.
"""
import pathlib
import sys

import torch
import transformers
from safetensors.torch import load_file, save_file

VOCABULARY = 40
SEQUENCES = [[3, 17, 5, 5, 28, 39, 1, 11, 12], [7, 7, 31, 2, 19]]
STEPS = 6

MODELS = {
    "gpt2": transformers.GPT2Config(vocab_size=VOCABULARY, n_positions=12, n_embd=16, n_layer=2, n_head=2, resid_pdrop=0, embd_pdrop=0, attn_pdrop=0),
    "gpt2-untied": transformers.GPT2Config(
        vocab_size=VOCABULARY, n_positions=12, n_embd=16, n_layer=1, n_head=4, resid_pdrop=0, embd_pdrop=0, attn_pdrop=0, tie_word_embeddings=False
    ),
    "llama": transformers.LlamaConfig(
        vocab_size=VOCABULARY, hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
        max_position_embeddings=16, tie_word_embeddings=False,
    ),
    "mpt": transformers.MptConfig(vocab_size=VOCABULARY, d_model=16, n_heads=2, n_layers=2, max_seq_len=16, no_bias=True),
    "bert": transformers.BertConfig(
        vocab_size=VOCABULARY, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32, max_position_embeddings=12,
        hidden_dropout_prob=0, attention_probs_dropout_prob=0,
    ),
    "modernbert": transformers.ModernBertConfig(
        vocab_size=VOCABULARY, hidden_size=16, intermediate_size=24, num_hidden_layers=3, num_attention_heads=2, max_position_embeddings=32,
        global_attn_every_n_layers=3, local_attention=4, pad_token_id=0, bos_token_id=1, eos_token_id=2, cls_token_id=1, sep_token_id=2,
        embedding_dropout=0, mlp_dropout=0, attention_dropout=0,
    ),
}
CLASSES = {
    "gpt2": transformers.GPT2LMHeadModel, "llama": transformers.LlamaForCausalLM, "mpt": transformers.MptForCausalLM,
    "bert": transformers.BertForMaskedLM, "modernbert": transformers.ModernBertForMaskedLM,
}


def batch_of(is_masked):
    """ids, starts, target rows and ids: of a causal model the next token everywhere, of a masked one some tokens of its own place."""
    ids, starts, rows, targets = [], [0], [], []
    for sequence in SEQUENCES:
        for i, token in enumerate(sequence if is_masked else sequence[:-1]):
            if not is_masked or i % 3 == 1:
                rows.append(len(ids))
                targets.append(token if is_masked else sequence[i + 1])
            ids.append(4 if is_masked and i % 3 == 1 else token)
        starts.append(len(ids))
    return ids, starts, rows, targets


def loss_of(model, batch):
    ids, starts, rows, targets = batch
    logits = torch.cat([model(torch.tensor([ids[a:b]])).logits[0] for a, b in zip(starts, starts[1:])])
    return torch.nn.functional.cross_entropy(logits[rows], torch.tensor(targets))


def make(name, config, root):
    torch.manual_seed(5)
    config._attn_implementation = "eager"
    model = CLASSES[config.model_type](config)
    with torch.no_grad():
        for parameter in model.parameters():  # larger than a fresh model's, biases and norms too: every gradient is worth looking at
            parameter.add_(torch.randn_like(parameter) * 0.1)
    model.save_pretrained(root / name)
    model = model.double().eval()
    batch = batch_of(config.model_type in ("bert", "modernbert"))
    saved = set(load_file(root / name / "model.safetensors"))
    parameters = {key: value for key, value in model.named_parameters()}
    missing = saved - set(parameters)
    assert not missing, missing
    matrices = [p for p in parameters.values() if p.dim() > 1]
    vectors = [p for p in parameters.values() if p.dim() == 1]
    optimizer = torch.optim.AdamW(
        [{"params": matrices, "weight_decay": 0.1}, {"params": vectors, "weight_decay": 0.0}], lr=0.01, betas=(0.9, 0.95), eps=1e-8
    )
    expected = {key: torch.tensor(value, dtype=torch.int32) for key, value in zip(("ids", "starts", "target_rows", "target_ids"), batch)}
    losses = []
    for step in range(STEPS):
        optimizer.zero_grad()
        loss = loss_of(model, batch)
        loss.backward()
        losses.append(loss.item())
        if step == 0:
            for key, parameter in parameters.items():
                gradient = torch.zeros_like(parameter) if parameter.grad is None else parameter.grad
                expected["gradient." + key] = gradient.float().contiguous()
        torch.nn.utils.clip_grad_norm_(list(parameters.values()), 1.0)
        optimizer.step()
    expected["losses"] = torch.tensor(losses)
    for key, parameter in parameters.items():
        expected["after." + key] = parameter.detach().float().contiguous()
    save_file(expected, root / name / "expected.safetensors")
    (root / name / "generation_config.json").unlink(missing_ok=True)
    print(name, losses)


if __name__ == "__main__":
    torch.set_num_threads(1)
    where = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent)
    for model_name, model_config in MODELS.items():
        make(model_name, model_config, where)
