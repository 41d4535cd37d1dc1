"""Writes blocks.gguf and blocks.safetensors: two rows of every block type that akin reads, and the numbers that the gguf package makes of them.

Needs numpy, safetensors and gguf (versions: README.md). Run in this folder: python3 make_blocks.py
The bytes are drawn, so that every bit of a block matters; scales are ordinary numbers, zero and subnormal ones.
"""
import gguf
import numpy as np
from gguf import GGMLQuantizationType as Type
from safetensors.numpy import save_file

rng = np.random.default_rng(17)

# Type → where its binary16 numbers lie in a block.
HALVES = {
    Type.Q4_0: [0], Type.Q4_1: [0, 2], Type.Q5_0: [0], Type.Q5_1: [0, 2], Type.Q8_0: [0],
    Type.Q2_K: [80, 82], Type.Q3_K: [108], Type.Q4_K: [0, 2], Type.Q5_K: [0, 2], Type.Q6_K: [208],
    Type.IQ4_NL: [0], Type.IQ4_XS: [0], Type.TQ1_0: [52], Type.TQ2_0: [64], Type.MXFP4: [],
}  # fmt: skip


def halves(n):
    values = rng.normal(size=n) * 10.0 ** rng.integers(-6, 2, size=n)
    values[0] = 0
    return values.astype(np.float16)


writer = gguf.GGUFWriter("blocks.gguf", "bert")
numbers = {}
for kind, places in HALVES.items():
    block, size = gguf.GGML_QUANT_SIZES[kind]
    per_row = 512 // block
    blocks = rng.integers(0, 256, size=(2 * per_row, size), dtype=np.uint8)
    for place in places:
        blocks[:, place : place + 2] = halves(len(blocks)).view(np.uint8).reshape(-1, 2)
    if kind == Type.MXFP4:
        blocks[:, 0] = np.concatenate([[0, 1, 2], rng.integers(90, 160, size=len(blocks) - 3)])
    rows = blocks.reshape(2, per_row * size)
    writer.add_tensor(kind.name, rows, raw_dtype=kind)
    numbers[kind.name] = gguf.quants.dequantize(rows, kind).astype(np.float32)
for kind in (Type.IQ2_XXS, Type.IQ1_M):
    size = gguf.GGML_QUANT_SIZES[kind][1]
    writer.add_tensor(kind.name, np.zeros((1, size), dtype=np.uint8), raw_dtype=kind)
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
save_file(numbers, "blocks.safetensors")
