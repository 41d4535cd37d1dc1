"""akin pull against a Hub on this machine that keeps the real one's contract, and breaks it."""
import fcntl
import hashlib
import os
import shutil
import unittest

from akin_case import TINY, AkinCase
from hub_server import COMMIT, TOKEN, Hub, git_hash

LARGE = "model.safetensors"


class PullCase(AkinCase):
    def setUp(self):
        super().setUp()
        files = {str(p.relative_to(TINY)): p.read_bytes() for p in TINY.rglob("*") if p.is_file()}
        self.hub = Hub({**files, "README.md": b"# a model", "pytorch_model.bin": b"\x80\x02.", "onnx/model.onnx": b"ONNX"})
        self.addCleanup(self.hub.close)
        self.cdn = Hub(files)
        self.addCleanup(self.cdn.close)
        self.cache = self.folder / "cache"
        self.variables = {}

    def environment(self, **more):
        kept = {k: v for k, v in super().environment().items() if not k.startswith("HF_") and not k.lower().endswith("_proxy")}
        return {**kept, "HF_ENDPOINT": self.hub.url, "HF_HUB_CACHE": str(self.cache), "HF_HOME": str(self.folder / "hf"),
                **self.variables, **more}

    @property
    def repository(self):
        return self.cache / "models--org--model"

    @property
    def snapshot(self):
        return self.repository / "snapshots" / COMMIT

    def pull(self, *words):
        return self.json("pull", "org/model", *words)

    def states(self, report):
        return {f["name"]: f["state"] for f in report["files"]}


class Contract(PullCase):
    def test_a_pulled_model_is_found_by_its_name_and_gives_the_vectors_of_its_folder(self):
        report = self.pull()
        self.assertEqual(report["commit"], COMMIT)
        self.assertTrue(all(f["checked"] for f in report["files"]), report)
        here = self.json_lines("embed", "some words", "--model", "org/model")[0]
        self.assertEqual(here["vector"], self.json_lines("embed", "some words", "--model", TINY)[0]["vector"])
        self.assertIn("org/model", [m["name"] for m in self.json("models")])

    def test_the_cache_is_laid_out_as_other_tools_lay_it_out(self):
        self.pull()
        self.assertEqual((self.repository / "refs/main").read_text(), COMMIT)
        for file in ["config.json", "1_Pooling/config.json", LARGE]:
            link = self.snapshot / file
            content = self.hub.files[file]
            etag = hashlib.sha256(content).hexdigest() if file == LARGE else git_hash(content)
            self.assertTrue(link.is_symlink())
            self.assertEqual(os.readlink(link), "../" * (2 + file.count("/")) + "blobs/" + etag)
            self.assertEqual(link.read_bytes(), content)
        self.assertEqual([p.name for p in (self.repository / "blobs").iterdir() if p.name.endswith(".incomplete")], [])

    def test_pickles_and_what_akin_does_not_read_stay_where_they_are_and_that_is_said(self):
        report = self.pull()
        self.assertLessEqual({"README.md", "pytorch_model.bin", "onnx/model.onnx"}, set(report["left_out"]))
        self.assertFalse((self.snapshot / "pytorch_model.bin").exists())
        self.assertIn("left out, as akin does not read them", self.ok("pull", "org/model").out)

    def test_patterns_choose_but_never_a_pickle(self):
        report = self.pull("--include", "*", "--exclude", "onnx/")
        names = self.states(report)
        self.assertIn("README.md", names)
        self.assertNotIn("pytorch_model.bin", names)
        self.assertNotIn("onnx/model.onnx", names)
        self.fails(1, "pull", "org/model", "--include", "*.bin", says=["pytorch_model.bin", "pickles"])

    def test_a_second_pull_fetches_nothing(self):
        self.pull()
        n = len(self.hub.of("GET", "/resolve/"))
        report = self.pull()
        self.assertEqual(report["n_bytes_fetched"], 0)
        self.assertEqual(set(self.states(report).values()), {"there"})
        self.assertEqual(len(self.hub.of("GET", "/resolve/")), n)

    def test_a_revision_is_pulled_and_named_behind_an_at_sign(self):
        report = self.pull("--revision", "v2")
        self.assertEqual(report["commit"], COMMIT[::-1])
        self.assertEqual((self.repository / "refs/v2").read_text(), COMMIT[::-1])
        self.assertEqual(self.json("info", "org/model@v2")["path"], str(self.repository / "snapshots" / COMMIT[::-1]))

    def test_a_renamed_model_is_followed_on_the_same_host(self):
        self.hub.old_name = "older/model"
        self.assertEqual(self.json("pull", "older/model", "--include", "config.json")["commit"], COMMIT)
        self.assertEqual(len(self.hub.of("GET", "/api/models/org/model/")), 1)

    def test_a_bare_name_is_looked_for_under_its_usual_owner(self):
        self.hub.name = "sentence-transformers/tiny"
        self.assertEqual(self.json("pull", "tiny")["name"], "sentence-transformers/tiny")
        self.ok("embed", "x", "--model", "tiny")

    def test_the_token_of_the_environment_or_of_the_file_is_sent(self):
        self.hub.gated = True
        self.fails(1, "pull", "org/model", says=["gated", "HF_TOKEN", self.hub.url + "/org/model"])
        self.write("hf/token", TOKEN + "\n")
        self.pull()
        self.variables["HF_TOKEN"] = "another"
        failed = self.fails(1, "pull", "org/model", says=["gated", "the token that is set"])
        self.assertNotIn("another", failed.err)

    def test_another_host_never_sees_the_token(self):
        self.variables["HF_TOKEN"] = TOKEN
        self.hub.cdn = f"http://localhost:{self.cdn.port}"
        self.pull()
        self.assertGreater(len(self.hub.requests), 5)
        for method, path, headers in self.hub.requests:
            self.assertEqual(headers.get("authorization"), f"Bearer {TOKEN}", (method, path))
        self.assertEqual([r[1] for r in self.cdn.requests], [f"/cdn/{LARGE}"])
        self.assertNotIn("authorization", self.cdn.requests[0][2])

    def test_another_port_of_the_same_machine_is_another_host(self):
        self.variables["HF_TOKEN"] = TOKEN
        self.hub.cdn = self.cdn.url
        self.pull()
        self.assertNotIn("authorization", self.cdn.requests[0][2])

    def test_offline_only_what_is_there_is_found(self):
        self.variables["HF_HUB_OFFLINE"] = "1"
        self.fails(1, "pull", "org/model", says=["HF_HUB_OFFLINE", "cache"])
        self.assertEqual(self.hub.requests, [])
        del self.variables["HF_HUB_OFFLINE"]
        self.pull()
        n = len(self.hub.requests)
        self.variables["HF_HUB_OFFLINE"] = "true"
        self.assertEqual(self.pull()["commit"], COMMIT)
        self.assertEqual(len(self.hub.requests), n)

    def test_a_gguf_is_pulled_where_there_is_nothing_else_and_one_of_many_on_choice(self):
        self.hub.files = {"a-q8_0.gguf": b"GGUF" * 300, "README.md": b"x"}
        self.hub.large = set(self.hub.files)
        self.assertEqual(list(self.states(self.pull())), ["a-q8_0.gguf"])
        self.hub.files["b-q4_0.gguf"] = b"GGUF" * 400
        self.hub.large.add("b-q4_0.gguf")
        self.fails(1, "pull", "org/model", "--revision", "v2", says=["several .gguf", "--include", "b-q4_0.gguf"])
        self.assertEqual(list(self.states(self.pull("--revision", "v2", "--include", "b*"))), ["b-q4_0.gguf"])


class Faults(PullCase):
    def test_a_cut_connection_is_gone_on_with_where_it_broke(self):
        self.hub.cuts = 1
        report = self.pull()
        self.assertEqual(self.hub.cuts, 0)
        total = sum(len(self.hub.files[f]) for f in self.states(report))
        self.assertEqual(report["n_bytes_fetched"], total, "no byte is fetched twice")
        self.assertTrue(any("range" in r[2] for r in self.hub.requests))

    def test_a_later_run_goes_on_where_an_earlier_one_was_stopped(self):
        self.pull()
        blob = (self.snapshot / LARGE).resolve()
        content = blob.read_bytes()
        blob.unlink()
        blob.with_name(blob.name + ".incomplete").write_bytes(content[:5000])
        report = self.pull()
        self.assertEqual(self.states(report)[LARGE], "resumed")
        self.assertEqual(report["n_bytes_fetched"], len(content) - 5000)
        self.assertEqual(self.hub.of("GET", "/cdn/")[-1][2]["range"], "bytes=5000-")

    def test_a_server_without_ranges_sends_all_again(self):
        self.pull()
        blob = (self.snapshot / LARGE).resolve()
        content = blob.read_bytes()
        blob.unlink()
        blob.with_name(blob.name + ".incomplete").write_bytes(content[:5000])
        self.hub.ranges = False
        report = self.pull()
        self.assertEqual(report["n_bytes_fetched"], len(content))
        self.assertEqual((self.snapshot / LARGE).read_bytes(), content)

    def test_damaged_leftovers_are_noticed_by_the_hash_and_fetched_anew(self):
        self.pull()
        blob = (self.snapshot / LARGE).resolve()
        content = blob.read_bytes()
        blob.unlink()
        blob.with_name(blob.name + ".incomplete").write_bytes(b"x" * 5000)
        self.assertIn("damaged", self.ok("pull", "org/model").err)
        self.assertEqual((self.snapshot / LARGE).read_bytes(), content)

    def test_a_wrong_hash_leaves_nothing_that_could_be_taken_for_the_model(self):
        for file, etag in [(LARGE, "a" * 64), ("config.json", "b" * 40)]:
            with self.subTest(file=file):
                shutil.rmtree(self.cache, ignore_errors=True)
                self.hub.etags = {file: etag}
                self.fails(1, "pull", "org/model", says=[file, "hash", etag])
                self.assertFalse((self.snapshot / file).exists())
                self.assertFalse((self.repository / "refs/main").exists())
                self.assertEqual(list((self.repository / "blobs").glob(etag + "*")), [])
        self.fails(1, "embed", "x", "--model", "org/model", says=["no model 'org/model'", "akin pull org/model"])

    def test_what_passes_is_tried_again(self):
        self.hub.statuses = [(429, [("Retry-After", "0")]), (500, []), (503, [])]
        done = self.ok("pull", "org/model", "--verbose")
        self.assertIn("answers 429; trying again", done.err)
        self.assertIn("answers 503; trying again", done.err)

    def test_a_server_that_stays_broken_is_given_up(self):
        self.hub.statuses = [(500, [])] * 50
        self.fails(1, "pull", "org/model", says=["org/model", "500"])
        self.assertEqual(len(self.hub.requests), 5)

    def test_a_wait_without_end_is_not_waited(self):
        self.hub.statuses = [(429, [("Retry-After", "86400")])]
        self.fails(1, "pull", "org/model", says=["429", "86400 s"])

    def test_names_that_leave_the_folder_are_refused_before_anything_is_written(self):
        for name in ["../../escape.json", "/etc/escape", "a/../../b", "a//b", "a\\..\\b", "", ".", "a/./b", "x" * 300, "line\nend"]:
            with self.subTest(name=name):
                self.hub.bad_names = [name]
                self.fails(1, "pull", "org/model", says=["refused"])
                self.assertFalse(self.cache.exists())

    def test_answers_that_are_none_are_refused(self):
        for body in [b"<html>", b"{}", b'{"sha": "../../x", "siblings": []}', b'{"sha": "%s"}' % COMMIT.encode(), b"[" * 100_000,
                     b'{"sha": "%s", "siblings": [{"rfilename": 7}]}' % COMMIT.encode()]:
            with self.subTest(body=body[:40]):
                self.hub.info_body = body
                self.fails(1, "pull", "org/model", says=["/api/models/org/model"])

    def test_an_etag_that_is_a_path_is_refused(self):
        self.hub.etags = {"config.json": "../../../evil"}
        self.fails(1, "pull", "org/model", says=["config.json", "ETag"])

    def test_a_size_that_no_disk_holds_is_refused_at_once(self):
        self.hub.sizes = {LARGE: 1 << 60}
        self.fails(1, "pull", "org/model", says=[LARGE, "has room for", "HF_HUB_CACHE"])

    def test_more_bytes_than_announced_are_not_taken(self):
        self.hub.extra = b"x" * 100_000
        self.fails(1, "pull", "org/model", says=["more than", "announced"])

    def test_fewer_bytes_than_announced_are_an_error_and_not_a_loop(self):
        self.hub.sizes = {LARGE: len(self.hub.files[LARGE]) + 10}
        self.variables["AKIN_HTTP_TIMEOUT"] = "5"
        self.fails(1, "pull", "org/model", says=[LARGE])

    def test_unknown_names_and_revisions_are_told_apart(self):
        self.fails(1, "pull", "org/modle", says=["no model 'org/modle'", "HF_TOKEN"])
        self.fails(1, "pull", "org/model", "--revision", "v9", says=["org/model", "no revision 'v9'"])
        self.fails(2, "pull", "org/../x", says=["is not a model's name"])
        self.fails(2, "pull", "org/model", "--revision", "../x", says=["not a branch"])
        self.pull()
        self.fails(1, "pull", "org/modle", says=["here is 'org/model'"])

    def test_a_host_that_is_not_there_is_named(self):
        self.hub.close()
        self.variables["HF_ENDPOINT"] = f"http://127.0.0.1:{self.hub.port}"
        self.fails(1, "pull", "org/model", says=[f"127.0.0.1:{self.hub.port}", "tried 5 times"])

    def test_an_endpoint_that_is_no_address_is_a_usage_error(self):
        for endpoint in ["ftp://x", "huggingface.co", "http://user:pass@host", "http://ho st"]:
            self.variables["HF_ENDPOINT"] = endpoint
            self.fails(2, "pull", "org/model", says=["HF_ENDPOINT"])

    def test_two_pulls_at_once_fetch_each_file_once(self):
        both = [self.start("pull", "org/model", "--json") for _ in range(2)]
        for one in both:
            out, err = one.communicate(timeout=120)
            self.assertEqual(one.returncode, 0, err)
        for file in ["config.json", LARGE]:
            self.assertEqual(len(self.hub.of("GET", f"/resolve/{COMMIT}/{file}")), 1, file)

    def test_a_blob_that_another_tool_downloads_is_waited_for(self):
        etag = hashlib.sha256(self.hub.files[LARGE]).hexdigest()
        lock = self.cache / ".locks/models--org--model" / f"{etag}.lock"
        lock.parent.mkdir(parents=True)
        with open(lock, "w", encoding="utf-8") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            one = self.start("pull", "org/model")
            for line in one.stderr:
                if "waiting for it" in line:
                    break
            self.assertIsNone(one.poll())
        out, err = one.communicate(timeout=120)
        self.assertEqual(one.returncode, 0, err)


if __name__ == "__main__":
    unittest.main()
