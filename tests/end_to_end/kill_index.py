#!/usr/bin/env python3
"""Kills real `akin index` runs at random moments (SIGKILL) and looks at what is left.

  tests/end_to_end/kill_index.py --program build/release/akin --times 100 [--seed N] [--model MODEL]

Each round begins with no collection or with one of an older state of the documents, starts `akin index`, kills it after a random part of
the time that an undisturbed run takes, and wants:
- the collection opens, unless it was not yet made;
- each document in it is whole: as it was, or as it is now;
- the next run completes, and the content is that of an undisturbed run, to the last bit of its vectors.
Standard library only. kill_test.py runs a few rounds of it.
"""
import argparse
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

TINY = pathlib.Path(__file__).resolve().parent.parent / "golden/sentence-transformers/pool-mean"
WORDS = "ship house weather lamp harbour letter engine river stone garden winter market silver captain window".split()


class Broken(Exception):
    """What was wanted did not hold."""


class Killer:
    def __init__(self, program, model, folder, seed):
        self.program, self.model, self.folder = str(program), str(model), pathlib.Path(folder)
        self.random = random.Random(seed)
        self.docs = self.folder / "docs"
        self.killed_while_running = 0
        self.not_yet_made = 0
        self.kept = []

    def run(self, *words):
        return subprocess.run([self.program, *map(str, words)], cwd=self.folder, capture_output=True, text=True, check=False, timeout=600)

    def ok(self, *words):
        done = self.run(*words, "--json")
        if done.returncode != 0:
            raise Broken(f"akin {' '.join(map(str, words))}: exit code {done.returncode}: {done.stderr.strip()}")
        return json.loads(done.stdout)

    def index_words(self, collection):
        return ["index", "docs", "-c", collection, "--model", self.model]

    def documents(self, collection):
        """uri → (hash, chunks)."""
        return {d["uri"]: (d["content_hash"], d["n_chunks"]) for d in self.ok("info", collection, "--documents").get("documents", [])}

    def digest(self, collection):
        return self.ok("info", collection, "--digest")["content_digest"]

    def text(self, paragraphs):
        sentence = lambda: "The " + " ".join(self.random.choices(WORDS, k=self.random.randint(4, 20))) + "."
        return "\n\n".join(" ".join(sentence() for _ in range(self.random.randint(1, 6))) for _ in range(paragraphs))

    def write(self, name):
        self.docs.mkdir(exist_ok=True)
        (self.docs / name).write_text(self.text(self.random.randint(1, 40)), encoding="utf-8")

    def prepare(self, n_documents):
        """An older state of the documents with its collection, and the newer one with what a run must end in."""
        for i in range(n_documents):
            self.write(f"{i:04}.txt")
        records = [json.dumps({"id": str(i), "text": self.text(1)}) for i in range(n_documents * 4)]
        (self.docs / "records.jsonl").write_text("\n".join(records), encoding="utf-8")
        self.ok(*self.index_words("old"))
        self.old = self.documents("old")
        for i in range(0, n_documents, 3):
            self.write(f"{i:04}.txt")
        for i in range(1, n_documents, 7):
            (self.docs / f"{i:04}.txt").unlink()
        (self.docs / "records.jsonl").write_text("\n".join(records[: n_documents * 2] + records[n_documents * 3 :]), encoding="utf-8")
        start = time.monotonic()
        self.ok(*self.index_words("wanted"))
        self.seconds = time.monotonic() - start
        self.new, self.wanted = self.documents("wanted"), self.digest("wanted")

    def kill_one(self, collection):
        with subprocess.Popen([self.program, *self.index_words(collection)], cwd=self.folder, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL) as process:
            time.sleep(self.random.random() * self.seconds * 1.05)
            if process.poll() is None:
                self.killed_while_running += 1
            process.kill()

    def check_kept(self, collection):
        done = self.run("info", collection, "--documents", "--digest", "--json")
        if done.returncode != 0:
            if (collection / "akin.db").exists() and "creation was interrupted" not in done.stderr:
                raise Broken(f"the collection does not open: {done.stderr.strip()}")
            self.not_yet_made += 1
            return
        for uri, state in self.documents(collection).items():
            if state not in (self.old.get(uri), self.new.get(uri)):
                raise Broken(f"{uri} is neither what it was nor what it is: {state}")
        self.kept.append(self.ok("info", collection)["n_documents"])
        self.ok("search", "silver lamp", "-c", collection, "--mode", "text", "-k", "3")

    def round(self):
        collection = self.folder / "collection"
        shutil.rmtree(collection, ignore_errors=True)
        if self.random.random() < 0.5:
            shutil.copytree(self.folder / "old", collection)
        for _ in range(self.random.randint(1, 2)):  # also a run that goes on from a killed one
            self.kill_one(collection)
            self.check_kept(collection)
        report = self.ok(*self.index_words(collection))
        if report["refused"]:
            raise Broken(f"refused: {report['refused']}")
        if self.digest(collection) != self.wanted:
            raise Broken("the content is not that of an undisturbed run")


def run_rounds(program, model, times, seed, n_documents, say=lambda line: None):
    with tempfile.TemporaryDirectory(prefix="akin-kill-") as folder:
        killer = Killer(program, model, folder, seed)
        killer.prepare(n_documents)
        say(f"{len(killer.new)} documents, {killer.seconds:.2f} s undisturbed")
        for i in range(times):
            killer.round()
            if (i + 1) % 10 == 0:
                say(f"{i + 1} rounds")
        return killer


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=os.environ.get("AKIN_PROGRAM", "build/release/akin"))
    parser.add_argument("--model", default=TINY)
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    parser.add_argument("--documents", type=int, default=400)
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    try:
        killer = run_rounds(pathlib.Path(options.program).resolve(), options.model, options.times, options.seed, options.documents,
                            lambda line: print(line, flush=True))
    except Broken as broken:
        print(f"BROKEN (seed {options.seed}): {broken}")
        return 1
    print(f"{options.times} rounds, {killer.killed_while_running} runs killed while at work, {killer.not_yet_made} before the collection was "
          f"made; every collection opened, every document whole, every next run ended with the same content")
    return 0


if __name__ == "__main__":
    sys.exit(main())
