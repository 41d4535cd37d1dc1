"""The installed package: the examples build against it with CMake and with pkg-config, and run."""
import os
import pathlib
import shutil
import subprocess
import unittest

from akin_case import ROOT, AkinCase

EXAMPLE = ROOT / "examples/01_embed_and_compare"
CONTEXTUAL = ROOT / "examples/02_contextual_vectors"


@unittest.skipIf(os.environ.get("AKIN_SANITIZE"), "a sanitizer build is not installed")
class Install(AkinCase):
    def run_tool(self, *words, **more):
        done = subprocess.run([str(w) for w in words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **more)
        self.assertEqual(done.returncode, 0, done.stdout[-4000:])
        return done.stdout

    def setUp(self):
        super().setUp()
        self.prefix = self.folder / "prefix"
        self.run_tool("cmake", "--install", os.environ["AKIN_BUILD"], "--prefix", self.prefix)

    def answers(self, program):
        if not list((ROOT / "models").glob("*.gguf")):
            return
        # The model is found beside the installed library's command, or where AKIN_MODELS says.
        lines = self.run_tool(program, env={**os.environ, "AKIN_MODELS": str(self.prefix / "share/akin/models")}).splitlines()
        self.assertIn("384 dimensions", lines[0])
        self.assertGreater(float(lines[1].split()[0]), float(lines[2].split()[0]))

    def senses_come_apart(self, program):
        """Two banks of rivers and two of money: within a sense they are nearer than any pair across."""
        lines = self.run_tool(program, env={**os.environ, "AKIN_MODELS": str(self.prefix / "share/akin/models")}).splitlines()
        near = [[float(word) for word in line.split()[:4]] for line in lines]
        across = max(near[a][b] for a in (0, 1) for b in (2, 3))
        self.assertGreater(near[0][1], across + 0.08)
        self.assertGreater(near[2][3], across + 0.08)

    def test_everything_is_there_and_the_examples_build(self):
        self.assertTrue((self.prefix / "include/akin/akin.h").exists())
        self.assertIn("akin ", self.run_tool(self.prefix / "bin/akin", "--version"))
        compiler = os.environ["AKIN_CXX"]
        self.run_tool("cmake", "-S", EXAMPLE, "-B", self.folder / "b", f"-DCMAKE_PREFIX_PATH={self.prefix}", f"-DCMAKE_CXX_COMPILER={compiler}", "-G", "Ninja")
        self.run_tool("cmake", "--build", self.folder / "b")
        self.answers(self.folder / "b/embed_and_compare")

        self.run_tool("cmake", "-S", CONTEXTUAL, "-B", self.folder / "c", f"-DCMAKE_PREFIX_PATH={self.prefix}", f"-DCMAKE_CXX_COMPILER={compiler}", "-G", "Ninja")
        self.run_tool("cmake", "--build", self.folder / "c")
        self.senses_come_apart(self.folder / "c/contextual_vectors")

        found = next(pathlib.Path(self.prefix).rglob("akin.pc")).parent
        if shutil.which("pkg-config") is None:
            self.skipTest("pkg-config is not installed")
        environment = {**os.environ, "PKG_CONFIG_PATH": str(found)}
        flags = self.run_tool("pkg-config", f"--define-variable=prefix={self.prefix}", "--cflags", "--libs", "akin", env=environment).split()
        self.run_tool(compiler, "-std=c++20", EXAMPLE / "main.cc", "-o", self.folder / "by_hand", *flags)
        self.answers(self.folder / "by_hand")


if __name__ == "__main__":
    unittest.main()
