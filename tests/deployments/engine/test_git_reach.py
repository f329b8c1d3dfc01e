"""Which machines the console lets Git speak to, whatever a name leads to."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from deployments.engine.exceptions import EngineError
from deployments.engine.git import Mirror, Origin
from tests.deployments.engine.githost import GitHost, make_certificate, serving
from tests.deployments.engine.repository import Repository, git

HOST = "git.example.org"
TOKEN = "oauth2:token-1f3870be274f6c49"


@pytest.fixture
def mirror(tmp_path: Path) -> Mirror:
    return Mirror(tmp_path / "mirrors" / "shop.git")


@pytest.fixture
def resolves(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let every name lead to these addresses: of this process, not of Git's."""

    def lead_to(*numbers: str) -> None:
        def answer(host: str, port: int, **_: Any) -> list[Any]:
            return [(0, 0, 0, "", (number, port)) for number in numbers]

        monkeypatch.setattr(socket, "getaddrinfo", answer)

    return lead_to


@pytest.fixture
def named_host(
    tmp_path: Path, origin: Repository, monkeypatch: pytest.MonkeyPatch
) -> Iterator[GitHost]:
    """Serves the origin, with a certificate for a name that nobody can resolve."""
    git(origin.path, "update-server-info")
    (tmp_path / "served").mkdir()
    (tmp_path / "served" / "shop").symlink_to(origin.path / ".git")
    certificate = make_certificate(tmp_path / "certificate.pem", HOST)
    monkeypatch.setenv("GIT_SSL_CAINFO", str(certificate))
    with serving(tmp_path / "served", certificate, TOKEN) as host:
        yield host


def refusal_of(origin: Origin, mirror: Mirror) -> EngineError:
    with pytest.raises(EngineError) as caught:
        mirror.fetch_branch(origin, "main")
    return caught.value


@pytest.mark.parametrize("url", [f"https://{HOST}/shop", f"ssh://git@{HOST}/shop"])
@pytest.mark.parametrize(
    "numbers",
    [
        *(["127.0.0.1"], ["10.0.0.5"], ["169.254.169.254"], ["100.100.100.200"]),
        *(["::1"], ["fe80::1%eth0"], ["fd00:ec2::254"], ["64:ff9b::7f00:1"]),
        *(["::ffff:10.0.0.5"], ["2002:7f00:1::1"], ["224.0.0.1"], ["0.0.0.1"]),
        # One honest answer does not excuse the other.
        *(["140.82.121.4", "127.0.0.1"], ["2606:50c0:8000::153", "::1"]),
    ],
)
def test_a_name_that_leads_inside_is_refused(
    mirror: Mirror, resolves: Callable[..., None], url: str, numbers: list[str]
) -> None:
    resolves(*numbers)
    refusal = refusal_of(Origin(url, key="x", host_key="x"), mirror)
    assert refusal.code == "git_url_refused"
    assert "not on the public Internet" in refusal.facts["detail"]
    assert "OEC_GIT_ALLOWED_HOSTS" in refusal.facts["detail"]


@pytest.mark.parametrize("allowed", [HOST, "127.0.0.0/8", "*"])
def test_what_an_administrator_allows_is_fetched_from_the_address_that_was_checked(
    mirror: Mirror,
    named_host: GitHost,
    resolves: Callable[..., None],
    allowed: str,
) -> None:
    """Git cannot resolve this name; it goes where it is sent."""
    resolves("127.0.0.1")
    url = f"https://{HOST}:{named_host.server_port}/shop"
    origin = Origin(url, TOKEN, allowed_hosts=(allowed,))
    assert mirror.has(mirror.fetch_branch(origin, "main"))


def test_a_host_that_redirects_is_not_followed(
    mirror: Mirror, named_host: GitHost, resolves: Callable[..., None]
) -> None:
    resolves("127.0.0.1")
    named_host.redirection = "https://169.254.169.254/latest/meta-data"
    url = f"https://{HOST}:{named_host.server_port}/shop"
    refusal = refusal_of(Origin(url, TOKEN, allowed_hosts=(HOST,)), mirror)
    assert refusal.code == "git_redirected"


def test_a_name_that_leads_nowhere_may_be_asked_for_again(mirror: Mirror) -> None:
    origin = Origin("https://nothing.invalid/shop")
    refusal = refusal_of(origin, mirror)
    assert (refusal.code, refusal.facts["host"]) == (
        "git_unreachable",
        "nothing.invalid",
    )


def test_where_a_proxy_does_the_asking_its_rules_count(
    monkeypatch: pytest.MonkeyPatch, resolves: Callable[..., None]
) -> None:
    resolves("10.0.0.5")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.org:3128")
    monkeypatch.setenv("NO_PROXY", "inside.example.org")
    assert Origin(f"https://{HOST}/shop").numbers() == []
    for direct in ("https://inside.example.org/shop", f"git@{HOST}:shop"):
        with pytest.raises(EngineError):
            Origin(direct).numbers()


def test_an_ipv6_address_is_pinned_in_brackets(tmp_path: Path) -> None:
    origin = Origin(f"https://{HOST}/shop")
    way = ["140.82.121.4", "2606:50c0:8000::153"]
    with origin.opened(way, beside=tmp_path) as access:
        assert access.options == (
            "-c",
            f"http.curloptResolve={HOST}:443:140.82.121.4,[2606:50c0:8000::153]",
        )
