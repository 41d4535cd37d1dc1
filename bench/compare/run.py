#!/usr/bin/env python3
"""The whole comparison in one command: every script beside this one, one after the other, then docs/performance.md.

    AKIN_PEER_SCRIPTS=FOLDER python3 bench/compare/run.py             # about 15 minutes; leave the machine alone meanwhile
    ... run.py --only tokenizers,exact_search
"""
import argparse
import pathlib
import subprocess
import sys

import harness

SCRIPTS = ("tokenizers", "exact_search", "ann", "decoder", "images", "clusters", "text")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--only", default=",".join(SCRIPTS))
    a = p.parse_args()
    wanted = [name for name in a.only.split(",") if name]
    unknown = [name for name in wanted if name not in SCRIPTS]
    if unknown:
        p.error(f"unknown: {', '.join(unknown)}; there are {', '.join(SCRIPTS)}")
    here = pathlib.Path(__file__).resolve().parent
    failed = []
    for name in wanted:
        harness.say(f"== {name}")
        if subprocess.run([sys.executable, here / f"{name}.py"], cwd=harness.ROOT, check=False).returncode != 0:
            failed.append(name)
    subprocess.run([sys.executable, here / "write_performance.py"], cwd=harness.ROOT, check=True)
    if failed:
        raise SystemExit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
