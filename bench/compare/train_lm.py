#!/usr/bin/env python3
"""akin train lm beside torch (transformers) on the CPU: a model of 6 layers of 384, the same tokens, first numbers, order and schedule. Losses
step by step, perplexity of a held-out text, tokens a second at one and two threads.

    AKIN_CORPUS=FILE.zst python3 bench/compare/train_lm.py --steps 300            # the curves, and the speed from the first steps
    python3 bench/compare/train_lm.py --speed-only --rounds 3

The first run makes text, tokenizer and token files in build/compare/lm. Dropout is off on both sides: the draws could not be the same.
"""
import argparse
import json
import math
import os
import pathlib
import statistics

import harness

RIVALS = pathlib.Path(__file__).resolve().parent / "train_lm_rivals.py"


def made(folder, corpus, program, a):
    """Text, tokenizer, tokens and first numbers; made once."""
    if not (folder / "tokenizer.json").exists():
        ran = harness.run([harness.peer_python(), RIVALS, "make", folder, corpus, a.megabytes], timeout=1200)
        if ran.error:
            raise SystemExit(f"cannot make the corpus: {ran.error}")
    first = folder / f"first-{a.objective}-{a.positions}"
    if not (first / "model.safetensors").exists():
        ran = harness.run([program, "train", "lm", folder / "text.txt", "-o", first, "--held-out", folder / "held_out.txt", "--steps", 0, *shape(a, folder)], timeout=1200)
        if ran.error:
            raise SystemExit(f"akin: {ran.error}")
    return first


def shape(a, folder):
    return ["--tokenizer", folder / "tokenizer.json", "--objective", a.objective, "--positions", a.positions, "--context", a.context]


def run_akin(program, folder, first, threads, steps, a, looks):
    out = folder / "akin-run"
    for file in out.glob("*") if out.exists() else []:
        file.unlink()
    held_out = ["--held-out", first / "held_out_tokens.npy"] if looks else []
    ran = harness.run(
        [program, "train", "lm", first / "tokens.npy", "-o", out, *held_out, *shape(a, folder), "--order", "sequential",
         "--steps", a.steps, "--batch", a.batch, "--accumulate", a.accumulate, "--rate", a.rate, "--last-rate", a.rate / 10, "--warmup", a.warmup,
         "--threads", threads, "--save-every", 0, "--eval-every", 0, "--log-every", 1, "--stop-after", steps, "--json"],
        timeout=7200, one_cpu=threads == 1)
    if ran.error:
        raise SystemExit(f"akin: {ran.error}")
    return [line for line in ran.json_lines() if "loss" in line]


def run_torch(folder, first, threads, steps, a, looks):
    added = {t["content"]: t["id"] for t in json.loads((folder / "tokenizer.json").read_text())["added_tokens"]}
    options = {"model": str(first), "tokens": str(first / "tokens.npy"), "held_out": str(first / "held_out_tokens.npy"), "objective": a.objective, "positions": a.positions,
               "float64": a.float64,
               "context": a.context, "batch": a.batch, "steps": a.steps, "steps_run": steps, "rate": a.rate, "last_rate": a.rate / 10, "warmup": a.warmup,
               "threads": threads, "seed": 42, "held_out_texts": 200 if looks else 0, "vocabulary": 8192, "mask": added.get("[MASK]", -1),
               "cls": added.get("[CLS]", -1), "sep": added.get("[SEP]", -1)}
    ran = harness.run([harness.peer_python(), RIVALS, "train", json.dumps(options)], timeout=7200, one_cpu=threads == 1)
    if ran.error:
        raise SystemExit(f"torch: {ran.error}")
    return ran.json_lines()


def compare_curves(program, folder, first, a):
    steps = min(a.steps, a.curve_steps or a.steps)
    ours, theirs = run_akin(program, folder, first, 2, steps, a, True), run_torch(folder, first, 2, steps, a, True)
    pairs = [(x["loss"], y["loss"]) for x, y in zip(ours, theirs) if "loss" in y]
    far = [abs(x - y) / y for x, y in pairs]
    mine, other = math.exp(ours[-1]["held_out_loss"]), math.exp(theirs[-1]["held_out_loss"])
    return {"steps": len(pairs), "first_50_largest_relative": max(far[:50]), "all_largest_relative": max(far),
            "held_out_perplexity": mine, "torch_held_out_perplexity": other, "held_out_relative": abs(mine - other) / other,
            "losses": [pair for i, pair in enumerate(pairs) if i in (0, 9, 49) or i + 1 == len(pairs)]}


def speed(program, folder, first, threads, a):
    mine, other = [], []
    for _ in range(a.rounds):
        mine.append(run_akin(program, folder, first, threads, a.speed_steps, a, False)[-1]["tokens_per_second"])
        steps = [line["seconds"] for line in run_torch(folder, first, threads, a.speed_steps, a, False) if "seconds" in line]
        other.append((len(steps) - 1) * a.batch * a.context / (steps[-1] - steps[0]))  # torch's first step is its warm-up
    return {"threads": threads, "akin_tokens_per_s": statistics.median(mine), "torch_tokens_per_s": statistics.median(other),
            "ratio": statistics.median(mine) / statistics.median(other), "akin": mine, "torch": other}


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--program", default=str(harness.ROOT / "build/release/akin"))
    p.add_argument("--corpus", default=os.environ.get("AKIN_CORPUS", ""), help="text packed with zstd, of which the first megabytes are taken")
    p.add_argument("--megabytes", type=float, default=20)
    p.add_argument("--objective", default="causal")
    p.add_argument("--positions", default="learned")
    p.add_argument("--context", type=int, default=256)
    p.add_argument("--batch", type=int, default=8)
    p.add_argument("--accumulate", type=int, default=1)
    p.add_argument("--steps", type=int, default=300)
    p.add_argument("--rate", type=float, default=5e-4)
    p.add_argument("--warmup", type=int, default=100)
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--curve-steps", type=int, default=0, help="how many of --steps the curves run for; 0: all")
    p.add_argument("--speed-steps", type=int, default=6)
    p.add_argument("--float64", action="store_true", help="torch computes in float64: where a batch has steep gradients its float32 strays by per cents")
    p.add_argument("--speed-only", action="store_true")
    p.add_argument("--curves-only", action="store_true")
    a = p.parse_args()
    folder = harness.ROOT / "build/compare/lm"
    with harness.machine_lock():
        harness.warn_if_busy()
        first = made(folder, a.corpus, a.program, a)
        if not a.speed_only:
            print(json.dumps(compare_curves(a.program, folder, first, a)), flush=True)
        if not a.curves_only:
            for threads in (1, 2):
                print(json.dumps(speed(a.program, folder, first, threads, a)), flush=True)


if __name__ == "__main__":
    main()
