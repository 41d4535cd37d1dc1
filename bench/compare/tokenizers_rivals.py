"""The rivals of tokenizers.py on a LLaMA-style vocabulary, in an environment that has sentencepiece, tokenizers and transformers:

  tokenizers_rivals.py make FOLDER FILE              SentencePiece BPE of 32,000 pieces, trained with LLaMA's options on a fifth of FILE's
                                                     lines, as tokenizer.model and, converted by transformers, as tokenizer.json
  tokenizers_rivals.py time NAME FOLDER FILE SECONDS one JSON line a way of calling: MB of UTF-8 a second, one thread

NAME: sentencepiece, hf-tokenizers, fastokens. Ids are made into lists, without special tokens, and a sum of the first 400 texts' is printed
so that equal work can be seen.
"""
import itertools
import json
import os
import pathlib
import sys
import time
import zlib

sys.path.pop(0)  # this folder: a script in it has the name of the library tokenizers
os.environ["TOKENIZERS_PARALLELISM"] = "false"
BATCH = 2000
WARM_UP = 400


def texts_of(file):
    return pathlib.Path(file).read_text(encoding="utf-8").split("\n")[:-1]


def make(folder, file):
    import sentencepiece
    from transformers import LlamaTokenizerFast
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=itertools.islice(texts_of(file), 0, None, 5), model_prefix=str(folder / "tokenizer"), model_type="bpe", vocab_size=32000,
        byte_fallback=True, split_digits=True, normalization_rule_name="identity", remove_extra_whitespaces=False, max_sentence_length=100000,
        num_threads=2, minloglevel=1)
    LlamaTokenizerFast(vocab_file=str(folder / "tokenizer.model"), add_bos_token=False, legacy=True).backend_tokenizer.save(
        str(folder / "tokenizer.json"))


def sentencepiece_calls(folder):
    import sentencepiece
    processor = sentencepiece.SentencePieceProcessor(model_file=os.path.join(folder, "tokenizer.model"))
    return processor.encode, lambda batch: processor.encode(batch, num_threads=1), sentencepiece.__version__


def hf_calls(folder):
    import tokenizers
    tokenizer = tokenizers.Tokenizer.from_file(os.path.join(folder, "tokenizer.json"))

    def one(text):
        return tokenizer.encode(text, add_special_tokens=False).ids

    def many(batch):
        return [e.ids for e in tokenizer.encode_batch_fast(batch, add_special_tokens=False)]
    return one, many, tokenizers.__version__


def fastokens_calls(folder):
    from importlib.metadata import version

    import fastokens
    tokenizer = fastokens.Tokenizer.from_file(os.path.join(folder, "tokenizer.json"))
    return (lambda text: tokenizer.encode(text).ids), (lambda batch: [e.ids for e in tokenizer.encode_batch(batch)]), version("fastokens")


CALLS = {"sentencepiece": sentencepiece_calls, "hf-tokenizers": hf_calls, "fastokens": fastokens_calls}


def time_it(name, folder, file, seconds):
    texts = texts_of(file)
    one, many, version = CALLS[name](folder)
    checksum = zlib.crc32(json.dumps([list(one(text)) for text in texts[:WARM_UP]]).encode())
    for mode, step, call in (("one a call", 1, lambda batch: one(batch[0])), (f"batch of {BATCH:,}", BATCH, many)):
        done, start = 0, time.perf_counter()
        for at in range(0, len(texts), step):
            batch = texts[at:at + step]
            call(batch)
            done += sum(len(text.encode()) for text in batch) if step > 1 else len(batch[0].encode())
            if time.perf_counter() - start > seconds:
                break
        print(json.dumps({"version": version, "mode": mode, "mb_per_s": done / 1e6 / (time.perf_counter() - start), "checksum": f"{checksum:08x}"}))


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(*sys.argv[2:])
    else:
        time_it(*sys.argv[2:5], float(sys.argv[5]))
