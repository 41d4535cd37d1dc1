"""Writes the fixtures of this folder with the formats' own reference implementations.

Needs numpy, safetensors and gguf (versions: README.md). Run in this folder: python3 make.py
"""
import json

import gguf
import numpy as np
from safetensors.numpy import save_file

rng = np.random.default_rng(7)


def steps(*shape):
    """-0.5, -0.375, …: exact in every float type, and easy to expect in a test."""
    return ((np.arange(np.prod(shape)) - 4) / 8).astype(np.float32).reshape(shape)


def write_safetensors():
    save_file(
        {
            "weight": steps(3, 4),
            "half": steps(2, 3).astype(np.float16),
            "ids": np.arange(5, dtype=np.int64),
            "wide": np.arange(4, dtype=np.uint32),
            "empty": np.zeros((0, 4), dtype=np.float32),
        },
        "plain.safetensors",
        metadata={"format": "np", "maker": "reference"},
    )
    save_file({"a": steps(2, 2)}, "sharded/model-00001-of-00002.safetensors")
    save_file({"b": steps(3)}, "sharded/model-00002-of-00002.safetensors")
    index = {
        "metadata": {"total_size": 28, "nested": {"list": [1, 2.5, None, True, "text"]}},
        "weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"},
    }
    with open("sharded/model.safetensors.index.json", "w") as f:
        json.dump(index, f, indent=1)


def write_gguf():
    # Rows that meet every corner of the rounding: halves, zeros, a tiny row, a large one, and ordinary numbers.
    rows = rng.normal(size=(6, 64)).astype(np.float32)
    rows[0] = np.linspace(-127, 127, 64)
    rows[1] = np.repeat(np.arange(-16, 16) + 0.5, 2) * 2
    rows[1, 0] = rows[1, 32] = 127
    rows[2] = 0
    rows[3] *= 1e-7
    rows[4] *= 1e5
    rows.tofile("q8_0.f32")
    packed = gguf.quants.quantize(rows, gguf.GGMLQuantizationType.Q8_0)
    packed.tofile("q8_0.bytes")

    writer = gguf.GGUFWriter("plain.gguf", "bert")
    writer.add_name("a tiny file")
    writer.add_uint8("t.u8", 200)
    writer.add_int8("t.i8", -100)
    writer.add_uint16("t.u16", 60000)
    writer.add_int16("t.i16", -30000)
    writer.add_uint32("t.u32", 4000000000)
    writer.add_int32("t.i32", -2000000000)
    writer.add_uint64("t.u64", 2**63 + 5)
    writer.add_int64("t.i64", -(2**62))
    writer.add_float32("t.f32", 0.5)
    writer.add_float64("t.f64", 0.1)
    writer.add_bool("t.yes", True)
    writer.add_array("t.words", ["[PAD]", "", "▁the", "größe"])
    writer.add_array("t.ids", [1, -2, 3])
    writer.add_array("t.scores", [0.5, -1.25])
    writer.add_array("t.flags", [True, False])
    writer.add_array("t.nested", [[1, 2], [3]])
    writer.add_tensor("weight", steps(3, 4))
    writer.add_tensor("half", steps(2, 32).astype(np.float16))
    writer.add_tensor("packed", packed, raw_dtype=gguf.GGMLQuantizationType.Q8_0)
    four_bits = gguf.quants.quantize(steps(2, 32), gguf.GGMLQuantizationType.Q4_0)
    writer.add_tensor("four_bits", four_bits, raw_dtype=gguf.GGMLQuantizationType.Q4_0)
    brains = gguf.quants.quantize(steps(2, 32), gguf.GGMLQuantizationType.BF16)
    writer.add_tensor("brain", brains, raw_dtype=gguf.GGMLQuantizationType.BF16)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def write_npy():
    matrix = np.arange(12, dtype=np.float32).reshape(3, 4) / 4
    for kind in ("f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1"):
        np.save(f"{kind}.npy", matrix.astype(kind))
    np.save("bool.npy", matrix > 1)
    np.save("list.npy", matrix[0])
    np.save("scalar.npy", matrix[0, 3])
    np.save("empty.npy", np.zeros((0, 4), dtype=np.float32))
    np.save("fortran.npy", np.asfortranarray(matrix))
    np.save("big_endian.npy", matrix.astype(">f4"))
    np.save("structure.npy", np.zeros(2, dtype=[("a", "<f4"), ("b", "<i4")]))
    np.save("object.npy", np.array([None, "x"], dtype=object), allow_pickle=True)
    with open("version2.npy", "wb") as f:
        np.lib.format.write_array(f, matrix, version=(2, 0))
    with open("version3.npy", "wb") as f:
        np.lib.format.write_array(f, matrix, version=(3, 0))


write_safetensors()
write_gguf()
write_npy()
