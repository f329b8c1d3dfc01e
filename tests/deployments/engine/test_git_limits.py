"""How large a repository may become, and what a fetch that ends early leaves behind."""

import os
from pathlib import Path
from uuid import uuid4

import pytest

from deployments.engine.exceptions import EngineError
from deployments.engine.git import Limits, Mirror, Origin
from tests.deployments.engine.lab import Lab
from tests.deployments.engine.repository import Repository, git

MEBIBYTE = 2**20


def add_blob(repository: Repository, name: str, size: int) -> str:
    git(repository.path, "config", "core.bigFileThreshold", "1m")
    (repository.path / name).write_bytes(os.urandom(size))
    return repository.commit(f"Add {name}", {})


def size_of(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "mirrors" / "shop.git"


@pytest.fixture
def local(origin: Repository) -> Origin:
    return Origin(origin.url, allow_local=True)


def refused(mirror: Mirror, local: Origin, branch: str = "main") -> str:
    with pytest.raises(EngineError) as caught:
        mirror.fetch_branch(local, branch)
    return caught.value.code


@pytest.mark.parametrize("files", [1, 150])
def test_a_repository_that_is_too_large_leaves_nothing_of_itself_behind(
    path: Path, local: Origin, origin: Repository, files: int
) -> None:
    for number in range(files):
        (origin.path / f"{number}").write_bytes(os.urandom(8 * MEBIBYTE // files))
    origin.commit("Grow", {})

    mirror = Mirror(path, limits=Limits(repository_bytes=4 * MEBIBYTE))

    assert refused(mirror, local) == "git_repository_too_large"
    assert size_of(path) < MEBIBYTE
    assert git(path, "for-each-ref") == ""


def test_what_was_there_before_stays_when_more_would_be_too_much(
    path: Path, local: Origin, origin: Repository
) -> None:
    mirror = Mirror(path, limits=Limits(repository_bytes=4 * MEBIBYTE))
    first = add_blob(origin, "small", MEBIBYTE)
    mirror.fetch_branch(local, "main")
    mirror.pin(first, uuid4())
    add_blob(origin, "large", 8 * MEBIBYTE)

    assert refused(mirror, local) == "git_repository_too_large"

    assert mirror.has(first)
    assert git(path, "fsck", "--no-dangling") == ""
    assert size_of(path) < 2 * MEBIBYTE
    larger = Mirror(path, limits=Limits(repository_bytes=16 * MEBIBYTE))
    assert larger.has(larger.fetch_branch(local, "main"))


def test_a_fetch_is_ended_while_it_grows(
    path: Path, local: Origin, origin: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deployments.engine.git.limits.LOOK_SECONDS", 0.0)
    add_blob(origin, "large", 32 * MEBIBYTE)
    mirror = Mirror(path, limits=Limits(repository_bytes=MEBIBYTE))
    assert refused(mirror, local) == "git_repository_too_large"
    assert size_of(path) < MEBIBYTE


def test_an_interrupted_fetch_leaves_no_half_file(
    path: Path, local: Origin, origin: Repository
) -> None:
    commit = add_blob(origin, "large", 32 * MEBIBYTE)

    def tick() -> None:
        if any(path.rglob("tmp_*")):
            raise EngineError("step_timeout")

    assert refused(Mirror(path, tick=tick), local) == "step_timeout"
    assert list(path.rglob("tmp_*")) == []
    assert list(path.rglob("*.lock")) == []
    mirror = Mirror(path)
    assert mirror.fetch_branch(local, "main") == commit


def test_what_a_killed_worker_left_half_done_is_removed_by_the_next_fetch(
    path: Path, local: Origin
) -> None:
    mirror = Mirror(path)
    mirror.fetch_branch(local, "main")
    left = path / "objects" / "pack" / "tmp_pack_AbCdEf"
    left.write_bytes(b"PACK")
    mirror.fetch_branch(local, "main")
    assert not left.exists()


def test_a_deployment_says_how_large_a_repository_may_be(
    lab: Lab, origin: Repository
) -> None:
    add_blob(origin, "large", 3 * MEBIBYTE)
    failed = lab.deploy(git_limits=Limits(repository_bytes=2 * MEBIBYTE))
    assert failed.code == "git_repository_too_large"
    assert isinstance(failed.error, EngineError)
    assert failed.error.facts["detail"] == "2 MiB"
    assert lab.deploy().error is None
