"""Whatever a crash leaves of our own files and repositories, the next deployment heals.

Each file is taken in turn and damaged in each way, on the console and on the server.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from deployments.engine import commands
from deployments.engine.pipeline.source import MIRROR_RENEWED, SERVER_RENEWED
from tests.deployments.engine.lab import Lab

#: By its number: it has no home and owns nothing.
NOBODY = 65534


def _remove(path: Path) -> None:
    path.unlink()


def _empty(path: Path) -> None:
    path.chmod(0o600)
    path.write_bytes(b"")


def _cut(path: Path) -> None:
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _make_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "inside").touch()


def _lock(path: Path) -> None:
    path.with_name(f"{path.name}.lock").touch()


DAMAGES: list[Callable[[Path], None]] = [_remove, _empty, _cut, _make_folder, _lock]


class Account:
    """One that modes bind, which they do not bind root."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.number = NOBODY if os.geteuid() == 0 else os.geteuid()
        os.chown(folder, self.number, -1)

    def layout(self, version: int) -> commands.Layout:
        path, commit = str(self.folder / "srv"), str(version) * 40
        return commands.Layout(path, str(UUID(int=1)), version, str(uuid4()), commit)

    def prepare(self, layout: commands.Layout) -> str:
        kept = dict.fromkeys(("activate", "unit", "restart", "check"), "")
        return self.run(
            commands.prepare(layout, environment={}, kept=kept, grace_seconds=0)
        )

    def run(self, script: str) -> str:
        """What ``script`` printed, which must end well."""
        ended = subprocess.run(
            ["sh", "-s"],
            input=script,
            user=self.number,
            cwd="/",
            env={"PATH": os.environ["PATH"]},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert ended.returncode == 0, ended.stdout
        return ended.stdout


@pytest.fixture
def account() -> Iterator[Account]:
    with tempfile.TemporaryDirectory(prefix="oec-account-") as folder:
        yield Account(Path(folder))


class Damaged:
    """A lab in the state after two deployments, again and again."""

    def __init__(self, lab: Lab, spare: Path) -> None:
        self.lab = lab
        self.spare = spare
        lab.succeed()
        lab.origin.commit("Two", {"app.txt": "two\n"})
        lab.succeed()
        lab.origin.commit("Three", {"app.txt": "three\n", "new.txt": "new\n"})
        shutil.copytree(lab.path, spare / "srv", symlinks=True)
        shutil.copytree(lab.mirror, spare / "mirror", symlinks=True)

    def restore(self) -> None:
        for name, place in (("srv", self.lab.path), ("mirror", self.lab.mirror)):
            shutil.rmtree(place)
            shutil.copytree(self.spare / name, place, symlinks=True)

    def files(self) -> list[str]:
        """Ours on both sides: releases belong to the application."""
        places = (self.lab.mirror, self.lab.path / ".oec", self.lab.path / "repo.git")
        return [
            str(path.relative_to(self.spare.parent))
            for place in places
            for path in sorted(place.rglob("*"))
            if path.is_file()
        ]

    def by(self, damage: Callable[[Path], None], pattern: str) -> str:
        """What went wrong with the deployment after the damage, if anything."""
        self.restore()
        paths = list(self.spare.parent.glob(pattern))
        assert paths
        for path in paths:
            damage(path)
        version = self.lab.version
        deployment = self.lab.deploy()
        self.lab.version = version
        notes = [note for note in deployment.notes if "made anew" in note]
        if deployment.error or self.lab.file("new.txt") != "new\n" or len(notes) > 1:
            return f"{damage.__name__} {pattern}: {deployment.error} {deployment.log!r}"
        return ""


@pytest.fixture
def damaged(lab: Lab, tmp_path: Path) -> Damaged:
    return Damaged(lab, tmp_path / "spare")


@pytest.mark.release
@pytest.mark.parametrize("damage", DAMAGES)
def test_each_file_may_be_damaged_in_each_way(
    damaged: Damaged, damage: Callable[[Path], None]
) -> None:
    failures = [
        failure for path in damaged.files() if (failure := damaged.by(damage, path))
    ]
    assert failures == []


#: Where a crash was seen to leave something, and what stands for the others.
SEEN = [
    (_lock, "mirrors/shop.git/refs/oec/branches/*"),
    (_lock, "mirrors/shop.git/config"),
    (_empty, "mirrors/shop.git/refs/oec/branches/*"),
    (_cut, "mirrors/shop.git/objects/pack/*.pack"),
    (_remove, "mirrors/shop.git/HEAD"),
    (_make_folder, "mirrors/shop.git/config"),
    (_cut, "srv/.oec/fence"),
    (_make_folder, "srv/.oec/lock"),
    (_empty, "srv/repo.git/HEAD"),
    (_empty, "srv/repo.git/refs/oec/v2"),
    (_cut, "srv/repo.git/objects/pack/*.pack"),
]


def test_what_a_crash_was_seen_to_leave_is_healed(damaged: Damaged) -> None:
    failures = [
        failure for damage, pattern in SEEN if (failure := damaged.by(damage, pattern))
    ]
    assert failures == []


@pytest.mark.parametrize("place", ["mirrors/shop.git", "srv/repo.git", "srv/.oec"])
@pytest.mark.parametrize("stand_in", ["file", "link", "empty folder"])
def test_something_else_in_the_place_of_a_folder_of_ours(
    lab: Lab, tmp_path: Path, place: str, stand_in: str
) -> None:
    lab.succeed()
    shutil.rmtree(tmp_path / place)
    match stand_in:
        case "file":
            (tmp_path / place).write_text("not a folder\n")
        case "link":
            (tmp_path / place).symlink_to(tmp_path / "nowhere")
        case _:
            (tmp_path / place).mkdir()
    lab.succeed()


def test_an_index_that_was_being_written_does_not_stand_in_the_way(lab: Lab) -> None:
    first = lab.succeed()
    (lab.path / ".oec" / "index.lock").touch()
    (lab.path / ".current.new").mkdir()
    assert lab.retry(first).error is None


def test_a_repository_on_the_server_is_made_anew_with_one_note(lab: Lab) -> None:
    lab.origin.commit("Noise", {"noise.txt": os.urandom(50_000).hex()})
    first = lab.succeed()
    for pack in lab.path.glob("repo.git/objects/pack/*.pack"):
        _cut(pack)

    retry = lab.retry(first)

    assert retry.error is None, retry.log
    assert retry.notes.count(SERVER_RENEWED) == 1
    assert MIRROR_RENEWED not in retry.notes


def test_a_mirror_is_made_anew_with_one_note(lab: Lab) -> None:
    lab.origin.commit("Noise", {"noise.txt": os.urandom(50_000).hex()})
    first = lab.deploy(build_command="exit 3")
    shutil.rmtree(lab.path)
    for pack in lab.mirror.glob("objects/pack/*.pack"):
        _cut(pack)

    retry = lab.retry(first, build_command="")

    assert retry.error is None, retry.log
    assert retry.notes.count(MIRROR_RENEWED) == 1
    assert SERVER_RENEWED not in retry.notes


def test_a_commit_that_only_the_damaged_mirror_has_is_taken_over(lab: Lab) -> None:
    failed = lab.deploy(build_command="exit 3")
    lab.origin.force_push_away()
    for reference in lab.mirror.glob("refs/oec/branches/*"):
        reference.write_text("")
    (lab.mirror / "config").write_text("[broken")
    (lab.mirror / "HEAD").unlink()

    retry = lab.retry(failed, build_command="")

    assert retry.error is None, (retry.error, retry.log)
    assert lab.file("REVISION").strip() == failed.commit
    assert not lab.mirror.with_name("shop.git.damaged").exists()


def test_a_commit_that_nobody_can_read_any_more_is_unavailable(lab: Lab) -> None:
    failed = lab.deploy(build_command="exit 3")
    lab.origin.force_push_away()
    for pack in lab.mirror.glob("objects/pack/*.pack"):
        _empty(pack)
    assert lab.retry(failed, build_command="").code == "commit_unavailable"


def test_folders_of_ours_that_were_made_read_only_are_opened_again(
    lab: Lab, tmp_path: Path
) -> None:
    """Looked at by their modes: root, who runs this, is let in anyway."""
    lab.succeed()
    for place in (lab.mirror, lab.path / "repo.git", lab.path / ".oec"):
        for folder in (place, *place.rglob("*")):
            folder.chmod(0o500 if folder.is_dir() else 0o400)

    lab.succeed()

    for place in (lab.mirror, lab.path / "repo.git", lab.path / ".oec"):
        for folder in (place, *place.rglob("*")):
            assert not folder.is_dir() or folder.stat().st_mode & 0o700 == 0o700
    assert (lab.path / ".oec" / "lock").stat().st_mode & 0o600 == 0o600


def test_a_failure_of_the_git_host_is_not_blamed_on_the_mirror(lab: Lab) -> None:
    lab.succeed()
    kept = lab.mirror.stat().st_ino
    lab.origin.remove()
    assert lab.deploy().code == "git_repository_not_found"
    assert lab.mirror.stat().st_ino == kept


def test_old_releases_with_folders_that_nobody_may_write_in_are_removed(
    account: Account,
) -> None:
    first, second = account.layout(1), account.layout(2)
    account.prepare(first)
    closed = account.folder / "srv" / first.link / "m" / "x@v1"
    account.run(f"mkdir -p {closed}; touch {closed}/a; chmod -R a-w {closed.parent}")
    account.prepare(second)
    account.run(f"mkdir -p {account.folder}/srv/{second.link}")

    printed = account.run(commands.clean(second, keep=1, previous=""))

    assert printed == "oec:\tcleaned\n"
    assert os.listdir(account.folder / "srv" / "releases") == [second.release]


def test_what_cannot_be_removed_is_named_without_a_list_of_files(
    account: Account,
) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs files of another account")
    layout = account.layout(2)
    account.prepare(layout)
    foreign = account.folder / "srv" / "releases" / "v1-111111111111" / "var"
    foreign.mkdir(parents=True)
    account.run(f"mkdir {account.folder}/srv/{layout.link}")
    for name in "abc":
        (foreign / name).touch()

    printed = account.run(commands.clean(layout, keep=1, previous=""))

    assert printed == "oec:\tstuck\tv1-111111111111\noec:\tcleaned\n"


def test_files_and_folders_of_ours_that_are_read_only_are_written_again(
    account: Account,
) -> None:
    account.prepare(account.layout(1))
    account.run(f"cd {account.folder}/srv; chmod -R a-w .oec repo.git releases")
    assert "oec:\tready" in account.prepare(account.layout(2))
    account.run(f"test -w {account.folder}/srv/repo.git/refs")


@pytest.mark.parametrize("kind", ["directory", "file"])
def test_a_current_that_is_no_link_is_refused_before_anything_runs(
    lab: Lab, kind: str
) -> None:
    lab.path.mkdir()
    current = lab.path / "current"
    if kind == "directory":
        current.mkdir()
        (current / "index.php").touch()
    else:
        current.touch()

    refused = lab.deploy(build_command="touch ran")

    assert refused.code == "current_not_a_link"
    assert refused.started[-1] == "prepare"
    assert list(lab.path.iterdir()) == [current]
