#!/usr/bin/env python3
"""docs/vector-codes.md: size, error, recall and speed of every code of vectors, by coded_bench on one thread.

    python3 bench/compare/vector_codes.py --base base.npy --queries queries.npy --what "100,000 sentence vectors of all-MiniLM-L6-v2"
"""
import argparse

import harness

MEANING = {
    "f32": "the vectors themselves, searched exactly",
    "f16": "IEEE binary16",
    "bf16": "bfloat16",
    "i8": "8 bits a dimension, one scale a vector",
    "rabitq": "1 bit a dimension of the rotated vector, unbiased products (Gao & Long, RaBitQ, 2024)",
    "bit": "1 bit a dimension: its sign, by Hamming distance",
}


def number(value):
    return "–" if value is None else harness.number(value)


def page(lines, a):
    machine = harness.machine()
    depths = list(lines[-1]["recall"])
    out = ["# Codes of vectors", "",
           "Written by `bench/compare/vector_codes.py`; do not edit. `akin::build_coded()` (akin/index/coded.h) keeps vectors in one of these forms, looks at all of them, and",
           "measures the best `rescore` × k again by their floats, which may stay on disk. Memory is the codes' alone.", "",
           f"Measured {harness.today()} at commit {harness.commit()} on {a.what}: `{harness.command_line()}`. One thread; cosine; the ten nearest;",
           f"{machine['cpu']}, {', '.join(machine['instructions'])}.", "",
           "| code | what it is | bytes a vector | error of products | seconds to make |", "|---|---|---|---|---|"]
    for line in lines:
        out.append(f"| {line['code']} | {MEANING[line['code']]} | {number(line['bytes'])} | {'–' if line['error'] is None else format(line['error'], '.2g')} | {number(line['build_seconds'])} |")
    out += ["", "The error is the standard deviation of (product by codes − product by floats) over that of the products.", "",
            "Recall@10 by `rescore`:", "", "| code | " + " | ".join(depths) + " |", "|---|" + "---|" * len(depths)]
    for line in lines[1:]:
        out.append(f"| {line['code']} | " + " | ".join(f"{line['recall'][d]:.4f}" for d in depths) + " |")
    out += ["", f"Queries a second by `rescore`, one a call (the floats, exactly: {number(lines[0]['qps']['1'])}):", "",
            "| code | " + " | ".join(depths) + " |", "|---|" + "---|" * len(depths)]
    for line in lines[1:]:
        out.append(f"| {line['code']} | " + " | ".join(number(line["qps"][d]) for d in depths) + " |")
    return "\n".join(out) + "\n"


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--base", required=True)
    p.add_argument("--queries", required=True)
    p.add_argument("--what", required=True, help="what the vectors are, for the page")
    p.add_argument("--seconds", type=float, default=2, help="a figure")
    p.add_argument("--build", default="build/bench")
    p.add_argument("--to", default=str(harness.ROOT / "docs/vector-codes.md"))
    a = p.parse_args()
    program = harness.program(a.build, "bench/index/coded_bench")
    with harness.machine_lock():
        harness.warn_if_busy()
        ran = harness.run([program, a.base, a.queries, "--seconds", a.seconds], timeout=1800)
    if ran.error:
        raise SystemExit(f"{program}: {ran.error}")
    with open(a.to, "w", encoding="utf-8") as out:
        out.write(page(ran.json_lines(), a))
    harness.say(f"wrote {a.to}")


if __name__ == "__main__":
    main()
