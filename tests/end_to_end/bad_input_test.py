"""Texts and places that are bad: empty, malformed, huge; no permission, a full disk."""
import json
import os
import shutil
import signal
import subprocess
import unittest

from akin_case import PROGRAM, ROOT, TINY, AkinCase, full_disk


class BadTexts(AkinCase):
    def test_an_empty_text_has_a_vector(self):
        record = self.json_lines("embed", "", "--model", TINY)[0]
        self.assertEqual(record["n_tokens"], 2)
        self.assertGreater(len(record["vector"]), 0)

    def test_malformed_utf8_is_replaced_and_counted(self):
        bad, good = b"caf\xff \xe2\x82 end\n", "caf\ufffd \ufffd end\n".encode()
        done = self.ok("embed", "-", "--model", TINY, stdin=bad)
        self.assertIn("2 malformed UTF-8 sequences", done.err)
        self.assertEqual(json.loads(done.out)["vector"], json.loads(self.ok("embed", "-", "--model", TINY, stdin=good).out)["vector"])

    def test_a_line_of_ten_megabytes_is_read_and_its_cut_is_told(self):
        done = self.ok("embed", "-", "--model", TINY, stdin=b"lorem ipsum " * (10_000_000 // 12) + b"\nshort\n")
        records = [json.loads(line) for line in done.out.splitlines()]
        self.assertEqual(len(records), 2)
        self.assertGreater(records[0]["n_tokens_dropped"], 1_000_000)
        self.assertEqual(records[1]["n_tokens_dropped"], 0)

    def test_an_empty_query_is_a_usage_error(self):
        self.fails(2, "search", "  ", says=["query is empty"])


class BadDocuments(AkinCase):
    def test_documents_that_are_empty_malformed_or_huge_do_not_disturb_the_others(self):
        self.write("docs/empty.txt", b"")
        self.write("docs/blank.md", b" \n\t\n")
        self.write("docs/malformed.txt", b"caf\xff and a spinnaker \xe2\x82 end")
        self.write("docs/one-line.txt", b"lorem ipsum " * (10_000_000 // 12))
        self.write("docs/good.txt", b"A halyard lifts the sail.")
        report = self.json("index", "docs", "--model", TINY)
        self.assertEqual(report["n_documents"], 3)
        self.assertEqual(report["n_invalid"], 2)
        self.assertEqual((report["n_tokens_dropped"], report["n_chunks_cut"], report["n_documents_cut"]), (0, 0, 0))
        self.assertGreater(report["n_chunks"], 10_000)
        refused = {os.path.basename(r["uri"]): r["reason"] for r in report["refused"]}
        self.assertEqual(set(refused), {"empty.txt", "blank.md"})
        self.assertTrue(all("holds no text" in reason for reason in refused.values()))
        hits = self.json("search", "spinnaker", "--mode", "text")["hits"]
        self.assertEqual([os.path.basename(hit["uri"]) for hit in hits], ["malformed.txt"])
        self.assertIn("caf\ufffd", hits[0]["text"])
        self.assertEqual(self.json("search", "halyard", "--mode", "text")["hits"][0]["line"], 1)

    def test_a_link_that_leads_in_a_circle_ends(self):
        self.write("docs/a.txt", "something")
        (self.folder / "docs/up").symlink_to(self.folder / "docs")
        report = self.json("index", "docs", "--model", TINY)
        self.assertEqual((report["n_files_seen"], report["refused"]), (1, []))


class BadPlaces(AkinCase):
    def test_a_path_that_is_not_there_is_named(self):
        self.fails(1, "index", "nowhere", "--model", TINY, says=["'nowhere'"])
        self.assertFalse((self.folder / ".akin").exists())

    def test_no_collection_says_how_to_make_one(self):
        self.fails(1, "search", "x", says=["no collection", "akin index"])

    def test_a_folder_without_permission_is_listed_and_does_not_stop_the_run(self):
        readable = self.write("docs/open/a.txt", "something to read")
        closed = self.write("docs/closed/b.txt", "something hidden").parent
        collection = self.folder / "collection"
        model = self.copy_of(TINY)
        command = [PROGRAM, "index", "docs", "-c", str(collection), "--model", str(model), "--json"]
        more = {}
        if os.geteuid() == 0:  # root reads everything: become nobody
            nobody = 65534
            for path in [self.folder, *self.folder.rglob("*")]:
                shutil.chown(path, nobody, nobody)
            more = {"user": nobody, "group": nobody, "extra_groups": []}
            try:
                subprocess.run([PROGRAM, "--version"], check=True, capture_output=True, **more)
            except (OSError, subprocess.CalledProcessError):
                self.skipTest("running as root, and the program lies where nobody else may run it")
        closed.chmod(0)
        done = subprocess.run(command, cwd=self.folder, env=self.environment(), capture_output=True, text=True, check=False, **more)
        closed.chmod(0o755)
        self.assertEqual(done.returncode, 0, done.stderr)
        report = json.loads(done.stdout)
        self.assertEqual(report["n_documents"], 1)
        self.assertEqual(len(report["refused"]), 1)
        self.assertIn("closed", report["refused"][0]["uri"])
        self.assertTrue(readable.exists())

    def test_a_folder_that_cannot_be_written_is_named(self):
        self.write("a.txt", "text")
        self.fails(1, "index", "a.txt", "--model", TINY, "-c", "/proc/akin", says=["/proc/akin"])
        self.fails(1, "embed", "x", "--model", TINY, "--out", "/proc/x.npy", says=["/proc/x.npy"])

    def test_a_full_disk_leaves_no_half_of_a_vector_file(self):
        texts = self.write("many.txt", "a line\n" * 5000)
        done = self.akin("embed", texts, "--model", TINY, "--out", "x.npy", preexec_fn=full_disk)
        self.assert_failed(done.returncode, done.err, 1, ["x.npy"])
        self.assertEqual(sorted(p.name for p in self.folder.iterdir()), ["many.txt"])

    def test_a_full_disk_leaves_the_collection_whole(self):
        for i in range(3):
            self.write(f"docs/{i}.txt", f"document {i}")
        self.ok("index", "docs", "--model", TINY)
        for i in range(3, 60):
            self.write(f"docs/{i}.txt", "\n\n".join(f"paragraph {j} of document {i}, about ships and houses" for j in range(60)))
        done = self.akin("index", "docs", preexec_fn=full_disk)
        self.assert_failed(done.returncode, done.err, 1, [])
        info = self.json("info", ".akin")
        self.assertGreaterEqual(info["n_documents"], 3)
        self.assertLess(info["n_documents"], 60)
        self.assertGreater(len(self.json("search", "ships", "--mode", "text", "-k", "1")["hits"]), -1)
        self.assertEqual(self.json("index", "docs")["n_documents"], 60)


    def test_a_full_file_system_leaves_the_collection_whole(self):
        """The same on a file system of a megabyte: needs root."""
        disk = self.folder / "disk"
        disk.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], capture_output=True, check=False)
        if mounted.returncode != 0:
            self.skipTest("a small file system cannot be mounted here (needs root)")
        self.addCleanup(subprocess.run, ["umount", disk], check=False)
        self.write("docs/first.txt", "the first document")
        self.ok("index", "docs", "--model", TINY, "-c", "disk/c")
        for i in range(100):
            self.write(f"docs/{i}.txt", "\n\n".join(f"paragraph {j} of document {i}, about ships and houses" for j in range(100)))
        self.fails(1, "index", "docs", "-c", "disk/c", says=["disk/c"])
        info = self.json("info", "disk/c")
        self.assertGreaterEqual(info["n_documents"], 1)
        self.assertLess(info["n_documents"], 101)
        self.assertEqual(len(self.json("search", "first", "--mode", "text", "-k", "1", "-c", "disk/c")["hits"]), 1)


class Library(AkinCase):
    def test_the_default_model_needs_no_options(self):
        if not list((ROOT / "models").glob("*.gguf")):
            self.skipTest("the embedded model is not in this tree")
        pairs = self.json("similar", "A man is eating food.", "Someone has a meal.", "The sky is blue.")["pairs"]
        self.assertEqual((pairs[0]["a"], pairs[0]["b"]), (0, 1))


if __name__ == "__main__":
    unittest.main()
