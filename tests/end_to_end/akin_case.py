"""What the end-to-end tests share: running the program and looking at how it ended."""
import json
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import tempfile
import unittest

PROGRAM = os.environ["AKIN_PROGRAM"]
ROOT = pathlib.Path(os.environ["AKIN_ROOT"])
SENTENCE_MODELS = ROOT / "tests/golden/sentence-transformers"
TINY = SENTENCE_MODELS / "pool-mean"  # a random BERT of a few kilobytes: its vectors mean nothing, its code path is the real one
OTHER = SENTENCE_MODELS / "pool-max"
SECONDS = 300  # a hang is a failure


def full_disk(room=65536):
    """For preexec_fn: the next file that grows over `room` bytes meets a full disk: EFBIG, as the signal is ignored."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))


class AkinCase(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="akin-test-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def environment(self, **more):
        keep = {k: v for k, v in os.environ.items() if not k.startswith("AKIN_FORCE")}
        return {**keep, "NO_COLOR": "1", **more}

    def akin(self, *words, stdin=b"", cwd=None, **more):
        """Runs to the end. Output is bytes decoded with replacement."""
        if isinstance(stdin, str):
            stdin = stdin.encode()
        done = subprocess.run([PROGRAM, *map(str, words)], input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              cwd=cwd or self.folder, env=self.environment(), timeout=SECONDS, check=False, **more)
        done.out = done.stdout.decode("utf-8", "replace")
        done.err = done.stderr.decode("utf-8", "replace")
        return done

    def start(self, *words, **more):
        return subprocess.Popen([PROGRAM, *map(str, words)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                cwd=self.folder, env=self.environment(), text=True, **more)

    def ok(self, *words, **more):
        done = self.akin(*words, **more)
        self.assertEqual(done.returncode, 0, f"akin {words}: {done.err}")
        return done

    def json(self, *words, **more):
        return json.loads(self.ok(*words, "--json", **more).out)

    def json_lines(self, *words, **more):
        return [json.loads(line) for line in self.ok(*words, "--json", **more).out.splitlines()]

    def fails(self, code, *words, says=(), **more):
        """The exit code, one line on standard error, and what must be in it."""
        done = self.akin(*words, **more)
        self.assert_failed(done.returncode, done.err, code, says)
        return done

    def assert_failed(self, returncode, err, code, says):
        self.assertEqual(returncode, code, err)
        lines = [line for line in err.splitlines() if not line.startswith("akin: warning: ")]
        self.assertEqual(len(lines), 1, f"one line was wanted, this came: {err!r}")
        self.assertTrue(lines[0].startswith("akin: error: "), err)
        for part in says:
            self.assertIn(part, lines[0])

    def write(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def copy_of(self, model):
        target = self.folder / f"copy-of-{model.name}"
        shutil.copytree(model, target)
        for path in [target, *target.rglob("*")]:
            path.chmod(0o755 if path.is_dir() else 0o644)
        return target
