"""Writes corpus.txt and what the trainers of Hugging Face tokenizers learn from it: bpe.json, wordpiece.json, unigram.json.

python tests/golden/trained-tokenizers/make.py BOOK.txt      BOOK: a text of Project Gutenberg; its first 60,000 bytes are kept

Texts are the corpus' lines without their ends. The WordPiece trainer gives ids to characters that continue a word in the order of a hash
table, and ties between pairs go by ids: it is handed all characters in the order of their code points, as "special tokens", so that its
result is one that it can come to, and always the same.
"""
import json
import pathlib
import sys

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

HERE = pathlib.Path(__file__).parent


def learned(tokenizer):
    model = json.loads(tokenizer.to_str())["model"]
    return {key: model[key] for key in ("vocab", "merges", "unk_id") if key in model}


def write(name, tokenizer):
    (HERE / f"{name}.json").write_text(json.dumps(learned(tokenizer), ensure_ascii=False, indent=0) + "\n")


def bpe(lines, size):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=size, min_frequency=2, special_tokens=["<|endoftext|>"], show_progress=False,
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator(lines, trainer)
    return tokenizer


def wordpiece(lines, size):
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    words = [word for line in lines for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(tokenizer.normalizer.normalize_str(line))]
    characters = sorted({c for word in words for c in word}) + sorted({"##" + c for word in words for c in word[1:]})
    trainer = trainers.WordPieceTrainer(vocab_size=size, min_frequency=2, special_tokens=special + characters, show_progress=False)
    tokenizer.train_from_iterator(lines, trainer)
    return tokenizer


def unigram(lines, size):
    tokenizer = Tokenizer(models.Unigram())
    space = normalizers.Replace(__import__("tokenizers").Regex(" {2,}"), " ")
    tokenizer.normalizer = normalizers.Sequence([normalizers.Nmt(), normalizers.NFKC(), space, normalizers.Strip()])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(vocab_size=size, special_tokens=["<unk>", "<s>", "</s>"], unk_token="<unk>", show_progress=False)
    tokenizer.train_from_iterator(lines, trainer)
    return tokenizer


if __name__ == "__main__":
    text = pathlib.Path(sys.argv[1]).read_bytes()[:60000].decode("utf-8", "ignore").replace("\r\n", "\n").lstrip("\ufeff")
    (HERE / "corpus.txt").write_text(text)
    corpus = text.split("\n")
    write("bpe", bpe(corpus, 1500))
    write("wordpiece", wordpiece(corpus, 1200))
    write("unigram", unigram(corpus, 1000))
