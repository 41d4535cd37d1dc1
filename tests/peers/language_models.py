"""Do transformers and sentence-transformers read what `akin train lm` and `akin train pairs` write, with the same numbers, and akin what they write back?

python tests/peers/language_models.py --program BUILD/akin --text TEXT [--encoder FOLDER]

Needs `pip install torch transformers sentence-transformers`. TEXT is any text of some ten thousand characters; FOLDER a sentence-transformers
folder to be tuned (default: the tiny one of the golden files). Prints one line a check and ends with status 1 if one fails. Both sides compute in
float32 with sums in another order: hidden states, numbers of up to 4, must agree within 2e-5 and vectors of unit length within 2e-6.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

sys.path.pop(0)  # this folder has names of libraries

KINDS = [("causal", "learned"), ("causal", "sinusoidal"), ("causal", "rope"), ("causal", "alibi"), ("masked", "learned"), ("masked", "sinusoidal"), ("masked", "rope")]
SENTENCE = "Alice was beginning to get very tired"
ENCODER = pathlib.Path(__file__).resolve().parents[1] / "golden/sentence-transformers/pool-mean"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--text", required=True)
    parser.add_argument("--encoder", default=ENCODER)
    return parser.parse_args()


def akin(a, *words):
    done = subprocess.run([a.program, *map(str, words)], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"akin {' '.join(map(str, words))}: {done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def language_model_checks(a, folder):
    import torch
    import transformers

    for objective, positions in KINDS:
        name, out = f"{objective} {positions}", folder / f"{objective}-{positions}"
        extra = ["--kv-heads", 2, "--untied"] if name == "causal rope" else []
        akin(a, "train", "lm", a.text, "-o", out, "--objective", objective, "--positions", positions, "--layers", 2, "--dim", 64, "--heads", 4,
             "--context", 48, "--steps", 20, "--warmup", 5, "--rate", 0.003, "--batch", 8, "--json", *extra)
        kind = transformers.AutoModelForMaskedLM if objective == "masked" else transformers.AutoModelForCausalLM
        model, report = kind.from_pretrained(out, output_loading_info=True)
        model.eval()
        yield f"{name}: transformers finds every tensor and no other", not any(report[key] for key in ("missing_keys", "unexpected_keys", "mismatched_keys"))
        mine = akin(a, "embed", SENTENCE, "--text", "--tokens", "--model", out, "--json")[0]["tokens"]
        ids = [t["id"] for t in mine]
        yield f"{name}: the same tokens", ids == transformers.AutoTokenizer.from_pretrained(out)(SENTENCE)["input_ids"]
        with torch.no_grad():
            theirs = model.base_model(torch.tensor([ids])).last_hidden_state[0]
        far = (torch.tensor([t["vector"] for t in mine]) - theirs).abs().max().item()
        yield f"{name}: the same hidden states ({far:.1e})", far < 2e-5
        again = folder / "again"
        model.save_pretrained(again, safe_serialization=True)
        for file in ("tokenizer.json", "tokenizer_config.json"):
            (again / file).write_bytes((out / file).read_bytes())
        back = akin(a, "embed", SENTENCE, "--text", "--tokens", "--model", again, "--json")[0]["tokens"]
        yield f"{name}: akin reads what transformers writes back", back == mine


def pair_checks(a, folder):
    import numpy
    from sentence_transformers import SentenceTransformer

    pairs = folder / "pairs.jsonl"
    words = pathlib.Path(a.text).read_text(encoding="utf-8", errors="replace").split()[:640]
    texts = [" ".join(words[i : i + 5]) for i in range(0, len(words), 5)]
    pairs.write_text("".join(json.dumps({"anchor": x, "positive": y}) + "\n" for x, y in zip(texts[::2], texts[1::2])))
    akin(a, "train", "pairs", pairs, "--model", a.encoder, "-o", folder / "tuned", "--batch", 16, "--steps", 8, "--rate", 0.0005, "--json")
    mine = [line["vector"] for line in akin(a, "embed", *texts[:8], "--text", "--model", folder / "tuned", "--json")]
    theirs = SentenceTransformer(str(folder / "tuned"), device="cpu").encode(texts[:8])
    before = SentenceTransformer(str(a.encoder), device="cpu").encode(texts[:8])
    far = float(numpy.abs(numpy.array(mine, dtype="f4") - theirs).max())
    yield f"sentence-transformers gives the same vectors with the tuned model ({far:.1e})", far < 2e-6
    yield "the tuned model is another", float(numpy.abs(theirs - before).max()) > 1e-3


def main():
    a = arguments()
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for checks in (language_model_checks, pair_checks):
            for name, good in checks(a, pathlib.Path(folder)):
                failed += not good
                print(("ok      " if good else "FAILED  ") + name, flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
