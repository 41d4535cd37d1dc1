"""The rivals of decoder.py, in an environment that has torch and transformers (and onnxruntime):

  decoder_rivals.py make FOLDER TOKENIZER_FOLDER          a random model of LLaMA's shape, 12 layers of 768, and its tokenizer
  decoder_rivals.py time NAME FOLDER FILE PRECISION THREADS SECONDS   one JSON line: texts a second, FILE's first 32 texts a call

NAME: torch, onnxruntime (f32). Every text has the same number of tokens, so nothing is padded; only hidden states are computed, no head.
"""
import json
import os
import pathlib
import shutil
import sys
import time

sys.path.pop(0)  # this folder: a script in it has the name of the library tokenizers
N_TEXTS = 32


def make(folder, tokenizer):
    import torch
    from transformers import LlamaConfig, LlamaModel
    torch.manual_seed(11)
    words = json.loads((pathlib.Path(tokenizer) / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
    config = LlamaConfig(vocab_size=len(words), hidden_size=768, intermediate_size=2048, num_hidden_layers=12, num_attention_heads=12,
                         num_key_value_heads=4, max_position_embeddings=2048)
    LlamaModel(config).save_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(pathlib.Path(tokenizer) / name, folder)


def ids_of(folder, file):
    from tokenizers import Tokenizer
    tokenizer = Tokenizer.from_file(os.path.join(folder, "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    with open(file, encoding="utf-8") as lines:
        ids = [tokenizer.encode(line.rstrip("\n")).ids for line, _ in zip(lines, range(N_TEXTS))]
    shortest = min(map(len, ids))
    return [line[:shortest] for line in ids]


def torch_call(folder, ids, precision, threads):
    import torch
    from transformers import AutoModel
    torch.set_num_threads(threads)
    model = AutoModel.from_pretrained(folder, attn_implementation="sdpa", dtype=torch.bfloat16 if precision == "bf16" else torch.float32).eval()
    x = torch.tensor(ids)

    def call():
        with torch.inference_mode():
            return model(input_ids=x, use_cache=False).last_hidden_state
    return call, torch.__version__


def onnx_call(folder, ids, precision, threads):
    import numpy
    import onnxruntime
    path = os.path.join(folder, "hidden.onnx")
    if not os.path.exists(path):
        import torch
        from transformers import AutoModel
        model = AutoModel.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32).eval()

        class Hidden(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.model = model

            def forward(self, input_ids):
                return self.model(input_ids=input_ids, use_cache=False).last_hidden_state
        torch.onnx.export(Hidden(), (torch.tensor(ids),), path, input_names=["input_ids"], output_names=["hidden"], dynamo=True)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    x = numpy.array(ids, dtype=numpy.int64)
    return lambda: session.run(None, {"input_ids": x}), onnxruntime.__version__


def measure(name, folder, file, precision, threads, seconds):
    os.environ["OMP_NUM_THREADS"] = str(threads)
    ids = ids_of(folder, file)
    call, version = {"torch": torch_call, "onnxruntime": onnx_call}[name](folder, ids, precision, threads)
    call()
    start, done = time.perf_counter(), 0
    while done == 0 or time.perf_counter() - start < seconds:
        call()
        done += len(ids)
    print(json.dumps({"peer": name, "version": version, "texts_per_s": done / (time.perf_counter() - start), "tokens_per_text": len(ids[0])}))


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(*sys.argv[2:4])
    else:
        measure(*sys.argv[2:6], int(sys.argv[6]), float(sys.argv[7]))
