"""Are akin's token ids those of Hugging Face tokenizers, line by line, and which is faster?

python tests/peers/tokenizers.py --program BUILD/bench/text/tokenize_file --folder MODEL --file TEXT [--max-bytes N] [--speed]

Needs `pip install tokenizers` and, for --speed, `flash-tokenizer` (left out when missing). MODEL holds vocab.txt or tokenizer.json.
Prints one JSON object and ends with status 1 if a line differs. Speed: one thread, one line a call, the faster of two passes.
"""
import argparse
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time

sys.path.pop(0)  # this folder: this file has the name of the library that it imports
os.environ["TOKENIZERS_PARALLELISM"] = "false"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--folder", required=True)
    parser.add_argument("--file", required=True)
    parser.add_argument("--max-bytes", type=int, default=100_000_000)
    parser.add_argument("--speed", action="store_true")
    return parser.parse_args()


def reference(folder):
    import tokenizers
    path = os.path.join(folder, "tokenizer.json")
    if os.path.exists(path):
        tokenizer = tokenizers.Tokenizer.from_file(path)
    else:
        tokenizer = tokenizers.BertWordPieceTokenizer(os.path.join(folder, "vocab.txt"), lowercase=True)._tokenizer
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def lines_of(path, max_bytes):
    """Whole lines of the first max_bytes, split at newlines alone."""
    with open(path, "rb") as file:
        raw = file.read(max_bytes)
    if len(raw) == max_bytes:
        raw = raw[:raw.rfind(b"\n") + 1]
    lines = raw.split(b"\n")
    if lines and not lines[-1]:
        lines.pop()
    return raw, lines


def count_differences(args, tokenizer, raw, lines):
    with tempfile.NamedTemporaryFile(suffix=".txt") as file:
        file.write(raw)
        file.flush()
        akin = subprocess.Popen([args.program, args.folder, file.name, "--ids"], stdout=subprocess.PIPE, text=True)
        differing, shown, n_tokens, at = 0, [], 0, 0
        for line, ours in itertools.zip_longest(lines, akin.stdout):
            if line is None or ours is None:
                raise SystemExit(f"line {at}: one side has fewer lines than the other")
            theirs = tokenizer.encode(line.decode("utf-8", "replace"), add_special_tokens=False).ids
            n_tokens += len(theirs)
            if [int(x) for x in ours.split()] != theirs:
                differing += 1
                shown.append(line[:200].decode("utf-8", "replace"))
            at += 1
        if akin.wait() != 0:
            raise SystemExit("tokenize_file failed")
    return {"lines": len(lines), "mb": round(len(raw) / 1e6, 1), "tokens": n_tokens, "lines_that_differ": differing, "first": shown[:3]}


def fastest(encode, texts, mb):
    best = 0
    for _ in range(2):
        start = time.perf_counter()
        for text in texts:
            encode(text)
        best = max(best, mb / (time.perf_counter() - start))
    return round(best, 1)


def speeds(args, tokenizer, lines):
    texts, size = [], 0
    for line in lines:
        texts.append(line.decode("utf-8", "replace"))
        size += len(line) + 1
        if size > 20_000_000:
            break
    mb = size / 1e6
    out = {}
    with tempfile.NamedTemporaryFile(suffix=".txt") as file:
        file.write("".join(t + "\n" for t in texts).encode())
        file.flush()
        report = json.loads(subprocess.run([args.program, args.folder, file.name], check=True, capture_output=True, text=True).stdout)
        out["akin"] = max(report["mb_per_s"])
    out["hugging_face"] = fastest(lambda t: tokenizer.encode(t, add_special_tokens=False).ids, texts, mb)
    vocabulary = os.path.join(args.folder, "vocab.txt")
    try:
        from flash_tokenizer import BertTokenizerFlash
    except ImportError:
        return out
    if os.path.exists(vocabulary):
        flash = BertTokenizerFlash(vocabulary, do_lower_case=True, model_max_length=100000).tokenizer
        out["flash_tokenizer"] = fastest(lambda t: flash.encode(t, "longest", 100000), texts, mb)
    return out


def main():
    args = arguments()
    tokenizer = reference(args.folder)
    raw, lines = lines_of(args.file, args.max_bytes)
    report = count_differences(args, tokenizer, raw, lines)
    if args.speed:
        report["mb_per_s"] = speeds(args, tokenizer, lines)
    print(json.dumps(report, ensure_ascii=False, indent=1))
    sys.exit(report["lines_that_differ"] != 0)


if __name__ == "__main__":
    main()
