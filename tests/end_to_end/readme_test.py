"""The commands of the README and of the guides are run as they stand."""
import os
import re
import shlex
import subprocess
import unittest

from akin_case import PROGRAM, ROOT, SENTENCE_MODELS, AkinCase

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs/guides").glob("*.md"))]


def commands_of(page):
    """Lines that begin with "$ akin" inside fenced blocks, in order."""
    for block in re.findall(r"```[a-z]*\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ akin") or line.startswith("$ printf"):
                yield line[2:]


class Pages(AkinCase):
    def test_every_command_runs(self):
        if not list((ROOT / "models").glob("*.gguf")):
            self.skipTest("the embedded model is not in this tree")
        (self.folder / "examples").symlink_to(ROOT / "examples")
        (self.folder / "my-reranker").symlink_to(SENTENCE_MODELS / "cross-encoder")
        (self.folder / "my-encoder").symlink_to(SENTENCE_MODELS / "pool-mean")
        path = os.path.dirname(PROGRAM) + os.pathsep + os.environ["PATH"]
        for page in PAGES:
            for command in commands_of(page):
                with self.subTest(page=page.name, command=command):
                    done = subprocess.run(["bash", "-c", command], cwd=self.folder, env=self.environment(PATH=path), capture_output=True,
                                          text=True, check=False, timeout=600)
                    self.assertEqual(done.returncode, 0, done.stderr)

    def test_every_verb_of_the_readme_exists(self):
        table = re.findall(r"(?m)^\| `([a-z]+)", (ROOT / "README.md").read_text(encoding="utf-8"))
        self.assertGreater(len(table), 8)
        for verb in table:
            self.ok(*shlex.split(verb), "--help")


if __name__ == "__main__":
    unittest.main()
