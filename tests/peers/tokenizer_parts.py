"""Writes tests/golden/tokenizers/parts.jsonl: what the parts of Hugging Face tokenizers make of hard strings: pre-tokenisers, above all
the patterns that real tokenizer.json files split with, normalisers and decoders.

python tests/peers/tokenizer_parts.py N > tests/golden/tokenizers/parts.jsonl     N strings for each part; 16 are kept in the tree

One line a part: {"kind", "part": as in tokenizer.json, "cases"}. A case of a pre-tokeniser is [text, [[piece, begin, end] …]] with places
in code points, of a normaliser [text, result], of a decoder [pieces, text]. The seed is fixed.
"""
import json
import random
import sys

sys.path.pop(0)  # this folder: tokenizers.py in it has the name of the library
from tokenizers import Tokenizer, models  # noqa: E402

HARD = ["a", "B", "the", "Cat", "don't", "I'LL", "we've", "they'RE", "it'\u017f", "'s", "'S", "'m", "'d", "'T", "'", "''", "0", "12", "123", "4567", "\u0663\u0664", "\u00bd", "\u2167", "\u00b2",
        "\u1369", "\U00011de0", " ", "  ", "   ", "\t", "\n", "\r", "\r\n", "\n\n", "\u00a0", "\u2003", "\u3000", "\u2028", "\u0085", "\u200b", "\u200d", "\ufeff", "\x00", "\x0b", "\x1f",
        "\u00ad", "\ufffd", "\ue000", "\u0378", ",", ".", "!", "?", "#", "$", "_", "-", "—", "…", "¿", "、", "。", "(", ")", "[", "]", "|", "+", "=", "<", "^", "`", "~", "\\", "/", "é", "e\u0301", "ß", "İ", "ǅ",
        "\u02b0", "\u01c5", "中", "文字", "かな", "カナ", "\u30fc", "한국", "\u1100\u1161", "ไทย", "\u0e31", "हिन्दी", "\u093f", "\u064b", "اللغة", "עברית", "Привет", "\u0301", "\u20dd", "\u0903", "😀", "👍🏽", "👩\u200d🚀",
        "\U0001d7d8", "\U00010400", "\u1c89", "\U000105c0", "\u212a", "\u017f", "K", "k", "S", "\u0345", "ﬁ", "∑", "≠", "€", "©", "\u0600", "x" * 20, "http://a.b/c?d=1", "foo_bar", "CamelCase", "ABCdef"]
REGEXES = [
    r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s",
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+",
    " ?[^(\\s|[.,!?…。，、।۔،])]+",
    r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    "[一-龥\u3040-ゟ゠-ヿ]+", r"\p{N}{1,3}", r"\d{1,3}(?=(?:\d{3})*\b)", r"[0-9][0-9][0-9]", r"\s+", r" {2,}", r"[A-Z]?[a-z]+|\W", r"(?<=\d)\D", r"(?<![a-z])[A-Z]", r"^.|.$",
    r"\w+|[^\w\s]+", r"(?i:k|[a-c]s)", r"(?>a|ab)c|b*?", r"\bt|\Bt", r"(?:'[a-z]{1,2})?\p{^L}", r"x{2,4}?|x{3,}+", r"\u4e2d|\x{1F600}|\x41", r"(?i)the|CAT(?=\s)", r"a|(?i)b|c",
]
BEHAVIORS = ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"]


def split(pattern, behavior="Isolated", invert=False):
    return {"type": "Split", "pattern": pattern, "behavior": behavior, "invert": invert}


def byte_level(prefix, regex):
    return {"type": "ByteLevel", "add_prefix_space": prefix, "trim_offsets": True, "use_regex": regex}


def sequence(key, *parts):
    return {"type": "Sequence", key: list(parts)}


PRE_TOKENIZERS = (
    [split({"Regex": regex}) for regex in REGEXES]
    + [split(pattern, behavior, invert) for pattern in ({"String": " "}, {"Regex": r"\p{P}"}, {"Regex": r"\s*"}) for behavior in BEHAVIORS for invert in (False, True)]
    + [byte_level(prefix, regex) for prefix in (False, True) for regex in (False, True)]
    + [{"type": "Digits", "individual_digits": single} for single in (False, True)]
    + [{"type": "Punctuation", "behavior": behavior} for behavior in BEHAVIORS]
    + [{"type": "CharDelimiterSplit", "delimiter": "e"}, {"type": "FixedLength", "length": 3},
       sequence("pretokenizers", split({"Regex": REGEXES[5]}, "Removed", True), byte_level(False, True)),
       sequence("pretokenizers", {"type": "Punctuation", "behavior": "Contiguous"}, byte_level(False, True), {"type": "Digits", "individual_digits": False}, split({"Regex": "[0-9][0-9][0-9]"})),
       sequence("pretokenizers", {"type": "WhitespaceSplit"}, byte_level(True, True))])
NORMALIZERS = [
    {"type": "Replace", "pattern": {"Regex": r"\s+"}, "content": " "}, {"type": "Replace", "pattern": {"Regex": r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~]"}, "content": ""},
    {"type": "Replace", "pattern": {"Regex": "a*"}, "content": "<>"}, {"type": "Prepend", "prepend": "▁x"}, {"type": "ByteLevel"},
    *({"type": "Strip", "strip_left": left, "strip_right": right} for left in (False, True) for right in (False, True)),
    sequence("normalizers", {"type": "NFC"}, {"type": "Replace", "pattern": {"Regex": r"\s+"}, "content": " "}, {"type": "Lowercase"})]
DECODERS = [
    {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True}, {"type": "ByteFallback"}, {"type": "Fuse"},
    {"type": "Strip", "content": " ", "start": 1, "stop": 0}, {"type": "Strip", "content": "x", "start": 2, "stop": 0}, {"type": "Strip", "content": "x", "start": 0, "stop": 1}, {"type": "Replace", "pattern": {"String": "▁"}, "content": " "},
    {"type": "Replace", "pattern": {"Regex": "[0-9]+"}, "content": "#"}, {"type": "BPEDecoder", "suffix": "</w>"},
    sequence("decoders", {"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0})]
PIECES = ["a", "Ġthe", "▁", "▁the", "<0x41>", "<0xE4>", "<0xB8>", "<0xAD>", "<0xFF>", "<0xff>", "<0x4>", "</w>", "cat</w>", "x", "xxab", "abxx", " a ", "12", "中", "Ã©", "Ċ", "ä¸", "Ń", "é", "[SEP]", "a1b22"]


def tokenizer(**parts):
    config = {"version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": None, "pre_tokenizer": None, "post_processor": None, "decoder": None,
              "model": {"type": "WordLevel", "vocab": {piece: i for i, piece in enumerate(PIECES)}, "unk_token": "a"}, **parts}
    return Tokenizer.from_str(json.dumps(config))


def main():
    rng = random.Random(11)
    n = int(sys.argv[1])

    def text():
        return "".join(rng.choice(HARD) for _ in range(rng.randint(1, 16)))

    def put(kind, part, cases):
        print(json.dumps({"kind": kind, "part": part, "cases": cases}, ensure_ascii=False, separators=(",", ":")))

    for part in PRE_TOKENIZERS:
        pre_tokenizer = tokenizer(pre_tokenizer=part).pre_tokenizer
        put("pre_tokenizer", part, [[t, [[piece, *span] for piece, span in pre_tokenizer.pre_tokenize_str(t)]] for t in (text() for _ in range(n))])
    for part in NORMALIZERS:
        normalizer = tokenizer(normalizer=part).normalizer
        put("normalizer", part, [[t, normalizer.normalize_str(t)] for t in (text() for _ in range(n))])
    for part in DECODERS:
        decoder = tokenizer(decoder=part).decoder
        put("decoder", part, [[pieces, decoder.decode(pieces)] for pieces in ([rng.choice(PIECES) for _ in range(rng.randint(1, 9))] for _ in range(n))])


if __name__ == "__main__":
    main()
