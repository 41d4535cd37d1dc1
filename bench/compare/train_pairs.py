#!/usr/bin/env python3
"""akin train pairs beside sentence-transformers on the CPU: the same model, pairs, batch, steps and rate, without dropout; pairs a second at one
and two threads, medians of interleaved rounds.

    python3 bench/compare/train_pairs.py MODEL PAIRS.jsonl --steps 20 --batch 64 --rounds 3
"""
import argparse
import json
import pathlib
import statistics

import harness

RIVAL = pathlib.Path(__file__).resolve().parent / "train_pairs_rivals.py"


def akin(a, threads):
    out = harness.ROOT / "build/compare/pairs-akin"
    ran = harness.run([a.program, "train", "pairs", a.pairs, "--model", a.model, "-o", out, "--steps", a.steps, "--batch", a.batch, "--rate", a.rate,
                       "--threads", threads, "--log-every", 1, "--json"], timeout=3600, one_cpu=threads == 1)
    if ran.error:
        raise SystemExit(f"akin: {ran.error}")
    end = ran.json_lines()[-1]
    return {"pairs_per_second": end["pairs_per_second"], "peak_rss_mb": ran.peak_rss_mb}


def rival(a, threads):
    options = {"model": a.model, "pairs": a.pairs, "steps": a.steps, "batch": a.batch, "rate": a.rate, "threads": threads}
    ran = harness.run([harness.peer_python(), RIVAL, json.dumps(options)], timeout=3600, one_cpu=threads == 1)
    if ran.error:
        raise SystemExit(f"sentence-transformers: {ran.error}")
    return {**ran.json_lines()[-1], "peak_rss_mb": ran.peak_rss_mb}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("pairs")
    parser.add_argument("--program", default=harness.ROOT / "build/release/akin")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=2e-5)
    parser.add_argument("--rounds", type=int, default=3)
    a = parser.parse_args()
    for threads in (1, 2):
        results = {"akin": [], "sentence-transformers": []}
        with harness.machine_lock():
            for _ in range(a.rounds):
                results["akin"].append(akin(a, threads))
                results["sentence-transformers"].append(rival(a, threads))
        for name, rows in results.items():
            print(json.dumps({"program": name, "threads": threads, "pairs_per_second": round(statistics.median(r["pairs_per_second"] for r in rows), 1),
                              "peak_rss_mb": round(max(r["peak_rss_mb"] for r in rows))}), flush=True)


main()
