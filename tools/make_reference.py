"""Writes what sentence-transformers answers, for `akin verify`.

    make_reference.py MODEL TEXTS.jsonl OUT.safetensors            computes the vectors (needs sentence-transformers and torch)
    make_reference.py MODEL TEXTS.jsonl OUT.safetensors GOLD.npy   takes vectors that were computed before, one a text

MODEL is any folder that sentence-transformers loads, or transformers' AutoModel: one without modules.json is pooled by its mean.
TEXTS.jsonl has one object with a "text" a line. OUT is found by itself as MODEL/reference.safetensors. Vectors are computed one text at a
time, without a prompt, in float64 (float32 where a module of the model knows no other). The layout is docs/formats/reference.md.
"""
import json
import os
import struct
import sys

import numpy as np


def load(model: str):
    from sentence_transformers import SentenceTransformer, models

    if os.path.exists(f"{model}/modules.json"):
        return SentenceTransformer(model, device="cpu", local_files_only=True)
    # Not left to the library: releases differ in how they pool a folder that does not say.
    transformer = models.Transformer(model)
    dim = getattr(transformer, "get_embedding_dimension", None) or transformer.get_word_embedding_dimension
    return SentenceTransformer(modules=[transformer, models.Pooling(dim(), "mean")], device="cpu")


def ids_and_vectors(model: str, texts: list[str]) -> tuple[list[list[int]], np.ndarray]:
    transformer = load(model)
    tokenize = getattr(transformer, "preprocess", None) or transformer.tokenize
    ids = [np.asarray(tokenize([text])["input_ids"]).reshape(-1).tolist() for text in texts]
    try:
        transformer.double()
        vectors = [transformer.encode([text], prompt="") for text in texts]
    except RuntimeError:
        transformer.float()
        vectors = [transformer.encode([text], prompt="") for text in texts]
    return ids, np.concatenate(vectors).astype(np.float32)


def ids_of(model: str, texts: list[str]) -> list[list[int]]:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(f"{model}/tokenizer.json")
    with open(f"{model}/sentence_bert_config.json", encoding="utf-8") as file:
        limit = json.load(file)["max_seq_length"]
    tokenizer.no_padding()
    tokenizer.enable_truncation(limit)
    return [tokenizer.encode(text).ids for text in texts]


def write(path: str, arrays: dict[str, np.ndarray], metadata: dict[str, str]) -> None:
    names = {"float32": "F32", "int32": "I32", "uint8": "U8"}
    header: dict = {"__metadata__": metadata}
    at = 0
    for name, array in arrays.items():
        header[name] = {"dtype": names[array.dtype.name], "shape": list(array.shape), "data_offsets": [at, at + array.nbytes]}
        at += array.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for array in arrays.values():
            file.write(array.tobytes())


def main(model: str, texts_file: str, out: str, gold: str | None = None) -> None:
    with open(texts_file, encoding="utf-8", newline="\n") as file:
        texts = [json.loads(line)["text"] for line in file]
    model = model.rstrip("/")
    if gold:
        ids, vectors = ids_of(model, texts), np.load(gold).astype(np.float32)
    else:
        ids, vectors = ids_and_vectors(model, texts)
    encoded = [text.encode() for text in texts]
    arrays = {
        "vectors": np.ascontiguousarray(vectors),
        "ids": np.concatenate([np.array(row, dtype=np.int32) for row in ids]),
        "id_ends": np.cumsum([len(row) for row in ids]).astype(np.int32),
        "text_ends": np.cumsum([len(text) for text in encoded]).astype(np.int32),
        "texts": np.frombuffer(b"".join(encoded), dtype=np.uint8),
    }
    name = os.path.basename(model)
    write(out, arrays, {"kind": "akin.reference.1", "model": name, "source": "sentence-transformers, one text at a time"})


if __name__ == "__main__":
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    main(*sys.argv[1:])
