"""A Git host over HTTPS that asks for a token: Git's dumb protocol, files only."""

import base64
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class GitHost(ThreadingHTTPServer):
    """Serves the files below ``root`` to whoever signs in with ``credentials``."""

    daemon_threads = True

    def __init__(self, root: Path, certificate: Path, credentials: str) -> None:
        handler = partial(_Handler, directory=str(root))
        super().__init__(("127.0.0.1", 0), handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.let_in(credentials)
        self.refusal = 0
        self.redirection = ""
        self.arguments_seen = b""

    def let_in(self, credentials: str) -> None:
        encoded = base64.b64encode(credentials.encode()).decode()
        self.authorization = f"Basic {encoded}"

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.server_port}"


class _Handler(SimpleHTTPRequestHandler):
    server: GitHost

    def do_GET(self) -> None:
        self.server.arguments_seen += arguments_of_all_processes()
        if self.server.refusal:
            self.send_error(self.server.refusal)
        elif self.server.redirection:
            self.send_response(302)
            self.send_header("Location", self.server.redirection + self.path)
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif self.headers["Authorization"] != self.server.authorization:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="git"')
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            super().do_GET()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(root: Path, certificate: Path, credentials: str) -> Iterator[GitHost]:
    with GitHost(root, certificate, credentials) as host:
        thread = threading.Thread(target=host.serve_forever)
        thread.start()
        yield host
        host.shutdown()
        thread.join()


def make_certificate(file: Path, host: str = "127.0.0.1") -> Path:
    """A certificate of 127.0.0.1 and ``host``, its own authority, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.IPAddress(ip_address("127.0.0.1")), x509.DNSName(host)]
            ),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return file


def arguments_of_all_processes() -> bytes:
    """What `ps` shows to everybody."""
    arguments = b""
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            arguments += file.read_bytes()
        except OSError:
            continue
    return arguments
