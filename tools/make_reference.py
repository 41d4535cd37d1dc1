"""Writes what sentence-transformers answers, for `akin verify --reference`.

    make_reference.py MODEL TEXTS.jsonl OUT.safetensors            computes the vectors (needs sentence-transformers)
    make_reference.py MODEL TEXTS.jsonl OUT.safetensors GOLD.npy   takes vectors that were computed before, one a text

TEXTS.jsonl has one object with a "text" a line. The layout is docs/formats/reference.md.
"""
import json
import struct
import sys

import numpy as np


def ids_of(model: str, texts: list[str]) -> list[list[int]]:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(f"{model}/tokenizer.json")
    with open(f"{model}/sentence_bert_config.json", encoding="utf-8") as file:
        limit = json.load(file)["max_seq_length"]
    tokenizer.no_padding()
    tokenizer.enable_truncation(limit)
    return [tokenizer.encode(text).ids for text in texts]


def vectors_of(model: str, texts: list[str]) -> np.ndarray:
    from sentence_transformers import SentenceTransformer

    transformer = SentenceTransformer(model, device="cpu")
    return np.concatenate([transformer.encode([text], prompt="") for text in texts]).astype(np.float32)


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
    ids = ids_of(model, texts)
    vectors = np.load(gold).astype(np.float32) if gold else vectors_of(model, texts)
    encoded = [text.encode() for text in texts]
    arrays = {
        "vectors": vectors,
        "ids": np.concatenate([np.array(row, dtype=np.int32) for row in ids]),
        "id_ends": np.cumsum([len(row) for row in ids]).astype(np.int32),
        "text_ends": np.cumsum([len(text) for text in encoded]).astype(np.int32),
        "texts": np.frombuffer(b"".join(encoded), dtype=np.uint8),
    }
    name = model.rstrip("/").rsplit("/", 1)[-1]
    write(out, arrays, {"kind": "akin.reference.1", "model": name, "source": "sentence-transformers, one text at a time"})


if __name__ == "__main__":
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    main(*sys.argv[1:])
