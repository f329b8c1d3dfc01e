"""Git over SSH: a real sshd, a deploy key, a pinned host key, nothing left behind."""

import os
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from deployments.engine.exceptions import EngineError
from deployments.engine.git import Mirror, Origin
from deployments.engine.ssh import fingerprint, generate_key
from tests.deployments.engine.githost import arguments_of_all_processes
from tests.deployments.engine.lab import Lab, wait_until
from tests.deployments.engine.repository import Repository, git
from tests.deployments.sshd import Sshd

HERE = ("127.0.0.1",)


@pytest.fixture
def mirror(tmp_path: Path) -> Mirror:
    return Mirror(tmp_path / "mirrors" / "shop.git")


@pytest.fixture
def mute() -> Iterator[int]:
    """A port that accepts connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def over_ssh(sshd: Sshd, repository: Repository) -> Origin:
    """The repository as this server offers it."""
    target = sshd.target
    return Origin(
        f"ssh://{target.username}@127.0.0.1:{target.port}{repository.path}",
        key=target.private_key,
        host_key=target.host_key,
        allowed_hosts=HERE,
    )


@pytest.fixture
def remote(sshd: Sshd, origin: Repository) -> Origin:
    return over_ssh(sshd, origin)


def failure_of(action: Callable[[], object]) -> EngineError:
    with pytest.raises(EngineError) as caught:
        action()
    return caught.value


def test_a_deploy_key_opens_a_repository(
    mirror: Mirror, remote: Origin, origin: Repository
) -> None:
    head = origin.commit("Two", {"app.txt": "two\n"})
    assert mirror.fetch_branch(remote, "main") == head
    newer = origin.commit("Three", {"app.txt": "three\n"})
    mirror.fetch_commit(remote, newer)
    assert mirror.has(newer)


def test_no_private_file_is_left_behind(
    mirror: Mirror, remote: Origin, tmp_path: Path
) -> None:
    mirror.fetch_branch(remote, "main")
    failure_of(lambda: mirror.fetch_branch(remote, "absent"))
    left = sorted(file.name for file in (tmp_path / "mirrors").iterdir())
    assert left == ["shop.git", "shop.git.lock"]
    middle = remote.key.splitlines()[2].encode()
    files = [file for file in (tmp_path / "mirrors").rglob("*") if file.is_file()]
    assert files
    assert not any(middle in file.read_bytes() for file in files)
    assert "PRIVATE KEY" not in repr(remote)


def test_the_key_is_a_file_that_only_its_owner_reads(
    remote: Origin, tmp_path: Path
) -> None:
    with remote.opened(["127.0.0.1"], beside=tmp_path / "shop.git") as access:
        (folder,) = tmp_path.glob("shop.git.ssh-*")
        assert folder.stat().st_mode & 0o777 == 0o700
        modes = {file.name: file.stat().st_mode & 0o077 for file in folder.iterdir()}
        assert modes == {"key": 0, "known_hosts": 0, "configuration": 0}
        assert access.environment["GIT_ALLOW_PROTOCOL"] == "ssh"
        assert remote.key.strip() not in str(access.environment)
    assert not folder.exists()


def test_a_fetch_that_is_interrupted_leaves_neither_key_nor_process(
    tmp_path: Path, remote: Origin, mute: int
) -> None:
    silent = replace(remote, url=f"ssh://git@127.0.0.1:{mute}/shop.git")
    started = time.monotonic()

    def tick() -> None:
        if time.monotonic() - started > 0.5:
            raise EngineError("step_timeout")

    slow = Mirror(tmp_path / "mirrors" / "shop.git", tick=tick)
    failure = failure_of(lambda: slow.fetch_branch(silent, "main"))

    assert failure.code == "step_timeout"
    left = sorted(file.name for file in (tmp_path / "mirrors").iterdir())
    assert left == ["shop.git", "shop.git.lock"]
    wait_until(
        lambda: str(tmp_path).encode() not in arguments_of_all_processes(),
        "ssh has ended",
    )


def test_what_a_killed_worker_left_behind_is_removed_by_the_next_fetch(
    mirror: Mirror, remote: Origin, tmp_path: Path
) -> None:
    old, young = (tmp_path / "mirrors" / f"shop.git.ssh-{age}" for age in ("a", "b"))
    for folder in (old, young):
        folder.mkdir(parents=True)
        (folder / "key").write_text(remote.key)
    os.utime(old, (0, 0))
    mirror.fetch_branch(remote, "main")
    assert (old.exists(), young.exists()) == (False, True)


def test_a_key_that_the_host_does_not_know(mirror: Mirror, remote: Origin) -> None:
    stranger = replace(remote, key=generate_key()[0])
    failure = failure_of(lambda: mirror.fetch_branch(stranger, "main"))
    assert (failure.code, failure.facts["host"]) == ("git_auth_failed", "127.0.0.1")


@pytest.mark.parametrize(
    ("missing", "code"),
    [
        ({"key": ""}, "git_deploy_key_missing"),
        ({"host_key": ""}, "git_host_key_unknown"),
        ({"key": "", "host_key": ""}, "git_host_key_unknown"),
    ],
)
def test_without_a_key_nobody_is_asked(
    mirror: Mirror, remote: Origin, missing: dict[str, Any], code: str
) -> None:
    silent = replace(remote, url="ssh://git@127.0.0.1:1/shop.git", **missing)
    assert failure_of(lambda: mirror.fetch_branch(silent, "main")).code == code


@pytest.mark.parametrize("kind", ["ssh-ed25519", "ssh-rsa"])
def test_another_host_key_than_the_accepted_one_is_refused(
    mirror: Mirror, remote: Origin, sshd: Sshd, kind: str
) -> None:
    """Also when the host has no key of the accepted kind at all."""
    other = generate_key()[1] if kind == "ssh-ed25519" else _rsa_key()
    failure = failure_of(
        lambda: mirror.fetch_branch(replace(remote, host_key=other), "main")
    )
    assert failure.code == "git_host_key_mismatch"
    assert "Permission denied" not in failure.facts["detail"], "nothing was shown to it"


def test_a_deployment_tells_both_fingerprints(lab: Lab, remote: Origin) -> None:
    other = generate_key()[1]
    deployment = lab.deploy(
        git_url=remote.url,
        git_key=remote.key,
        git_host_key=other,
        git_allowed_hosts=HERE,
        allow_local_git=False,
    )
    assert deployment.code == "git_host_key_mismatch"
    assert isinstance(deployment.error, EngineError)
    assert deployment.error.facts["expected"] == fingerprint(other)
    assert deployment.error.facts["actual"] == fingerprint(remote.host_key)


def test_an_absent_repository_and_an_absent_branch(
    mirror: Mirror, remote: Origin
) -> None:
    nothing = replace(remote, url=remote.url + "/nothing")
    absent = failure_of(lambda: mirror.fetch_branch(nothing, "main"))
    assert absent.code == "git_repository_not_found"
    other = failure_of(lambda: mirror.fetch_branch(remote, "other"))
    assert other.code == "git_branch_not_found"


def test_a_host_that_is_down(mirror: Mirror, remote: Origin) -> None:
    down = replace(remote, url="ssh://git@127.0.0.1:1/shop.git")
    assert failure_of(lambda: mirror.fetch_branch(down, "main")).code == (
        "git_unreachable"
    )


def test_a_fetch_that_is_cut_in_the_middle_begins_anew(
    lab: Lab, own_sshd: Sshd, origin: Repository
) -> None:
    git(origin.path, "config", "core.bigFileThreshold", "1m")
    (origin.path / "large.bin").write_bytes(os.urandom(48 * 2**20))
    origin.commit("Grow", {})
    remote = over_ssh(own_sshd, origin)
    deployment = lab.start(
        git_url=remote.url,
        git_key=remote.key,
        git_host_key=remote.host_key,
        git_allowed_hosts=HERE,
    )
    wait_until(lambda: any(lab.mirror.rglob("tmp_pack_*")), "half of the pack is here")

    own_sshd.cut()

    deployment.join()
    assert deployment.error is None
    assert b"unexpected disconnect" in deployment.log
    assert list(lab.mirror.rglob("tmp_*")) == []


def test_a_console_without_ssh(
    mirror: Mirror, remote: Origin, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "bin").mkdir()
    for program in ("git", "sh"):
        executable = next(
            Path(folder, program)
            for folder in os.environ["PATH"].split(":")
            if Path(folder, program).exists()
        )
        (tmp_path / "bin" / program).symlink_to(executable)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert failure_of(lambda: mirror.fetch_branch(remote, "main")).code == (
        "git_ssh_missing"
    )


def test_another_address_of_the_name_is_tried_when_one_does_not_answer(
    mirror: Mirror, remote: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client connects to one address only: the one that was checked."""
    monkeypatch.setattr(Origin, "numbers", lambda self: ["127.0.0.2", "127.0.0.1"])
    assert mirror.has(mirror.fetch_branch(remote, "main"))


def _rsa_key() -> str:
    """The public line of a key that nobody holds any more."""
    public = rsa.generate_private_key(65537, 2048).public_key()
    return public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
