#!/usr/bin/env python3
"""Text to ids on one thread, MB of UTF-8 a second over 20 MB of Wikipedia paragraphs (a first pass, one paragraph a call; the rivals also
as batches): WordPiece beside flash-tokenizer and Hugging Face tokenizers, GPT-2's BPE beside fastokens, tiktoken and Hugging Face
tokenizers, a LLaMA-style BPE and T5's Unigram beside sentencepiece, each with the same vocabulary. The GPT-2 vocabulary is what the rivals'
script leaves in its cache, the LLaMA-style one is trained there on the first run (tokenizers_rivals.py).

    AKIN_PEER_SCRIPTS=FOLDER python3 bench/compare/tokenizers.py      # about a minute
"""
import argparse
import pathlib

import harness

# id of the row, what, the name of the kind in the rivals' script, rivals, times the best of them that is the goal
KINDS = (("word_piece.1", "text to WordPiece ids, 1 thread", "bert", ("flash-tokenizer", "hf-tokenizers"), 5),
         ("bpe.1", "text to GPT-2 BPE ids, 1 thread", "gpt2", ("fastokens", "tiktoken", "hf-tokenizers"), 1.3),
         ("bpe_llama.1", "text to LLaMA-style BPE ids, 1 thread", "llama", ("sentencepiece", "fastokens", "hf-tokenizers"), 1.3),
         ("unigram.1", "text to Unigram ids (T5), 1 thread", "t5", ("sentencepiece",), 4))


def folder_of(kind):
    folders = {"gpt2": harness.PEERS / "text-models" / "gpt2", "t5": harness.ROOT / "tests/golden/tokenizers/t5-base",
               "llama": harness.PEERS / "text-models" / "llama-bpe"}
    return folders[kind] if kind in folders else harness.minilm_folder()


TEXTS = harness.INPUTS / "t7.txt"
OWN_RIVALS = pathlib.Path(__file__).with_name("tokenizers_rivals.py")


def make_llama_vocabulary():
    folder = folder_of("llama")
    if not (folder / "tokenizer.json").exists():
        harness.say("training the LLaMA-style vocabulary, about a minute")
        ran = harness.run([harness.peer_python(), OWN_RIVALS, "make", folder, TEXTS], timeout=1800)
        if ran.error:
            harness.skipped("the LLaMA-style vocabulary", ran.error)


def run_akin(program, kind):
    if not folder_of(kind).exists():
        harness.skipped("akin", f"{folder_of(kind)} is missing; the rivals' script makes it")
        return []
    ran = harness.run([program, folder_of(kind), TEXTS])
    if ran.error:
        harness.skipped("akin", ran.error)
    # The first of its two passes: the rivals have warmed up with 400 paragraphs only.
    return [line["mb_per_s"][0] for line in ran.json_lines()]


def run_rival(name, kind, scripts, seconds, versions):
    """mode -> MB/s"""
    command = [harness.peer_python(), scripts / "tokenizers_bench.py", "--only", f"{name} {kind}", "--threads", "1", "--max-seconds", seconds]
    if kind == "llama":
        command = [harness.peer_python(), OWN_RIVALS, "time", name, folder_of(kind), TEXTS, seconds]
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
    rows, versions = [], {}
    with harness.machine_lock():
        harness.warn_if_busy()
        if scripts:
            make_llama_vocabulary()
        for row, what, kind, names, goal in KINDS:
            akin, rivals = [], {}
            for _ in range(a.rounds):
                for name in names if scripts else ():
                    for mode, speed in run_rival(name, kind, scripts, a.seconds, versions).items():
                        rivals.setdefault(mode, []).append(speed)
                    akin += run_akin(program, kind)
            if not scripts:
                akin += run_akin(program, kind)
            rows.append({"id": row, **harness.row(what, "MB/s", "higher", akin, rivals, goal_times=goal, rounds=a.rounds)})
        harness.save("tokenizers", rows, versions, harness.command_line(), a.out)


if __name__ == "__main__":
    main()
