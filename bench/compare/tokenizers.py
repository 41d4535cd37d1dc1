#!/usr/bin/env python3
"""WordPiece: text to ids on one thread, MB of UTF-8 a second over 20 MB of Wikipedia paragraphs (a first pass, one paragraph a call;
the rivals also as batches), beside flash-tokenizer and Hugging Face tokenizers with the same vocabulary.

    AKIN_PEER_SCRIPTS=FOLDER python3 bench/compare/tokenizers.py      # about a minute
"""
import argparse

import harness

RIVALS = ("flash-tokenizer", "hf-tokenizers")
GOAL_TIMES = 5


def run_akin(program):
    ran = harness.run([program, harness.minilm_folder(), harness.INPUTS / "t7.txt"])
    if ran.error:
        harness.skipped("akin", ran.error)
    # The first of its two passes: the rivals have warmed up with 400 paragraphs only.
    return [line["mb_per_s"][0] for line in ran.json_lines()]


def run_rival(name, scripts, seconds, versions):
    """mode -> MB/s"""
    command = [harness.peer_python(), scripts / "tokenizers_bench.py", "--only", f"{name} bert", "--threads", "1", "--max-seconds", seconds]
    ran = harness.run(command, cwd=scripts)
    if ran.error:
        harness.skipped(name, ran.error)
    speeds = {}
    for line in ran.json_lines():
        if "failed" in line:
            harness.skipped(name, line["failed"])
        else:
            versions[name] = line["version"]
            speeds[f"{name}, {line['mode']}"] = line["mb_per_s"]
    return speeds


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--seconds", type=float, default=3, help="of a rival's pass at most")
    p.add_argument("--build", default="build/bench")
    p.add_argument("--out", default=str(harness.ROOT / "build/compare"))
    a = p.parse_args()
    program = harness.program(a.build, "bench/text/tokenize_file")
    scripts = harness.peer_scripts()
    akin, rivals, versions = [], {}, {}
    with harness.machine_lock():
        harness.warn_if_busy()
        for _ in range(a.rounds):
            for name in RIVALS if scripts else ():
                for mode, speed in run_rival(name, scripts, a.seconds, versions).items():
                    rivals.setdefault(mode, []).append(speed)
                akin += run_akin(program)
        if not scripts:
            akin += run_akin(program)
        rows = [{"id": "word_piece.1", **harness.row("text to WordPiece ids, 1 thread", "MB/s", "higher", akin, rivals, goal_times=GOAL_TIMES,
                                                     rounds=a.rounds)}]
        harness.save("tokenizers", rows, versions, harness.command_line(), a.out)


if __name__ == "__main__":
    main()
