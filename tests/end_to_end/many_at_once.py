#!/usr/bin/env python3
"""Two writers and ten readers on one collection, all real programs, for a while.

  tests/end_to_end/many_at_once.py --program build/release/akin --seconds 60

The writers replace documents, delete some, put a vector space in the place of another, and back up. Wanted:
- a writer succeeds, or is told by one line who holds the collection; nothing else;
- each reader succeeds, and sees whole documents: all chunks of one carry the same stamp, and none is missing;
- in the end the collection is whole and holds the last state.
Standard library only. kill_test.py runs it for some seconds.
"""
import argparse
import collections
import json
import os
import pathlib
import sys
import tempfile
import threading
import time

from kill_index import TINY, Broken, Killer

OTHER = TINY.parent / "pool-max"
N_DOCUMENTS, N_PARAGRAPHS, N_READERS = 12, 9, 10


class Crowd(Killer):
    def __init__(self, program, folder, seconds):
        super().__init__(program, TINY, folder, seed=1)
        self.end = time.monotonic() + seconds
        self.counts = collections.Counter()
        self.broken = []
        self.stamp = 0
        self.lock = threading.Lock()

    def write_documents(self):
        """Each paragraph is a chunk of its own (a heading before it) and carries the stamp of its version."""
        self.docs.mkdir(exist_ok=True)
        with self.lock:
            self.stamp += 1
            stamp = self.stamp
        for i in range(N_DOCUMENTS):
            body = "\n\n".join(f"# Part {j}\n\nThe lamp of stamp{stamp} is lit." for j in range(N_PARAGRAPHS))
            temporary = self.folder / f"writing-{threading.get_ident()}"
            temporary.write_text(body, encoding="utf-8")
            temporary.rename(self.docs / f"{i:03}.md")

    def try_to_write(self, *words):
        done = self.run(*words)
        if done.returncode == 0:
            self.counts["writes"] += 1
        elif done.returncode == 1 and "is being written by" in done.stderr and len(done.stderr.strip().splitlines()) == 1:
            self.counts["told to wait"] += 1
        elif "fingerprint" in done.stderr or "no document" in done.stderr:
            self.counts["told that it came too late"] += 1  # the other writer has changed the model, or deleted it first
        else:
            raise Broken(f"akin {' '.join(map(str, words))}: exit code {done.returncode}: {done.stderr.strip()}")

    def current_model(self):
        return self.ok("info", "collection")["model"]

    def write_on(self, who):
        n = 0
        while time.monotonic() < self.end:
            n += 1
            self.write_documents()
            self.try_to_write("index", "docs", "-c", "collection")
            if n % 3 == 0:
                self.try_to_write("delete", str(self.docs / f"{n % N_DOCUMENTS:03}.md"), "-c", "collection")
            if n % 5 == 0:
                self.try_to_write("reindex", "-c", "collection", "--model", OTHER if self.current_model() == str(TINY) else TINY)
            if n % 4 == 0:
                self.try_to_write("backup", f"copy-{who}-{n}", "-c", "collection")

    def read_on(self, who):
        while time.monotonic() < self.end:
            mode = ["text", "dense"][self.counts["reads"] % 2]
            done = self.run("search", "lamp", "-c", "collection", "--mode", mode, "-k", "1000", "--json")
            if done.returncode != 0:
                # Between the loading of its model and its search a writer may have switched to another one.
                if mode == "dense" and "fingerprint" in done.stderr:
                    self.counts["readers told of another model"] += 1
                    continue
                raise Broken(f"reader {who}: exit code {done.returncode}: {done.stderr.strip()}")
            self.check_whole(json.loads(done.stdout)["hits"])
            self.counts["reads"] += 1

    @staticmethod
    def check_whole(hits):
        stamps, chunks = collections.defaultdict(set), collections.Counter()
        for hit in hits:
            stamps[hit["uri"]] |= {word for word in hit["text"].split() if word.startswith("stamp")}
            chunks[hit["uri"]] += 1
        for uri in chunks:
            if len(stamps[uri]) != 1 or chunks[uri] != N_PARAGRAPHS:
                raise Broken(f"{uri}: {chunks[uri]} chunks of {stamps[uri]}")

    def guarded(self, work, who):
        try:
            work(who)
        except Exception as error:  # told by the main thread
            self.broken.append(f"{type(error).__name__}: {error}")

    def go(self):
        self.write_documents()
        self.ok(*self.index_words("collection"))
        threads = [threading.Thread(target=self.guarded, args=(self.write_on, i)) for i in range(2)]
        threads += [threading.Thread(target=self.guarded, args=(self.read_on, i)) for i in range(N_READERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self.broken:
            raise Broken(self.broken[0])
        self.write_documents()
        self.ok("index", "docs", "-c", "collection")
        for folder in ["collection", *sorted(p.name for p in self.folder.glob("copy-*"))]:
            done = self.run("doctor", "-c", folder, "--json")
            if done.returncode != 0:
                raise Broken(f"{folder}: {done.stdout} {done.stderr}")
        hits = self.ok("search", f"stamp{self.stamp}", "-c", "collection", "--mode", "text", "-k", "1000")["hits"]
        if len(hits) != N_DOCUMENTS * N_PARAGRAPHS:
            raise Broken(f"the last state has {len(hits)} chunks")


def run_crowd(program, seconds):
    with tempfile.TemporaryDirectory(prefix="akin-crowd-") as folder:
        crowd = Crowd(program, folder, seconds)
        crowd.go()
        return crowd.counts


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=os.environ.get("AKIN_PROGRAM", "build/release/akin"))
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args()
    try:
        counts = run_crowd(pathlib.Path(options.program).resolve(), options.seconds)
    except Broken as broken:
        print(f"BROKEN: {broken}")
        return 1
    print(f"2 writers and {N_READERS} readers for {options.seconds:g} s: {dict(counts)}; every reader saw whole documents")
    return 0


if __name__ == "__main__":
    sys.exit(main())
