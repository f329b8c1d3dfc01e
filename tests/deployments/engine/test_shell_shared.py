"""Shared files and directories: linked into each release, and never a way out."""

import os
from pathlib import Path

import pytest

from deployments.diagnosis import AdvisedVerb, Diagnosis, FailureClass, failure
from deployments.engine.exceptions import EngineError
from tests.deployments.engine.lab import Deployment, Lab

SHARED = "media/\nconfig/local.ini\nvar/lib/filestore/"
INI = "[shop]\nname = shoes\n"


@pytest.fixture
def shared(lab: Lab) -> Path:
    """The shared directory of a server that somebody has prepared."""
    shared = lab.path / "shared"
    (shared / "config").mkdir(parents=True)
    (shared / "config" / "local.ini").write_text(INI)
    return shared


def test_shared_paths_are_linked_before_the_build_command(
    lab: Lab, shared: Path
) -> None:
    deployment = lab.succeed(
        shared_paths=SHARED,
        build_command="cat config/local.ini; echo hat > media/hat; "
        "echo key > var/lib/filestore/key",
    )

    assert deployment.log.decode() == INI
    assert (shared / "media" / "hat").read_text() == "hat\n"
    assert (shared / "var" / "lib" / "filestore" / "key").read_text() == "key\n"
    live = lab.path / "current"
    assert os.readlink(live / "media") == "../../shared/media"
    assert os.readlink(live / "config/local.ini") == "../../../shared/config/local.ini"
    filestore = "../../../../shared/var/lib/filestore"
    assert os.readlink(live / "var/lib/filestore") == filestore


def test_data_stays_through_deployments_rollback_and_tidying_up(
    lab: Lab, shared: Path
) -> None:
    first = lab.succeed(shared_paths="media/", build_command="echo 1 > media/first")
    for number in range(4):
        lab.origin.commit("Next", {"app.txt": f"{number}\n"})
        lab.succeed(shared_paths="media/", keep_releases=1)
    back = lab.retry(first)

    assert back.error is None
    assert lab.file("app.txt") == "one\n"
    assert lab.file("media/first") == "1\n"
    assert not (lab.path / "releases" / first.release).exists()
    assert (shared / "config" / "local.ini").read_text() == INI


def test_the_whole_place_can_be_moved(lab: Lab, shared: Path) -> None:
    lab.succeed(shared_paths=SHARED)

    moved = lab.path.rename(lab.path.with_name("moved"))

    assert (moved / "current" / "config" / "local.ini").read_text() == INI


def test_the_first_time_the_content_of_the_repository_is_what_it_begins_with(
    lab: Lab,
) -> None:
    files = {"media/logo": "one", "media/.keep": "", "config/local.ini": INI}
    lab.origin.commit("Begin with", files)
    (lab.path / "shared" / "media").mkdir(parents=True)

    first = lab.succeed(shared_paths=SHARED)
    lab.origin.commit("Change", {"media/logo": "two", "config/local.ini": "changed"})
    second = lab.succeed(shared_paths=SHARED)

    assert sorted(os.listdir(lab.path / "shared" / "media")) == [".keep", "logo"]
    assert lab.file("media/logo") == "one"
    assert lab.file("config/local.ini") == INI
    assert "shared/media begins with what the repository has there." in first.notes
    assert "shared/config/local.ini begins with" in "\n".join(first.notes)
    assert "begins with" not in "\n".join(second.notes)
    assert not (lab.path / "shared" / ".seed").exists()


def test_a_retry_finds_the_same_place_as_the_attempt_that_failed(
    lab: Lab, shared: Path
) -> None:
    failed = lab.deploy(
        shared_paths=SHARED, build_command="test -e media/ready || exit 3"
    )
    (shared / "media" / "ready").touch()

    assert lab.retry(failed).error is None


def test_releases_from_before_keep_what_they_have(lab: Lab) -> None:
    lab.origin.commit("Media", {"media/logo": "old"})
    before = lab.succeed()
    lab.succeed(shared_paths="media/")

    assert (lab.path / "releases" / before.release / "media" / "logo").is_file()
    assert not (lab.path / "releases" / before.release / "media").is_symlink()


def test_a_missing_shared_file_is_named_and_a_retry_finds_it(lab: Lab) -> None:
    before = lab.succeed()
    failed = lab.deploy(shared_paths=".env")
    assert lab.live == before.release
    path = lab.path / "shared" / ".env"
    diagnosis = _diagnosis(failed)
    assert diagnosis.code == "shared_file_missing"
    assert diagnosis.message == (
        f"The shared file {path} does not exist on the server, and the repository has "
        "none to begin with."
    )
    assert (diagnosis.failure_class, diagnosis.verb) == (
        FailureClass.EXTERNAL,
        AdvisedVerb.RETRY,
    )

    path.write_text("COLOUR=blue\n")

    assert lab.retry(failed).error is None
    assert lab.file(".env") == "COLOUR=blue\n"


@pytest.mark.parametrize("shared_path", ["config/local.ini", "config/media/"])
@pytest.mark.parametrize("way", ["absolute", "relative", "inside"])
def test_a_link_in_the_repository_leads_nowhere(
    lab: Lab, shared: Path, tmp_path: Path, way: str, shared_path: str
) -> None:
    victim = tmp_path / "victim"
    victim.mkdir()
    targets: dict[str, Path | str] = {
        "absolute": victim,
        "relative": "../../../victim",
        "inside": "real",
    }
    lab.origin.commit("Real", {"real/local.ini": "theirs"})
    (lab.origin.path / "config").symlink_to(targets[way])
    lab.origin.commit("Hostile", {})

    failed = lab.deploy(shared_paths=shared_path, build_command="touch config/x")

    diagnosis = _diagnosis(failed)
    assert (diagnosis.code, diagnosis.verb) == (
        "shared_path_blocked",
        AdvisedVerb.REDEPLOY,
    )
    assert f"/releases/{failed.release}/config" in diagnosis.message
    assert os.listdir(victim) == []
    assert (shared / "config" / "local.ini").read_text() == INI


def test_a_link_at_the_shared_place_itself_is_replaced_and_not_followed(
    lab: Lab, tmp_path: Path
) -> None:
    victim = tmp_path / "victim"
    (victim / "precious").mkdir(parents=True)
    (lab.origin.path / "media").symlink_to(victim)
    (lab.origin.path / "secret").symlink_to("/etc/hostname")
    lab.origin.commit("Hostile", {})

    lab.succeed(shared_paths="media/", build_command="touch media/x")
    failed = lab.deploy(shared_paths="secret")

    assert os.listdir(victim) == ["precious"]
    assert os.listdir(lab.path / "shared" / "media") == ["x"]
    assert failed.code == "shared_file_missing"
    assert not (lab.path / "shared" / "secret").exists()


def test_links_among_the_content_to_begin_with_are_copied_as_links(
    lab: Lab, tmp_path: Path
) -> None:
    victim = tmp_path / "victim"
    victim.write_text("untouched")
    (lab.origin.path / "media").mkdir()
    (lab.origin.path / "media" / "link").symlink_to(victim)
    lab.origin.commit("Hostile", {})

    lab.succeed(shared_paths="media/")
    again = lab.deploy(shared_paths="media/link/x")

    assert (lab.path / "shared" / "media" / "link").is_symlink()
    assert victim.read_text() == "untouched"
    assert again.code == "shared_path_blocked"


def test_a_file_in_the_way_of_a_shared_path_is_named(lab: Lab) -> None:
    lab.origin.commit("A file", {"config": "not a directory"})

    assert lab.deploy(shared_paths="config/media/").code == "shared_path_blocked"


@pytest.mark.parametrize(
    ("shared_path", "detail"),
    [
        ("media/", "it is not a directory"),
        ("var", "it is a directory"),
        ("outside/", "it is a symbolic link"),
        ("outside/x/", "it is not a directory"),
        ("media/x", "it is not a directory"),
    ],
)
def test_what_does_not_fit_in_shared_is_named_and_left_alone(
    lab: Lab, shared: Path, tmp_path: Path, shared_path: str, detail: str
) -> None:
    (shared / "media").write_text("a file")
    (shared / "var").mkdir()
    victim = tmp_path / "victim"
    victim.mkdir()
    (shared / "outside").symlink_to(victim)

    failed = lab.deploy(shared_paths=shared_path, build_command=f"touch {shared_path}y")

    diagnosis = _diagnosis(failed)
    assert (diagnosis.code, diagnosis.verb) == (
        "shared_path_unusable",
        AdvisedVerb.RETRY,
    )
    assert detail in diagnosis.message
    assert os.listdir(victim) == []
    assert (shared / "media").read_text() == "a file"


def test_shared_as_a_whole_may_lie_on_another_disk(lab: Lab, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    lab.path.mkdir()
    (lab.path / "shared").symlink_to(disk)

    lab.succeed(shared_paths="media/", build_command="echo hat > media/hat")

    assert (disk / "media" / "hat").read_text() == "hat\n"


def test_a_path_that_leads_out_is_not_even_sent(lab: Lab) -> None:
    with pytest.raises(ValueError, match="not a path inside a release"):
        lab.deploy(shared_paths="../../etc/")


def _diagnosis(failed: Deployment) -> Diagnosis:
    assert isinstance(failed.error, EngineError)
    return failure(failed.error.code, **failed.error.facts)
