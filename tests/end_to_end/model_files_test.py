"""Models that are broken in every way we could think of: one clear line, exit code 1, never a crash."""
import json
import struct
import unittest

from akin_case import TINY, AkinCase


def read_weights(folder):
    data = (folder / "model.safetensors").read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    return json.loads(data[8 : 8 + length]), data[8 + length :]


def write_weights(folder, header, body):
    text = json.dumps(header).encode()
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + body)


class BrokenModels(AkinCase):
    def setUp(self):
        super().setUp()
        self.model = self.copy_of(TINY)

    def refused(self, *says):
        self.fails(1, "embed", "x", "--model", self.model, says=says)

    def some_tensor(self, header):
        return next(name for name in header if name.endswith("layer.0.intermediate.dense.weight"))

    def test_the_copy_itself_works(self):
        self.ok("embed", "x", "--model", self.model)

    def test_a_missing_tensor_is_named(self):
        header, body = read_weights(self.model)
        name = self.some_tensor(header)
        # Renamed, so that the bytes stay accounted for.
        header["something.else"] = header.pop(name)
        write_weights(self.model, header, body)
        self.refused("model.safetensors", name.removeprefix("bert."))

    def test_a_wrong_shape_is_named_with_both_shapes(self):
        header, body = read_weights(self.model)
        name = self.some_tensor(header)
        rows, cols = header[name]["shape"]
        header[name]["shape"] = [cols, rows]
        write_weights(self.model, header, body)
        self.refused("model.safetensors", name.removeprefix("bert."), f"{cols}, {rows}")

    def test_a_truncated_file_is_refused(self):
        path = self.model / "model.safetensors"
        data = path.read_bytes()
        for keep in [0, 4, 8, 100, len(data) // 2, len(data) - 1]:
            with self.subTest(keep=keep):
                path.write_bytes(data[:keep])
                self.refused("model.safetensors")

    def test_a_lying_header_is_refused(self):
        path = self.model / "model.safetensors"
        data = path.read_bytes()
        path.write_bytes(struct.pack("<Q", 2**62) + data[8:])
        self.refused("model.safetensors")
        header, body = json.loads(data[8 : 8 + struct.unpack("<Q", data[:8])[0]]), b"\0" * 64
        write_weights(self.model, header, body)
        self.refused("model.safetensors")

    def test_an_unknown_tokenizer_kind_is_named(self):
        path = self.model / "tokenizer.json"
        tokenizer = json.loads(path.read_text())
        tokenizer["model"]["type"] = "Quantum"
        path.write_text(json.dumps(tokenizer))
        self.refused("tokenizer.json", "Quantum")

    def test_an_unknown_family_is_named(self):
        path = self.model / "config.json"
        config = json.loads(path.read_text())
        config["model_type"] = "mamba9"
        path.write_text(json.dumps(config))
        self.refused("config.json", "mamba9")

    def test_a_broken_configuration_is_named(self):
        (self.model / "config.json").write_text("{")
        self.refused("config.json")

    def test_a_truncated_gguf_is_refused(self):
        gguf = self.folder / "model.gguf"
        self.ok("convert", TINY, "-o", gguf, "--type", "f32")
        data = gguf.read_bytes()
        for keep in [0, 3, 30, len(data) // 3, len(data) - 1]:
            with self.subTest(keep=keep):
                gguf.write_bytes(data[:keep])
                self.fails(1, "embed", "x", "--model", gguf, says=["model.gguf"])


class Convert(AkinCase):
    def test_a_converted_model_gives_the_same_vectors(self):
        gguf = self.folder / "tiny.gguf"
        self.ok("convert", TINY, "-o", gguf, "--type", "f32")
        texts = ["one", "two words", ""]
        vectors = lambda model: [r["vector"] for r in self.json_lines("embed", *texts, "--model", model)]
        self.assertEqual(vectors(gguf), vectors(TINY))

    def test_a_type_that_is_none_is_refused(self):
        self.fails(2, "convert", TINY, "-o", "x.gguf", "--type", "q8", says=["--type", "did you mean 'q8_0'?"])
        self.fails(2, "convert", TINY, "-o", "x.bin", says=[".gguf"])


if __name__ == "__main__":
    unittest.main()
