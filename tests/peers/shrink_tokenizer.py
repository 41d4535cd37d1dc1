"""A BPE tokenizer.json with only those pieces and merges that given texts touch, and the reference's answers without what can be derived.

python tests/peers/shrink_tokenizer.py TOKENIZER.json TEXTS.jsonl PAIRS.jsonl OUT

Ids stay as they are (the vocabulary has holes). A merge that is never applied on a text can be left out without changing any other, so
the answers on these texts are those of the whole tokenizer. Writes OUT/tokenizer.json, OUT/texts.jsonl, OUT/pairs.jsonl.
"""
import json
import pathlib
import sys

sys.path.pop(0)  # this folder: tokenizers.py in it has the name of the library
from tokenizers import Tokenizer  # noqa: E402


def words_of(tokenizer, config, text):
    if tokenizer.normalizer is not None:
        text = tokenizer.normalizer.normalize_str(text)
    return [word for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(text)] if config["pre_tokenizer"] else [text]


def touch(word, model, ranks, pieces, merges):
    symbols = list(word)
    if symbols and model["end_of_word_suffix"]:
        symbols[-1] += model["end_of_word_suffix"]
    pieces.update(symbols)
    while True:
        best = min(((ranks[pair], i) for i, pair in enumerate(zip(symbols, symbols[1:])) if pair in ranks), default=None)
        if best is None:
            return
        i = best[1]
        merges.add((symbols[i], symbols[i + 1]))
        symbols[i:i + 2] = [symbols[i] + symbols[i + 1]]
        pieces.add(symbols[i])


def main():
    source, texts, pairs, out = sys.argv[1:]
    config = json.loads(pathlib.Path(source).read_text("utf-8"))
    tokenizer = Tokenizer.from_file(source)
    model = config["model"]
    merge_list = [tuple(m.split(" ")) if isinstance(m, str) else tuple(m) for m in model["merges"]]
    ranks = {pair: i for i, pair in enumerate(merge_list)}
    pieces = {piece for piece in model["vocab"] if piece.startswith("<0x")} | {token["content"] for token in config["added_tokens"]}
    pieces |= {piece for piece in model["vocab"] if len(piece.replace("</w>", "")) == 1 and ord(piece[0]) < 0x180}
    merges, rows, pair_rows = set(), [], []
    for line in open(texts, encoding="utf-8", newline="\n"):
        row = json.loads(line)
        rows.append({key: row[key] for key in ("i", "ids", "offsets", "special", "decoded", "cut") if key in row})
        for word in words_of(tokenizer, config, row["text"]):
            touch(word, model, ranks, pieces, merges)
    for line in open(pairs, encoding="utf-8", newline="\n"):
        row = json.loads(line)
        pair_rows.append({key: row[key] for key in ("a", "b", "ids", "type_ids")})
        for word in words_of(tokenizer, config, row["a"]) + words_of(tokenizer, config, row["b"]):
            touch(word, model, ranks, pieces, merges)
    model["vocab"] = {piece: i for piece, i in model["vocab"].items() if piece in pieces}
    model["merges"] = [" ".join(pair) for pair in merge_list if pair in merges]
    folder = pathlib.Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tokenizer.json").write_text(json.dumps(config, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")
    for name, lines in (("texts", rows), ("pairs", pair_rows)):
        with open(folder / f"{name}.jsonl", "w", encoding="utf-8", newline="\n") as file:
            file.writelines(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines)


if __name__ == "__main__":
    main()
