"""rerank and search --rerank: a cross-encoder's order, and what is said where there is none."""
import json
import unittest

from akin_case import SENTENCE_MODELS, TINY, AkinCase

RERANKER = SENTENCE_MODELS / "cross-encoder"
THREE_LABELS = SENTENCE_MODELS / "cross-encoder-3"
TEXTS = ["a small house", "the whale swam away from the ship", "it is a truth", "a small house", "ships at sea"]


class Rerank(AkinCase):
    def test_texts_come_best_first_with_their_places(self):
        result = self.json("rerank", "where is the whale", *TEXTS, "--model", RERANKER)
        self.assertEqual(result["n_texts"], len(TEXTS))
        self.assertEqual(sorted(r["index"] for r in result["results"]), list(range(len(TEXTS))))
        scores = [r["score"] for r in result["results"]]
        self.assertEqual(scores, sorted(scores, reverse=True))
        self.assertTrue(all(0 < s < 1 for s in scores))  # one label: sigmoid
        for r in result["results"]:
            self.assertEqual(r["text"], TEXTS[r["index"]])
            alone = self.json("rerank", "where is the whale", r["text"], "--text", "--model", RERANKER)["results"][0]
            self.assertEqual(alone["score"], r["score"])

    def test_the_golden_pairs_get_their_scores(self):
        inputs = json.loads((RERANKER / "inputs.json").read_text())["pairs"]
        data = (RERANKER / "expected.safetensors").read_bytes()
        size = int.from_bytes(data[:8], "little")
        begin, end = json.loads(data[8 : 8 + size])["scores"]["data_offsets"]
        import array

        wanted = array.array("f", data[8 + size + begin : 8 + size + end])
        for pair, want in zip(inputs, wanted):
            got = self.json("rerank", pair["a"], "--text", "--model", RERANKER, pair["b"])["results"][0]["score"]
            self.assertAlmostEqual(got, want, delta=1e-5)  # ten times the reference's own float error

    def test_every_form_of_input_is_the_same(self):
        direct = self.json("rerank", "whale", *TEXTS, "--model", RERANKER)["results"]
        lines = "\n".join(TEXTS)
        rows = "".join(json.dumps({"body": text}) + "\n" for text in TEXTS)
        for words, more in [(["-"], {"stdin": lines}), ([], {"stdin": lines}), ([self.write("a.txt", lines)], {}),
                            ([self.write("a.jsonl", rows), "--field", "body"], {})]:
            self.assertEqual(self.json("rerank", "whale", *words, "--model", RERANKER, **more)["results"], direct)
        self.assertEqual(self.json("rerank", "whale", *TEXTS, "--model", RERANKER, "-k", 2)["results"], direct[:2])

    def test_a_person_sees_rank_score_and_text(self):
        lines = self.ok("rerank", "whale", *TEXTS, "--model", RERANKER, "-k", 3).out.splitlines()
        self.assertEqual(len(lines), 4)
        self.assertRegex(lines[0], r"^1\. 0\.\d{4}  \w")
        self.assertIn("5 texts", lines[3])

    def test_what_is_cut_is_told(self):
        done = self.ok("rerank", "whale", "house " * 500, "--model", RERANKER, "--json")
        self.assertGreater(json.loads(done.out)["results"][0]["n_tokens_dropped"], 400)
        self.assertIn("tokens dropped from 1 texts", done.err)

    def test_models_that_score_nothing_and_labels_that_are_not_there_are_refused(self):
        self.fails(1, "rerank", "q", "a", "--model", TINY, says=["is no reranker", "akin embed"])
        self.fails(2, "rerank", "q", "a", says=["--model"])
        self.fails(2, "rerank", " ", "a", "--model", RERANKER, says=["the query is empty"])
        self.fails(2, "rerank", "q", "a", "--model", THREE_LABELS, says=["--label", "LABEL_0, LABEL_1, LABEL_2"])
        self.fails(2, "rerank", "q", "a", "--model", THREE_LABELS, "--label", "LABEL_4", says=["did you mean 'LABEL_"])
        self.assertEqual(len(self.json("rerank", "q", "a", "b", "--model", THREE_LABELS, "--label", "LABEL_2")["results"]), 2)
        self.fails(1, "rerank", "q", "a", "--model", "cross-encodr", says=["cross-encodr"])


class Search(AkinCase):
    def setUp(self):
        super().setUp()
        for i, text in enumerate(TEXTS):
            self.write(f"docs/{i}.txt", text)
        self.ok("index", "docs", "--model", TINY)

    def test_hits_are_ordered_by_the_rerankers_score(self):
        plain = self.json("search", "the whale", "--mode", "dense")
        self.assertNotIn("reranked_by", plain)
        again = self.json("search", "the whale", "--mode", "dense", "--rerank", RERANKER)
        self.assertEqual(again["reranked_by"], "cross-encoder")
        self.assertEqual({h["uri"] for h in again["hits"]}, {h["uri"] for h in plain["hits"]})
        scores = [h["score"] for h in again["hits"]]
        self.assertEqual(scores, sorted(scores, reverse=True))
        texts = [h["text"] for h in again["hits"]]
        direct = self.json("rerank", "the whale", "--text", "--model", RERANKER, *texts)["results"]
        self.assertEqual([r["score"] for r in direct], scores)

    def test_more_hits_are_read_than_are_shown(self):
        whole = self.json("search", "the whale", "--mode", "dense", "--rerank", RERANKER)["hits"]
        best = self.json("search", "the whale", "--mode", "dense", "--rerank", RERANKER, "-k", 1)["hits"]
        self.assertEqual([h["uri"] for h in best], [whole[0]["uri"]])

    def test_a_model_that_is_none_is_refused_before_the_search(self):
        self.fails(1, "search", "the whale", "--rerank", TINY, says=["is no reranker"])
        self.fails(2, "search", "the whale", "--rerank", THREE_LABELS, says=["LABEL_0"])


if __name__ == "__main__":
    unittest.main()
