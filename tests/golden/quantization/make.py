"""Writes the files of this folder: what sentence-transformers' quantize_embeddings makes of some vectors (needs sentence-transformers 6.2)."""
import pathlib

import numpy as np
from sentence_transformers.util.quantization import quantize_embeddings

here = pathlib.Path(__file__).parent
random = np.random.default_rng(7)
calibration = random.normal(0, 0.05, (64, 20)).astype(np.float32)
calibration[:, 3] = 0.25  # a number that never changes
calibration[:, 5] *= 20
vectors = random.normal(0, 0.06, (32, 20)).astype(np.float32)  # some lie outside the ranges
vectors[0] = calibration.min(axis=0)
vectors[1] = calibration.max(axis=0)
vectors[2] = 0
np.save(here / "calibration.npy", calibration)
np.save(here / "vectors.npy", vectors)
for precision in ("int8", "uint8", "binary", "ubinary"):
    np.save(here / f"{precision}.npy", quantize_embeddings(vectors, precision, calibration_embeddings=calibration))
