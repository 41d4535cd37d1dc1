"""A Hub for tests: models in memory, the addresses and headers that huggingface.co answers with, and faults on order. On 127.0.0.1 alone."""
import hashlib
import http.server
import json
import threading
import urllib.parse

COMMIT = "0123456789abcdef0123456789abcdef01234567"
TOKEN = "hf_secret_of_the_test"


def git_hash(content):
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


class QuietServer(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """Clients that go away in the middle are part of the tests."""


class LocalServer:
    """Runs a handler class until close(); `handler.owner` is this object."""

    def __init__(self, handler):
        self.requests = []  # (method, path, headers) of all that came
        self.server = QuietServer(("127.0.0.1", 0), type("Handler", (handler,), {"owner": self}))
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(10)

    def of(self, method, part):
        return [r for r in self.requests if r[0] == method and part in r[1]]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30

    def log_message(self, *_):
        pass

    def note(self):
        self.owner.requests.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}))

    def answer(self, status, body=b"", headers=(), length=None):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def cut(self):
        """Ends the connection in the middle of what was announced."""
        self.wfile.flush()
        self.close_connection = True
        self.connection.shutdown(2)


class HubHandler(Handler):
    def do_HEAD(self):
        self.route()

    def do_GET(self):
        self.route()

    def route(self):
        self.note()
        hub = self.owner
        path = urllib.parse.unquote(urllib.parse.urlparse(self.path).path)
        if hub.statuses:
            status, headers = hub.statuses.pop(0)
            return self.answer(status, b"a page for people", headers)
        if hub.gated and self.headers.get("Authorization") != f"Bearer {TOKEN}":
            return self.answer(403, b"", [("X-Error-Code", "GatedRepo"), ("X-Error-Message", "Access to model is restricted")])
        if path.startswith("/api/models/"):
            return self.info(path.removeprefix("/api/models/"))
        if path.startswith("/cdn/"):
            return self.content(hub.files[path.removeprefix("/cdn/")])
        name, _, rest = path.removeprefix("/").partition("/resolve/")
        commit, _, file = rest.partition("/")
        if name not in (hub.name, hub.old_name) or file not in hub.files:
            return self.answer(404, b"", [("X-Error-Code", "EntryNotFound")])
        return self.resolve(commit, file)

    def info(self, rest):
        hub = self.owner
        name, _, revision = rest.partition("/revision/")
        if name == hub.old_name:
            return self.answer(307, b"", [("Location", f"/api/models/{hub.name}/revision/{revision}")])
        if name != hub.name:
            return self.answer(401, b'{"error":"Repository not found"}', [("X-Error-Code", "RepoNotFound")])
        if revision not in hub.revisions:
            return self.answer(404, b"", [("X-Error-Code", "RevisionNotFound")])
        siblings = [{"rfilename": file, "size": len(content)} for file, content in hub.files.items()]
        siblings += [{"rfilename": file} for file in hub.bad_names]
        return self.answer(200, hub.info_body or json.dumps({"id": name, "sha": hub.revisions[revision], "siblings": siblings}).encode())

    def resolve(self, commit, file):
        hub = self.owner
        content = hub.files[file]
        headers = [("X-Repo-Commit", commit)]
        if file not in hub.large:
            headers.append(("ETag", f'"{hub.etags.get(file, git_hash(content))}"'))
            return self.content(content, headers)
        headers += [("X-Linked-Etag", f'"{hub.etags.get(file, hashlib.sha256(content).hexdigest())}"'),
                    ("X-Linked-Size", str(hub.sizes.get(file, len(content)))), ("Location", hub.cdn + "/cdn/" + urllib.parse.quote(file))]
        return self.answer(302, b"", headers)

    def content(self, content, headers=()):
        hub = self.owner
        if self.command == "HEAD":
            return self.answer(200, content, headers)
        begin, status = 0, 200
        asked = self.headers.get("Range")
        if asked and hub.ranges:
            begin, status = int(asked.removeprefix("bytes=").removesuffix("-")), 206
            headers = [*headers, ("Content-Range", f"bytes {begin}-{len(content) - 1}/{len(content)}")]
        part = content[begin:]
        if hub.extra:
            return self.answer(status, part + hub.extra, headers)
        if hub.cuts and len(part) > 1000:
            hub.cuts -= 1
            self.answer(status, part[: len(part) // 2], headers, length=len(part))
            return self.cut()
        return self.answer(status, part, headers)


class Hub(LocalServer):
    """One model, org/model, and another server as its CDN, which must never see the token."""

    def __init__(self, files, name="org/model"):
        super().__init__(HubHandler)
        self.name, self.old_name = name, None
        self.files = dict(files)
        self.large = {file for file in files if file.endswith((".safetensors", ".gguf"))}
        self.revisions = {"main": COMMIT, COMMIT: COMMIT, "v2": COMMIT[::-1]}
        self.cdn = self.url
        # Faults
        self.statuses = []  # (status, headers) for the next requests
        self.cuts = 0  # answers that break off in their middle
        self.etags, self.sizes = {}, {}  # lies
        self.extra = b""  # bytes after the end
        self.bad_names, self.info_body = [], None
        self.gated, self.ranges = False, True
