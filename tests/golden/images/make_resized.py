#!/usr/bin/env python3
"""Writes resized.safetensors: one picture of noise and what Pillow 13.0.0's Image.resize() makes of it, for every filter and several sizes.

Tensors: "image" (height, width, 3); "<filter>.<width>x<height>" (height, width, 3), all U8. Needs Pillow, numpy, safetensors.
"""
import pathlib

import numpy as np
from PIL import Image
from safetensors.numpy import save_file

picture = np.random.default_rng(3).integers(0, 256, (19, 31, 3), dtype=np.uint8)
picture[4:9] = [0, 255, 0]  # edges over which bicubic and Lanczos overshoot
tensors = {"image": picture}
for filter in Image.Resampling:
    for width, height in ((31, 7), (7, 19), (62, 38), (13, 11), (1, 1), (3, 40), (30, 18), (29, 9)):
        resized = Image.fromarray(picture).resize((width, height), filter)
        tensors[f"{filter.name.lower()}.{width}x{height}"] = np.asarray(resized)
save_file(tensors, pathlib.Path(__file__).resolve().parent / "resized.safetensors")
