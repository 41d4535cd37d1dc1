"""index, search, info: incremental, interrupted, run twice at once, met by another model."""
import json
import os
import signal
import time
import unittest

from akin_case import OTHER, TINY, AkinCase


class Collection(AkinCase):
    def fill(self, n, paragraphs=3):
        for i in range(n):
            body = "\n\n".join(f"Paragraph {j} of document {i}: ships, houses and weather." for j in range(paragraphs))
            self.write(f"docs/{i:03}.md", f"# Document {i}\n\n{body}\n")

    def test_only_what_changed_is_embedded_and_what_vanished_is_removed(self):
        self.fill(4)
        first = self.json("index", "docs", "--model", TINY)
        self.assertEqual((first["n_added"], first["n_documents"]), (4, 4))
        again = self.json("index", "docs")
        self.assertEqual((again["n_unchanged"], again["n_chunks_embedded"]), (4, 0))
        self.write("docs/001.md", "# Changed\n\nNow about lighthouses.\n")
        (self.folder / "docs/002.md").unlink()
        third = self.json("index", "docs")
        self.assertEqual((third["n_updated"], third["n_removed"], third["n_unchanged"]), (1, 1, 2))
        hits = self.json("search", "lighthouses", "--mode", "text")["hits"]
        self.assertEqual([hit["title"] for hit in hits], ["Changed"])

    def test_a_touched_file_is_not_embedded_again(self):
        self.fill(2)
        self.ok("index", "docs", "--model", TINY)
        digest = self.json("info", ".akin", "--digest")["content_digest"]
        os.utime(self.folder / "docs/001.md", (1_000_000_000, 1_000_000_000))
        again = self.json("index", "docs")
        self.assertEqual((again["n_unchanged"], again["n_chunks_embedded"]), (2, 0))
        self.assertEqual(self.json("info", ".akin", "--digest")["content_digest"], digest)

    def test_a_moved_file_is_found_at_its_new_place_only(self):
        self.write("docs/old.txt", "A spinnaker is a large sail.")
        self.ok("index", "docs", "--model", TINY)
        (self.folder / "docs/old.txt").rename(self.folder / "docs/new.txt")
        report = self.json("index", "docs")
        self.assertEqual((report["n_moved"], report["n_added"], report["n_removed"], report["n_chunks_embedded"]), (1, 0, 0, 0))
        self.assertEqual([os.path.basename(hit["uri"]) for hit in self.json("search", "spinnaker", "--mode", "text")["hits"]], ["new.txt"])

    def test_a_file_that_is_given_and_gone_is_forgotten(self):
        self.fill(2)
        self.ok("index", "docs", "--model", TINY)
        (self.folder / "docs/001.md").unlink()
        self.assertEqual(self.json("index", "docs/001.md")["n_removed"], 1)
        self.fails(1, "index", "docs/001.md", says=["'docs/001.md'"])

    def test_paths_are_shown_as_written_from_here(self):
        self.write("docs/a.txt", "A spinnaker is a large sail.")
        self.write("docs/b.pdf", "%PDF-1.7\ngarbage")
        out = self.ok("index", "docs", "--model", TINY).out
        self.assertIn("refused docs/b.pdf: ", out)
        self.assertIn("1. docs/a.txt", self.ok("search", "spinnaker").out)
        self.assertIn("1. a.txt", self.ok("search", "spinnaker", cwd=self.folder / "docs").out)

    def test_other_chunks_are_made_when_asked_for(self):
        self.fill(2, paragraphs=12)
        n_chunks = self.json("index", "docs", "--model", TINY)["n_chunks"]
        self.assertGreater(self.json("index", "docs", "--chunk-tokens", "16")["n_chunks"], n_chunks)
        self.fails(2, "index", "docs", "--chunk-tokens", "1000", says=["1000", "32"])

    def test_a_hit_says_where_it_is(self):
        self.write("docs/a.md", "# Ships\n\nShips sail.\n\n## Sails\n\nA spinnaker is a large sail.\n")
        self.ok("index", "docs", "--model", TINY)
        hit = self.json("search", "spinnaker", "--mode", "text")["hits"][0]
        self.assertTrue(hit["uri"].endswith("docs/a.md"))
        self.assertEqual(hit["headings"], ["Ships", "Sails"])
        self.assertEqual(hit["line"], 5)
        self.assertIn("spinnaker", hit["snippet"])
        self.assertIn("a.md:5", self.ok("search", "spinnaker", "--mode", "text").out)

    def test_every_mode_answers_and_k_is_kept(self):
        self.fill(5)
        self.ok("index", "docs", "--model", TINY)
        for mode in ["dense", "text", "hybrid"]:
            self.assertEqual(len(self.json("search", "ships", "--mode", mode, "-k", "3")["hits"]), 3)
        self.assertEqual(len(self.json("search", "-", "-k", "1", stdin="ships\n")["hits"]), 1)

    def test_a_large_collection_is_searched_through_a_graph(self):
        lines = [json.dumps({"text": f"ship {i} house {i * 7919 % 20011} weather {i * 104729 % 9973}"}) for i in range(20_050)]
        self.write("docs/many.jsonl", "\n".join(lines) + "\n")
        self.ok("index", "docs", "--model", TINY)
        graph = self.json("info", ".akin")["graph"]
        self.assertEqual(graph["n_vectors"], 20_050)
        self.assertEqual(graph["recall_at_ef"], sorted(graph["recall_at_ef"], key=lambda point: (point["ef"], point["recall"])))
        self.assertIn("20,050 vectors", self.ok("info", ".akin").out)

        def ids(*options):
            found = self.json("search", "ship 12 house 4711", "--mode", "dense", "-k", "20", *options)
            return [hit["chunk_id"] for hit in found["hits"]]
        exact = ids("--exact")
        for options in (("--ef", "2000"), ("--recall", "0.95"), ()):
            found = ids(*options)
            self.assertEqual(len(found), 20)
            # The texts are much alike, so a walk may miss some; half would be a fault.
            self.assertGreater(len(set(found) & set(exact)), 10, options)
        self.assertEqual(len(ids("--where", "uri != nowhere")), 20)

        graph_file = self.folder / ".akin/vectors.graph"
        graph_file.write_bytes(graph_file.read_bytes()[:1000])
        self.assertEqual(ids(), exact, "without a good graph a search is exact")

    def test_graph_search_is_scored_as_a_curve(self):
        self.write("lines.txt", "".join(f"ship {i} house {i * 7919 % 211} weather {i * 104729 % 97}\n" for i in range(300)))
        self.ok("embed", "lines.txt", "--model", TINY, "--out", "v.npy")
        scores = self.json("eval", "ann", "v.npy", "--picture", "curve.svg")
        self.assertEqual((scores["n_vectors"], scores["n_queries"]), (270, 30))
        self.assertEqual(scores["points"][-1]["recall"], 1)
        self.assertIn("<svg", (self.folder / "curve.svg").read_text(encoding="utf-8"))
        self.assertIn("queries/s", self.ok("eval", "ann", "v.npy").out)
        self.fails(2, "eval", "ann", "v.npy", "--metric", "near")
        self.fails(1, "eval", "ann", "none.npy")

    def test_one_measure_of_effort_is_given(self):
        self.fill(2)
        self.ok("index", "docs", "--model", TINY)
        self.assertEqual(len(self.json("search", "ships", "--mode", "dense", "--recall", "0.9", "-k", "2")["hits"]), 2)
        self.fails(2, "search", "ships", "--recall", "0.9", "--exact")
        self.fails(2, "search", "ships", "--recall", "1.5")
        self.fails(2, "search", "ships", "--ef", "0")

    def test_a_collection_is_found_upward(self):
        self.fill(2)
        self.ok("index", "docs", "--model", TINY)
        self.assertEqual(self.json("info", cwd=self.folder / "docs")["n_documents"], 2)

    def test_refused_files_are_listed_with_the_reason(self):
        self.fill(1)
        self.write("docs/data.bin", bytes(range(256)) * 40)
        self.write("docs/broken.pdf", b"%PDF-1.7\ngarbage")
        report = self.json("index", "docs", "--model", TINY)
        self.assertEqual(report["n_documents"], 1)
        refused = {os.path.basename(r["uri"]): r["reason"] for r in report["refused"]}
        self.assertEqual(set(refused), {"data.bin", "broken.pdf"})
        self.assertTrue(all(refused.values()))

    def test_another_model_is_refused(self):
        self.fill(2)
        self.ok("index", "docs", "--model", TINY)
        before = self.json("info", ".akin")
        self.fails(1, "search", "ships", "--model", OTHER, says=["model"])
        self.fails(1, "index", "docs", "--model", OTHER, says=["model"])
        self.fails(1, "index", "docs", "--precision", "int8", says=["fingerprint"])
        self.assertEqual(self.json("info", ".akin"), before)

    def test_a_collection_remembers_its_model(self):
        self.fill(1)
        self.ok("index", "docs", "--model", TINY)
        self.assertEqual(self.json("info", ".akin")["fingerprint"], self.json("info", TINY)["fingerprint"])
        self.ok("search", "ships")

    def test_a_collection_remembers_its_precision(self):
        self.fill(1)
        self.ok("index", "docs", "--model", TINY, "--precision", "int8")
        self.assertEqual(self.json("info", ".akin")["precision"], "int8")
        self.ok("search", "ships")
        self.assertEqual(self.json("index", "docs")["n_unchanged"], 1)
        self.fails(1, "search", "ships", "--precision", "f32", says=["fingerprint"])

    def test_a_creation_that_was_interrupted_is_done_again(self):
        self.fill(1)
        self.write(".akin/akin.db", b"")
        self.write(".akin/lock", b"")
        self.assertEqual(self.json("index", "docs", "--model", TINY)["n_documents"], 1)

    def test_a_folder_of_other_things_does_not_become_a_collection(self):
        self.fill(1)
        self.write("other/thing.txt", "mine")
        done = self.akin("index", "docs", "-c", "other", "--model", TINY)
        self.assert_failed(done.returncode, done.err, 2, ["other"])
        self.assertEqual([p.name for p in (self.folder / "other").iterdir()], ["thing.txt"])


class Interrupted(AkinCase):
    N = 400

    def setUp(self):
        super().setUp()
        for i in range(self.N):
            body = "\n\n".join(f"Paragraph {j} of document {i}: ships, houses and the weather at sea." for j in range(20))
            self.write(f"docs/{i:03}.txt", body)

    def started(self):
        """An `index` that has committed something and is not done. One thread at low priority, so that it is met at work."""
        process = self.start("index", "docs", "--model", TINY, "-t", "1", preexec_fn=lambda: os.nice(10))
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and process.poll() is None:
            done = self.akin("info", ".akin", "--json")
            if done.returncode == 0 and 0 < json.loads(done.out)["n_documents"] < self.N // 2:
                return process
        self.skipTest("the index was done before it could be interrupted")

    def test_ctrl_c_stops_cleanly_and_the_next_run_finishes(self):
        process = self.started()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
        self.assert_failed(process.returncode, err, 130, ["cancel"])
        kept = self.json("info", ".akin")["n_documents"]
        self.assertGreater(kept, 0)
        self.assertLess(kept, self.N)
        report = self.json("index", "docs")
        self.assertEqual(report["n_documents"], self.N)
        self.assertEqual(report["n_unchanged"], kept)

    def test_a_second_run_is_told_who_holds_the_collection(self):
        process = self.started()
        process.send_signal(signal.SIGSTOP)
        try:
            self.fails(1, "index", "docs", says=[".akin", str(process.pid)])
            self.ok("search", "ships", "-k", "1")  # readers are not held up
        finally:
            process.send_signal(signal.SIGCONT)
        out, err = process.communicate(timeout=240)
        self.assertEqual(process.returncode, 0, err)
        self.assertEqual(self.json("info", ".akin")["n_documents"], self.N)

    def test_a_killed_run_loses_nothing_that_was_committed(self):
        process = self.started()
        process.kill()
        process.communicate(timeout=60)
        kept = self.json("info", ".akin")["n_documents"]
        self.assertGreater(kept, 0)
        self.assertEqual(self.json("index", "docs")["n_documents"], self.N)
        self.ok("index", "docs", "--model", TINY, "-c", "undisturbed")
        digests = {self.json("info", folder, "--digest")["content_digest"] for folder in [".akin", "undisturbed"]}
        self.assertEqual(len(digests), 1)


if __name__ == "__main__":
    unittest.main()
