"""Help, exit codes, usage errors and what was probably meant."""
import subprocess
import unittest

from akin_case import PROGRAM, TINY, AkinCase

VERBS = ["embed", "similar", "classify", "duplicates", "tokens", "positions", "near", "analogy", "index", "search", "delete", "backup", "doctor", "reindex", "import", "export", "train", "eval", "convert", "pull", "models", "verify", "info", "completions"]


class Help(AkinCase):
    def test_the_top_level_help_names_every_verb(self):
        out = self.ok("--help").out
        for verb in VERBS:
            self.assertRegex(out, rf"(?m)^  {verb} ")

    def test_every_verb_has_help_with_an_example_and_json(self):
        for verb in VERBS:
            with self.subTest(verb=verb):
                done = self.ok(verb, "--help")
                self.assertIn(f"akin {verb}", done.out)
                self.assertIn("Example:\n  akin " + verb, done.out)
                self.assertIn("--json", done.out)
                self.assertEqual(done.err, "")

    def test_the_version_is_printed(self):
        self.assertRegex(self.ok("--version").out, r"^akin \d+\.\d+\.\d+\n$")


class UsageErrors(AkinCase):
    def test_a_mistyped_verb_is_guessed(self):
        self.fails(2, "serch", "x", says=["'serch'", "did you mean 'search'?"])

    def test_a_verb_like_nothing_gets_no_guess(self):
        self.assertNotIn("did you mean", self.fails(2, "xylophone", says=["'xylophone'", "akin --help"]).err)

    def test_no_verb_is_a_usage_error(self):
        self.fails(2, says=["akin --help"])

    def test_a_mistyped_option_is_guessed(self):
        self.fails(2, "embed", "x", "--modle", "y", says=["'--modle'", "did you mean '--model'?", "akin embed --help"])

    def test_a_mistyped_option_is_told_before_what_it_made_missing(self):
        self.fails(2, "search", "--jsn", says=["'--jsn'", "did you mean '--json'?"])

    def test_a_mistyped_value_is_guessed(self):
        self.fails(2, "embed", "x", "--as", "qury", "--model", TINY, says=["--as", "'qury'", "did you mean 'query'?"])
        self.fails(2, "embed", "x", "--precision", "fp32", says=["--precision", "'fp32'", "f32, bf16 or int8"])
        self.fails(2, "search", "x", "--mode", "densy", says=["--mode", "did you mean 'dense'?"])
        self.fails(2, "completions", "bsh", says=["did you mean 'bash'?"])

    def test_an_unknown_model_is_guessed(self):
        self.fails(1, "embed", "x", "--model", "all-MiniLM-L6-v3", says=["all-MiniLM-L6-v3", "all-MiniLM-L6-v2"])

    def test_a_missing_argument_is_named(self):
        self.fails(2, "search", says=["query", "akin search --help"])
        self.fails(2, "convert", TINY, says=["--out"])

    def test_a_number_that_is_none_is_refused(self):
        self.fails(2, "embed", "x", "--dims", "many", says=["--dims"])
        self.fails(2, "search", "x", "-k", "0", says=["-k"])
        self.fails(2, "embed", "x", "--threads", "-3", says=["--threads"])

    def test_one_text_alone_is_not_compared(self):
        self.fails(2, "similar", "alone", "--model", TINY, says=["two texts"])

    def test_a_malformed_condition_is_refused(self):
        self.fails(2, "search", "x", "--where", "nonsense", says=["filter, column 9: found the end", "wanted ="])


class Output(AkinCase):
    def test_a_pipe_gets_no_colours_and_no_bar(self):
        done = self.ok("similar", "a", "b", "--model", TINY)
        self.assertNotIn("\x1b", done.out + done.err)
        self.assertNotIn("\r", done.out + done.err)

    def test_a_full_disk_behind_standard_output_is_a_failure(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([PROGRAM, "tokens", "some text", "--model", str(TINY)], stdout=full, stderr=subprocess.PIPE, check=False)
        self.assert_failed(done.returncode, done.stderr.decode(), 1, ["standard output", "No space left"])

    def test_completions_name_every_verb(self):
        for shell in ["bash", "zsh", "fish"]:
            out = self.ok("completions", shell).out
            for verb in VERBS:
                self.assertIn(verb, out)
            self.assertIn("precision", out)

    def test_the_bash_completion_completes(self):
        script = self.write("akin.bash", self.ok("completions", "bash").out)
        ask = f'. {script}; COMP_WORDS=(akin se); COMP_CWORD=1; _akin; echo "${{COMPREPLY[*]}}"'
        done = subprocess.run(["bash", "-c", ask], capture_output=True, text=True, check=False)
        self.assertEqual(done.stdout.strip(), "search", done.stderr)

    def test_models_are_listed_as_json(self):
        for model in self.json("models"):
            self.assertEqual(set(model), {"name", "path", "origin"})


if __name__ == "__main__":
    unittest.main()
