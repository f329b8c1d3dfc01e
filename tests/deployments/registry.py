"""A stand-in for an image registry: the read half of the distribution protocol.

Docker takes plain HTTP from the loopback network without being told to.
"""

import base64
import hashlib
import json
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.deployments.dockerd import Dockerd

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
CONFIG = "application/vnd.docker.container.image.v1+json"
LAYER = "application/vnd.docker.image.rootfs.diff.tar"


class Registry:
    """Serves one image, ``shop:1``, to whoever knows the password.

    ``is_limited`` makes it answer as one whose pull limit is reached.
    """

    USERNAME = "deployer"
    PASSWORD = "registry-pa55word"

    def __init__(self, engine: Dockerd, image: str) -> None:
        self.is_limited = False
        self.blobs: dict[str, tuple[str, bytes]] = {}
        self.manifest = self._read(engine, image)
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever)

    @property
    def digest(self) -> str:
        return f"sha256:{hashlib.sha256(self.manifest).hexdigest()}"

    def move_tag(self, engine: Dockerd, image: str) -> None:
        """From now on ``shop:1`` is ``image``; what it was stays under its digest."""
        self.blobs[self.digest] = (MANIFEST, self.manifest)
        self.manifest = self._read(engine, image)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._server.server_port}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _read(self, engine: Dockerd, image: str) -> bytes:
        folder = engine.directory / "registry"
        folder.mkdir(exist_ok=True)
        engine.docker("save", "--output", folder / "image.tar", image)
        with tarfile.open(folder / "image.tar") as archive:
            archive.extractall(folder, filter="data")
        (saved,) = json.loads((folder / "manifest.json").read_text())
        manifest = {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": self._keep(CONFIG, folder / saved["Config"]),
            "layers": [self._keep(LAYER, folder / name) for name in saved["Layers"]],
        }
        return json.dumps(manifest).encode()

    def _keep(self, kind: str, file: Path) -> dict[str, object]:
        data = file.read_bytes()
        digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
        self.blobs[digest] = (kind, data)
        return {"mediaType": kind, "size": len(data), "digest": digest}


_LOGIN = base64.b64encode(f"{Registry.USERNAME}:{Registry.PASSWORD}".encode()).decode()
_AUTHORIZATION = f"Basic {_LOGIN}"


class _Server(ThreadingHTTPServer):
    def __init__(self, registry: Registry) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.registry = registry


class _Handler(BaseHTTPRequestHandler):
    server: "_Server"
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        name = self.path.rpartition("/")[2]
        if self.headers["Authorization"] != _AUTHORIZATION:
            self._refuse(401, "UNAUTHORIZED", "authentication required")
        elif self.server.registry.is_limited and "/manifests/" in self.path:
            self._refuse(429, "TOOMANYREQUESTS", "You have reached your limit")
        elif name in self.server.registry.blobs:
            self._answer(200, *self.server.registry.blobs[name])
        elif self.path.startswith("/v2/shop/manifests/"):
            self._answer(200, MANIFEST, self.server.registry.manifest)
        else:
            self._answer(200, "application/json", b"{}")

    def do_HEAD(self) -> None:
        self.do_GET()

    def _refuse(self, status: int, code: str, message: str) -> None:
        body = {"errors": [{"code": code, "message": message}]}
        self._answer(status, "application/json", json.dumps(body).encode())

    def _answer(self, status: int, kind: str, data: bytes) -> None:
        self.send_response(status)
        if status == 401:
            self.send_header("WWW-Authenticate", 'Basic realm="registry"')
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        digest = hashlib.sha256(data).hexdigest()
        self.send_header("Docker-Content-Digest", f"sha256:{digest}")
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Say nothing."""
