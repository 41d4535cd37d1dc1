"""verify: the proof that vectors are right, on this machine."""
import json
import os
import shutil
import unittest

from akin_case import ROOT, TINY, AkinCase

REFERENCE = ROOT / "models/all-MiniLM-L6-v2.reference.safetensors"


class Verify(AkinCase):
    def test_a_model_without_reference_is_proved_invariant(self):
        model = self.copy_of(TINY)
        (model / "expected.safetensors").unlink()
        report = self.json("verify", model)
        self.assertTrue(report["passed"])
        self.assertTrue(report["invariant"])
        self.assertIsNone(report["reference"])
        self.assertEqual(len(report["invariance"]), 7)

    def test_a_folder_with_its_references_answers_is_compared_with_them(self):
        for name, of in (("models/bert", "tokens"), ("models/nomic-bert", "tokens"), ("sentence-transformers/two-dense", "texts")):
            report = self.json("verify", ROOT / "tests/golden" / name)
            self.assertTrue(report["passed"], report)
            self.assertEqual(report["reference"]["of"], of)
            self.assertEqual(report["reference"]["n_ids_equal"], report["n_texts"])
        model = self.copy_of(ROOT / "tests/golden/models/bert")
        config = json.loads((model / "config.json").read_text())
        (model / "config.json").write_text(json.dumps({**config, "hidden_act": "relu"}))
        self.fails(1, "verify", model, says=["did not pass"])

    def test_a_reranker_is_compared_by_its_scores(self):
        report = self.json("verify", ROOT / "tests/golden/sentence-transformers/cross-encoder-3")
        self.assertTrue(report["passed"], report)
        self.assertEqual(report["reference"]["of"], "pairs")
        model = self.copy_of(ROOT / "tests/golden/sentence-transformers/cross-encoder")
        config = json.loads((model / "config.json").read_text())
        (model / "config.json").write_text(json.dumps({**config, "hidden_act": "relu"}))
        self.fails(1, "verify", model, says=["did not pass"])

    def test_a_reference_of_another_model_does_not_pass(self):
        self.fails(1, "verify", TINY, "--reference", REFERENCE, says=["384"])

    def test_a_broken_reference_is_named(self):
        broken = self.write("broken.safetensors", REFERENCE.read_bytes()[:1000])
        self.fails(1, "verify", TINY, "--reference", broken, says=["broken.safetensors"])

    def test_the_embedded_model_passes(self):
        if not list((ROOT / "models").glob("*.gguf")):
            self.skipTest("the embedded model is not in this tree")
        report = self.json("verify")
        self.assertTrue(report["passed"], report)
        self.assertEqual(report["reference"]["n_ids_equal"], report["n_texts"])

    def test_the_f32_model_equals_the_reference(self):
        model = os.environ.get("AKIN_TEST_MINILM")
        if not model:
            self.skipTest("AKIN_TEST_MINILM does not name the f32 model (./check fetches it)")
        report = self.json("verify", model, "--reference", REFERENCE)
        self.assertTrue(report["passed"], report)
        self.assertLessEqual(report["reference"]["max_abs_difference"], 1e-5)

    def test_a_reference_lies_in_the_models_folder(self):
        model = self.copy_of(TINY)
        shutil.copy(REFERENCE, model / "reference.safetensors")
        self.fails(1, "verify", model, says=["384"])


if __name__ == "__main__":
    unittest.main()
