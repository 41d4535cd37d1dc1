"""akin watch: follows what happens in a folder until it is interrupted."""
import json
import signal
import unittest

from akin_case import SECONDS, TINY, AkinCase


class Watch(AkinCase):
    def test_new_renamed_and_vanished_files_are_followed(self):
        self.write("docs/a.txt", "A ship sails.")
        process = self.start("watch", "docs", "-c", "library", "--model", TINY, "--json", "--quiet-seconds", "0.1")
        self.addCleanup(process.kill)

        def report():
            line = process.stdout.readline()
            self.assertTrue(line, process.poll())
            return json.loads(line)

        self.assertEqual(report()["n_added"], 1)
        self.write("docs/b.md", "# House\n\nA house.\n")
        self.assertEqual(report()["formats"], {"markdown": 1})
        (self.folder / "docs/a.txt").rename(self.folder / "docs/c.txt")
        moved = report()
        self.assertEqual((moved["n_moved"], moved["n_removed"], moved["n_chunks_embedded"]), (1, 0, 0))
        self.assertEqual(len(self.json("search", "ship", "--mode", "text", "-c", "library")["hits"]), 1)
        self.fails(1, "index", "docs", "-c", "library", says=["library"])  # one writer at a time
        (self.folder / "docs/b.md").unlink()
        self.assertEqual(report()["n_removed"], 1)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=SECONDS)
        self.assertEqual((process.returncode, err), (0, ""))
        self.assertEqual(self.json("index", "docs", "-c", "library")["n_unchanged"], 1)


if __name__ == "__main__":
    unittest.main()
