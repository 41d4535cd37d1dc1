#!/usr/bin/env python3
"""Text to ids on one CPU, MB of UTF-8 a second over 20 MB of Wikipedia paragraphs: WordPiece beside flash-tokenizer and Hugging Face
tokenizers, GPT-2's BPE beside fastokens, tiktoken and Hugging Face tokenizers, a LLaMA-style BPE and T5's Unigram beside sentencepiece, each
with the same vocabulary. The GPT-2 vocabulary is what the rivals' script leaves in its cache, the LLaMA-style one is trained there on the
first run (tokenizers_rivals.py).

Every program, akin too, is kept on one CPU: some start threads of their own in a batch call, whatever they are told. A rival is timed one
paragraph a call, then in batches over the same texts; the better of the two counts. For fastokens, whose cache of words is warm by then,
those batches are a second pass, which stands beside akin's second; its batches in a process of their own are its first. akin is timed twice,
one paragraph a call; the goals are for first passes. Ids of the first 400 paragraphs are compared, and the number of tokens where a program
got through all of them; a row in which they differ is refused.

    AKIN_PEER_SCRIPTS=FOLDER python3 bench/compare/tokenizers.py      # about four minutes
"""
import argparse
import json
import pathlib
import shutil
import tempfile
import zlib

import harness

WARM_UP = 400  # texts that the rivals' scripts sum the ids of

# id of the row, what, the name of the kind in the rivals' script, rivals, times the best of them that is the goal
KINDS = (("word_piece.1", "text to WordPiece ids, 1 thread", "bert", ("flash-tokenizer", "hf-tokenizers"), 5),
         ("bpe.1", "text to GPT-2 BPE ids, 1 thread", "gpt2", ("fastokens", "tiktoken", "hf-tokenizers"), 1.3),
         ("bpe_llama.1", "text to LLaMA-style BPE ids, 1 thread", "llama", ("sentencepiece", "fastokens", "hf-tokenizers"), 1.3),
         ("unigram.1", "text to Unigram ids (T5), 1 thread", "t5", ("sentencepiece",), 4))


def folder_of(kind):
    folders = {"gpt2": "gpt2", "t5": "t5-unigram", "llama": "llama-bpe"}
    return harness.PEERS / "text-models" / folders[kind] if kind in folders else harness.minilm_folder()


TEXTS = harness.INPUTS / "t7.txt"
OWN_RIVALS = pathlib.Path(__file__).with_name("tokenizers_rivals.py")


def make_llama_vocabulary():
    folder = folder_of("llama")
    if not (folder / "tokenizer.json").exists():
        harness.say("training the LLaMA-style vocabulary, about a minute")
        ran = harness.run([harness.peer_python(), OWN_RIVALS, "make", folder, TEXTS], timeout=1800)
        if ran.error:
            harness.skipped("the LLaMA-style vocabulary", ran.error)


def make_t5_folder():
    """T5's pieces with the space in front of a text that sentencepiece puts there; without a word on it transformers leaves it out."""
    folder = folder_of("t5")
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(harness.ROOT / "tests/golden/tokenizers/t5-base/spiece.model", folder)
    (folder / "tokenizer_config.json").write_text('{"tokenizer_class": "T5Tokenizer", "add_prefix_space": true}\n', encoding="utf-8")


class Sameness:
    """What each program of a row made of the texts: the sum of the first texts' ids and, where it got through all, the number of tokens."""

    def __init__(self):
        self.sums, self.tokens = {}, {}

    def add(self, name, line):
        self.sums.setdefault(name, set()).add(line["ids_crc400"])
        if line.get("tokens"):
            self.tokens.setdefault(name, set()).add(line["tokens"])

    def problem(self):
        """In words, None if all agree."""
        for what, found in (("ids of the first 400 paragraphs", self.sums), ("numbers of tokens", self.tokens)):
            if len(set().union(*found.values())) > 1:
                return f"the {what} differ: {found}"
        return None


def sum_of_ids(program, kind):
    """As the rivals' scripts print it: over the JSON text of the lists of ids of the first 400 texts."""
    with tempfile.NamedTemporaryFile(suffix=".txt") as file:
        file.write(b"".join(TEXTS.read_bytes().splitlines(keepends=True)[:WARM_UP]))
        file.flush()
        ran = harness.run([program, folder_of(kind), file.name, "--ids"])
    ids = [[int(x) for x in line.split()] for line in ran.out.splitlines()]
    return f"{zlib.crc32(json.dumps(ids).encode()):08x}"


def run_akin(program, kind, sameness):
    """MB/s of the first pass and of the second, or nothing."""
    if not folder_of(kind).exists():
        harness.skipped("akin", f"{folder_of(kind)} is missing; the rivals' script makes it")
        return []
    ran = harness.run([program, folder_of(kind), TEXTS], one_cpu=True)
    if ran.error:
        harness.skipped("akin", ran.error)
    for line in ran.json_lines():
        sameness.add("akin", {"ids_crc400": sum_of_ids(program, kind), "tokens": line["tokens"]})
    return [line["mb_per_s"] for line in ran.json_lines()]


# Keeps the words that it has met, so that its second pass over the same texts is another measurement.
WITH_CACHE = "fastokens"


def is_second_pass(mode):
    return mode.startswith(WITH_CACHE) and "batch" in mode and not mode.endswith("first pass")


def run_rival(name, kind, scripts, seconds, versions, sameness):
    """mode -> MB/s"""
    speeds = run_rival_command(rival_command(name, kind, scripts, seconds), name, scripts, versions, sameness)
    if name == WITH_CACHE:
        first = [harness.peer_python(), OWN_RIVALS, "first", name, folder_of(kind), TEXTS]
        speeds.update(run_rival_command(first, name, scripts, versions, sameness))
    return speeds


def rival_command(name, kind, scripts, seconds):
    if kind == "llama":
        return [harness.peer_python(), OWN_RIVALS, "time", name, folder_of(kind), TEXTS, seconds]
    return [harness.peer_python(), scripts / "tokenizers_bench.py", "--only", f"{name} {kind}", "--threads", "1", "--max-seconds", seconds]


def run_rival_command(command, name, scripts, versions, sameness):
    ran = harness.run(command, cwd=scripts, one_cpu=True)
    if ran.error:
        harness.skipped(name, ran.error)
    speeds = {}
    for line in ran.json_lines():
        if "failed" in line:
            harness.skipped(name, line["failed"])
        else:
            versions[name] = line["version"]
            speeds[f"{name}, {line['mode']}"] = line["mb_per_s"]
            sameness.add(name, line)
    return speeds


def measure(row, program, scripts, a, versions):
    """The row of the first pass and that of the second; none where programs do not give the same ids."""
    key, what, kind, names, goal = row
    akin, rivals, sameness = [], {}, Sameness()
    for _ in range(a.rounds):
        for name in names if scripts else ():
            for mode, speed in run_rival(name, kind, scripts, a.seconds, versions, sameness).items():
                rivals.setdefault(mode, []).append(speed)
            akin += run_akin(program, kind, sameness)
    if not scripts:
        akin += run_akin(program, kind, sameness)
    if problem := sameness.problem():
        harness.skipped(what, problem)
        return []
    first, again = ([passes[i] for passes in akin] for i in range(2))
    firsts = {mode: speeds for mode, speeds in rivals.items() if not is_second_pass(mode)}
    return [{"id": key, **harness.row(what, "MB/s", "higher", first, firsts, goal_times=goal, rounds=a.rounds)},
            {"id": f"{key}.again", **harness.row(f"{what}, the same texts again", "MB/s", "higher", again, rivals, rounds=a.rounds)}]


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--rounds", type=int, default=7)
    p.add_argument("--seconds", type=float, default=3, help="of a rival's pass at most")
    p.add_argument("--build", default="build/bench")
    p.add_argument("--out", default=str(harness.ROOT / "build/compare"))
    a = p.parse_args()
    program = harness.program(a.build, "bench/text/tokenize_file")
    scripts = harness.peer_scripts()
    versions = {}
    make_t5_folder()
    with harness.machine_lock():
        harness.warn_if_busy()
        if scripts:
            make_llama_vocabulary()
        rows = [row for kind in KINDS for row in measure(kind, program, scripts, a, versions)]
        harness.save("tokenizers", rows, versions, harness.command_line(), a.out)


if __name__ == "__main__":
    main()
