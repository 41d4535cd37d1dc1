#!/usr/bin/env python3
"""Compares .akinignore with git: random trees and random rules, what akin indexes against what `git check-ignore` lets through.

  tests/peers/ignore.py AKIN [TREES] [SEED]    AKIN is the program; 200 trees by default; exits 1 at the first difference

Names come from a small alphabet, so that rules often match. One habit of git's is left out: it takes letters in front of "**" off before it
looks at the pattern, so that "a**/b" finds "ab/c/b".
"""
import pathlib
import random
import re
import sqlite3
import subprocess
import sys
import tempfile

NAMES = ["a", "b", "ab", "a.b", "b.a", "c", "a b", "[a]", "a-b", "ä"]
PARTS = ["*", "**", "?", "a", "b", "ab", "a*", "*b", "a.?", "[ab]", "[!a]", "[a-c]*", "\\[a]", "*.*", "[[:alpha:]]", "[]a]", "c", "a b", "ä", "??"]


def random_rule(random_):
    rule = "/".join(random_.choice(PARTS) for _ in range(random_.choice([1, 1, 1, 2, 2, 3])))
    rule = ("/" if random_.random() < 0.2 else "") + rule + ("/" if random_.random() < 0.25 else "")
    return ("!" if random_.random() < 0.3 else "") + rule + ("  " if random_.random() < 0.1 else "")


def make_tree(folder, random_, depth=0):
    if random_.random() < (1 if depth == 0 else 0.3):
        rules = "\n".join(random_rule(random_) for _ in range(random_.randint(1, 5))) + "\n"
        (folder / ".akinignore").write_text(rules)
        (folder / ".gitignore").write_text(rules)
    for name in random_.sample(NAMES, random_.randint(2, 5)):
        if depth < 3 and random_.random() < 0.5:
            (folder / name).mkdir()
            make_tree(folder / name, random_, depth + 1)
        else:
            (folder / name).write_text("text\n")


def kept_by_git(folder):
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    files = sorted(str(f.relative_to(folder)) for f in folder.rglob("*") if f.is_file() and not re.search(r"(^|/)\.", str(f.relative_to(folder))))
    done = subprocess.run(["git", "-C", str(folder), "check-ignore", "--no-index", "--stdin", "-z"], input="\0".join(files), capture_output=True,
                          text=True, check=False)
    ignored = set(done.stdout.split("\0"))
    return [f for f in files if f not in ignored]


def kept_by_akin(akin, folder, collection):
    done = subprocess.run([akin, "index", str(folder), "-c", str(collection)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(done.stderr)
    rows = sqlite3.connect(collection / "akin.db").execute("SELECT path FROM sources").fetchall()
    return sorted(str(pathlib.Path(path).relative_to(folder)) for (path,) in rows)


def main(akin, n_trees=200, seed=1):
    n_files = 0
    for number in range(int(n_trees)):
        random_ = random.Random(int(seed) * 1_000_003 + number)
        with tempfile.TemporaryDirectory() as top:
            folder = pathlib.Path(top).resolve() / "tree"
            folder.mkdir()
            make_tree(folder, random_)
            git, ours = kept_by_git(folder), kept_by_akin(akin, folder, pathlib.Path(top) / "collection")
            n_files += len(git)
            if git != ours:
                for file in sorted(folder.rglob(".akinignore")):
                    print(f"{file.relative_to(folder)}:\n{file.read_text()}")
                print(f"tree {number}: git alone keeps {sorted(set(git) - set(ours))}, akin alone keeps {sorted(set(ours) - set(git))}")
                return 1
    print(f"{n_trees} trees: git and akin keep the same {n_files} files")
    return 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
