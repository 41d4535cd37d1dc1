#!/usr/bin/env python3
"""Turns a bit over in every kilobyte of every file of a collection, one at a time, and looks at what the program makes of it.

  tests/end_to_end/flip_bits.py --program build/release/akin [--seed N] [--step 1024]

The collection is one with dead rows, several commits and a log that was not folded in. For each flipped bit:
- every command ends by itself, with 0 or 1, without a crash;
- a search gives the answers that the whole collection gives, or fewer, or an error that names the file: never other ones;
- `akin doctor` names the file that the bit is in, or the content is the same as before (a byte that nothing uses);
- `akin doctor --mend` and then `akin index` bring back the content, bit for bit, or say that they cannot.
Standard library only. kill_test.py runs it with large steps.
"""
import argparse
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from kill_index import TINY, Broken, Killer


class Flipper(Killer):
    def __init__(self, program, folder, seed):
        super().__init__(program, TINY, folder, seed)
        self.counts = {"unnoticed, unused": 0, "mended": 0, "hopeless, said so": 0}

    def prepare(self, n_documents):
        super().prepare(n_documents)
        # Killed behind its last commit: the log is left as it is.
        whole = self.folder / "whole"
        shutil.copytree(self.folder / "old", whole)
        with subprocess.Popen([self.program, *self.index_words("whole")], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as p:
            while p.poll() is None and not (whole / "akin.db-wal").exists():
                time.sleep(0.001)
            deadline = time.monotonic() + 60
            while p.poll() is None and time.monotonic() < deadline and (whole / "akin.db-wal").stat().st_size < 40_000:
                time.sleep(0.001)
            p.send_signal(signal.SIGSTOP)
            for name in os.listdir(whole):
                (self.folder / "copy").mkdir(exist_ok=True)
                shutil.copy(whole / name, self.folder / "copy" / name)
            p.kill()
        shutil.rmtree(whole)
        (self.folder / "copy" / "akin.db-shm").unlink(missing_ok=True)
        (self.folder / "copy").rename(whole)
        self.reference = self.copy_of_whole()
        self.reference_digest = self.digest(self.reference)
        self.reference_documents = self.documents(self.reference)
        self.answers = {mode: self.search(self.reference, mode)[1] for mode in ["dense", "text"]}
        self.chunks = self.search(self.reference, "dense", k=100000)[1]

    def copy_of_whole(self):
        target = self.folder / "reference"
        shutil.copytree(self.folder / "whole", target)
        return target

    def search(self, collection, mode, k=20):
        done = self.run("search", "silver lamp in the harbour", "-c", collection, "--mode", mode, "-k", k, "--json")
        if done.returncode not in (0, 1):
            raise Broken(f"search {mode}: exit code {done.returncode}: {done.stderr.strip()}")
        if done.returncode == 1:
            return done.stderr, None
        return done.stderr, [(hit["chunk_id"], round(hit["score"], 6)) for hit in json.loads(done.stdout)["hits"]]

    def check_answers(self, collection, place):
        for mode in ["dense", "text"]:
            error, hits = self.search(collection, mode)
            if hits is None:
                if str(collection) not in error:
                    raise Broken(f"{place}: the error names no file: {error.strip()}")
                continue
            known = dict(self.chunks) if mode == "dense" else dict(self.answers["text"])
            for chunk, score in hits:
                if mode == "dense" and known.get(chunk) != score:
                    raise Broken(f"{place}: a wrong answer by {mode}: chunk {chunk}, {score}, should be {known.get(chunk)}")

    def flip(self, name, at, bit):
        collection = self.folder / "collection"
        shutil.rmtree(collection, ignore_errors=True)
        shutil.copytree(self.folder / "whole", collection)
        with open(collection / name, "r+b") as file:
            file.seek(at)
            byte = file.read(1)[0]
            file.seek(at)
            file.write(bytes([byte ^ (1 << bit)]))
        return collection

    def try_one(self, name, at):
        bit = self.random.randrange(8)
        place = f"{name}, byte {at}, bit {bit}"
        collection = self.flip(name, at, bit)
        done = self.run("doctor", "-c", collection, "--json")
        if done.returncode not in (0, 1) or not done.stdout:
            raise Broken(f"{place}: doctor: exit code {done.returncode}: {done.stderr.strip()}")
        report = json.loads(done.stdout)
        named = any(name in finding["what"] for finding in report["findings"]) or any(name in note for note in report["notes"])
        if not any(name in note for note in report["notes"]):  # else the last commit is not there, which is told
            self.check_answers(collection, place)
        if not named:
            if self.digest(collection) != self.reference_digest:
                raise Broken(f"{place}: nobody noticed, and the content is another")
            self.counts["unnoticed, unused"] += 1
            return
        done = self.run("doctor", "-c", collection, "--mend", "--json")
        if done.returncode not in (0, 1):
            raise Broken(f"{place}: doctor --mend: exit code {done.returncode}: {done.stderr.strip()}")
        if not done.stdout:
            if str(collection) not in done.stderr:
                raise Broken(f"{place}: the error names no file: {done.stderr.strip()}")
            self.counts["hopeless, said so"] += 1
            return
        self.ok(*self.index_words(collection))
        if self.digest(collection) != self.wanted:
            raise Broken(f"{place}: mended and indexed, the content is not that of an undisturbed run")
        self.counts["mended"] += 1

    def places(self, step):
        for path in sorted((self.folder / "whole").iterdir()):
            if path.name == "lock":
                continue
            for begin in range(0, path.stat().st_size, step):
                yield path.name, min(begin + self.random.randrange(step), path.stat().st_size - 1)


def run_flips(program, seed, step, n_documents, say=lambda line: None):
    with tempfile.TemporaryDirectory(prefix="akin-flip-") as folder:
        flipper = Flipper(program, folder, seed)
        flipper.prepare(n_documents)
        places = list(flipper.places(step))
        say(f"{len(places)} places in " + ", ".join(sorted({name for name, _ in places})))
        for i, (name, at) in enumerate(places):
            flipper.try_one(name, at)
            if (i + 1) % 50 == 0:
                say(f"{i + 1} flips: {flipper.counts}")
        return flipper


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=os.environ.get("AKIN_PROGRAM", "build/release/akin"))
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    parser.add_argument("--step", type=int, default=1024, help="bytes from one flipped bit to the next")
    parser.add_argument("--documents", type=int, default=30)
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    try:
        flipper = run_flips(pathlib.Path(options.program).resolve(), options.seed, options.step, options.documents,
                            lambda line: print(line, flush=True))
    except Broken as broken:
        print(f"BROKEN (seed {options.seed}): {broken}")
        return 1
    print(f"{sum(flipper.counts.values())} flipped bits, one at a time: {flipper.counts}; no crash, no wrong answer, every damage named")
    return 0


if __name__ == "__main__":
    sys.exit(main())
