#!/usr/bin/env python3
"""An image tower of real size: a random model of CLIP ViT-B/32's shape (12 layers of 768, 50 tokens an image), akin beside torch
(transformers) and onnxruntime, in one session, interleaved, medians. Prepared pixels to projected vectors; decoding is akin's alone and has
a row without rivals.

    AKIN_PEERS=FOLDER python3 bench/compare/images.py    # about 3 minutes; makes the model (600 MB) in build/compare on its first run
"""
import argparse
import pathlib

import harness

RIVALS = {"f32": ("torch", "onnxruntime"), "bf16": ("torch",)}
N_IMAGES = 32


def run_akin(program, model, precision, threads, seconds, task, listing):
    ran = harness.run([program, "--model", model, "--precision", precision, "--threads", threads, "--seconds", seconds, "--task", f"{task}={listing}"])
    if ran.error:
        raise SystemExit(f"{program}: {ran.error}")
    return next(line for line in ran.json_lines() if line["task"] == task)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--seconds", type=float, default=4, help="of each measurement")
    p.add_argument("--build", default="build/bench")
    p.add_argument("--out", default=str(harness.ROOT / "build/compare"))
    a = p.parse_args()
    program = harness.program(a.build, "bench/embed/embed_bench")
    rivals = pathlib.Path(__file__).resolve().parent / "images_rivals.py"
    model = pathlib.Path(a.out).resolve() / "clip"
    listing = model / "pictures.txt"
    if not listing.exists():
        model.mkdir(parents=True, exist_ok=True)
        ran = harness.run([harness.peer_python(), rivals, "make", model, str(N_IMAGES)])
        if ran.error:
            raise SystemExit(f"cannot make the model: {ran.error}")
    akin, others, versions = {}, {}, {}
    cells = [(task, precision, threads) for task in ("images", "image_files") for precision in RIVALS for threads in (1, 2)]
    with harness.machine_lock():
        harness.warn_if_busy()
        for _ in range(a.rounds):
            for task, precision, threads in cells:
                line = run_akin(program, model, precision, threads, a.seconds, task, listing)
                versions["akin"] = line["version"]
                akin.setdefault((task, precision, threads), []).append(line["images_per_s"])
                for name in RIVALS[precision] if task == "images" else ():
                    ran = harness.run([harness.peer_python(), rivals, "time", name, model, precision, threads, a.seconds])
                    if ran.error:
                        harness.skipped(f"{name} {precision}", ran.error)
                    for line in ran.json_lines():
                        versions[name] = line["version"]
                        others.setdefault((task, precision, threads), {}).setdefault(name, []).append(line["images_per_s"])
    rows = []
    for task, precision, threads in cells:
        what = "pixels to vectors" if task == "images" else "640 × 480 JPEG files to vectors"
        work = f"{what}, {precision}, {threads} thread{'s' if threads > 1 else ''}"
        row = harness.row(work, "images/s", "higher", akin[task, precision, threads], others.get((task, precision, threads), {}), rounds=a.rounds)
        rows.append({"id": f"images.{task}.{precision}.{threads}", **row})
    harness.save("images", rows, versions, harness.command_line(), a.out)


if __name__ == "__main__":
    main()
