"""Embedding servers for tests, on 127.0.0.1 alone: OpenAI's /v1/embeddings, Ollama's /api/embed, Titan on Bedrock. Vectors are made of the
texts by a hash, so that they can be known beforehand. Faults come on order."""
import base64
import hashlib
import hmac
import json
import math
import struct
import time
import urllib.parse

from hub_server import Handler, LocalServer

KEY = "sk-secret-of-the-test"
AWS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/secret", "AWS_SESSION_TOKEN": "session-secret",
       "AWS_REGION": "eu-central-1"}


def vector_of(text, dim):
    """Words that texts share make them near."""
    out = [0.0] * dim
    for word in text.lower().split():
        digest = hashlib.sha256(word.encode()).digest()
        for i in range(8):
            out[digest[i] % dim] += 1.0 if digest[8 + i] & 1 else -1.0
    norm = math.sqrt(sum(x * x for x in out)) or 1.0
    return [struct.unpack("<f", struct.pack("<f", x / norm))[0] for x in out]


def n_tokens_of(text):
    return len(text.split()) + 2


def aws_signature(method, target, headers, body):
    """As the manual says it, apart from the code under test."""
    credential, names, _ = [part.split("=", 1)[1] for part in headers["authorization"].removeprefix("AWS4-HMAC-SHA256 ").split(", ")]
    key_id, day, region, service, end = credential.split("/")
    path, _, query = target.partition("?")
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in names.split(";"))
    canonical = "\n".join([method, urllib.parse.quote(path, safe="/~"), query, lines, names, hashlib.sha256(body).hexdigest()])
    text = "\n".join(["AWS4-HMAC-SHA256", headers["x-amz-date"], f"{day}/{region}/{service}/{end}",
                      hashlib.sha256(canonical.encode()).hexdigest()])
    key = ("AWS4" + AWS["AWS_SECRET_ACCESS_KEY"]).encode()
    for part in (day, region, service, end):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key_id, region, service, hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


class RemoteHandler(Handler):
    def do_GET(self):
        self.note()
        if self.path == "/api/tags":
            return self.json(200, {"models": [{"name": "tiny:latest", "digest": self.owner.digest}]})
        return self.json(404, {"error": "not found"})

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.note()
        owner = self.owner
        request = json.loads(body)
        owner.bodies.append(request)
        if self.path == "/api/show":
            return self.json(200, {"model_info": {"general.architecture": "bert", "bert.context_length": 256, "bert.embedding_length": owner.dim}})
        if owner.statuses:
            status, answer, headers = owner.statuses.pop(0)
            return self.json(status, answer, headers)
        if owner.slow:
            time.sleep(owner.slow)
        if owner.cuts:
            owner.cuts -= 1
            self.answer(200, b'{"data": [', length=1000)
            return self.cut()
        if self.path == "/v1/embeddings":
            return self.openai(request)
        if self.path == "/api/embed":
            return self.ollama(request)
        return self.titan(request, body)

    def json(self, status, value, headers=()):
        text = value if isinstance(value, bytes) else json.dumps(value).encode()
        return self.answer(status, text, [("Content-Type", "application/json"), *headers])

    def openai(self, request):
        owner = self.owner
        if owner.key and self.headers.get("Authorization") != f"Bearer {owner.key}":
            return self.json(401, {"error": {"message": f"Incorrect API key provided: {self.headers.get('Authorization')}"}})
        texts, dim = request["input"], request.get("dimensions", owner.dim)
        if len(texts) > owner.most:
            return self.json(413, {"error": {"message": f"batch of more than {owner.most}"}})
        data = []
        for i, text in enumerate(texts):
            vector = vector_of(text, dim)
            if request["encoding_format"] == "base64":
                vector = base64.b64encode(struct.pack(f"<{dim}f", *vector)).decode()
            data.append({"object": "embedding", "index": i, "embedding": vector})
        n_tokens = sum(map(n_tokens_of, texts))
        reply = {"object": "list", "data": data[::-1], "model": request["model"], "usage": {"prompt_tokens": n_tokens, "total_tokens": n_tokens}}
        return self.json(200, owner.spoil(reply))

    def ollama(self, request):
        assert request["truncate"] is False
        vectors = [vector_of(text, self.owner.dim) for text in request["input"]]
        return self.json(200, self.owner.spoil({"embeddings": vectors, "prompt_eval_count": sum(map(n_tokens_of, request["input"]))}))

    def titan(self, request, body):
        headers = {k.lower(): v for k, v in self.headers.items()}
        if self.path != "/model/amazon.titan-embed-text-v2%3A0/invoke":
            return self.json(404, {"message": "no such model: " + self.path})
        key_id, region, service, signature = aws_signature("POST", self.path, headers, body)
        good = (key_id, region, service) == (AWS["AWS_ACCESS_KEY_ID"], AWS["AWS_REGION"], "bedrock")
        if not good or not headers["authorization"].endswith(signature) or headers.get("x-amz-security-token") != AWS["AWS_SESSION_TOKEN"]:
            return self.json(403, {"message": "The request signature we calculated does not match the signature you provided."})
        text = request["inputText"]
        return self.json(200, self.owner.spoil({"embedding": vector_of(text, request["dimensions"]), "inputTextTokenCount": n_tokens_of(text)}))


class RemoteServer(LocalServer):
    def __init__(self, dim=64):
        super().__init__(RemoteHandler)
        self.dim, self.key, self.digest = dim, None, "sha256:one"
        self.bodies = []  # of all POSTs
        self.most = 2048  # texts of a request
        # Faults
        self.statuses = []  # (status, answer, headers) for the next POSTs
        self.cuts, self.slow = 0, 0
        self.spoil = lambda reply: reply
