"""What stands between the console and its Git host for good is not called passing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deployments import diagnosis
from deployments.engine.exceptions import EngineError
from deployments.engine.git import Mirror, Origin
from deployments.engine.git.failures import fetch_failure, redirection
from tests.deployments.engine.githost import GitHost, make_certificate, serving
from tests.deployments.engine.repository import Repository, git

HERE = ("127.0.0.1", "localhost")
TOKEN = "token-8c7dd922ad47494f"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    return make_certificate(tmp_path / "certificate.pem", "git.example.org")


@pytest.fixture
def git_host(
    tmp_path: Path, origin: Repository, certificate: Path
) -> Iterator[GitHost]:
    git(origin.path, "update-server-info")
    (tmp_path / "served").mkdir()
    (tmp_path / "served" / "shop").symlink_to(origin.path / ".git")
    with serving(tmp_path / "served", certificate, f"oauth2:{TOKEN}") as host:
        yield host


def failure_of(mirror: Path, url: str) -> EngineError:
    with pytest.raises(EngineError) as caught:
        Mirror(mirror).fetch_branch(Origin(url, TOKEN, allowed_hosts=HERE), "main")
    return caught.value


def test_a_certificate_that_nobody_vouches_for(
    git_host: GitHost, tmp_path: Path
) -> None:
    failure = failure_of(tmp_path / "shop.git", f"{git_host.url}/shop")
    assert failure.code == "git_tls"
    advice = diagnosis.failure(failure.code, **failure.facts).advice
    assert "GIT_SSL_CAINFO" in advice


def test_a_certificate_of_another_name(
    git_host: GitHost,
    certificate: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GIT_SSL_CAINFO", str(certificate))
    url = f"https://localhost:{git_host.server_port}/shop"
    assert failure_of(tmp_path / "shop.git", url).code == "git_tls"


@pytest.mark.parametrize("name", ["GIT_SSL_CAINFO", "SSL_CERT_FILE"])
def test_an_authority_that_the_operator_names_is_trusted(
    git_host: GitHost,
    certificate: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    monkeypatch.delenv("GIT_SSL_CAINFO", raising=False)
    monkeypatch.setenv(name, str(certificate))
    origin = Origin(f"{git_host.url}/shop", TOKEN, allowed_hosts=HERE)
    mirror = Mirror(tmp_path / "shop.git")
    assert mirror.has(mirror.fetch_branch(origin, "main"))


def test_a_port_that_speaks_no_tls(web: str, tmp_path: Path) -> None:
    url = web.replace("http:", "https:") + "/200"
    assert failure_of(tmp_path / "shop.git", url).code == "git_tls"


def test_a_redirection_says_where_to(
    git_host: GitHost,
    certificate: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GIT_SSL_CAINFO", str(certificate))
    git_host.redirection = "https://git.example.org/new"
    failure = failure_of(tmp_path / "shop.git", f"{git_host.url}/shop")
    assert failure.code == "git_redirected"
    message = diagnosis.failure(failure.code, **failure.facts).message
    assert ": https://git.example.org/new/shop, which is not followed" in message


@pytest.mark.parametrize(
    "text",
    [
        "SSL certificate problem: self-signed certificate",
        "SSL certificate problem: unable to get local issuer certificate",
        "SSL certificate problem: certificate has expired",
        "server certificate verification failed. CAfile: none CRLfile: none",
        "SSL: no alternative certificate subject name matches target host name 'git'",
        "error:0A00010B:SSL routines::wrong version number",
        "gnutls_handshake() failed: An unexpected TLS packet was received.",
        "gnutls_handshake() failed: Handshake failed",
        "error setting certificate verify locations:  CAfile: /etc/ours.pem",
        "error:0A000410:SSL routines::sslv3 alert handshake failure",
    ],
)
def test_what_clients_say_of_tls(text: str) -> None:
    """Which words are used depends on the library that Git was built with."""
    printed = f"fatal: unable to access 'https://git.example.org/shop.git/': {text}"
    failure = fetch_failure(128, printed)
    assert isinstance(failure, EngineError)
    assert failure.code == "git_tls"
    assert diagnosis.diagnose("resolve", 128, printed).code == "git_tls"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (
            "Unable to negotiate with 192.0.2.1 port 22: no matching host key type "
            "found. Their offer: ssh-rsa,ssh-dss\nfatal: Could not read from remote "
            "repository.",
            "git_algorithms",
        ),
        (
            "fatal: unable to access 'https://git.example.org/': OpenSSL SSL_connect: "
            "Connection reset by peer",
            "git_unreachable",
        ),
    ],
)
def test_what_is_for_good_and_what_passes(text: str, code: str) -> None:
    failure = fetch_failure(128, text)
    assert isinstance(failure, EngineError)
    assert failure.code == code
    assert diagnosis.diagnose("resolve", 128, text).code == code


def test_a_trace_without_a_redirection_tells_none() -> None:
    assert redirection("<= Recv header: Content-Length: 0") == ""
    assert redirection("<= Recv header: location: https://a/b/info/refs?x=1\n") == (
        "https://a/b"
    )
