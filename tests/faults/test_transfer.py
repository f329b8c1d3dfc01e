"""Large repositories: what is sent, and what a cut leaves behind."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from deployments.models import Deployment, Event
from tests.deployments.engine.repository import Repository, git
from tests.deployments.sshd import Sshd
from tests.faults.runs import Runs
from tests.faults.site import Site, outcome
from tests.processes import wait_until

MEBIBYTE = 2**20


def add_files(repository: Repository, number: int, size: int) -> None:
    """Random ones, which the Git host shall not waste time on compressing."""
    git(repository.path, "config", "core.compression", "0")
    git(repository.path, "config", "core.bigFileThreshold", "1m")
    for name in range(number):
        (repository.path / f"{name}.bin").write_bytes(os.urandom(size))
    repository.commit("Grow", {})


def bytes_sent(deployment: Deployment) -> int:
    notes = Event.objects.filter(deployment=deployment, kind="note")
    text = "\n".join(notes.values_list("text", flat=True))
    return int(re.findall(r"^(\d+) bytes of Git objects sent", text, re.M)[-1])


def half_files(folder: Path) -> list[Path]:
    left = [*folder.rglob("tmp_*"), *folder.rglob(".new-*"), *folder.rglob("*.ssh-*")]
    return [path for path in left if path.exists()]


@pytest.fixture
def room(site: Site, repository: Repository) -> Iterator[None]:
    """Gives the disk back: what a test leaves is kept for three runs."""
    yield
    mirror = settings.MIRRORS_DIR / f"{site.environment.project_id}.git"
    for folder in (repository.path, site.folder / "live", mirror):
        shutil.rmtree(folder)


@pytest.mark.fault
@pytest.mark.release
@pytest.mark.usefixtures("room")
def test_a_change_of_one_line_in_500_megabytes_sends_kilobytes(
    runs: Runs, site: Site, repository: Repository
) -> None:
    site.change(build_command="")
    add_files(repository, 50, 10 * MEBIBYTE)

    first = runs.ended(runs.start(site.deploy()), seconds=90)
    repository.commit("Change a line", {"page.html": "two\n"})
    second = runs.ended(runs.start(site.deploy()))

    assert outcome(first) == outcome(second) == ("success", "")
    assert bytes_sent(first) > 500 * MEBIBYTE
    assert bytes_sent(second) < 100_000
    assert second.duration_seconds is not None
    assert second.duration_seconds < 15


@pytest.fixture
def growing(room: None, site: Site, repository: Repository) -> Path:
    """What the server has received of a pack that takes a second to send."""
    site.change(build_command="")
    add_files(repository, 4, 16 * MEBIBYTE)
    return site.folder / "live" / "repo.git" / "objects" / "pack"


def wait_for_half(folder: Path) -> None:
    def is_half() -> bool:
        return any(file.stat().st_size > MEBIBYTE for file in folder.glob("tmp_pack_*"))

    wait_until(is_half, what="a part of the pack has arrived")


def test_f21_a_cut_in_the_middle_of_a_pack_is_survived(
    runs: Runs, site: Site, sshd: Sshd, growing: Path
) -> None:
    deployment = runs.start(site.deploy())
    wait_for_half(growing)

    sshd.cut()

    last = runs.ended(deployment, seconds=60)
    assert outcome(last) == ("success", "")
    notes = Event.objects.filter(deployment=last, kind="note", text="Connected again.")
    assert notes.count() == 1
    assert half_files(site.folder) == []


@pytest.mark.fault
def test_f21_a_server_that_goes_away_in_the_middle_of_a_pack_is_retried_cleanly(
    runs: Runs, site: Site, sshd: Sshd, growing: Path
) -> None:
    deployment = runs.start(site.deploy())
    wait_for_half(growing)

    sshd.stop()

    lost = runs.ended(deployment, seconds=60)
    assert outcome(lost) == ("failed", "connection_lost")
    sshd.start()
    retried = runs.ended(runs.start(site.retry(lost)), seconds=60)
    assert outcome(retried) == ("success", "")
    assert half_files(site.folder) == []
