"""search: filters and their mistakes, the plan, hits that differ, one a document, like another, and the words in them."""
import json
import unittest

from akin_case import TINY, AkinCase

BOOKS = [
    {"id": "moby", "author": "Herman Melville", "year": 1851, "bought": "2024-03-05", "text": "A captain hunts a white whale across the sea."},
    {"id": "alice", "author": "Lewis Carroll", "year": 1865, "bought": "2024-07-01T10:00:00Z", "text": "A girl follows a white rabbit down a hole."},
    {"id": "botchan", "author": "夏目漱石", "year": 1906, "text": "親譲りの無鉄砲で小供の時から損ばかりしている。"},
]


class Search(AkinCase):
    def fill(self):
        self.write("docs/books.jsonl", "".join(json.dumps(book) + "\n" for book in BOOKS))
        self.write("docs/notes.md", "# Notes\n\n## One\n\nA white sail.\n\n## Two\n\nA white house.\n")
        self.ok("index", "docs", "--model", TINY)

    def found(self, *words):
        """Ids of the books, or names of the files, in the order of the hits."""
        return [hit["metadata"].get("id", hit["uri"].rsplit("/", 1)[-1]) for hit in self.json("search", *words, "--mode", "text")["hits"]]

    def test_filters_are_a_language(self):
        self.fill()
        for where, wanted in [
            ("year = 1851", {"moby"}),
            ("year < 1900 and not author = 'Herman Melville'", {"alice"}),
            ("bought >= 2024-03-05 and bought < 2024-07", {"moby"}),
            ("bought = 2024", {"moby", "alice"}),
            ("author ^= L or author ^= H", {"moby", "alice"}),
            ("exists author", {"moby", "alice"}),
            ("uri = docs/notes.md", {"notes.md"}),
            ("uri ^= docs/books", {"moby", "alice"}),
            ("format in (markdown)", {"notes.md"}),
            ("line > 4", {"notes.md"}),
        ]:
            with self.subTest(where=where):
                self.assertEqual(set(self.found("white", "--where", where)), wanted)
        self.assertEqual(self.found("white", "--where", "year>1800", "--where", "author != \"Lewis Carroll\""), ["moby"])

    def test_a_mistake_is_shown_with_its_place(self):
        self.fill()
        self.fails(2, "search", "x", "--where", "year == 1851", says=["column 6", "'=='", "did you mean '='"])
        self.fails(2, "search", "x", "--where", "author=Lewis Carroll", says=["column 14", "'Carroll'", "quotation marks"])
        self.fails(2, "search", "x", "--where", "page = many", says=["column 8", "'page' is a number"])
        done = self.ok("search", "white", "--where", "yaer = 1851", "--mode", "text")
        self.assertIn("'yaer', a field that no document has, did you mean 'year'?", done.err)

    def test_the_plan_is_explained(self):
        self.fill()
        result = self.json("search", "white", "--where", "year < 1900", "--explain")
        plan = result["plan"]
        self.assertEqual((plan["filter"], plan["n_kept"], plan["n_chunks"]), ("year < 1900", 2, 5))
        self.assertEqual((plan["dense"]["n_candidates"], plan["text"]["n_candidates"]), (2, 2))
        self.assertEqual(len(result["hits"]), 2)
        out = self.ok("search", "white", "--where", "year < 1900", "--explain").out
        self.assertIn("passes   2 of 5 chunks (40.0 %)", out)
        self.assertNotIn("plan", self.json("search", "white"))

    def test_words_are_found_in_scripts_without_spaces(self):
        self.fill()
        self.assertEqual(self.found("無鉄砲"), ["botchan"])
        hit = self.json("search", "無鉄砲", "--mode", "text")["hits"][0]
        self.assertEqual([hit["snippet"][begin:end] for begin, end in hit["highlights"]], ["無鉄砲"])

    def test_the_words_of_the_query_are_marked(self):
        self.fill()
        hit = self.json("search", "captains and whales", "--mode", "text")["hits"][0]
        self.assertEqual([hit["snippet"][begin:end] for begin, end in hit["highlights"]], ["captain", "whale"])

    def test_hits_are_grouped_by_document(self):
        self.fill()
        self.assertEqual(self.found("white").count("notes.md"), 2)
        hits = self.json("search", "white", "--mode", "text", "--group", "document")["hits"]
        notes = [hit for hit in hits if hit["uri"].endswith("notes.md")]
        self.assertEqual((len(hits), len(notes), len(notes[0]["more"])), (3, 1, 1))
        self.assertIn("also line", self.ok("search", "white", "--mode", "text", "--group", "document").out)

    def test_more_like_a_document_without_itself(self):
        self.fill()
        for place in ["docs/notes.md", "docs/notes.md#2", str(self.folder / "docs/notes.md")]:
            hits = self.json("search", "--like", place)["hits"]
            self.assertEqual({hit["metadata"].get("id") for hit in hits}, {"moby", "alice", "botchan"})
        hits = self.json("search", "--like", "docs/books.jsonl#moby", "--where", "exists year")["hits"]
        self.assertEqual({hit["metadata"]["id"] for hit in hits}, {"alice", "botchan"})
        self.fails(1, "search", "--like", "docs/none.md", says=["docs/none.md", "no document"])
        self.fails(1, "search", "--like", "docs/notes.md#9", says=["chunks 1 to 2"])

    def test_hits_are_fused_and_chosen_as_asked(self):
        self.fill()
        for words in [["--fusion", "weighted", "--dense-weight", "0.9"], ["--mmr", "0.5"], ["--mmr", "0.3", "--group", "document"]]:
            self.assertGreaterEqual(len(self.json("search", "white", "-k", "3", *words)["hits"]), 3)

    def test_options_that_do_not_go_together_are_refused(self):
        self.fill()
        self.fails(2, "search", says=["--like"])
        self.fails(2, "search", "x", "--like", "docs/notes.md", says=["one of them"])
        self.fails(2, "search", "x", "--dense-weight", "0.5", says=["--fusion weighted"])
        self.fails(2, "search", "x", "--fusion", "weighted", "--mode", "text", says=["hybrid"])
        self.fails(2, "search", "x", "--group", "title", says=["document"])
        self.fails(2, "search", "x", "--mmr", "2", says=["--mmr"])


if __name__ == "__main__":
    unittest.main()
