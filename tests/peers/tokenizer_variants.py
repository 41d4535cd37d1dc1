"""Writes tests/golden/tokenizers/variants.jsonl: what Hugging Face tokenizers gives for many kinds of BERT-like tokenizers on hard strings.

python tests/peers/tokenizer_variants.py N > tests/golden/tokenizers/variants.jsonl     N strings for each tokenizer; 24 are kept in the tree

One line a tokenizer: the whole tokenizer.json, and cases of [text, ids, offsets in code points, decoded]. The seed is fixed.
"""
import json
import random
import sys

sys.path.pop(0)  # this folder: tokenizers.py in it has the name of the library
from tokenizers import Tokenizer  # noqa: E402

PIECES = "[PAD] [UNK] [CLS] [SEP] [MASK] a b e i é è ñ ß ## # the cat cats ##s ##a ##b ##e ##i ##é un ##able able 中 文 , . ! ' don t 가 ᄀ ##ᅡ ##ᆨ ά ##σ ς i̇ ##̇ ﬁ fi 1 12 ##2 ² ##²".split()
HARD = ["a", "b", "e", "A", "B", "E", "I", "i", "é", "É", "e\u0301", "E\u0323\u0301", "\u0301", "\u0323", "ñ", "ß", "ẞ", "İ", "ı", "Σ", "ς", "σ", "ά",
        "the", "cat", "cats", "THE", "unable", "don't", "s", "中", "文", "\uf900", "\U0002f800", "가", "각", "\u1100\u1161", "ﬁ", "²", "12", "½", "Å", "\u212b",
        " ", "  ", "\t", "\n", "\r", "\u00a0", "\u2003", "\u3000", "\u2028", "\u0085", "\u200b", "\u200d", "\ufeff", "\u0000", "\u0001", "\u000b", "\u007f", "\u00ad",
        "\ufffd", "\ue000", ",", ".", "!", "'", "#", "##", "##s", "$", "_", "—", "…", "¿", "、", "\u0964", "क", "\u093f", "\u094d", "\u093c", "ड़", "\u302e", "\u302f",
        "\U0001d15e", "\U0001d165", "\U0001d16e", "😀", "👍🏽", "\U00010400", "\u0898", "\u1c80", "ǅ", "\u0344", "\u037e", "\u1fef", "≠", "x" * 12,
        "[MASK]", "[CLS]", "[mask]", " [MASK] ", "<ent>", "<ENT>", "Foo", "foo", "xfoo", "foo_"]


def template(cls, sep):
    return {"type": "TemplateProcessing",
            "single": [{"SpecialToken": {"id": cls, "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": sep, "type_id": 0}}],
            "pair": [{"SpecialToken": {"id": cls, "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": sep, "type_id": 0}},
                     {"Sequence": {"id": "B", "type_id": 1}}, {"SpecialToken": {"id": sep, "type_id": 1}}],
            "special_tokens": {t: {"id": t, "ids": [PIECES.index(t)], "tokens": [t]} for t in (cls, sep)}}


def added(content, token_id, special=True, **flags):
    return {"id": token_id, "content": content, "single_word": False, "lstrip": False, "rstrip": False, "normalized": not special, "special": special, **flags}


def bert(**on):
    return {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": True, **on}


def sequence(*parts):
    return {"type": "Sequence", "normalizers": list(parts)}


BERT = {"type": "BertPreTokenizer"}
SPECIAL = [added(t, PIECES.index(t)) for t in PIECES[:5]]
STRIPPING = SPECIAL[:4] + [added("[MASK]", 4, lstrip=True, rstrip=True), added("<ent>", len(PIECES)), added("foo", len(PIECES) + 1, False, single_word=True),
                           added("Foo", len(PIECES) + 2, True, single_word=True)]
VARIANTS = [
    (bert(), BERT, SPECIAL), (bert(lowercase=False), BERT, SPECIAL), (bert(strip_accents=False), BERT, SPECIAL),
    (bert(lowercase=False, strip_accents=True), BERT, SPECIAL), (bert(clean_text=False), BERT, SPECIAL), (bert(handle_chinese_chars=False), BERT, SPECIAL),
    (bert(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False), BERT, SPECIAL), (bert(), BERT, STRIPPING), (None, None, STRIPPING),
    (bert(), {"type": "Whitespace"}, SPECIAL), ({"type": "Lowercase"}, {"type": "WhitespaceSplit"}, SPECIAL), ({"type": "NFC"}, {"type": "Whitespace"}, SPECIAL),
    ({"type": "NFD"}, BERT, SPECIAL), ({"type": "NFKC"}, BERT, SPECIAL), ({"type": "NFKD"}, {"type": "Whitespace"}, SPECIAL),
    (sequence({"type": "NFD"}, {"type": "StripAccents"}, {"type": "Lowercase"}), {"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, BERT]}, STRIPPING),
    (sequence({"type": "Replace", "pattern": {"String": "at"}, "content": "éé"}, {"type": "NFKC"}), BERT, SPECIAL),
]


def main():
    rng = random.Random(7)
    for normalizer, pre_tokenizer, tokens in VARIANTS:
        model = {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 10, "vocab": {p: i for i, p in enumerate(PIECES)}}
        config = {"version": "1.0", "truncation": None, "padding": None, "added_tokens": tokens, "normalizer": normalizer, "pre_tokenizer": pre_tokenizer,
                  "post_processor": template("[CLS]", "[SEP]"), "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True}, "model": model}
        tokenizer = Tokenizer.from_str(json.dumps(config))
        cases = []
        for _ in range(int(sys.argv[1])):
            text = "".join(rng.choice(HARD) for _ in range(rng.randint(1, 14)))
            encoding = tokenizer.encode(text)
            cases.append([text, encoding.ids, encoding.offsets, tokenizer.decode(encoding.ids)])
        print(json.dumps({"tokenizer": config, "cases": cases}, separators=(",", ":")))


if __name__ == "__main__":
    main()
