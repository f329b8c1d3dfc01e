"""The mirror on the console, with real Git and a real HTTPS host."""

import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from deployments.engine.exceptions import CommandFailed, EngineError
from deployments.engine.git import Mirror, Origin
from deployments.engine.git.failures import failure_of, fetch_failure
from tests.deployments.engine.githost import (
    GitHost,
    arguments_of_all_processes,
    make_certificate,
    serving,
)
from tests.deployments.engine.lab import Lab, wait_until
from tests.deployments.engine.repository import Repository, git

TOKEN = "token-1f3870be274f6c49"
HERE = ("127.0.0.1",)


@pytest.fixture
def mirror(tmp_path: Path) -> Mirror:
    return Mirror(tmp_path / "mirrors" / "shop.git")


@pytest.fixture
def local(origin: Repository) -> Origin:
    return Origin(origin.url, allow_local=True)


@pytest.fixture
def git_host(
    tmp_path: Path, origin: Repository, monkeypatch: pytest.MonkeyPatch
) -> Iterator[GitHost]:
    git(origin.path, "update-server-info")
    (tmp_path / "served").mkdir()
    (tmp_path / "served" / "shop").symlink_to(origin.path / ".git")
    certificate = make_certificate(tmp_path / "certificate.pem")
    monkeypatch.setenv("GIT_SSL_CAINFO", str(certificate))
    with serving(tmp_path / "served", certificate, f"oauth2:{TOKEN}") as host:
        yield host


def test_a_branch_is_fetched_as_the_commit_at_its_head(
    mirror: Mirror, local: Origin, origin: Repository
) -> None:
    head = origin.commit("Say --format=%H $(id)\n\nBody", {"app.txt": "two\n"})
    assert mirror.fetch_branch(local, "main") == head
    assert mirror.has(head)
    assert mirror.subject(head) == "Say --format=%H $(id)"


def test_a_branch_named_like_a_commit_is_not_taken_for_it(
    mirror: Mirror, local: Origin, origin: Repository
) -> None:
    first = git(origin.path, "rev-parse", "HEAD")
    second = origin.commit("Two", {"app.txt": "two\n"})
    git(origin.path, "branch", first[:12], second)
    assert mirror.fetch_branch(local, first[:12]) == second
    assert _failure(lambda: mirror.has(first[:12])).code == "commit_unavailable"


def test_a_branch_may_take_the_place_of_another(
    mirror: Mirror, local: Origin, origin: Repository
) -> None:
    git(origin.path, "branch", "feature")
    mirror.fetch_branch(local, "feature")
    git(origin.path, "branch", "-D", "feature")
    git(origin.path, "branch", "feature/x")
    assert mirror.has(mirror.fetch_branch(local, "feature/x"))


def test_a_commit_stays_when_the_branch_and_the_origin_forget_it(
    mirror: Mirror, local: Origin, origin: Repository, tmp_path: Path
) -> None:
    commit = mirror.fetch_branch(local, "main")
    mirror.pin(commit, uuid4())
    origin.force_push_away()
    new = mirror.fetch_branch(local, "main")
    git(tmp_path / "mirrors" / "shop.git", "gc", "--quiet", "--prune=now")

    assert mirror.has(commit)
    assert not mirror.is_on_branch(commit, new)
    assert mirror.is_on_branch(new, new)


def test_a_commit_that_no_branch_holds_is_fetched_by_its_name(
    mirror: Mirror, local: Origin, origin: Repository
) -> None:
    commit = origin.commit("Two", {"app.txt": "two\n"})
    git(origin.path, "reset", "--quiet", "--hard", "HEAD~1")
    mirror.fetch_commit(local, commit)
    assert mirror.has(commit)


def test_a_commit_that_is_gone_is_unavailable(mirror: Mirror, local: Origin) -> None:
    failure = _failure(lambda: mirror.fetch_commit(local, "1" * 40))
    assert failure.code == "commit_unavailable"
    assert failure.facts["commit"] == "1" * 40


def test_an_absent_mirror_has_nothing(mirror: Mirror) -> None:
    assert not mirror.has("1" * 40)


@pytest.mark.parametrize(
    "branch", ["--upload-pack=touch hacked", "-x", "a b", "main:refs/heads/x", "../x"]
)
def test_a_branch_that_is_none_never_reaches_git(
    mirror: Mirror,
    local: Origin,
    branch: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    failure = _failure(lambda: mirror.fetch_branch(local, branch))
    assert failure.code == "git_branch_not_found"
    assert not (tmp_path / "hacked").exists()


@pytest.mark.parametrize(
    "url",
    [
        "ext::sh -c 'touch hacked'",
        "--upload-pack=touch hacked",
        "http://example.com/shop.git",
        "ssh://-oProxyCommand=x/y",
        "git@-oProxyCommand=x:y",
        "file:///srv/shop.git",
        "/srv/shop.git",
        "https://127.0.0.1/shop.git",
        f"https://alice:{TOKEN}@example.com/shop.git",
    ],
)
def test_an_address_that_is_not_allowed_is_refused(mirror: Mirror, url: str) -> None:
    failure = _failure(lambda: mirror.fetch_branch(Origin(url), "main"))
    assert failure.code == "git_url_refused"


def test_an_absent_branch(mirror: Mirror, local: Origin) -> None:
    failure = _failure(lambda: mirror.fetch_branch(local, "other"))
    assert (failure.code, failure.facts["branch"]) == ("git_branch_not_found", "other")


def test_an_absent_repository(mirror: Mirror, tmp_path: Path) -> None:
    origin = Origin(f"file://{tmp_path}/nothing", allow_local=True)
    failure = _failure(lambda: mirror.fetch_branch(origin, "main"))
    assert failure.code == "git_repository_not_found"


def test_a_git_host_that_is_down(mirror: Mirror) -> None:
    origin = Origin("https://127.0.0.1:1/shop.git", allowed_hosts=HERE)
    failure = _failure(lambda: mirror.fetch_branch(origin, "main"))
    assert (failure.code, failure.facts["url"]) == ("git_unreachable", origin.url)


@pytest.mark.parametrize("token", [TOKEN, f"oauth2:{TOKEN}"])
def test_a_token_opens_a_private_repository_and_shows_nowhere(
    mirror: Mirror, git_host: GitHost, tmp_path: Path, token: str
) -> None:
    origin = Origin(git_host.url + "/shop", token, allowed_hosts=HERE)
    commit = mirror.fetch_branch(origin, "main")

    assert mirror.has(commit)
    assert b"credential" in git_host.arguments_seen
    assert TOKEN.encode() not in git_host.arguments_seen
    files = [file for file in (tmp_path / "mirrors").rglob("*") if file.is_file()]
    assert not any(TOKEN.encode() in file.read_bytes() for file in files)
    assert TOKEN not in repr(Origin(git_host.url, token))


@pytest.mark.parametrize("token", ["", "wrong", f"alice:{TOKEN}"])
def test_a_wrong_token(mirror: Mirror, git_host: GitHost, token: str) -> None:
    origin = Origin(git_host.url + "/shop", token, allowed_hosts=HERE)
    failure = _failure(lambda: mirror.fetch_branch(origin, "main"))
    assert failure.code == "git_auth_failed"
    assert TOKEN not in str(failure.facts)


def test_a_token_is_not_shown_to_another_host(mirror: Mirror, tmp_path: Path) -> None:
    origin = Origin("https://localhost:1/shop", TOKEN, allowed_hosts=("localhost",))
    with origin.opened(["127.0.0.1"], beside=tmp_path) as access:
        option, helper, *_ = access.options
    assert option == "-c"
    assert helper.startswith("credential.https://localhost:1.helper=")


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (301, "git_redirected"),
        (403, "git_auth_failed"),
        (404, "git_repository_not_found"),
        (429, "git_unreachable"),
        (503, "git_unreachable"),
    ],
)
def test_what_a_git_host_answers(
    mirror: Mirror, git_host: GitHost, status: int, code: str
) -> None:
    git_host.refusal = status
    origin = Origin(git_host.url + "/shop", TOKEN, allowed_hosts=HERE)
    assert _failure(lambda: mirror.fetch_branch(origin, "main")).code == code


@pytest.mark.parametrize(
    "text",
    [
        "fatal: write error: No space left on device\n"
        "fatal: fetch-pack: invalid index-pack output",
        "fatal: unable to create temporary file: No space left on device",
        "error: cannot lock ref 'refs/oec/x': Unable to create 'x.lock': No space left"
        " on device",
        "fatal: sha1 file '<stdout>' write error. Out of diskspace",
        "error: file write error: Disk quota exceeded\nfatal: early EOF",
    ],
)
def test_a_console_without_room_is_told_from_a_git_host_without(text: str) -> None:
    for failure in (fetch_failure(128, text), failure_of(128, text)):
        assert isinstance(failure, EngineError)
        assert failure.code == "console_disk_full"
    theirs = f"remote: {text.replace(chr(10), f'{chr(10)}remote: ')}"
    assert getattr(fetch_failure(128, theirs), "code", "") != "console_disk_full"


def test_a_console_without_git(
    mirror: Mirror, local: Origin, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mirror.fetch_branch(local, "main")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert _failure(lambda: mirror.fetch_branch(local, "main")).code == "git_missing"
    assert _failure(lambda: mirror.has("a" * 40)).code == "git_missing"


def test_a_failure_that_nobody_knows_keeps_its_text() -> None:
    failure = fetch_failure(128, "fatal: the moon is in the way")
    assert isinstance(failure, CommandFailed)
    assert (failure.exit_code, failure.output) == (128, "fatal: the moon is in the way")


def test_a_fetch_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    started = time.monotonic()

    def tick() -> None:
        if time.monotonic() - started > 0.5:
            raise EngineError("step_timeout")

    with _listening() as port:
        mirror = Mirror(tmp_path / "mirror", tick=tick)
        origin = Origin(f"https://127.0.0.1:{port}/shop.git", allowed_hosts=HERE)
        assert _failure(lambda: mirror.fetch_branch(origin, "main")).code == (
            "step_timeout"
        )
    assert time.monotonic() - started < 5
    wait_until(
        lambda: f"127.0.0.1:{port}".encode() not in arguments_of_all_processes(),
        "Git's children",
    )


def test_a_pack_holds_only_what_is_missing(
    mirror: Mirror, local: Origin, origin: Repository, tmp_path: Path
) -> None:
    first = mirror.fetch_branch(local, "main")
    server = tmp_path / "server.git"
    subprocess.run(["git", "init", "--quiet", "--bare", server], check=True)
    _index(server, b"".join(mirror.pack(first, [])))
    origin.commit("Two", {"new.txt": "new\n"})
    second = mirror.fetch_branch(local, "main")

    pack = b"".join(mirror.pack(second, [first, "1" * 40]))

    assert int.from_bytes(pack[8:12], "big") == 3  # a commit, a tree, a file
    _index(server, pack)
    assert git(server, "show", f"{second}:new.txt") == "new"


def test_an_unfinished_pack_leaves_no_process(
    mirror: Mirror, local: Origin, origin: Repository, tmp_path: Path
) -> None:
    origin.commit("Big", {"big.txt": "".join(map(str, range(200_000)))})
    commit = mirror.fetch_branch(local, "main")
    with closing(mirror.pack(commit, [])) as pack:
        next(pack)
    assert str(tmp_path).encode() not in arguments_of_all_processes()


def test_a_pack_of_an_unknown_commit_fails(mirror: Mirror, local: Origin) -> None:
    mirror.fetch_branch(local, "main")
    with pytest.raises(CommandFailed, match="128"):
        list(mirror.pack("1" * 40, []))


def _failure(action: Callable[[], object]) -> EngineError:
    with pytest.raises(EngineError) as caught:
        action()
    return caught.value


def _index(repository: Path, pack: bytes) -> None:
    subprocess.run(
        ["git", "-C", repository, "index-pack", "--stdin", "--fix-thin"],
        input=pack,
        check=True,
        capture_output=True,
    )


@contextmanager
def _listening() -> Iterator[int]:
    """Accepts connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize("branch", ["feature/#123-$(id)'é\"&%日本", "A" * 200])
def test_an_odd_branch_is_deployed_as_any_other(
    lab: Lab, origin: Repository, branch: str
) -> None:
    git(origin.path, "branch", branch)
    deployment = lab.succeed(
        git_branch=branch, build_command='printf "%s\\n" "$OEC_BRANCH"'
    )
    assert deployment.log.decode() == f"{branch}\n"
