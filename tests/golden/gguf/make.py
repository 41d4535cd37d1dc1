"""Makes the GGUF fixtures of this folder: golden models, converted by llama.cpp's own converter, so that names, keys and layout are its.

  python make.py LLAMA_CPP GOLDEN_MODELS NAME…      LLAMA_CPP: a checkout with conversion/; GOLDEN_MODELS: ../models, complete folders

Needs torch, transformers, sentencepiece and gguf. Tiny models differ from real ones in what the table EDITS says: configuration keys that
the converter wants as real models have them, and keys that it takes from real models' defaults.
"""
import json
import os
import pathlib
import shutil
import sys
import tempfile

os.environ["NO_LOCAL_GGUF"] = "1"
llama_cpp, models = sys.argv[1], pathlib.Path(sys.argv[2])
sys.path.insert(0, llama_cpp)

import gguf
import torch

for name, stand_in in {"LazyChunkedTensor": type("LazyChunkedTensor", (), {})}.items():  # newer converters with gguf 0.19
    if not hasattr(gguf, name):
        setattr(gguf, name, stand_in)
gguf.GGUFWriter.add_classifier_pooling_type = lambda self, kind: None
gguf.GGUFWriter.add_hidden_act = lambda self, name: self.add_string(f"{self.arch}.hidden_activation", name)
gguf.GGUFWriter.add_precompiled_charsmap = lambda self, charsmap: None  # 240 kB of tokenizer that no vector needs

from conversion import ModelBase, ModelType, get_model_architecture, get_model_class
from conversion.base import TextModel

# The name of the pre-tokenizer, which the converter finds by a hash of a published tokenizer's ids.
PRE = {"gpt2": "gpt-2", "qwen2": "qwen2", "qwen3": "qwen2", "bloom": "bloom", "mpt": "mpt", "gpt-neox": "olmo", "falcon": "falcon",
       "modernbert": "modern-bert", "llama3": "llama-bpe"}  # fmt: skip
EDITS = {
    "nomic-bert": lambda config: config.update(n_positions=8192, max_trained_positions=2048),
    "gpt2": lambda config: config.update(n_ctx=config["n_positions"]),
    "mpt": lambda config: config.update(architectures=["MPTForCausalLM"]),
    "falcon": lambda config: config.update(num_kv_heads=1),
}
SCALE = 24**-0.5  # query_pre_attn_scalar of the tiny Gemma 3 models
KEYS = {  # written over what the converter says
    "falcon": {"falcon.feed_forward_length": 96},
    "gemma3-text": {"gemma3.attention.sliding_window_pattern": [True, False, True], "gemma3.attention.scale": SCALE},
    "gemma3-bidirectional": {"gemma-embedding.attention.sliding_window_pattern": [True, False, True], "gemma-embedding.attention.scale": SCALE},
    "mistral": {"llama.attention.sliding_window": 8},
    "t5-gated-gelu": {"akin.attention.relative_max_distance": 24},
}


def add_key(writer, key, value):
    writer.kv_data[0].pop(key, None)
    add = writer.add_array if isinstance(value, list) else writer.add_float32 if isinstance(value, float) else writer.add_uint32
    add(key, value)


def convert(name):
    with tempfile.TemporaryDirectory() as work:
        folder = pathlib.Path(work) / name
        shutil.copytree(models / name, folder)
        for path in folder.rglob("*"):
            path.chmod(0o755 if path.is_dir() else 0o644)
        (folder / "expected.safetensors").unlink()
        config = json.loads((folder / "config.json").read_text())
        EDITS.get(name, lambda _: None)(config)
        (folder / "config.json").write_text(json.dumps(config))
        TextModel.get_vocab_base_pre = lambda self, tokenizer: PRE.get(name, "default")
        kind = get_model_class(get_model_architecture(ModelBase.load_hparams(folder, False), ModelType.TEXT))
        model = kind(folder, gguf.LlamaFileType.ALL_F32, pathlib.Path(__file__).parent / f"{name}.gguf", eager=True)
        if name == "gpt-neox":  # newer transformers fold it into other keys
            model.hparams["rotary_pct"] = config["rotary_pct"]
        set_parameters = model.set_gguf_parameters

        def set_more():
            set_parameters()
            for key, value in KEYS.get(name, {}).items():
                add_key(model.gguf_writer, key, value)

        model.set_gguf_parameters = set_more
        model.write()


with torch.inference_mode():
    for name in sys.argv[3:]:
        convert(name)
        print("made", name)
