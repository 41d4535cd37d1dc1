#!/usr/bin/env python3
"""Kills real runs of add, update, delete, compaction, reindex, import, backup and the graph's saving at random moments (SIGKILL).

  tests/end_to_end/kill_life.py --program build/release/akin --times 500 [--seed N] [--only reindex,graph]

Until so many runs were killed at work, each round copies a prepared collection, starts one command and kills it: after a random part of the
time that an undisturbed run takes, or, for compaction and the graph's saving, after a random part of the time from the appearance of the file
that they write to their end. It wants:
- the collection opens, and `akin doctor` finds it whole;
- each document is as it was or as it is to be; the vectors are all of the old model or all of the new one;
- a search through the graph answers, whole or half written as its next file may be;
- what has the name of a backup is a whole one, with the content of a commit;
- the same command, run again, ends in the content of an undisturbed run, to the last bit of its vectors, with the graph that it has.
Standard library only. kill_test.py runs a few rounds of it.
"""
import argparse
import array
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
# From 20,000 vectors on there is a graph; more than a fiftieth of new ones has it brought up to date.
VECTORS, MORE, DIM = 20_100, 900, 16


class LifeKiller(Killer):
    """One prepared state and one command for each kind of work."""

    def __init__(self, program, folder, seed):
        super().__init__(program, TINY, folder, seed)
        self.rounds = {}
        self.killed = {}  # while the program ran
        self.caught = {}  # with what the work was writing left half done

    def prepare(self, n_documents, only=()):
        super().prepare(n_documents)  # "old", "wanted", and the documents as they are to be
        more = ["import", "more.npy", "-c", "collection", "--space", "mine"]
        # name → state to begin with, command, the file that tells of the work to be caught
        commands = {
            "add": (None, self.index_words("collection"), None),
            "update": ("old", self.index_words("collection"), None),
            "delete": ("wanted", ["delete", *[str(p) for p in sorted(self.docs.glob("*.txt"))[::2]], "-c", "collection"], None),
            "compaction": ("plain", ["delete", "--where", "half = 1", "-c", "collection"], "vectors-"),
            "reindex": ("wanted", ["reindex", "-c", "collection", "--model", str(OTHER)], None),
            "graph": ("plain", more, ".vectors.graph."),
            "graph-update": ("graphed", more, ".vectors.graph."),
            "backup": ("wanted", ["backup", "copy", "-c", "collection"], None),
            "import": (None, ["import", "few.npy", "-c", "collection", "--space", "mine"], None),
        }
        self.commands = {name: command for name, command in commands.items() if not only or name in only}
        self.write_vectors("few.npy", n_documents * 20)
        if any(state in ("plain", "graphed") for state, _, _ in self.commands.values()):
            self.prepare_vectors()
        self.begins, self.times, self.digests, self.graphs = {}, {}, {}, {}
        for name in self.commands:
            self.restore(name)
            self.begins[name], self.times[name] = self.time_undisturbed(name)
            self.digests[name] = self.digest("collection")
            self.graphs[name] = self.graph_rows()

    def prepare_vectors(self):
        self.write_vectors("vectors.npy", VECTORS)
        self.write_vectors("more.npy", MORE)
        (self.folder / "fields.jsonl").write_text("".join(f'{{"half": {i % 2}}}\n' for i in range(VECTORS)), encoding="utf-8")
        self.ok("import", "vectors.npy", "-c", "graphed", "--space", "mine", "--metadata", "fields.jsonl")
        if not (self.folder / "graphed/vectors.graph").exists():
            raise Broken("there is no graph over so many vectors")
        shutil.copytree(self.folder / "graphed", self.folder / "plain")
        (self.folder / "plain/vectors.graph").unlink()
        self.digests_before = {name: self.digest(name) for name in ["graphed", "plain"]}

    def write_vectors(self, name, n, dim=DIM):
        header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({n}, {dim}), }}".encode()
        header += b" " * (-(len(header) + 11) % 64) + b"\n"
        numbers = array.array("f", [self.random.uniform(-1, 1) for _ in range(n * dim)])
        (self.folder / name).write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + numbers.tobytes())

    def restore(self, name):
        for path in ["collection", "copy", "copy.partial"]:
            shutil.rmtree(self.folder / path, ignore_errors=True)
        if self.commands[name][0]:
            shutil.copytree(self.folder / self.commands[name][0], self.folder / "collection")

    def start(self, name):
        return subprocess.Popen([self.program, *self.commands[name][1]], cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def files(self, begin):
        return {entry for entry in os.listdir(self.folder / "collection") if entry.startswith(begin)}

    def wait_for_file(self, process, begin):
        """Until the work writes a file that was not there."""
        before = self.files(begin)
        while process.poll() is None and self.files(begin) <= before:
            time.sleep(0.0002)

    def time_undisturbed(self, name):
        """Seconds to the moment from which the run may be killed, and from there to its end."""
        start = time.monotonic()
        with self.start(name) as process:
            if self.commands[name][2]:
                self.wait_for_file(process, self.commands[name][2])
            begin = time.monotonic()
            # A graph's saving ends before the program does.
            while process.poll() is None and (self.commands[name][2] != ".vectors.graph." or self.files(".vectors.graph.")):
                time.sleep(0.0002)
            end = time.monotonic()
            if process.wait() != 0:
                raise Broken(f"{name}: exit code {process.returncode}, undisturbed")
        return (begin - start if self.commands[name][2] else 0, end - begin)

    def kill_one(self, name):
        with self.start(name) as process:
            if self.commands[name][2]:
                self.wait_for_file(process, self.commands[name][2])
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
        notes = self.check_whole("collection")
        left = self.commands[name][2] or "vectors-"
        if any(left in note and "interrupted" in note for note in notes) or any("in the making" in note for note in notes):
            self.caught[name] = self.caught.get(name, 0) + 1
        getattr(self, "check_" + name.replace("-", "_"))(collection, json.loads(done.stdout))

    def check_whole(self, folder):
        done = self.run("doctor", "-c", folder, "--json")
        wrong = [f["what"] for f in json.loads(done.stdout)["findings"]] if done.stdout else [done.stderr]
        if wrong:
            raise Broken(f"{folder} is damaged: {wrong}")
        return json.loads(done.stdout)["notes"]

    def check_add(self, collection, _info):
        self.check_kept(collection)

    check_update = check_add

    def check_delete(self, collection, _info):
        for uri, state in self.documents(collection).items():
            if state != self.new.get(uri):
                raise Broken(f"{uri} is not what it was: {state}")

    def check_compaction(self, collection, _info):
        if self.digest(collection) not in (self.digests_before["plain"], self.digests["compaction"]):
            raise Broken("compaction: the content is neither that before the removal nor that after it")

    def check_graph(self, collection, _info):
        """One commit of new rows, then the graph."""
        if self.digest(collection) not in (self.digests_before["plain"], self.digests["graph"]):
            raise Broken("graph: the content is neither that before the import nor that after it")
        for row in self.random.sample(range(VECTORS), 3):
            hits = self.ok("search", "--like", f"vectors.npy#{row}", "-c", collection, "-k", 5)["hits"]
            exact = self.ok("search", "--like", f"vectors.npy#{row}", "-c", collection, "-k", 5, "--exact")["hits"]
            if len(hits) != 5 or hits[0]["uri"] != exact[0]["uri"]:
                raise Broken(f"graph: like row {row} is {hits[0]['uri']}, should be {exact[0]['uri']}")

    check_graph_update = check_graph

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

    def graph_rows(self):
        graph = self.ok("info", "collection").get("graph")
        return graph["n_vectors"] if graph else 0

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
        if self.graph_rows() != self.graphs[name]:
            raise Broken(f"{name}: the graph has {self.graph_rows()} vectors, {self.graphs[name]} in an undisturbed run")

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
        killer.prepare(n_documents, only)
        names = list(killer.commands)
        say(", ".join(f"{name} {killer.times[name]:.2f} s" for name in names))
        i = 0
        while sum(killer.killed.values()) < times:
            if i > 10 * times:
                raise Broken(f"of {i} rounds {sum(killer.killed.values())} runs were killed at work")
            killer.round(names[i % len(names)])
            i += 1
            if i % 20 == 0:
                say(f"{i} rounds, killed at work: {sum(killer.killed.values())}")
        return killer


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=os.environ.get("AKIN_PROGRAM", "build/release/akin"))
    parser.add_argument("--times", type=int, default=500, help="runs to kill at work, in all")
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
    killed = ", ".join(f"{name} {killer.killed.get(name, 0)} ({killer.caught.get(name, 0)} with work half done)" for name in killer.rounds)
    print(f"{sum(killer.rounds.values())} rounds, {sum(killer.killed.values())} runs killed while at work: {killed}; every collection opened "
          f"whole, every command ended, run again, in the content of an undisturbed run")
    return 0


if __name__ == "__main__":
    sys.exit(main())
