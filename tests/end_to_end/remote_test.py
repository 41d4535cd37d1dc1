"""Remote models as a person uses them, against servers on this machine that keep their contracts, and break them."""
import json
import signal
import unittest

from akin_case import AkinCase
from remote_server import AWS, KEY, RemoteServer, n_tokens_of, vector_of

TEXTS = ["a small cat sleeps", "the dog barks at night", "a cat and a dog"]


class RemoteCase(AkinCase):
    def setUp(self):
        super().setUp()
        self.server = RemoteServer()
        self.addCleanup(self.server.close)
        self.openai = f"openai+{self.server.url}/v1#m"
        self.ollama = f"ollama+{self.server.url}#tiny"
        self.titan = "bedrock:amazon.titan-embed-text-v2:0"
        self.variables = {}
        self.said = []

    def environment(self, **more):
        unwanted = ("OPENAI_", "OLLAMA_", "AWS_", "AKIN_API", "HF_")
        kept = {k: v for k, v in super().environment().items() if not k.startswith(unwanted) and not k.lower().endswith("_proxy")}
        return {**kept, **self.variables, **more}

    def akin(self, *words, **more):
        done = super().akin(*words, **more)
        self.said.append(done.out + done.err)
        return done

    def vectors(self, model, *words):
        return [record["vector"] for record in self.json_lines("embed", *TEXTS, "--model", model, *words)]

    def assert_near(self, got, dim):
        self.assertEqual(len(got), len(TEXTS))
        for text, vector in zip(TEXTS, got):
            wanted = vector_of(text, dim)
            self.assertEqual(len(vector), dim)
            # Floats go through decimal text and back: equal but for the last digit that is printed.
            for a, b in zip(vector, wanted):
                self.assertAlmostEqual(a, b, places=6)


class Contract(RemoteCase):
    def test_openai_gets_the_key_and_gives_base64_and_dimensions(self):
        self.server.key, self.server.dim = KEY, 1536
        self.variables = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": self.server.url + "/v1"}
        self.assert_near(self.vectors("openai:text-embedding-3-small"), 1536)
        self.assertEqual(self.server.bodies[-1], {"model": "text-embedding-3-small", "input": TEXTS, "encoding_format": "base64"})
        self.assert_near(self.vectors("openai:text-embedding-3-large", "--dims", "256"), 256)
        self.assertEqual(self.server.bodies[-1]["dimensions"], 256)
        self.assert_near(self.vectors("openai:text-embedding-3-large?dimensions=128"), 128)

    def test_tokens_and_cost_are_told(self):
        self.variables = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": self.server.url + "/v1"}
        self.server.dim = 1536
        done = self.ok("embed", *TEXTS, "--json", "--model", "openai:text-embedding-3-small")
        total = sum(map(n_tokens_of, TEXTS))
        self.assertEqual(sum(json.loads(line)["n_tokens"] for line in done.out.splitlines()), total)
        self.assertIn(f"{total} tokens seen", done.err)
        self.assertIn("about $0.00000", done.err)
        self.assertIn("$0.02 a million", done.err)

    def test_any_endpoint_that_speaks_the_contract_is_a_model_by_its_address(self):
        self.assert_near(self.vectors(self.openai), 64)
        self.assertNotIn("authorization", self.server.requests[-1][2])
        self.assertEqual(self.server.bodies[-1]["encoding_format"], "float")

    def test_openais_key_goes_to_no_address_that_a_name_holds(self):
        self.variables = {"OPENAI_API_KEY": KEY}
        self.vectors(self.openai)
        self.assertFalse([r for r in self.server.requests if "authorization" in r[2]])
        self.server.key = self.variables["AKIN_API_KEY"] = "another"
        self.vectors(self.openai)

    def test_ollama_gives_vectors_limits_and_a_digest(self):
        self.assert_near(self.vectors(self.ollama), 64)
        self.variables["OLLAMA_HOST"] = f"127.0.0.1:{self.server.port}"
        self.assert_near(self.vectors("ollama:tiny"), 64)
        info = self.json("info", "ollama:tiny")
        self.assertEqual((info["dim"], info["max_tokens"], info["family"], info["origin"]), (64, 256, "ollama", "remote"))
        self.server.digest = "sha256:two"
        self.assertNotEqual(self.json("info", "ollama:tiny")["fingerprint"], info["fingerprint"])
        self.fails(1, "info", "ollama:other", says=["has no model 'other'", "tiny:latest", "ollama pull other"])

    def test_titan_is_signed_one_text_a_call(self):
        self.variables = {**AWS, "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": self.server.url}
        self.assert_near(self.vectors(self.titan), 1024)
        self.assert_near(self.vectors(self.titan, "--dims", "256"), 256)
        self.assertEqual(self.server.bodies[-1].keys(), {"inputText", "dimensions", "normalize"})
        self.variables["AWS_SECRET_ACCESS_KEY"] = "another"
        self.fails(1, "embed", "x", "--model", self.titan, says=["403", "signature", "AWS_SECRET_ACCESS_KEY"])

    def test_many_texts_keep_their_order(self):
        texts = [f"text number {i} of many" for i in range(700)]
        done = self.ok("embed", "-", "--model", self.openai, stdin="\n".join(texts))
        records = [json.loads(line) for line in done.out.splitlines()]
        self.assertEqual([r["text"] for r in records], texts)
        for i in (0, 63, 64, 65, 699):
            for a, b in zip(records[i]["vector"], vector_of(texts[i], 64)):
                self.assertAlmostEqual(a, b, places=6)

    def test_a_collection_is_made_searched_and_brought_up_to_date(self):
        self.write("docs/cats.txt", "A small cat sleeps on the warm stove.\n" * 80)
        self.write("docs/dogs.md", "# Dogs\n\nThe dog barks at night.\n\n" + "It guards the house. " * 100)
        report = self.json("index", "docs", "-c", "c", "--model", self.openai)
        self.assertEqual(report["n_added"], 2)
        self.assertGreater(report["n_chunks_embedded"], 2, "chunks by the estimate are under the 512 tokens of an unknown model")
        hits = self.json("search", "a cat sleeps", "-c", "c", "-k", "1", "--mode", "dense")["hits"]
        self.assertTrue(hits[0]["uri"].endswith("cats.txt"))
        n = len(self.server.bodies)
        self.assertEqual(self.json("index", "docs", "-c", "c")["n_chunks_embedded"], 0)
        self.assertLessEqual(len(self.server.bodies) - n, 1, "one request at most, to learn the dimensions")
        self.assertEqual(self.json("info", "c")["model"], self.openai)

    def test_another_space_is_never_mixed_in(self):
        self.write("docs/cats.txt", "A small cat sleeps.")
        self.ok("index", "docs", "-c", "c", "--model", self.openai)
        self.fails(1, "search", "cat", "-c", "c", "--model", self.openai + "2", says=["was made with model"])
        self.fails(1, "index", "docs", "-c", "c", "--model", self.ollama, says=["was made with model"])

    def test_texts_are_compared_and_models_described(self):
        pairs = self.json("similar", *TEXTS, "--model", self.openai)["pairs"]
        self.assertEqual(len(pairs), 3)
        out = self.ok("info", self.openai).out
        self.assertIn("remote", out)
        self.assertNotIn("0 layers", out)
        self.assertIn("openai:text-embedding-3-small", self.ok("models").out)

    def test_what_only_local_models_do_is_refused_with_the_reason(self):
        self.fails(2, "embed", "x", "--model", self.openai, "--precision", "int8", says=["--precision"])
        self.fails(2, "embed", "x", "--model", self.openai, "--max-tokens", "9", says=["--max-tokens"])
        self.fails(1, "embed", "x", "--model", self.openai, "--tokens", says=["none a token"])
        self.fails(1, "tokens", "x", "--model", self.openai, says=["runs elsewhere"])
        self.fails(1, "verify", self.openai, says=["runs elsewhere"])
        self.fails(1, "convert", self.openai, "-o", "x.gguf", says=["runs elsewhere"])


class Faults(RemoteCase):
    def test_what_passes_is_tried_again(self):
        self.server.statuses = [(429, {"error": {"message": "slow down"}}, [("Retry-After", "0")]), (500, b"oops", []), (503, b"", [])]
        self.assert_near(self.vectors(self.openai), 64)
        self.server.cuts = 2
        self.assert_near(self.vectors(self.openai), 64)
        self.assertEqual(self.server.cuts, 0)

    def test_a_server_that_stays_broken_is_given_up_in_one_line(self):
        self.server.statuses = [(500, {"error": {"message": "cuda\nout of memory"}}, [])] * 50
        self.fails(1, "embed", "x", "--model", self.openai, says=["500", "cuda out of memory"])
        self.assertEqual(len(self.server.bodies), 5)

    def test_no_money_is_not_asked_for_again(self):
        self.server.statuses = [(429, {"error": {"message": "quota exceeded", "code": "insufficient_quota"}}, [])] * 9
        self.fails(1, "embed", "x", "--model", self.openai, says=["429", "quota exceeded"])
        self.assertEqual(len(self.server.bodies), 1)

    def test_a_server_that_takes_fewer_texts_gets_fewer(self):
        self.server.most = 20
        texts = [f"text {i}" for i in range(100)]
        self.ok("embed", "-", "--model", self.openai, stdin="\n".join(texts))
        self.assertLessEqual(max(len(b["input"]) for b in self.server.bodies if len(b["input"]) <= 20), 20)

    def test_answers_that_break_the_contract_are_never_taken(self):
        def change(key, value):
            def spoil(reply):
                reply["data"][0][key] = value
                return reply
            return spoil

        def without_index(reply):
            del reply["data"][0]["index"]
            return reply

        def shorter(reply):
            reply["data"].pop()
            return reply

        for spoil, says in [(change("embedding", [1.0]), "dimensions"), (change("index", 0), "twice"), (change("index", 9), "texts were sent"),
                            (without_index, "without the index"), (shorter, "vectors for"), (change("embedding", [1e39] * 64), "not finite"),
                            (change("embedding", [float("nan")] * 64), "not JSON"), (change("embedding", None), "missing"),
                            (lambda reply: b"<html>", "not JSON"), (lambda reply: b"[" * 50_000, "nested"), (lambda reply: {}, "no list")]:
            with self.subTest(says=says):
                self.server.spoil = spoil
                self.fails(1, "similar", *TEXTS, "--model", self.openai + "?dimensions=64", says=[says, self.server.url])

    def test_ollama_and_titan_are_not_believed_either(self):
        self.server.spoil = lambda reply: {**reply, "embeddings": [[1.0]]}
        self.fails(1, "similar", *TEXTS, "--model", self.ollama, says=["vectors for 3 texts"])
        self.variables = {**AWS, "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": self.server.url}
        self.server.spoil = lambda reply: {**reply, "embedding": reply["embedding"][1:]}
        self.fails(1, "embed", "x", "--model", self.titan, says=["1023 dimensions, wanted 1024"])

    def test_a_silent_server_is_given_up(self):
        self.server.slow = 30
        self.variables["AKIN_HTTP_TIMEOUT"] = "1"
        self.fails(1, "embed", "x", "--model", self.openai, says=["tried 5 times"])

    def test_ctrl_c_ends_the_wait(self):
        self.server.slow = 60
        one = self.start("embed", "x", "--model", self.openai)
        while not self.server.bodies:
            self.assertIsNone(one.poll())
        one.send_signal(signal.SIGINT)
        _, err = one.communicate(timeout=20)
        self.assertEqual(one.returncode, 130, err)

    def test_a_text_over_the_limit_is_named(self):
        self.variables = {**AWS, "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": self.server.url}
        path = self.write("lines.txt", "short\n" + "x" * 50_001 + "\n")
        self.fails(1, "embed", path, "--model", self.titan, says=["text 2 has 50001 characters", "50000"])
        self.assertEqual(self.server.bodies, [])

    def test_keys_that_are_missing_are_asked_for(self):
        self.fails(1, "embed", "x", "--model", "openai:text-embedding-3-small", says=["set OPENAI_API_KEY"])
        self.fails(1, "embed", "x", "--model", self.titan, says=["set AWS_ACCESS_KEY_ID"])
        self.variables = {k: v for k, v in AWS.items() if k != "AWS_REGION"}
        self.fails(1, "embed", "x", "--model", self.titan, says=["set AWS_REGION"])

    def test_no_key_is_ever_shown(self):
        self.server.key = KEY
        self.variables = {**AWS, "AKIN_API_KEY": "sk-wrong-secret", "OPENAI_API_KEY": KEY, "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": self.server.url}
        self.fails(1, "embed", "x", "--verbose", "--model", self.openai, says=["401", "Incorrect API key provided: Bearer ***", "AKIN_API_KEY"])
        self.variables["AKIN_API_KEY"] = KEY
        self.server.statuses = [(500, b"", [])]
        self.ok("embed", "x", "--verbose", "--model", self.openai)
        self.ok("embed", "x", "--verbose", "--model", self.titan)
        self.ok("info", self.titan, "--json", "--verbose")
        self.variables["AWS_REGION"] = "us-east-1"
        self.fails(1, "embed", "x", "--verbose", "--model", self.titan, says=["403"])
        for text in self.said:
            for secret in ["secret", KEY]:
                self.assertNotIn(secret, text)


if __name__ == "__main__":
    unittest.main()
