#!/usr/bin/env python3
"""Kills real runs of add, update, delete (with the compaction that follows), reindex, import and backup at random moments (SIGKILL).

  tests/end_to_end/kill_life.py --program build/release/akin --times 500 [--seed N] [--only reindex,backup]

Each round copies a prepared collection, starts one command, kills it after a random part of the time that an undisturbed run takes, and
wants:
- the collection opens, and `akin doctor` finds it whole;
- each document is as it was or as it is to be; the vectors are all of the old model or all of the new one;
- what has the name of a backup is a whole one, with the content of a commit;
- the same command, run again, ends in the content of an undisturbed run, to the last bit of its vectors.
Standard library only. kill_test.py runs a few rounds of it.
"""
import argparse
import json
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import time

from kill_index import TINY, Broken, Killer

OTHER = TINY.parent / "pool-max"


class LifeKiller(Killer):
    """One prepared state and one command for each kind of work."""

    def __init__(self, program, folder, seed):
        super().__init__(program, TINY, folder, seed)
        self.rounds = {}
        self.killed = {}

    def prepare(self, n_documents):
        super().prepare(n_documents)  # "old", "wanted", and the documents as they are to be
        self.commands = {
            "add": (None, self.index_words("collection")),
            "update": ("old", self.index_words("collection")),
            "delete": ("wanted", ["delete", *[str(p) for p in sorted(self.docs.glob("*.txt"))[::2]], "-c", "collection"]),
            "reindex": ("wanted", ["reindex", "-c", "collection", "--model", str(OTHER)]),
            "backup": ("wanted", ["backup", "copy", "-c", "collection"]),
            "import": (None, ["import", "vectors.npy", "-c", "collection", "--space", "mine"]),
        }
        self.write_vectors(n_documents * 20)
        self.times, self.digests = {}, {}
        for name in self.commands:
            self.restore(name)
            start = time.monotonic()
            self.ok(*self.commands[name][1])
            self.times[name] = time.monotonic() - start
            self.digests[name] = self.digest("collection")

    def write_vectors(self, n, dim=16):
        header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({n}, {dim}), }}".encode()
        header += b" " * (-(len(header) + 11) % 64) + b"\n"
        numbers = [self.random.uniform(-1, 1) for _ in range(n * dim)]
        (self.folder / "vectors.npy").write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + struct.pack(f"<{n * dim}f", *numbers))

    def restore(self, name):
        for path in ["collection", "copy", "copy.partial"]:
            shutil.rmtree(self.folder / path, ignore_errors=True)
        if self.commands[name][0]:
            shutil.copytree(self.folder / self.commands[name][0], self.folder / "collection")

    def kill_one(self, name):
        with subprocess.Popen([self.program, *self.commands[name][1]], cwd=self.folder, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL) as process:
            time.sleep(self.random.random() * self.times[name] * 1.05)
            if process.poll() is None:
                self.killed[name] = self.killed.get(name, 0) + 1
            process.kill()

    def check(self, name):
        collection = self.folder / "collection"
        done = self.run("info", "collection", "--json")
        if done.returncode != 0:
            if self.commands[name][0] or ((collection / "akin.db").exists() and "creation was interrupted" not in done.stderr):
                raise Broken(f"{name}: the collection does not open: {done.stderr.strip()}")
            return
        self.check_whole("collection")
        getattr(self, "check_" + name)(collection, json.loads(done.stdout))

    def check_whole(self, folder):
        done = self.run("doctor", "-c", folder, "--json")
        wrong = [f["what"] for f in json.loads(done.stdout)["findings"]] if done.stdout else [done.stderr]
        if wrong:
            raise Broken(f"{folder} is damaged: {wrong}")

    def check_add(self, collection, _info):
        self.check_kept(collection)

    check_update = check_add

    def check_delete(self, collection, _info):
        for uri, state in self.documents(collection).items():
            if state != self.new.get(uri):
                raise Broken(f"{uri} is not what it was: {state}")

    def check_reindex(self, collection, info):
        wanted = self.digests["reindex"] if info["model"] == str(OTHER) else self.wanted
        if self.digest(collection) != wanted:
            raise Broken("reindex: the vectors are neither the old model's nor the new one's")
        self.ok("search", "silver lamp", "-c", collection, "--mode", "dense", "-k", "3")

    def check_backup(self, collection, _info):
        if self.digest(collection) != self.wanted:
            raise Broken("backup: the collection is not what it was")
        if (self.folder / "copy").exists():
            self.check_whole("copy")
            if self.digest("copy") != self.wanted:
                raise Broken("backup: the copy is not the collection")

    def check_import(self, _collection, info):
        if info["n_chunks"] != info["n_vectors"]:
            raise Broken(f"import: {info['n_chunks']} chunks, {info['n_vectors']} vectors")

    def finish(self, name):
        if name == "backup" and (self.folder / "copy").exists():
            return
        done = self.run(*self.commands[name][1])
        if done.returncode != 0 and not (name == "delete" and "no document" in done.stderr):
            raise Broken(f"{name}, again: {done.stderr.strip()}")
        if name == "delete":  # those that are left of what an interrupted run took in part
            for path in self.commands[name][1][1:-2]:
                self.run("delete", path, "-c", "collection")
        if self.digest("collection") != self.digests[name] or (name == "backup" and self.digest("copy") != self.wanted):
            raise Broken(f"{name}: the content is not that of an undisturbed run")

    def round(self, name):
        self.restore(name)
        for _ in range(self.random.randint(1, 2)):  # also a run that goes on from a killed one
            self.kill_one(name)
            self.check(name)
        self.finish(name)
        self.check_whole("collection")
        self.rounds[name] = self.rounds.get(name, 0) + 1


def run_rounds(program, times, seed, n_documents, only=(), say=lambda line: None):
    with tempfile.TemporaryDirectory(prefix="akin-kill-") as folder:
        killer = LifeKiller(program, folder, seed)
        killer.prepare(n_documents)
        names = [name for name in killer.commands if not only or name in only]
        say(", ".join(f"{name} {killer.times[name]:.2f} s" for name in names))
        for i in range(times):
            killer.round(names[i % len(names)])
            if (i + 1) % 20 == 0:
                say(f"{i + 1} rounds")
        return killer


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=os.environ.get("AKIN_PROGRAM", "build/release/akin"))
    parser.add_argument("--times", type=int, default=500)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    parser.add_argument("--documents", type=int, default=200)
    parser.add_argument("--only", default="", help="kinds of work, with commas between")
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    try:
        killer = run_rounds(pathlib.Path(options.program).resolve(), options.times, options.seed, options.documents,
                            [name for name in options.only.split(",") if name], lambda line: print(line, flush=True))
    except Broken as broken:
        print(f"BROKEN (seed {options.seed}): {broken}")
        return 1
    killed = ", ".join(f"{name} {killer.killed.get(name, 0)}" for name in killer.rounds)
    print(f"{sum(killer.rounds.values())} rounds; killed while at work: {killed}; every collection opened whole, every command ended, run "
          f"again, in the content of an undisturbed run")
    return 0


if __name__ == "__main__":
    sys.exit(main())
