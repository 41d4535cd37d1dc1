#!/usr/bin/env python3
"""Texts to vectors beside the rivals, in one session: all-MiniLM-L6-v2 in f32, bf16 and int8, on one and two threads.

  t1      texts of exactly 128 tokens          t4      one query of 16 tokens, p50
  t2      STS-B sentences, about 14 tokens     cold    process start to first vector
  t3      paragraphs of 20 to 512 tokens       memory  peak of a process: short texts, 4,000 long ones
  static  texts of 128 tokens through a table of 256 numbers a token, distilled from MiniLM by model2vec

Each round runs every cell (precision, threads) of every program that is left, akin between the rivals, and medians count. Each rival
runs in batches of 8 and of 32; after the first round only what came within 15 % of a task's best rival runs that task again.

    AKIN_PEER_SCRIPTS=FOLDER python3 bench/compare/text.py            # 10 to 15 minutes
    ... text.py --rows t1,t4 --precisions f32 --threads 1 --rounds 1  # a part
"""
import argparse
import json
import os
import pathlib
import shutil
import statistics
import tempfile

import harness

QUERY = "how long does a transfer take to arrive in my savings account today"
CHUNKS = {"t1": 250, "t2": 2758, "t3": 500}  # texts a call, as in the rivals' scripts
WORK = {"t1": "texts of 128 tokens", "t2": "STS-B sentences (~14 tokens)", "t3": "paragraphs of mixed lengths", "t4": "one 16-token query, p50"}
GOALS = {"t1": {"f32": 1.1, "bf16": 1.25, "int8": 1.4}, "t2": 1.4, "t3": 1.4, "t4": 1.6}
RIVALS = {
    "f32": ["onnxruntime", "ctranslate2", "openvino"],
    "bf16": ["torch", "openvino"],
    "int8": ["onnxruntime", "ctranslate2", "openvino"],
}
GEMM_TYPES = {"f32": 0, "bf16": 1, "int8": 2}  # as bench/kernels/gemm_bench.cc numbers them
N_LAYERS, DIM, DIM_MLP = 6, 384, 1536
COLD_RIVALS = [("onnxruntime", "int8"), ("ctranslate2", "int8"), ("openvino", "int8"), ("model2vec", "f32")]
MEMORY_GOAL_TIMES = 1 / 0.7
STATIC_GOAL_TIMES = 20
COLD_GOAL_SECONDS = 0.06
NEAR_THE_BEST = 0.85


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--rows", default="t1,t2,t3,t4,static,cold,memory")
    p.add_argument("--precisions", default="f32,bf16,int8")
    p.add_argument("--threads", default="1,2")
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--rivals", default="onnxruntime,ctranslate2,openvino,torch,model2vec")
    p.add_argument("--batches", default="8,32", help="of the rivals")
    p.add_argument("--seconds", type=float, default=2, help="a task at least this long")
    p.add_argument("--build", default="build/bench")
    p.add_argument("--out", default=str(harness.ROOT / "build/compare"))
    a = p.parse_args()
    for name in ("rows", "precisions", "threads", "rivals", "batches"):
        setattr(a, name, [part for part in getattr(a, name).split(",") if part])
    return a


def model_for_akin(folder):
    """The rivals read up to 512 tokens; the model's own limit is 256. A copy made of links, with the limit raised, gives equal work."""
    copy = pathlib.Path(tempfile.mkdtemp(prefix="akin-compare-"))
    for entry in harness.minilm_folder().iterdir():
        if entry.name != "sentence_bert_config.json":
            (copy / entry.name).symlink_to(entry)
    (copy / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": 512, "do_lower_case": False}))
    target = folder / "model-512"
    shutil.rmtree(target, ignore_errors=True)
    copy.rename(target)
    return target


class Session:
    def __init__(self, a):
        self.a = a
        self.scripts = harness.peer_scripts()
        self.versions, self.rows, self.tokens = {}, [], {}
        self.bench = harness.program(a.build, "bench/embed/embed_bench")
        self.akin = harness.program(a.build, "akin")
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="akin-compare-"))
        self.model = model_for_akin(self.work)
        self.broken = set()
        self.roofs = {p: self.roof(p) for p in a.precisions if any(t in a.rows for t in CHUNKS)}

    # ---- what the CPU could do at most ----
    def roof(self, precision):
        """FLOP/s of one core in the products alone: the fastest of this model's shapes at 512 rows."""
        program = harness.program(self.a.build, "bench/kernels/kernels_bench")
        ran = harness.run([program, f"--benchmark_filter=^product/type:{GEMM_TYPES[precision]}/m:512/", "--benchmark_format=json"])
        rates = [] if ran.error else [b["FLOP/s"] for part in ran.json_lines() for b in part["benchmarks"]]
        if not rates:
            harness.skipped(f"the limit of {precision}", ran.error or "no rates")
            return None
        return max(rates)

    def limit(self, task, cell):
        """Texts a second if all was products at that rate. Attention is counted at the mean length, so the limit is on the high side."""
        precision, threads = cell
        if task not in CHUNKS or not self.roofs.get(precision):
            return None
        n = self.tokens[task]
        flop = N_LAYERS * n * (2 * (4 * DIM * DIM + 2 * DIM * DIM_MLP) + 4 * n * DIM)
        return threads * self.roofs[precision] / flop

    # ---- one process ----
    def run_akin(self, precision, threads, tasks):
        """task -> its JSON line. `tasks` as embed_bench takes them, by our names."""
        command = [self.bench, "--model", self.model, "--precision", precision, "--threads", threads, "--seconds", self.a.seconds]
        for task in tasks:
            spoken = "latency" if task == "t4" else f"{task}:{CHUNKS[task]}"
            command += ["--task", f"{spoken}={harness.INPUTS / (task + '.txt')}"]
        ran = harness.run(command)
        if ran.error:
            harness.skipped(f"akin {precision} on {threads} threads", ran.error)
        lines = {("t4" if line["task"] == "latency" else line["task"]): line for line in ran.json_lines()}
        for line in lines.values():
            self.versions["akin"] = line["version"]
        return lines

    def run_peer(self, peer, precision, threads, batch, tasks, seconds=None):
        script = self.scripts / f"peer_{peer}.py" if self.scripts else None
        if script is None or (peer, precision) in self.broken:
            return {}
        command = [harness.peer_python(), script, "--precision", precision, "--threads", threads, "--batch", batch,
                   "--max-seconds", seconds or self.a.seconds, "--tasks", ",".join(tasks)]
        ran = harness.run(command, cwd=self.scripts)
        if ran.error:
            harness.skipped(f"{peer} {precision}", ran.error)
            self.broken.add((peer, precision))
        lines = {line["task"]: line for line in ran.json_lines()}
        for line in lines.values():
            self.versions[peer] = line["version"]
        return lines

    # ---- t1 to t4 ----
    def throughput(self):
        tasks = [t for t in ("t4", "t2", "t3", "t1") if t in self.a.rows]
        if not tasks:
            return
        cells = [(p, int(t)) for p in self.a.precisions for t in self.a.threads]
        results = {cell: {task: {} for task in tasks} for cell in cells}  # cell -> task -> name -> values
        for round_ in range(self.a.rounds):
            for cell in cells:
                harness.say(f"round {round_ + 1} of {self.a.rounds}: {cell[0]} on {cell[1]} thread(s)")
                self.one_cell(cell, tasks, results[cell], round_)
        for task in ("t1", "t3", "t2", "t4"):
            for cell in cells:
                if task in tasks:
                    self.add_row(task, cell, results[cell][task])

    def settings(self, precision):
        peers = [p for p in RIVALS[precision] if p in self.a.rivals]
        return [(p, b) for p in peers for b in (["32"] if p == "torch" else self.a.batches)]

    def one_cell(self, cell, tasks, results, round_):
        precision, threads = cell
        settings = self.settings(precision)
        # akin before the last rival, which is the fastest, and, from the second round on, after it as well
        for at, (peer, batch) in enumerate(settings):
            if at == len(settings) - 1:
                self.keep("akin", self.run_akin(precision, threads, tasks), results, cell)
            name = f"{peer}, batches of {batch}"
            wanted = [t for t in tasks if round_ == 0 or self.is_near_the_best(t, name, results[t])]
            if wanted:
                self.keep(name, self.run_peer(peer, precision, threads, batch, wanted), results, cell)
        if round_ > 0 or not settings:
            self.keep("akin", self.run_akin(precision, threads, tasks), results, cell)

    def keep(self, name, lines, results, cell):
        for task, values in results.items():
            line = lines.get(task)
            if line is None:
                continue
            values.setdefault(name, []).append(line["p50_ms"] if task == "t4" else line["texts_per_s"])
            if task == "t4":
                values.setdefault("p99 " + name, []).append(line["p99_ms"])
            self.check_same_work(task, name, line, cell)

    def check_same_work(self, task, name, line, cell):
        """A program that cuts its texts would look fast. Means of whole chunks may differ a little, as chunks differ."""
        first = self.tokens.setdefault(task, line["tokens_per_text"])
        if abs(line["tokens_per_text"] - first) > 0.1 * first:
            harness.say(f"note: {name} {cell} read {line['tokens_per_text']} tokens a text in {task}, the first program {first}")

    @staticmethod
    def is_near_the_best(task, name, results):
        rivals = {n: statistics.median(v) for n, v in results.items() if n != "akin" and not n.startswith("p99 ")}
        if name not in rivals:
            return False
        if task == "t4":
            return min(rivals.values()) >= NEAR_THE_BEST * rivals[name]
        return rivals[name] >= NEAR_THE_BEST * max(rivals.values())

    def add_row(self, task, cell, results):
        precision, threads = cell
        goal = GOALS[task][precision] if isinstance(GOALS[task], dict) else GOALS[task]
        rivals = {n: v for n, v in results.items() if n != "akin" and not n.startswith("p99 ")}
        unit, better = ("ms", "lower") if task == "t4" else ("texts/s", "higher")
        line = harness.row(f"{WORK[task]}, {precision}, {threads} thread{'s' if threads > 1 else ''}", unit, better, results.get("akin", []),
                           rivals, goal_times=goal, rounds=self.a.rounds)
        if task == "t4":
            line["p99_ms"] = {n[4:]: statistics.median(v) for n, v in results.items() if n.startswith("p99 ")}
        line["limit"] = self.limit(task, cell)
        self.rows.append({"id": f"{task}.{precision}.{threads}", **line})

    # ---- a static model: model2vec's own, read by both ----
    def static(self):
        folder = harness.PEERS / "text-models" / "mini-m2v"
        if not folder.exists():
            return harness.skipped("the static model", f"no {folder}: peer_model2vec.py distils it on its first run")
        for threads in (int(t) for t in self.a.threads):
            akin, rivals = [], {}
            for _ in range(self.a.rounds):
                ran = harness.run([self.bench, "--model", folder, "--threads", threads, "--seconds", self.a.seconds, "--task",
                                   f"static:1000={harness.INPUTS / 't1.txt'}"])
                if ran.error:
                    harness.skipped(f"akin's static model on {threads} threads", ran.error)
                akin += [line["texts_per_s"] for line in ran.json_lines() if line["task"] == "static"]
                line = self.run_peer("model2vec", "f32", threads, 1024, ["t1"]).get("t1") if "model2vec" in self.a.rivals else None
                if line:
                    rivals.setdefault("model2vec", []).append(line["texts_per_s"])
            self.rows.append({"id": f"static.{threads}", **harness.row(
                f"a static model, texts of 128 tokens, {threads} thread{'s' if threads > 1 else ''}", "texts/s", "higher", akin, rivals,
                goal_times=STATIC_GOAL_TIMES, rounds=self.a.rounds)})

    # ---- process start to first vector ----
    def cold(self):
        contenders = {}
        for precision, model in (("f32", ()), ("int8", ()), ("f32", ("--model", harness.minilm_folder()))):
            name = f"akin, {'the f32 folder' if model else 'the embedded model'}, {precision}"
            contenders[name] = [self.akin, "embed", QUERY, "--precision", precision, "--threads", "1", *model]
        for peer, precision in COLD_RIVALS:
            if self.scripts and peer in self.a.rivals:
                contenders[f"{peer}, {precision}"] = [harness.peer_python(), self.scripts / f"peer_{peer}.py", "--precision", precision,
                                                      "--threads", "1", "--cold", QUERY]
        times = {name: [] for name in contenders}
        for round_ in range(2 * self.a.rounds + 1):
            for name, command in list(contenders.items()):
                ran = harness.run(command, cwd=self.scripts)
                if ran.error:
                    harness.skipped(name, ran.error)
                    del contenders[name]
                elif round_ > 0:  # the first run warms the page cache
                    times[name].append(ran.seconds)
        rivals = {name: values for name, values in times.items() if not name.startswith("akin")}
        for name in times:
            if name.startswith("akin") and times[name]:
                self.rows.append({"id": "cold." + name, **harness.row(f"process start to first vector: {name[6:]}", "s", "lower", times[name], rivals,
                                                                      goal_value=COLD_GOAL_SECONDS, rounds=2 * self.a.rounds)})

    # ---- peak memory ----
    def memory(self):
        for precision in [p for p in ("f32", "int8") if p in self.a.precisions]:
            for task, what in (("t2", "2,758 short texts"), ("t1", "4,000 long texts")):
                # the rivals read an int8 file of their own, so akin reads the embedded 8-bit model
                embedded = sorted((harness.ROOT / "models").glob("*.gguf"))
                model = embedded[0] if embedded and precision == "int8" else self.model
                command = [self.bench, "--model", model, "--precision", precision, "--threads", "2", "--task",
                           f"stream={harness.INPUTS / (task + '.txt')}"]
                ran = harness.run(command)
                if ran.error:
                    harness.skipped("akin's memory", ran.error)
                rivals = {}
                for peer in [p for p in RIVALS[precision] if p in self.a.rivals]:
                    # one chunk shows the peak of a rival: its batches are alike. Small batches take the least memory.
                    line = self.run_peer(peer, precision, 2, 8, [task], seconds=0.1).get(task)
                    if line:
                        rivals[peer + ", batches of 8"] = [line["peak_rss_mb"]]
                self.rows.append({"id": f"memory.{precision}.{task}", **harness.row(
                    f"peak memory, {what}, {precision}, 2 threads", "MB", "lower", [] if ran.error else [ran.peak_rss_mb], rivals,
                    goal_times=MEMORY_GOAL_TIMES)})


def main():
    a = arguments()
    if not (harness.INPUTS / "done").exists():
        raise SystemExit(f"no inputs in {harness.INPUTS}: run one of the rivals' scripts once, it makes them")
    with harness.machine_lock():
        harness.warn_if_busy()
        session = Session(a)
        try:
            session.throughput()
            if "static" in a.rows:
                session.static()
            if "cold" in a.rows:
                session.cold()
            if "memory" in a.rows:
                session.memory()
        finally:
            shutil.rmtree(session.work, ignore_errors=True)
        harness.save("text", session.rows, session.versions, harness.command_line(), a.out)


if __name__ == "__main__":
    main()
