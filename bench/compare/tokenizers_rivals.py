"""The rivals of tokenizers.py on a LLaMA-style vocabulary, in an environment that has sentencepiece, tokenizers and fastokens:

  tokenizers_rivals.py make FOLDER FILE              SentencePiece BPE of 32,000 pieces, trained with LLaMA's options on a fifth of FILE's
                                                     lines, as tokenizer.model and, as the first LLaMA models had it, as tokenizer.json
  tokenizers_rivals.py first NAME FOLDER FILE        one JSON line: batches as a first pass
  tokenizers_rivals.py time NAME FOLDER FILE SECONDS one JSON line a way of calling: MB of UTF-8 a second

NAME: sentencepiece, hf-tokenizers, fastokens. Ids are made into lists, without special tokens; a sum of the first 400 texts' and, of a whole
pass, the number of tokens are printed so that equal work can be seen.
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
N_PIECES = 32000


def texts_of(file):
    return pathlib.Path(file).read_text(encoding="utf-8").split("\n")[:-1]


def make(folder, file):
    import sentencepiece
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=itertools.islice(texts_of(file), 0, None, 5), model_prefix=str(folder / "tokenizer"), model_type="bpe",
        vocab_size=N_PIECES, byte_fallback=True, split_digits=True, normalization_rule_name="identity", remove_extra_whitespaces=False,
        max_sentence_length=100000, num_threads=2, minloglevel=1)
    processor = sentencepiece.SentencePieceProcessor(model_file=str(folder / "tokenizer.model"))
    content = tokenizer_json([processor.id_to_piece(i) for i in range(processor.get_piece_size())])
    (folder / "tokenizer.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def tokenizer_json(pieces):
    """What transformers' converter made of a LLaMA model's pieces, best first: a merge for each way to cut a piece into two others."""
    ids = {piece: i for i, piece in enumerate(pieces)}
    if len(ids) != N_PIECES:
        raise SystemExit(f"the vocabulary has {len(ids)} pieces, {N_PIECES} were asked for")
    merges = [[piece[:cut], piece[cut:]] for piece in pieces for cut in range(len(piece) - 1, 0, -1) if piece[:cut] in ids and piece[cut:] in ids]
    added = [{"id": i, "content": pieces[i], "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
             for i in range(3)]
    normalizer = {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"},
                                                      {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]}
    decoder = {"type": "Sequence", "decoders": [{"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"},
                                                {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}
    model = {"type": "BPE", "dropout": None, "unk_token": "<unk>", "continuing_subword_prefix": None, "end_of_word_suffix": None,
             "fuse_unk": True, "byte_fallback": True, "ignore_merges": False, "vocab": ids, "merges": merges}
    return {"version": "1.0", "truncation": None, "padding": None, "added_tokens": added, "normalizer": normalizer, "pre_tokenizer": None,
            "post_processor": None, "decoder": decoder, "model": model}


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
    for mode, step, call in (("one a call", 1, lambda batch: [one(batch[0])]), (f"batch of {BATCH:,}", BATCH, many)):
        done, n_tokens, start = 0, 0, time.perf_counter()
        for at in range(0, len(texts), step):
            batch = texts[at:at + step]
            n_tokens += sum(len(ids) for ids in call(batch))
            done += sum(len(text.encode()) for text in batch)
            if time.perf_counter() - start > seconds:
                break
        took = time.perf_counter() - start
        whole = at + step >= len(texts)
        print(json.dumps({"version": version, "mode": mode, "mb_per_s": done / 1e6 / took, "ids_crc400": f"{checksum:08x}",
                          "tokens": n_tokens if whole else None}))


def time_first_batches(name, folder, file):
    """Batches in a process that has seen the warm-up alone: what a cache that is still empty costs them."""
    texts = texts_of(file)
    one, many, version = CALLS[name](folder)
    checksum = zlib.crc32(json.dumps([list(one(text)) for text in texts[:WARM_UP]]).encode())
    start = time.perf_counter()
    for at in range(0, len(texts), BATCH):
        many(texts[at:at + BATCH])
    took = time.perf_counter() - start
    print(json.dumps({"version": version, "mode": f"batch of {BATCH:,}, first pass", "mb_per_s": sum(len(text.encode()) for text in texts) / 1e6 / took,
                      "ids_crc400": f"{checksum:08x}", "tokens": None}))


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(*sys.argv[2:])
    elif sys.argv[1] == "first":
        time_first_batches(*sys.argv[2:])
    else:
        time_it(*sys.argv[2:5], float(sys.argv[5]))
