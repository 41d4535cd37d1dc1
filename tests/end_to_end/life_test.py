"""delete, backup, doctor, reindex, import, export: what a collection goes through after it was made."""
import json
import os
import signal
import unittest

from akin_case import OTHER, TINY, AkinCase


class Filled(AkinCase):
    def fill(self, n=6):
        for i in range(n):
            self.write(f"docs/{i:03}.md", f"# Document {i}\n\nShips, houses and weather of number {i}.\n")
        self.write("docs/records.jsonl", '{"id": "a", "text": "The river is deep."}\n{"id": "b", "text": "The lamp is lit."}\n')
        self.ok("index", "docs", "--model", TINY)

    def digest(self, folder=".akin"):
        return self.json("info", folder, "--digest")["content_digest"]


class Life(Filled):
    def test_files_folders_and_records_are_deleted(self):
        self.fill()
        self.assertEqual(self.json("delete", "docs/001.md")["n_removed"], 1)
        self.assertEqual(self.json("delete", "docs/records.jsonl#a", "docs/002.md")["n_documents"], 5)
        self.assertEqual([hit["title"] for hit in self.json("search", "river", "--mode", "text")["hits"]], [])
        self.assertEqual(self.json("delete", "docs")["n_documents"], 0)
        self.fails(1, "delete", "docs/001.md", says=["'docs/001.md'"])
        self.fails(2, "delete", says=["--where"])

    def test_what_was_deleted_comes_back_with_the_next_index(self):
        self.fill()
        before = self.digest()
        self.ok("delete", "docs/001.md", "docs/records.jsonl#a")
        self.assertNotEqual(self.digest(), before)
        self.ok("index", "docs")
        self.assertEqual(self.digest(), before)

    def test_dead_space_is_shown_and_bounded(self):
        self.fill(40)
        for i in range(0, 36, 2):
            self.ok("delete", f"docs/{i:03}.md")
            info = self.json("info", ".akin")
            self.assertLessEqual(info["n_dead_vectors"], 0.2 * (info["n_vectors"] + info["n_dead_vectors"]))
            self.assertEqual(sum(info["bytes"][part] for part in ["database", "log", "vectors", "other"]), info["n_bytes"])
        self.assertIn("segment", self.ok("info", ".akin").out)

    def test_a_backup_is_a_collection_and_restores(self):
        self.fill()
        made = self.json("backup", "copies/monday")
        self.assertEqual(made["n_documents"], 8)
        self.assertEqual(self.digest("copies/monday"), self.digest())
        self.ok("backup", "restored", "-c", "copies/monday")
        self.assertEqual(self.digest("restored"), self.digest())
        self.fails(2, "backup", "copies/monday", says=["copies/monday"])
        self.assertEqual(os.listdir(self.folder / "copies"), ["monday"])

    def test_a_backup_is_made_beside_a_writer(self):
        for i in range(300):
            self.write(f"docs/{i:03}.txt", "\n\n".join(f"Paragraph {j} of {i}: ships and the weather at sea." for j in range(20)))
        process = self.start("index", "docs", "--model", TINY, "-t", "1")
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        n = 0
        while process.poll() is None:
            done = self.akin("backup", f"copy{n}", "--json")
            if done.returncode == 0:
                n += 1
            else:
                self.assertFalse((self.folder / f"copy{n}").exists())
        self.assertEqual(process.returncode, 0)
        for i in range(n):
            self.ok("search", "ships", "-c", f"copy{i}", "--mode", "text", "-k", "1")
        self.assertEqual(list(self.folder.glob("*.partial")), [])

    def test_a_cancelled_backup_leaves_none(self):
        self.fill()
        process = self.start("backup", "copy", preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        if (self.folder / "copy").exists():  # it was done before the signal came
            self.assertEqual(self.digest("copy"), self.digest())
        self.ok("backup", "copy2")
        self.assertEqual(self.digest("copy2"), self.digest())


class Doctor(Filled):
    def flip(self, name, at):
        path = self.folder / ".akin" / name
        content = bytearray(path.read_bytes())
        content[at] ^= 4
        path.write_bytes(content)

    def test_a_whole_collection_is_found_whole(self):
        self.fill()
        report = self.json("doctor")
        self.assertTrue(report["is_whole"])
        self.assertEqual(report["findings"], [])
        self.fails(1, "doctor", "-c", "docs", says=["docs", "no collection"])

    def test_a_wrong_bit_is_named_and_turned_back(self):
        self.fill()
        before = self.digest()
        self.flip("akin.db", 3 * 4096 + 50)
        done = self.akin("doctor")
        self.assertEqual(done.returncode, 1)
        self.assertIn("akin.db: page 4 (byte 12288)", done.out)
        self.ok("doctor", "--mend")
        self.ok("doctor")
        self.assertEqual(self.digest(), before)

    def test_damaged_vectors_are_made_again_by_the_next_index(self):
        self.fill()
        before = self.digest()
        self.flip("vectors-000001.seg", 4096 + 200)
        self.assertIn("vectors-000001.seg: rows", self.json_of_failure("doctor")["findings"][0]["what"])
        self.assertGreater(self.json("doctor", "--mend")["n_waiting"], 0)
        self.assertTrue(self.json("doctor")["is_whole"])
        self.assertGreater(self.json("index", "docs")["n_chunks_embedded"], 0)
        self.assertEqual(self.digest(), before)

    def json_of_failure(self, *words):
        done = self.akin(*words, "--json")
        self.assertEqual(done.returncode, 1)
        return json.loads(done.out)


class Reindex(Filled):
    def test_the_collection_is_of_the_new_model_and_as_if_made_by_it(self):
        self.fill()
        report = self.json("reindex", "--model", OTHER)
        self.assertTrue(report["switched"])
        self.assertEqual(report["n_embedded"], report["n_chunks"])
        self.ok("index", "docs", "--model", OTHER, "-c", "fresh")
        self.assertEqual(self.digest(), self.digest("fresh"))
        self.ok("search", "ships", "--mode", "dense")
        self.fails(1, "search", "ships", "--model", TINY, says=["fingerprint"])
        self.assertFalse(self.json("reindex", "--model", OTHER)["switched"])
        self.fails(2, "reindex", says=["--model"])

    def test_a_killed_run_goes_on(self):
        for i in range(120):
            self.write(f"docs/{i:03}.txt", "\n\n".join(f"Paragraph {j} of {i}: ships and the weather at sea." for j in range(40)))
        self.ok("index", "docs", "--model", TINY)
        process = self.start("reindex", "--model", OTHER, "-t", "1")
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        notes = []
        while process.poll() is None and not any("in the making" in note for note in notes):
            notes = self.json("doctor")["notes"]
        process.kill()
        process.communicate()
        if self.json("info", ".akin")["model"] == str(OTHER):
            self.skipTest("the work was done before it could be killed")
        self.ok("search", "ships", "--mode", "dense")  # the old space answers
        self.assertTrue(self.json("reindex", "--model", OTHER)["switched"])
        self.ok("index", "docs", "--model", OTHER, "-c", "fresh")
        self.assertEqual(self.digest(), self.digest("fresh"))


class Transfer(AkinCase):
    def lines(self):
        records = [{"id": "a", "vector": [0.9, 0.1, 0], "text": "A lamp.", "shop": "north"}, {"id": "b", "vector": [0, 1, 0.5], "shop": "south"}]
        return "".join(json.dumps(record) + "\n" for record in records)

    def test_vectors_are_imported_searched_and_exported(self):
        self.write("v.jsonl", self.lines())
        self.assertEqual(self.json("import", "v.jsonl", "--space", "mine", "-c", "shop")["n_vectors"], 2)
        hits = self.json("search", "--vector", "-", "-c", "shop", stdin="[0.8, 0.2, 0]")["hits"]
        self.assertEqual([hit["uri"] for hit in hits], ["a", "b"])
        self.assertEqual(hits[0]["metadata"], {"shop": "north"})
        self.write("q.txt", "0 1\n0.5")
        self.assertEqual(self.json("search", "--vector", "q.txt", "-c", "shop", "-k", "1", "--where", "shop=north")["hits"][0]["uri"], "a")
        self.assertEqual(self.json("search", "lamps", "--mode", "text", "-c", "shop")["hits"][0]["uri"], "a")
        self.ok("export", "out.npy", "--ids", "ids.txt", "-c", "shop")
        self.assertEqual((self.folder / "ids.txt").read_text(), "a\nb\n")
        self.ok("import", "out.npy", "--ids", "ids.txt", "-c", "again")
        self.ok("export", "out.jsonl", "-c", "again")
        self.assertEqual([json.loads(line)["vector"] for line in (self.folder / "out.jsonl").read_text().splitlines()], [[0.9, 0.1, 0], [0, 1, 0.5]])

    def test_spaces_are_never_mixed_and_texts_need_a_model(self):
        self.write("v.jsonl", self.lines())
        self.fails(2, "import", "v.jsonl", "-c", "shop", says=["v.jsonl", "a name"])
        self.ok("import", "v.jsonl", "--space", "mine", "-c", "shop")
        self.fails(1, "import", "v.jsonl", "--space", "other", "-c", "shop", says=["'vectors:mine'", "not mixed in"])
        self.fails(1, "search", "a lamp", "-c", "shop", says=["'mine'", "--vector"])
        self.write("docs/a.txt", "A lamp.")
        self.fails(1, "index", "docs", "-c", "shop", says=["'mine'"])
        self.fails(1, "search", "--vector", "-", "-c", "shop", stdin="1 2", says=["2 numbers"])
        self.fails(2, "search", "--vector", "-", "-c", "shop", stdin="1 x 3", says=["number 1", "'x'"])

    def test_what_a_model_embedded_can_be_asked_with_texts(self):
        self.write("lines.txt", "A lamp is lit.\nThe river is deep.\n")
        self.ok("embed", "lines.txt", "--model", TINY, "--out", "v.safetensors")
        self.ok("import", "v.safetensors", "-c", "c")
        hits = self.json("search", "The river is deep.", "--mode", "dense", "-c", "c", "--model", TINY)["hits"]
        self.assertEqual(hits[0]["uri"], "v.safetensors#1")

    def test_documents_are_deleted_by_a_filter(self):
        self.write("v.jsonl", self.lines())
        self.ok("import", "v.jsonl", "--space", "mine", "-c", "shop")
        self.assertEqual(self.json("delete", "--where", "shop=south", "-c", "shop")["n_documents"], 1)


if __name__ == "__main__":
    unittest.main()
