"""Writes tests/golden/tokenizers/sentence_piece.jsonl: what Hugging Face tokenizers gives for SentencePiece tokenizers on hard strings.

python tests/peers/sentence_piece_variants.py N > tests/golden/tokenizers/sentence_piece.jsonl     N strings for each; 12 are kept in the tree

One line a tokenizer: {"model": a folder of tests/golden/models, "patch": a JSON merge patch of its tokenizer.json, "cases"}, a case is
[text, ids, offsets in code points, decoded]. The seed is fixed.
"""
import json
import pathlib
import random
import sys

sys.path.pop(0)  # this folder: tokenizers.py in it has the name of the library
from tokenizers import Tokenizer  # noqa: E402

MODELS = pathlib.Path(__file__).resolve().parent.parent / "golden/models"
HARD = ["a", "the ", "of", "é", "e\u0301", "ﬁ", "™", "\x01", "\u200b", "\u200d", "\u0301", "\u0323", "①", "㍿", " ", "  ", "   ", "▁", "\t", "\u00a0", "\u3000", "ｶﾞ", "ﾊﾟ", "각", "ᄀ", "ᅡ", "ᆨ",
        "क्षि", "क़", "\u0958\u0301", "👍🏽", "👨\u200d👩\u200d👧", "\ufeff", "½", "Å", "\u0344", "\u0600", "\u0600a", "İ", "ß", "word", "Hello", "…", "<extra_id_0>", "</s>", "<unk>", "<mask>", " <mask>", "<",
        "\ufdfa", "≠", "\u0345", "x" * 20, "internationalization ", "'s", "1998", ",", ".", "中", "文", "ï", "\u00ad", "©", "©\u200d©", "\r", "\r\n", "\n", "\ufffd", "\x85", "\u2028", "\x7f", "\x8f",
        "ﬃ\u0301", "\x00", "a\x00b", "¨", "¨\x01", "…\x01", "\u1fef", "𝔘", "\U0001f1e6\U0001f1fa", "\U0001d15e", " the", " a", "▁the", "¨\u0301", "\u2126"]
NORMALIZERS = [{"type": "Nmt"}, {"type": "NFKC"}, {"type": "Strip", "strip_left": True, "strip_right": True}]


def scheme(name, **more):
    return {"pre_tokenizer": {"prepend_scheme": name, **more}, "decoder": {"prepend_scheme": name}}


def with_bytes(model):
    vocab = json.loads((MODELS / model / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
    return {"model": {"byte_fallback": True, "vocab": vocab + [[f"<0x{byte:02X}>", -20.0] for byte in range(256)]}}


VARIANTS = [("t5-relu", {}), ("t5-relu", scheme("always")), ("t5-relu", scheme("first")), ("t5-relu", scheme("always", split=False)), ("t5-relu", with_bytes("t5-relu")),
            ("t5-gated-gelu", scheme("always")), ("xlm-roberta", {}), ("xlm-roberta", {"added_tokens": None}), ("gte-new", {}), ("siglip", {}), ("llama", scheme("first")), ("llama", scheme("always")),
            ("llama-linear", {}), ("gemma", {}), ("t5-relu", {"normalizer": {"normalizers": NORMALIZERS}, **scheme("always")}), ("t5-relu", {"normalizer": None, **scheme("first")})]


def patched(target, patch):
    """RFC 7396"""
    if not isinstance(patch, dict):
        return patch
    target = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            target.pop(key, None)
        else:
            target[key] = patched(target.get(key), value)
    return target


def main():
    rng = random.Random(23)
    for model, patch in VARIANTS:
        config = json.loads((MODELS / model / "tokenizer.json").read_text(encoding="utf-8"))
        config["truncation"] = config["padding"] = None
        config = patched(config, patch)
        config.setdefault("normalizer", None)
        config.setdefault("added_tokens", [])
        config.setdefault("truncation", None)
        config.setdefault("padding", None)
        tokenizer = Tokenizer.from_str(json.dumps(config))
        cases = []
        for _ in range(int(sys.argv[1])):
            text = "".join(rng.choice(HARD) for _ in range(rng.randint(1, 14)))
            encoding = tokenizer.encode(text)
            cases.append([text, encoding.ids, encoding.offsets, tokenizer.decode(encoding.ids)])
        print(json.dumps({"model": model, "patch": patch, "cases": cases}, separators=(",", ":")))


if __name__ == "__main__":
    main()
