#!/usr/bin/env python3
"""A decoder of real size as an embedder: a random model of LLaMA's shape (12 layers of 768, 4 heads of keys, gated MLP of 2,048) over texts of
128 tokens, akin beside torch (transformers) and onnxruntime, in one session, interleaved, medians.

    AKIN_PEER_SCRIPTS=FOLDER python3 bench/compare/decoder.py    # about 4 minutes; makes the model (360 MB) in build/compare on its first run

The speed of random weights is that of real ones. Rivals get token ids, akin the texts.
"""
import argparse
import pathlib

import harness

RIVALS = {"f32": ("torch", "onnxruntime"), "bf16": ("torch",)}
CHUNK = 32


def run_akin(program, model, precision, threads, seconds, text):
    ran = harness.run([program, "--model", model, "--precision", precision, "--threads", threads, "--seconds", seconds, "--task", f"t1:{CHUNK}={text}"])
    if ran.error:
        raise SystemExit(f"{program}: {ran.error}")
    return next(line for line in ran.json_lines() if line["task"] == "t1")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--seconds", type=float, default=4, help="of each measurement")
    p.add_argument("--build", default="build/bench")
    p.add_argument("--out", default=str(harness.ROOT / "build/compare"))
    a = p.parse_args()
    program = harness.program(a.build, "bench/embed/embed_bench")
    rivals = pathlib.Path(__file__).resolve().parent / "decoder_rivals.py"
    model, text = pathlib.Path(a.out).resolve() / "decoder", harness.INPUTS / "t1.txt"
    if not (model / "model.safetensors").exists():
        model.mkdir(parents=True, exist_ok=True)
        ran = harness.run([harness.peer_python(), rivals, "make", model, harness.minilm_folder()])
        if ran.error:
            raise SystemExit(f"cannot make the model: {ran.error}")
    akin, others, versions = {}, {}, {}
    cells = [(precision, threads) for precision in RIVALS for threads in (1, 2)]
    with harness.machine_lock():
        harness.warn_if_busy()
        for _ in range(a.rounds):
            for precision, threads in cells:
                line = run_akin(program, model, precision, threads, a.seconds, text)
                versions["akin"] = line["version"]
                akin.setdefault((precision, threads), []).append(line["texts_per_s"])
                for name in RIVALS[precision]:
                    ran = harness.run([harness.peer_python(), rivals, "time", name, model, text, precision, threads, a.seconds])
                    if ran.error:
                        harness.skipped(f"{name} {precision}", ran.error)
                    for line in ran.json_lines():
                        versions[name] = line["version"]
                        others.setdefault((precision, threads), {}).setdefault(name, []).append(line["texts_per_s"])
    rows = []
    for precision, threads in cells:
        work = f"texts of 128 tokens, {precision}, {threads} thread{'s' if threads > 1 else ''}"
        row = harness.row(work, "texts/s", "higher", akin[precision, threads], others.get((precision, threads), {}), rounds=a.rounds)
        rows.append({"id": f"decoder.{precision}.{threads}", **row})
    harness.save("decoder", rows, versions, harness.command_line(), a.out)


if __name__ == "__main__":
    main()
